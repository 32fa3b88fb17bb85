"""The outbox: which calls are to be made, in which order, and what each destination already knows.

A call is written down before it is made and ticked off after the destination has acknowledged it, each in
one transaction, so a crash at any point loses nothing and repeats at most what was not yet ticked off, under
the same message id (D-38). Nothing here speaks to a destination.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, literal_column, select, true, update
from sqlalchemy.dialects.sqlite import insert

from engage_desktop.store.database import Database
from engage_desktop.store.models import DeliveredRow, OutboxRow

LEASE_US = 60_000_000
"""How long a claimed call is left to whoever claimed it before it falls due again."""

JOINED = frozenset({"entered", "added"})
PARTED = frozenset({"exited", "removed"})
"""Changes that alter what a destination knows; every other change (`sent`) leaves it alone."""

_CHUNK = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be made. `subject` is the audience key or `journey/step` it comes from; calls of one
    (destination, subject, profile) are made strictly one after the other, in the order of `enqueue`."""

    message_id: str
    destination: str
    subject: str
    profile: str
    change: str
    changed_at: int
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A call that is this sender's to make now. `attempts` counts this one too: more than 1 means that an earlier
    attempt failed or was never heard of again."""

    call: Call
    attempts: int
    ordinal: int

    @property
    def message_id(self) -> str:
        return self.call.message_id


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls of a destination by state. `next_attempt_at` is the earliest instant a pending call is due."""

    pending: int = 0
    sent: int = 0
    failed: int = 0
    next_attempt_at: int | None = None


