"""The transport: play, pause, next event, speed, scrubber, and the figures of the moment."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QToolButton

from engage_desktop.app.protocol import JourneyFigures
from engage_desktop.domain.message import Goal
from engage_desktop.ui import formats
from engage_desktop.ui.goal_words import goal_words, reached_short, reached_words
from engage_desktop.ui.menus import key_tip
from engage_desktop.ui.playback import SPEEDS, Player
from engage_desktop.ui.theme import Theme
from engage_desktop.ui.widgets.common import KindPill, column, label, row
from engage_desktop.ui.widgets.histogram import HistogramScrubber
from engage_desktop.ui.widgets.scope_switch import ScopeSwitch

HEIGHT_PX = 84
_SERIES = (("Events", "events"), ("Entries", "entries"), ("Messages", "messages"))


class Transport(QFrame):
    """Asks by signals, shows what it is told. `neighbour` carries True for the next event."""

    neighbour = Signal(bool)
    scrubbed = Signal(object)
    alone_chosen = Signal(bool)

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.setObjectName("transport")
        self.setFixedHeight(HEIGHT_PX)
        self.player = player
        self._theme: Theme | None = None
        self._play_key = ""
        self.previous = self._tool("transport.previous", "Previous event")
        self.play = self._tool("transport.play", "Play")
        self.play.setProperty("kind", "primary")
        self.next = self._tool("transport.next", "Next event")
        self.speed = QComboBox()
        self.speed.setObjectName("transport.speed")
        self.speed.setAccessibleName("Speed")
        self.speed.setFixedWidth(112)
        self.speed.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for text, value in SPEEDS:
            self.speed.addItem("Fastest" if value is None else text, value)
            self.speed.setItemData(self.speed.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.speed.setCurrentIndex(2)
        self.speed.currentIndexChanged.connect(lambda index: setattr(player, "speed", SPEEDS[index][1]))
        self.clock = label("", name="transport.clock", rich=True)
        self.clock.setAccessibleName("Clock")
        self.scrubber = HistogramScrubber()
        self.scrubber.scrubbed.connect(self.scrubbed)
        self.series = QComboBox()
        self.series.setObjectName("transport.series")
        self.series.setAccessibleName("Bars show")
        self.series.setFixedWidth(100)
        for text, series in _SERIES:
            self.series.addItem(text, series)
        self.series.currentIndexChanged.connect(lambda index: self.scrubber.set_series(_SERIES[index][1]))
        self.figures = label("", name="transport.figures", rich=True)
        self.figures.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.kind = KindPill("transport.kind")
        self.scope = ScopeSwitch("transport.scope")
        self.scope.chosen.connect(self.alone_chosen)
        self._lay_out()
        self.previous.clicked.connect(lambda: self.neighbour.emit(False))
        self.next.clicked.connect(lambda: self.neighbour.emit(True))
        self.play.clicked.connect(player.toggle)
        player.playing_changed.connect(self._show_playing)
        self.set_available(False)

    @staticmethod
    def _tool(name: str, text: str) -> QToolButton:
        made = QToolButton()
        made.setObjectName(name)
        made.setAccessibleName(text)
        made.setToolTip(text)
        made.setProperty("kind", "quiet")
        made.setFixedSize(32, 32)
        made.setIconSize(QSize(18, 18))
        return made

    def _lay_out(self) -> None:
        left = column(None, (16, 8, 0, 8), 4)
        left.addLayout(row(self.previous, self.play, self.next, 4, self.speed, spacing=4))
        left.addLayout(row(self.clock, "stretch"))
        right = column(None, (0, 8, 16, 8), 4)
        right.addWidget(self.figures)
        right.addLayout(row("stretch", self.scope, self.kind, self.series))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(left)
        layout.addWidget(self.scrubber, 1)
        layout.addLayout(right)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.previous.setIcon(theme.icon("skip-back", "text_2", 18))
        self.next.setIcon(theme.icon("skip-forward", "text_2", 18))
        self._show_playing(self.player.playing)
        self.scrubber.update()

    def show_keys(self, play: str, following: str, previous: str) -> None:
        """Say the keys of the three buttons."""
        self._play_key = play
        self._show_playing(self.player.playing)
        self.next.setToolTip(key_tip("Next event", following))
        self.previous.setToolTip(key_tip("Previous event", previous))

    def _show_playing(self, playing: bool) -> None:
        if self._theme is not None:
            self.play.setIcon(self._theme.icon("pause" if playing else "play", "accent_text", 18))
        self.play.setAccessibleName("Pause" if playing else "Play")
        self.play.setToolTip(key_tip("Pause" if playing else "Play", self._play_key))

    def set_available(self, available: bool) -> None:
        """Nothing can be replayed without a run."""
        for widget in (self.previous, self.play, self.next, self.speed, self.scrubber, self.series):
            widget.setEnabled(available)
        if not available:
            self.player.pause()

    def show_clock(self, at_us: int, zone: str) -> None:
        self.clock.setText(f"{formats.day(at_us, zone)} <b>{formats.clock(at_us, zone)}</b>" if at_us else "no log")
        self.scrubber.set_zone(zone)
        self.scrubber.set_clock(at_us)

    def show_scope(self, figures: JourneyFigures | None, *, alone: bool, others: bool) -> None:
        """The switch between the journey alone and all campaigns, where there are others."""
        self.scope.setVisible(figures is not None and others)
        self.scope.show_scope(alone=alone, awaited=figures is not None and figures.alone and not alone)

    def show_figures(self, figures: JourneyFigures | None, current: bool, goal: Goal | None = None) -> None:
        """Figures of the journey in view and its goal; greyed while they are not those of the clock and design."""
        self.figures.setVisible(figures is not None)
        self.kind.setVisible(figures is not None)
        if figures is None:
            return
        color = "" if current or self._theme is None else f' style="color:{self._theme.hex("text_3")}"'
        first = f"inside now <b>{formats.number(figures.inside)}</b> &nbsp; entered <b>{formats.number(figures.entered)}</b>"
        second = f"messages <b>{formats.number(figures.messages)}</b>"
        exited = sum(figures.exited.values())
        if exited:
            second = f"exited <b>{formats.number(exited)}</b> &nbsp; {second}"
        if figures.turned_away:
            first = f"turned away <b>{formats.number(figures.turned_away)}</b> &nbsp; {first}"
        reached, part = reached_short(figures)
        if reached:
            second = f"{second} &nbsp; goal <b>{reached}</b> ({part})"
        said = f"Goal: {goal_words(goal)}. {reached_words(goal, figures)}" if goal is not None and reached else ""
        self.figures.setToolTip(said)
        self.figures.setAccessibleDescription(said)
        self.figures.setText(f"<div align='right'{color}>{first}<br>{second}</div>")
        self.kind.show_kind(figures.kind)
