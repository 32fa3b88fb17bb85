"""Pages of the messages of a run: what a filter keeps, by due time, with totals by fate and reason."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engage_desktop.analysis.capped import capped_rows, fillers
from engage_desktop.analysis.sends import Sends
from engage_desktop.app import protocol_sending as p
from engage_desktop.domain.errors import UserError
from engage_desktop.domain.workspace import CHANNELS
from engage_desktop.engine import KINDS, NEVER, REASONS, STATUSES
from engage_desktop.events import EventStore

Mask = NDArray[np.bool_]


class MessagePages:
    """Reads of one run; the order of all rows is made once."""

    def __init__(self, sends: Sends, store: EventStore) -> None:
        self.sends, self.store = sends, store
        self.campaigns = tuple(p.CampaignName(one.key, one.name, one.kind) for one in sends.senders)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """All rows by due_at, those of one instant as the table has them."""
        return np.argsort(self.sends.table["due_at"], kind="stable")

    def page(self, request: p.AskMessages) -> p.Messages:
        """Count what the filter keeps and show a part of it."""
        keep, table = request.keep, self.sends.table
        fate, reason = self._code("fate", keep.fate, STATUSES), self._code("reason", keep.reason, REASONS)
        others = self._others(keep)
        of_fate = others if fate is None else others & (table["status"] == fate)
        of_reason = others if reason is None else others & (table["reason"] == reason)
        kept = of_fate & of_reason
        fates = np.bincount(table["status"][of_reason], minlength=len(STATUSES))
        reasons = np.bincount(table["reason"][of_fate].astype(np.int64) + 1, minlength=len(REASONS) + 1)
        shown = self.order[kept[self.order]]
        return p.Messages(
            generation=request.generation,
            keep=keep,
            attempts=len(self.sends),
            total=len(shown),
            assumed=int((kept & self.sends.assumed).sum()),
            fates={name: int(fates[STATUSES.index(name)]) for name in p.FATES},
            reasons={name: int(count) for name, count in zip(("", *REASONS), reasons, strict=True) if count},
            campaigns=self.campaigns,
            offset=request.offset,
            rows=self._rows(shown[request.offset : request.offset + request.limit]),
        )

    def _others(self, keep: p.MessageFilter) -> Mask:
        """What campaign, channel, kind and person of the filter let through."""
        sends, found = self.sends, np.ones(len(self.sends), np.bool_)
        campaign = self._code("campaign", keep.campaign, tuple(one.key for one in sends.senders))
        channel, kind = self._code("channel", keep.channel, CHANNELS), self._code("kind", keep.kind, KINDS)
        for column, code in ((sends.campaign, campaign), (sends.channel, channel), (sends.table["kind"], kind)):
            if code is not None:
                found &= column == code
        if keep.person:
            wanted = keep.person.casefold()
            named = [wanted in one.casefold() for one in self.store.profile_ids]
            found &= np.array(named, np.bool_)[sends.profile]
        return found

    @staticmethod
    def _code(what: str, value: str, known: tuple[str, ...]) -> int | None:
        if not value:
            return None
        if value not in known:
            raise UserError(f"There is no {what} {value!r}. Use one of: {', '.join(known) or 'none'}.")
        return known.index(value)

    def _rows(self, rows: NDArray[np.intp]) -> tuple[p.MessageRow, ...]:
        sends, table, ids = self.sends, self.sends.table, self.store.profile_ids
        filled = self._filled(rows)
        found = []
        for row in rows.tolist():
            one, step = sends.senders[int(table["campaign"][row])], int(table["step"][row])
            reason, sent_at, channel = int(table["reason"][row]), int(table["sent_at"][row]), int(sends.channel[row])
            message = int(sends.message[row])
            found.append(
                p.MessageRow(
                    campaign=one.key,
                    step=one.parts[step] if step >= 0 else None,
                    profile=ids[int(table["profile"][row])],
                    instance=int(table["instance"][row]),
                    channel=CHANNELS[channel] if channel >= 0 else "",
                    message=sends.campaigns.messages[message].key if message >= 0 else "",
                    due_at=int(table["due_at"][row]),
                    sent_at=None if sent_at == NEVER else sent_at,
                    fate=STATUSES[int(table["status"][row])],
                    reason=REASONS[reason] if reason >= 0 else None,
                    kind="assumed" if sends.assumed[row] else "observed",
                    from_journey=one.kind == "journey",
                    filled_by=filled.get(row, ()),
                )
            )
        return tuple(found)

    def _filled(self, rows: NDArray[np.intp]) -> dict[int, tuple[tuple[str, int], ...]]:
        """Of those of the rows that a cap bound, the sends that filled it by campaign, the most first."""
        capped = np.intersect1d(rows, capped_rows(self.sends))
        if not len(capped):
            return {}
        query, send = fillers(self.sends, capped, self.store)
        names = [one.key for one in self.sends.senders]
        found = {}
        for place, row in enumerate(capped.tolist()):
            counts = np.bincount(self.sends.campaign[send[query == place]], minlength=len(names))
            parts = [(names[at], int(counts[at])) for at in np.argsort(-counts, kind="stable") if counts[at]]
            found[row] = tuple(parts)
        return found