class Outbox:
    """The queue of one workspace. Every method is one transaction; instants are given by the caller."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enqueue(self, calls: Iterable[Call], *, sandbox: bool = False) -> int:
        """Add calls in the order given, all or none; return how many are new. `sandbox`: they were planned for one.

        A message id that is already pending or sent is left as it is; one that had failed for good is pending again.
        """
        added = 0
        with self._database.write() as connection:
            ordinal = connection.scalar(select(func.coalesce(func.max(OutboxRow.ordinal), 0))) or 0
            for chunk in _chunks(calls):
                ids = [call.message_id for call in chunk]
                known = select(OutboxRow.message_id, OutboxRow.state).where(OutboxRow.message_id.in_(ids))
                states = {row.message_id: row.state for row in connection.execute(known)}
                rows = []
                for call in chunk:
                    if states.get(call.message_id, "failed") != "failed":
                        continue
                    states[call.message_id] = "pending"
                    ordinal += 1
                    rows.append(
                        asdict(call)
                        | {
                            "ordinal": ordinal,
                            "state": "pending",
                            "attempts": 0,
                            "next_attempt_at": 0,
                            "sandbox": sandbox,
                        }
                    )
                if rows:
                    connection.execute(_insert_or_revive(), rows)
                    added += len(rows)
        return added

    def claim(self, destination: str, limit: int, now: int, *, lease_us: int = LEASE_US) -> list[Claimed]:
        """Take up to `limit` due calls, oldest first, at most one of each (subject, profile).

        A claimed call falls due again at `now + lease_us` unless it is marked before: a sender that dies loses nothing.
        """
        earlier = OutboxRow.__table__.alias("earlier")
        blocked = (
            select(literal_column("1"))
            .select_from(earlier)
            .where(
                earlier.c.destination == OutboxRow.destination,
                earlier.c.subject == OutboxRow.subject,
                earlier.c.profile == OutboxRow.profile,
                earlier.c.state == literal_column("'pending'"),
                earlier.c.ordinal < OutboxRow.ordinal,
            )
            .exists()
        )
        due = (
            select(*_CALL_COLUMNS, OutboxRow.attempts, OutboxRow.ordinal)
            .where(OutboxRow.destination == destination, _pending(), OutboxRow.next_attempt_at <= now, ~blocked)
            .order_by(OutboxRow.ordinal)
            .limit(limit)
        )
        with self._database.write() as connection:
            rows = connection.execute(due).all()
            for chunk in _chunks(row.message_id for row in rows):
                connection.execute(
                    update(OutboxRow)
                    .where(OutboxRow.message_id.in_(chunk))
                    .values(attempts=OutboxRow.attempts + 1, next_attempt_at=now + lease_us)
                )
        return [Claimed(_call(row), row.attempts + 1, row.ordinal) for row in rows]

    def mark_sent(self, message_ids: Sequence[str], now: int) -> int:
        """Tick off acknowledged calls and note what the destination now knows; return how many were still pending."""
        done = 0
        with self._database.write() as connection:
            for chunk in _chunks(message_ids):
                pending = OutboxRow.message_id.in_(chunk) & _pending()
                rows = connection.execute(select(OutboxRow).where(pending).order_by(OutboxRow.ordinal)).all()
                connection.execute(update(OutboxRow).where(pending).values(state="sent", sent_at=now, last_error=None))
                _note(connection, rows)
                done += len(rows)
        return done

    def mark_failed(self, message_id: str, error: str, retry_at: int | None) -> None:
        """Note a failed attempt: due again at `retry_at`, or failed for good with None. A sent call stays sent."""
        change: dict[str, Any] = {"last_error": error}
        change |= {"state": "failed"} if retry_at is None else {"next_attempt_at": retry_at}
        with self._database.write() as connection:
            row = (OutboxRow.message_id == message_id) & _pending()
            connection.execute(update(OutboxRow).where(row).values(**change))

    def release(self, destination: str) -> int:
        """Make every pending call due at once, leases and waits of an earlier sender included; return how many changed.

        For the start of a sender that is the only one of this destination, and for "try again now".
        """
        with self._database.write() as connection:
            waiting = (OutboxRow.destination == destination) & _pending() & (OutboxRow.next_attempt_at > 0)
            return connection.execute(update(OutboxRow).where(waiting).values(next_attempt_at=0)).rowcount

    def revive(self, destination: str) -> int:
        """Put calls that failed for good back into the queue, in their old places; return how many."""
        with self._database.write() as connection:
            failed = (OutboxRow.destination == destination) & (OutboxRow.state == "failed")
            again = {"state": "pending", "next_attempt_at": 0, "attempts": 0}
            return connection.execute(update(OutboxRow).where(failed).values(**again)).rowcount

    def discard(self, destination: str) -> int:
        """Drop pending calls that were never attempted; return how many. What may have arrived stays in the queue."""
        with self._database.write() as connection:
            untouched = (OutboxRow.destination == destination) & _pending() & (OutboxRow.attempts == 0)
            return connection.execute(delete(OutboxRow).where(untouched)).rowcount

    def of_sandbox(self, destination: str) -> int:
        """How many pending calls were planned for a sandbox: no real destination may get them (D-39)."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).where(_left_of_sandbox(destination), _pending())) or 0

    def drop_of_sandbox(self, destination: str) -> int:
        """Drop those, and such that failed for good; return how many. What may leave of them is planned anew."""
        with self._database.write() as connection:
            return connection.execute(delete(OutboxRow).where(_left_of_sandbox(destination))).rowcount

    def counts(self, destination: str) -> Counts:
        """How many calls of a destination are in each state."""
        by_state = (
            select(OutboxRow.state, func.count().label("calls"), func.min(OutboxRow.next_attempt_at).label("first"))
            .where(OutboxRow.destination == destination)
            .group_by(OutboxRow.state)
        )
        with self._database.read() as connection:
            found = {row.state: row for row in connection.execute(by_state)}
        calls = {state: found[state].calls for state in ("pending", "sent", "failed") if state in found}
        return Counts(**calls, next_attempt_at=found["pending"].first if "pending" in found else None)

    def failures(self, destination: str, limit: int = 100) -> list[tuple[Call, str]]:
        """Calls that failed for good with their last error, oldest first."""
        failed = (
            select(*_CALL_COLUMNS, OutboxRow.last_error)
            .where(OutboxRow.destination == destination, OutboxRow.state == "failed")
            .order_by(OutboxRow.ordinal)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(_call(row), row.last_error or "") for row in connection.execute(failed)]

    def delivered(self, destination: str, subject: str) -> dict[str, int]:
        """Profiles a destination is known to have as members of `subject`, with the instant since when."""
        with self._database.read() as connection:
            return _delivered(connection, destination, subject)

    def expected(self, destination: str, subject: str, *, sandbox: bool = True) -> dict[str, int]:
        """What `delivered` will be once the queue has drained: compare with this to enqueue only the difference. Here and
        in `known`, where the destination is no `sandbox` any more, without what was queued for one."""
        queued = (
            select(OutboxRow.profile, OutboxRow.change, OutboxRow.changed_at)
            .where(OutboxRow.destination == destination, OutboxRow.subject == subject, _pending())
            .where(true() if sandbox else ~_left_of_sandbox(destination))
            .order_by(OutboxRow.ordinal)
        )
        with self._database.read() as connection:
            members = _delivered(connection, destination, subject)
            for row in connection.execute(queued):
                if row.change in JOINED:
                    members[row.profile] = row.changed_at
                elif row.change in PARTED:
                    members.pop(row.profile, None)
        return members

    def known(self, destination: str, *, sandbox: bool = True) -> set[str]:
        """Message ids that are pending or sent: what `enqueue` would leave as it is."""
        kept = select(OutboxRow.message_id).where(
            OutboxRow.destination == destination,
            OutboxRow.state.in_(("pending", "sent")),
            true() if sandbox else ~_left_of_sandbox(destination),
        )
        with self._database.read() as connection:
            return set(connection.scalars(kept))

    def last_changes(self, destination: str, subject: str) -> dict[str, int]:
        """The newest `changed_at` of each profile's calls that are pending or sent.

        A call about the same profile needs a later one: a design changed there and back would otherwise name its
        second entry like its first, and the receiver would take it for a repetition (D-38).
        """
        newest = (
            select(OutboxRow.profile, func.max(OutboxRow.changed_at).label("at"))
            .where(OutboxRow.destination == destination, OutboxRow.subject == subject, OutboxRow.state != "failed")
            .group_by(OutboxRow.profile)
        )
        with self._database.read() as connection:
            return {row.profile: row.at for row in connection.execute(newest)}

    def set_delivered(self, destination: str, subject: str, members: dict[str, int]) -> None:
        """Replace what a destination is known to have, for a list that was sent whole or reset by hand."""
        with self._database.write() as connection:
            of_subject = (DeliveredRow.destination == destination) & (DeliveredRow.subject == subject)
            connection.execute(delete(DeliveredRow).where(of_subject))
            rows = [
                {"destination": destination, "subject": subject, "profile": profile, "since": since}
                for profile, since in members.items()
            ]
            if rows:
                connection.execute(insert(DeliveredRow), rows)


