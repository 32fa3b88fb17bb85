"""Names and values of the open log for fields; values are asked of the workspace process when they are first wanted."""

from __future__ import annotations

from engage_desktop.app.protocol import Reply
from engage_desktop.app.protocol_values import AskValues, Values
from engage_desktop.ui.inspector.log_names import LogNames, Rows, Then
from engage_desktop.ui.session import Session


class OfferedNames:
    """Remembers the values of a log until another one is open."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._values: dict[tuple[str | None, str], Rows] = {}
        self._waiting: dict[tuple[str | None, str], Then] = {}
        session.log_changed.connect(lambda _log: self._values.clear())

    def names(self) -> LogNames:
        """What there is to offer now."""
        campaigns, log = self._session.campaigns, self._session.workbench.log
        audiences = tuple((audience.name, audience.key) for audience in campaigns.audiences)
        if log is None:
            return LogNames(audiences=audiences)
        computed = {trait.key: -1 for trait in campaigns.traits if trait.level == "user"}
        traits = {**computed, **log.trait_counts}
        return LogNames(log.event_counts, log.property_counts, traits, audiences, self._rows)

    def _rows(self, event: str | None, path: str, then: Then) -> Rows | None:
        """None while the answer is under way; `then` is called when it is there."""
        found = self._values.get((event, path))
        if found is None and self._session.started:
            asked = (event, path) in self._waiting
            self._waiting[event, path] = then
            if not asked:
                self._session.ask(AskValues(event, path), lambda reply: self._take(reply, (event, path)))
        return found

    def _take(self, reply: Reply, key: tuple[str | None, str]) -> None:
        then = self._waiting.pop(key, None)
        if isinstance(reply, Values):
            self._values[key] = reply.rows
            if then is not None:
                then()
