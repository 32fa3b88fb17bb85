"""Home: the customer lifecycle with every campaign on its stage, its size and its state."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from engage_desktop.ui import formats
from engage_desktop.ui.pages.lists import Item, SizedPage, items
from engage_desktop.ui.session import Session
from engage_desktop.ui.theme import current_theme
from engage_desktop.ui.titles import stage_names
from engage_desktop.ui.widgets.common import Card, Pill, clear, column, label, row


class CampaignCard(QPushButton):
    """One campaign as a button: its name, its size, its state."""

    def __init__(self, item: Item, size: str, state: str) -> None:
        super().__init__()
        self.setObjectName(f"home.open.{item.kind}.{item.key}")
        self.setProperty("kind", "tile-button")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{item.kind_words} {item.name}, {size}, {state}")
        self.setToolTip(item.name)
        tile = label()
        tile.setPixmap(
            current_theme().pixmap(
                "route" if item.kind == "journey" else "users", "text_2", 16, self.devicePixelRatioF()
            )
        )
        name = label(item.name, "strong")
        name.setMinimumWidth(40)
        figures = label(size, "muted")
        pill = Pill(state, state.casefold())
        layout = column(self, (12, 8, 12, 8), 4)
        head = row(tile, spacing=8)
        head.addWidget(name, 1)
        layout.addLayout(head)
        layout.addLayout(row(24, figures, "stretch", spacing=0))
        layout.addLayout(row(24, pill, "stretch", spacing=0))
        for widget in (tile, name, figures, pill):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class HomePage(SizedPage):
    def __init__(self, session: Session) -> None:
        super().__init__(session, "home", session.campaigns.workspace.name, "")
        self._shown: object = None
        self._card = Card("home.lifecycle", 12)
        self._card.body.addWidget(label("Customer lifecycle", "title"))
        self._grid_host = QWidget()
        self._grid = QGridLayout(self._grid_host)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self._card.body.addWidget(self._grid_host)
        self.body.addWidget(self._card)
        self._first = Card("home.first")
        self._first.body.addWidget(label("First steps", "title"))
        for text in (
            "Open a journey: every card shows how many people went through and how many are inside at the clock.",
            "Drag the playhead below, or press play, to see the same journey at any instant of the log.",
            "Select a step and change it at the right: the whole log is replayed and all figures follow.",
            "Find anything, at the upper right, finds every action, campaign, step, event and person.",
        ):
            self._first.body.addWidget(label(text, "muted", wrap=True))
        self.body.addWidget(self._first)
        self.body.addStretch(1)
        session.log_changed.connect(self.touch)

    def theme_changed(self) -> None:
        self._shown = None
        super().theme_changed()

    def show_items(self) -> None:
        campaigns, log = self.session.campaigns, self.session.workbench.log
        self.title.setText(campaigns.workspace.name)
        if log is not None and log.events:
            span = f"{formats.day(log.first_us, self.session.zone)} to {formats.day(log.last_us, self.session.zone)}"
            self.sentence.setText(
                f"{formats.count(log.people, 'person', 'people')}, {formats.count(log.events, 'event')}, {span}"
            )
        stages = stage_names(campaigns)
        placed: dict[str, list[tuple[Item, str, str]]] = {key: [] for key in stages}
        for item in items(campaigns):
            now, entered = self.size_words(item)
            many = formats.whom(item.level).many
            size = f"{now} {many}" if item.kind == "audience" else f"{now} inside · {entered} entered"
            placed.setdefault(item.stage if item.stage in stages else "", []).append(
                (item, size, self.state_words(item))
            )
        if placed == self._shown:
            return
        self._shown = placed
        focused = self.focusWidget()
        # A page out of view remembers what had the keyboard there; it has it no more.
        name = focused.objectName() if focused is not None and focused.hasFocus() else ""
        clear(self._grid)
        titles = {**stages, **({"": "No stage"} if placed.get("") else {})}
        for at, (key, title) in enumerate(titles.items()):
            self._grid.addWidget(label(title, "heading"), 0, at)
            for line, entry in enumerate(placed[key], start=1):
                made = CampaignCard(*entry)
                made.clicked.connect(lambda _checked=False, item=entry[0]: self.opened.emit(item.kind, item.key))
                self._grid.addWidget(made, line, at, Qt.AlignmentFlag.AlignTop)
                if made.objectName() == name:
                    made.setFocus()
            if not placed[key]:
                self._grid.addWidget(label("Nothing here yet", "muted"), 1, at, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(at, 1)
            self._grid.setColumnMinimumWidth(at, 120)
