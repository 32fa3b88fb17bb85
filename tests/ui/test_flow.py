"""Widgets side by side, and in the next line where there is no more room."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engage_desktop.ui.widgets.flow import GAP_PX, Flow


def test_widgets_go_on_in_the_next_line(qtbot: QtBot) -> None:
    page, flow = QWidget(), Flow()
    qtbot.addWidget(page)
    page.setLayout(flow)
    parts = [QWidget() for _ in range(4)]
    for part in parts:
        part.setFixedSize(100, 20)
        flow.addWidget(part)
    page.resize(2 * 100 + GAP_PX, 200)
    page.show()
    down = 20 + GAP_PX

    def places() -> list[tuple[int, int]]:
        flow.activate()
        return [(part.x(), part.y()) for part in parts if not part.isHidden()]

    assert places() == [(0, 0), (100 + GAP_PX, 0), (0, down), (100 + GAP_PX, down)]
    assert (flow.heightForWidth(page.width()), flow.heightForWidth(page.width() - 1)) == (20 + down, 20 + 3 * down)
    assert flow.heightForWidth(4 * 100 + 3 * GAP_PX) == 20
    parts[0].hide()  # takes no room, and leaves no gap
    assert places() == [(0, 0), (100 + GAP_PX, 0), (0, down)]
    assert flow.minimumSize().width() == 100