_CALL_COLUMNS = (
    OutboxRow.message_id,
    OutboxRow.destination,
    OutboxRow.subject,
    OutboxRow.profile,
    OutboxRow.change,
    OutboxRow.changed_at,
    OutboxRow.payload,
)


def _pending() -> ColumnElement[bool]:
    """`state = 'pending'` as a literal, without which SQLite does not use the partial indexes."""
    return OutboxRow.state == literal_column("'pending'")


def _left_of_sandbox(destination: str) -> ColumnElement[bool]:
    return (OutboxRow.destination == destination) & (OutboxRow.state != "sent") & OutboxRow.sandbox


def _call(row: Any) -> Call:
    return Call(*row[: len(_CALL_COLUMNS)])


def _insert_or_revive() -> Any:
    statement = insert(OutboxRow)
    fresh = ("ordinal", "payload", "state", "attempts", "next_attempt_at", "sandbox")
    return statement.on_conflict_do_update(
        index_elements=["message_id"], set_={name: statement.excluded[name] for name in fresh}
    )


def _note(connection: Connection, rows: Sequence[Any]) -> None:
    """Apply acknowledged changes to what the destination knows; of several about one profile the last counts."""
    last = {(row.destination, row.subject, row.profile): row for row in rows if row.change in JOINED | PARTED}
    place = ("destination", "subject", "profile")
    joined = [
        dict(zip(place, key, strict=True)) | {"since": row.changed_at}
        for key, row in last.items()
        if row.change in JOINED
    ]
    parted = [
        {f"of_{name}": part for name, part in zip(place, key, strict=True)}
        for key, row in last.items()
        if row.change in PARTED
    ]
    if joined:
        statement = insert(DeliveredRow)
        connection.execute(
            statement.on_conflict_do_update(index_elements=place, set_={"since": statement.excluded.since}), joined
        )
    if parted:
        one = [getattr(DeliveredRow, name) == bindparam(f"of_{name}") for name in place]
        connection.execute(delete(DeliveredRow).where(*one), parted)


def _delivered(connection: Connection, destination: str, subject: str) -> dict[str, int]:
    rows = select(DeliveredRow.profile, DeliveredRow.since).where(
        DeliveredRow.destination == destination, DeliveredRow.subject == subject
    )
    return {row.profile: row.since for row in connection.execute(rows)}


def _chunks(items: Iterable[_T]) -> Iterator[list[_T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
