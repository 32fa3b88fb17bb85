"""Labels, pills, cards, rows: the small parts every page is made of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


def label(text: str = "", role: str = "", name: str = "", *, wrap: bool = False, rich: bool = False) -> QLabel:
    """A label with a theme role; text from people's data is never read as markup unless `rich`."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        made.setMinimumWidth(40)
    return made


def repolish(widget: QWidget) -> None:
    """Have a changed dynamic property seen by the style sheet."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property and repaint by it, only when it differs."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        repolish(widget)


class Pill(QLabel):
    """A short state in a rounded field; `tone` is a property the style sheet knows."""

    def __init__(self, text: str = "", tone: str = "", name: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", "pill")
        self.setProperty("tone", tone)
        self.setObjectName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)

    def show_state(self, text: str, tone: str) -> None:
        self.setText(text)
        set_property(self, "tone", tone)


_KIND_HELP = {
    "observed": "Every figure here follows from the log alone.",
    "assumed": "Some figures here rest on an assumption of the workspace, such as addresses or subscriptions the log does not hold.",
    "learned": "Some figures here rest on a model fitted to the log.",
}


class KindPill(Pill):
    """Whether the figures beside it were observed, assumed or learned."""

    def __init__(self, name: str = "kind") -> None:
        super().__init__("observed", "observed", name)
        self.show_kind("observed")

    def show_kind(self, kind: str) -> None:
        self.show_state(kind, kind)
        self.setToolTip(_KIND_HELP.get(kind, ""))
        self.setAccessibleName(f"These figures are {kind}")


def button(text: str, name: str, kind: str = "", tip: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    if kind:
        made.setProperty("kind", kind)
    if tip:
        made.setToolTip(tip)
    made.setAutoDefault(False)
    return made


def toggle(text: str, name: str, group: QButtonGroup, pressed: Callable[[], object]) -> QPushButton:
    """One of the buttons of a group of which one stays down."""
    made = button(text, name)
    made.setCheckable(True)
    made.clicked.connect(lambda: pressed())
    group.addButton(made)
    return made


def editable(combo: QComboBox) -> QLineEdit:
    """Make a combo box one that may be typed into; returns its line."""
    combo.setEditable(True)
    made = combo.lineEdit()
    assert made is not None
    return made


def line() -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setProperty("kind", "line")
    made.setFixedHeight(1)
    return made


class Card(QFrame):
    """A white field with a border in which things belong together."""

    def __init__(self, name: str = "", spacing: int = 8) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 12)
        self.body.setSpacing(spacing)

    def add(self, *widgets: QWidget) -> None:
        """Put widgets one under the other."""
        for widget in widgets:
            self.body.addWidget(widget)


def row(*parts: QWidget | int | str, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; an int is a fixed gap, the text `stretch` takes what is left."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            made.addSpacing(part)
        elif isinstance(part, str):
            made.addStretch(1)
        else:
            made.addWidget(part)
    return made


def column(
    parent: QWidget | None = None, margins: tuple[int, int, int, int] = (0, 0, 0, 0), spacing: int = 8
) -> QVBoxLayout:
    made = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    made.setContentsMargins(*margins)
    made.setSpacing(spacing)
    return made


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
