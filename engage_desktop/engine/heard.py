"""Questions about events that a journey listens for: was one heard, and of several branches of a hold which came first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engage_desktop.domain.condition import Condition, InAudience, Property, Stream
from engage_desktop.domain.people import Level
from engage_desktop.engine.arrays import Mask
from engage_desktop.engine.changes import AddEvent, Edit, RemoveEvent
from engage_desktop.engine.definitions import Node, resolve
from engage_desktop.engine.drafts import Draft, Maker, put
from engage_desktop.engine.explain import NOBODY, Inside, Reader, Seen, SeenEvent, Span, Who, Why, why, why_event
from engage_desktop.engine.few import Few
from engage_desktop.engine.flips import MOST, Edits, Flips
from engage_desktop.engine.identifiers import Identifiers
from engage_desktop.engine.plan import Plan
from engage_desktop.engine.surplus import surplus_of
from engage_desktop.language.printer import quote

Places: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True)
class Moment:
    """A place in time between events: at the event in `row` of the whole log, or after all events of the instant."""

    at: int
    row: int | None = None


@dataclass(frozen=True)
class Heard:
    """Has an event passed the filter of an entry, an exit or a hold? Of those later than `after` and earlier than
    `before` the first that passes; without `after` those of the latest instant."""

    event: str
    where: Condition | None = None
    audience: str | None = None
    after: Moment | None = None
    before: Moment | None = None
    identifier: tuple[tuple[str, ...], str | None] | None = None
    """Only events whose property at the path is that of the instance; None: any, as an entry needs one (D-16)."""
    limited: bool = False
    """Whether what is too much in its second is not heard (J2-39)."""
    level: Level = "user"
    inside: Inside = NOBODY

    def reads(self, plan: Plan) -> tuple[Node, ...]:
        own = () if self.where is None else (resolve(self.where, plan, "user"),)
        return own if self.audience is None else (*own, resolve(InAudience(self.audience), plan, "user"))

    def heard(self, reader: Reader, who: Who) -> tuple[Places, Mask]:
        """The events that are looked at, and which of them pass."""
        few = reader.few
        times = few.times(self.event)
        heard = (few.profiles(self.event) == who.index) & (times <= reader.at)
        if self.after is not None:
            heard &= self._beyond(few, times, self.after)
        if self.before is not None:
            heard &= ~self._beyond(few, times, self.before)
            if self.before.row is not None:
                heard &= few.base_rows(self.event) != self.before.row
        surplus = surplus_of(few) if self.limited else None
        if surplus is not None:
            heard &= ~surplus[few.rows(self.event)]
        if self.identifier is not None:
            heard &= self._identified(few)
        if self.after is None and heard.any():
            heard &= times == times[heard].max()
        places = np.flatnonzero(heard)
        passes = np.ones(len(places), np.bool_)
        if self.where is not None:
            passes &= reader.passes(self.event, self.where, who)[places]
        if self.audience is not None:
            members, _ = reader.intervals(InAudience(self.audience), who)
            passes &= members.value(np.full(len(places), who.index, np.int32), times[places])
        return places, passes

    def _beyond(self, few: Few, times: NDArray[np.int64], moment: Moment) -> Mask:
        later: Mask = times > moment.at
        if moment.row is not None:
            later |= (times == moment.at) & (few.base_rows(self.event) > moment.row)
        return later

    def _identified(self, few: Few) -> Mask:
        assert self.identifier is not None
        path, text = self.identifier
        known = Identifiers(few, path)
        codes = known.of(self.event)
        if text is None:
            return codes >= 0
        wanted = known.texts.index(text) if text in known.texts else -2
        return np.asarray(codes == wanted)

    def first_row(self, reader: Reader, who: Who) -> int | None:
        """The row in the reader's log of the first event that passes."""
        places, passes = self.heard(reader, who)
        return int(reader.few.rows(self.event)[places[passes][0]]) if passes.any() else None

    def holds(self, reader: Reader, who: Who) -> bool:
        return bool(self.heard(reader, who)[1].any())

    def why(self, reader: Reader, who: Who, unfold: int) -> Why:
        text, few = f"event({quote(self.event)})", reader.few
        places, passes = self.heard(reader, who)
        if not len(places):
            return Why(text, False, (Seen(text, None, total=0),))
        place = int(places[passes][0] if passes.any() else places[-1])
        at = int(few.times(self.event)[place])
        parts: tuple[Why, ...] = ()
        if self.where is not None:
            parts += (why_event(reader, self.event, self.where, place),)
        if self.audience is not None:
            parts += (why(reader.then(at), InAudience(self.audience), who, unfold),)
        shown = Seen(text, None, None, (SeenEvent(self.event, at),), len(places))
        return Why(text, bool(passes.any()), (shown,), parts)

    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]:
        """One more event that passes, with the audience as it would have to be; or none of those that did."""
        profile = reader.few.people[who.index]
        if not want:
            places, passes = self.heard(reader, who)
            rows, times = reader.few.rows(self.event), reader.few.times(self.event)
            removed = [
                RemoveEvent(profile, self.event, int(times[place]), row)
                for place in places[passes].tolist()
                if (row := reader.few.base_row(int(rows[place]))) is not None
            ]
            return [tuple(removed)] if 0 < len(removed) <= MOST else []
        flips = Flips(reader)

        def flip(node: Condition, says: bool) -> Edits | None:
            found = flips.of(node, who, says)
            return found[0] if found else None

        draft = Draft(Stream(self.event), reader.at)
        if self.identifier is not None:
            path, text = self.identifier
            put(draft, Property(path), "new" if text is None else text)
        maker = Maker(reader.at, lambda side: reader.value(side, who)[0], flip, nested=False)
        if self.where is not None and not maker.satisfy(self.where, True, draft):
            return []
        state: list[Edits] = [()]
        if self.audience is not None:
            state = flips.of(InAudience(self.audience), who, True)
        event = AddEvent(profile, self.event, reader.at, draft.properties, draft.context)
        return [(*edits, *draft.others, event) for edits in state]

    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        return None

    def later(self, reader: Reader, who: Who, first: int) -> int | None:
        return None


