"""The player: moves the clock while playing. Speed belongs to the clock, never to the model."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from engage_desktop.domain.duration import UNIT_US

_H, _D = UNIT_US["h"], UNIT_US["d"]
SPEEDS: tuple[tuple[str, int | None], ...] = (
    ("1 hour / s", _H),
    ("6 hours / s", 6 * _H),
    ("1 day / s", _D),
    ("3 days / s", 3 * _D),
    ("1 week / s", 7 * _D),
    ("1 month / s", 30 * _D),
    ("As fast as possible", None),
)
"""Label and log time per second of real time; None moves by a 240th of the window a frame."""
FRAME_MS = 33


class Player(QObject):
    """`moved` carries the new instant (microseconds, as object); `playing_changed` a bool."""

    moved = Signal(object)
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.first_us = self.last_us = self.at_us = 0
        self.speed: int | None = _D
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._frame)
        self._elapsed = QElapsedTimer()

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def set_window(self, first_us: int, last_us: int) -> None:
        self.first_us, self.last_us = first_us, last_us
        if last_us <= first_us:
            self.pause()

    def set_clock(self, at_us: int) -> None:
        """Follow a clock somebody else moved."""
        self.at_us = at_us

    def play(self) -> None:
        """Play from the clock, from the start when it stands at the end."""
        if self.playing or self.last_us <= self.first_us:
            return
        if self.at_us >= self.last_us:
            self._move(self.first_us)
        self._elapsed.start()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        self.pause() if self.playing else self.play()

    def advance(self, elapsed_ms: int) -> None:
        """Move by what `elapsed_ms` of real time means at this speed; stops at the end."""
        by_us = self.speed * elapsed_ms // 1000 if self.speed is not None else (self.last_us - self.first_us) // 240
        self._move(min(self.at_us + max(by_us, 1), self.last_us))
        if self.at_us >= self.last_us:
            self.pause()

    def _frame(self) -> None:
        # After a stall (a dialog, a sleeping machine) go on from here instead of leaping.
        self.advance(min(self._elapsed.restart(), 250))

    def _move(self, at_us: int) -> None:
        self.at_us = at_us
        self.moved.emit(at_us)
