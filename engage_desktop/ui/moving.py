"""The clock between player, scrubber and workbench: one instant, moved from anywhere."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engage_desktop.app.protocol import AskNeighbour, Neighbour, Reply
from engage_desktop.app.workbench import RunState
from engage_desktop.ui.playback import Player
from engage_desktop.ui.session import Session
from engage_desktop.ui.transport import Transport


class Moving(QObject):
    """Everything that moves the clock asks the workbench; everything that shows it is told by it."""

    def __init__(self, session: Session, player: Player, transport: Transport) -> None:
        super().__init__(session)
        self._session, self._player, self._transport = session, player, transport
        player.moved.connect(session.workbench.set_clock)
        transport.scrubbed.connect(self._scrub)
        transport.neighbour.connect(lambda forward: self.neighbour(forward=forward))
        session.clock_changed.connect(self._clock)
        self._clock(session.at_us)

    def _scrub(self, at_us: int) -> None:
        # A hand on the playhead goes before the player, which goes on from there.
        self._session.workbench.set_clock(at_us)

    def _clock(self, at_us: int) -> None:
        self._player.set_clock(at_us)
        self._transport.show_clock(at_us, self._session.zone)

    def run_changed(self, run: RunState) -> None:
        """The window of the run is that of the player; without a run nothing can be moved."""
        if run.last_us > run.first_us:
            self._player.set_window(run.first_us, run.last_us)
            self._transport.scrubber.set_window(run.first_us, run.last_us)
            self._transport.show_clock(self._session.at_us, self._session.zone)
        self._transport.set_available(run.last_us > run.first_us)

    def neighbour(self, *, forward: bool) -> None:
        """Go to the nearest instant at which anything moves in the journey in view."""
        session = self._session
        self._player.pause()
        journey = session.workbench.journey or next((item.key for item in session.campaigns.journeys), None)
        if journey is None or not session.current:
            return
        session.latest(
            "neighbour",
            lambda: AskNeighbour(session.generation, journey, session.at_us, forward, session.alone),
            self._take,
        )

    def _take(self, reply: Reply) -> None:
        if isinstance(reply, Neighbour):
            if reply.at_us is None:
                self._session.notify("info", "Nothing else moves in this journey in that direction.")
            else:
                self._session.workbench.set_clock(reply.at_us)