@dataclass(frozen=True)
class First:
    """Has the event of one branch of a hold come before those of the others (D-12)?"""

    branches: tuple[tuple[str, Heard], ...]
    which: int
    level: Level = "user"
    inside: Inside = NOBODY

    def reads(self, plan: Plan) -> tuple[Node, ...]:
        return tuple(node for _, heard in self.branches for node in heard.reads(plan))

    def winner(self, reader: Reader, who: Who) -> int | None:
        """The branch whose event came first; of one event of two branches the first in list order."""
        rows = [
            (row, at)
            for at, (_, heard) in enumerate(self.branches)
            if (row := heard.first_row(reader, who)) is not None
        ]
        return min(rows)[1] if rows else None

    def holds(self, reader: Reader, who: Who) -> bool:
        return self.winner(reader, who) == self.which

    def why(self, reader: Reader, who: Who, unfold: int) -> Why:
        winner = self.winner(reader, who)
        key, own = self.branches[self.which]
        if winner is None or winner == self.which:
            return own.why(reader, who, unfold)
        rival, heard = self.branches[winner]
        row = heard.first_row(reader, who)
        assert row is not None
        came = SeenEvent(heard.event, int(reader.few.time[row]))
        text = f"no event of branch {rival} came first"
        first = Why(text, False, (Seen(f"branch {rival}", None, None, (came,), 1),))
        return Why(f"branch {key} came first", False, (), (own.why(reader, who, unfold), first))

    def flips(self, reader: Reader, who: Who, want: bool) -> list[Edits]:
        own = self.branches[self.which][1]
        if not want:
            return own.flips(reader, who, False)
        added: list[Edits] = [()] if own.holds(reader, who) else own.flips(reader, who, True)
        gone: list[Edit] = []
        for at, (_, heard) in enumerate(self.branches):
            if at != self.which and heard.holds(reader, who):
                found = heard.flips(reader, who, False)
                if not found:
                    return []
                gone += found[0]
        rivals = tuple(dict.fromkeys(gone))
        return [(*rivals, *more) for more in added]

    def span(self, reader: Reader, who: Who, first: int) -> Span | None:
        return None

    def later(self, reader: Reader, who: Who, first: int) -> int | None:
        return None
