"""D-38 worked by hand: what a destination is told, when, and under which name."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import xxhash

from engage_desktop.domain.errors import UserError
from engage_desktop.domain.people import Sync
from engage_desktop.engine import NEVER
from engage_desktop.engine.delivered import changes_of, paced
from tests.delivery.worlds import LONG_AGO, World, at
from tests.oracle.delivering import LAW, DeliveryRules, Person

Short = tuple[str, str, str, float, float, int | None]
"""destination, profile, change, changed_at and due_at in seconds from the run's start, batch"""


def batch(every: str = "10s", **more: Any) -> dict[str, Any]:
    return {"destination": "d", "as": "identify", "mode": "batch", "every": every, **more}


def real_time(**more: Any) -> dict[str, Any]:
    return {"destination": "d", "as": "identify", **more}


def world(members: dict[str, list[tuple[int, int | None]]], *syncs: dict[str, Any], until: int = 30, people: Any = None, **settings: Any) -> World:  # fmt: skip
    return World({"a": members}, {"a": syncs}, {"d": settings}, until, people or {})


TWO_ADDRESSES = {
    "u": Person(users=(("u", at(LONG_AGO)),), emails=(("one@x.org", at(LONG_AGO)), ("two@x.org", at(5)), ("three@x.org", at(25)))),
    "old@x.org": Person(anonymous=(("p", at(LONG_AGO)), ("q", at(LONG_AGO + 1))), emails=(("old@x.org", at(LONG_AGO)),)),
}  # fmt: skip


def agreeing(who: str, *said: tuple[int, dict[str, Any]]) -> Person:
    """Somebody who says what they agree to at these seconds."""
    return Person(users=((who, at(LONG_AGO)),), said=tuple((at(second), one) for second, one in said))


CASES: dict[str, tuple[World, list[Short]]] = {
    "real time: one call a change; who was a member before is told at once": (
        world({"u": [(-5, 3)], "v": [(4, 6), (8, None)], "w": [(-9, -2), (30, None)]}, real_time()),
        [
            ("d", "u", "entered", -5, 0, None), ("d", "u", "exited", 3, 3, None), ("d", "v", "entered", 4, 4, None),
            ("d", "v", "exited", 6, 6, None), ("d", "v", "entered", 8, 8, None), ("d", "w", "entered", 30, 30, None),
        ],
    ),
    "without backfill those from before the run are nobody's business": (
        world({"u": [(-5, 3), (4, None)], "v": [(0, 2)]}, real_time(backfill=False)),
        [("d", "u", "entered", 4, 4, None), ("d", "v", "entered", 0, 0, None), ("d", "v", "exited", 2, 2, None)],
    ),
    "a batch swallows an enter-and-leave, and a leave-and-back": (
        # Ticks at 0, 10, 20, 30: u is in and out between two of them, v out and in again, w crosses one.
        world({"u": [(1, 9)], "v": [(-5, 12), (18, None)], "w": [(9, 11)]}, batch()),
        [("d", "v", "entered", -5, 0, 0), ("d", "w", "entered", 9, 10, 1), ("d", "w", "exited", 11, 20, 2)],
    ),
    "a tick tells what changes at it, dated by the latest change": (
        world({"u": [(1, 2), (3, 4), (5, 20)], "v": [(10, 12), (15, 16)]}, batch()),
        [
            ("d", "u", "entered", 5, 10, 1), ("d", "u", "exited", 20, 20, 2),
            ("d", "v", "entered", 10, 10, 1), ("d", "v", "exited", 16, 20, 2),
        ],
    ),
    "the first sync tells everybody; what comes after the last waits for the next one": (
        world({"u": [(-5, None)], "v": [(2, 26)], "w": [(27, None)], "x": [(26, 28)]}, batch(first="5s"), until=28),
        [
            ("d", "u", "entered", -5, 5, 0), ("d", "v", "entered", 2, 5, 0), ("d", "v", "exited", 26, 35, 3),
            ("d", "w", "entered", 27, 35, 3),
        ],
    ),
    "a first sync before the run gives the beat": (
        world({"u": [(-5, 4)], "v": [(1, 8)]}, batch(first="2023-12-31T23:59:33Z")),
        [("d", "u", "entered", -5, 3, 0), ("d", "u", "exited", 4, 13, 1), ("d", "v", "entered", 1, 3, 0), ("d", "v", "exited", 8, 13, 1)],
    ),
    "batches without backfill": (
        world({"u": [(-5, 12), (14, None)], "v": [(0, 15)]}, batch(backfill=False)),
        [("d", "u", "entered", 14, 20, 2), ("d", "v", "entered", 0, 0, 0), ("d", "v", "exited", 15, 20, 2)],
    ),
    "two calls a second, in the order of due_at, changed_at, profile": (
        world({"u": [(-1, None)], "v": [(-3, 10)], "w": [(-3, None)], "x": [(10, None)]}, batch(), rate=2),
        [
            ("d", "u", "entered", -1, 1, 0), ("d", "v", "entered", -3, 0, 0), ("d", "v", "exited", 10, 10, 1),
            ("d", "w", "entered", -3, 0.5, 0), ("d", "x", "entered", 10, 10.5, 1),
        ],
    ),
    "a rate is the destination's, over all its syncs; calls queue up behind each other": (
        World(
            {"a": {"u": [(1, None)], "v": [(2, None)]}, "b": {"u": [(1, 2)]}},
            {"a": [real_time()], "b": [real_time()]}, {"d": {"rate": 0.1}, "e": {"rate": 1}},
        ),
        [
            ("d", "u", "entered", 1, 1, None), ("d", "v", "entered", 2, 31, None),
            ("d", "u", "entered", 1, 11, None), ("d", "u", "exited", 2, 21, None),
        ],
    ),
    "a call of real time does not queue behind a batch that is not due yet": (
        World(
            {"a": {"u": [(1, None)]}, "b": {"u": [(5, 6)]}}, {"a": [batch()], "b": [real_time()]}, {"d": {"rate": 0.2}}
        ),
        [("d", "u", "entered", 1, 15, 1), ("d", "u", "entered", 5, 5, None), ("d", "u", "exited", 6, 10, None)],
    ),
    "a list is added to from its minimum on, and taken from always": (
        # Two are inside at the tick of 10, three at that of 20, two again at that of 30.
        world({"u": [(1, None)], "v": [(2, 25)], "w": [(11, None)], "x": [(22, 24)]}, batch("10s", **{"as": "list"}), minimum=3, until=35),
        [("d", "u", "added", 1, 20, 2), ("d", "v", "added", 2, 20, 2), ("d", "v", "removed", 25, 30, 3), ("d", "w", "added", 11, 20, 2)],
    ),
    "a minimum in real time": (
        world({"u": [(1, 9)], "v": [(2, 3)], "w": [(5, None)], "x": [(8, None)]}, real_time(**{"as": "list"}), minimum=2),
        [
            ("d", "u", "added", 1, 2, None), ("d", "u", "removed", 9, 9, None), ("d", "v", "added", 2, 2, None),
            ("d", "v", "removed", 3, 3, None), ("d", "w", "added", 5, 5, None), ("d", "x", "added", 8, 8, None),
        ],
    ),
    "a minimum is of lists": (world({"u": [(1, None)]}, real_time(), minimum=5), [("d", "u", "entered", 1, 1, None)]),
    "resend tells all members at each tick of the run": (
        world({"u": [(-5, 15)], "v": [(11, None)]}, batch(resend=True), until=25),
        [
            ("d", "u", "entered", -5, 0, 0), ("d", "u", "entered", 10, 10, 1), ("d", "u", "exited", 15, 20, 2),
            ("d", "v", "entered", 11, 20, 2),
        ],
    ),
    "all identifiers: V-17": (
        world({"u": [(1, 6)], "old@x.org": [(2, None)]}, real_time(ids="all"), people=TWO_ADDRESSES),
        [
            ("d", "old@x.org", "entered", 2, 2, None), ("d", "old@x.org", "entered", 2, 2, None),
            ("d", "u", "entered", 1, 1, None), ("d", "u", "exited", 6, 6, None), ("d", "u", "exited", 6, 6, None),
        ],
    ),
    "the last identifiers to enter, all of them to leave: DS-16": (
        world({"u": [(5, 26)], "old@x.org": [(2, 3)]}, real_time(ids="last"), people=TWO_ADDRESSES),
        [
            ("d", "old@x.org", "entered", 2, 2, None), ("d", "old@x.org", "exited", 3, 3, None), ("d", "old@x.org", "exited", 3, 3, None),
            ("d", "u", "entered", 5, 5, None), *[("d", "u", "exited", 26, 26, None)] * 3,
        ],
    ),
    "a destination with a category is told of those who agree: SB-10": (
        # u agrees before, v in the middle, w withdraws and agrees again, x says nothing, y agrees to something else.
        world(
            {"u": [(1, 9)], "v": [(2, 20)], "w": [(3, None)], "x": [(4, 9)], "y": [(5, None)]}, real_time(), consent_category="ads",
            people={"u": agreeing("u", (-5, {"ads": True})), "v": agreeing("v", (-5, {"ads": False}), (7, {"ads": True, "mail": False})),
                    "w": agreeing("w", (3, {"ads": True}), (10, {"ads": False}), (15, {"ads": True})), "x": agreeing("x"),
                    "y": agreeing("y", (-5, {"mail": True}), (8, {"ads": "true"}))},
        ),
        [
            ("d", "u", "entered", 1, 1, None), ("d", "u", "exited", 9, 9, None), ("d", "v", "entered", 7, 7, None),
            ("d", "v", "exited", 20, 20, None), ("d", "w", "entered", 3, 3, None), ("d", "w", "exited", 10, 10, None),
            ("d", "w", "entered", 15, 15, None),
        ],
    ),
    "the latest object counts as a whole; of one instant the last": (
        # Ticks at 0, 10, 20, 30. u's second object says nothing of ads, v's two of one instant end with no.
        world(
            {"u": [(1, None)], "v": [(1, None)]}, batch(), consent_category="ads",
            people={"u": agreeing("u", (2, {"ads": True}), (12, {"mail": True})), "v": agreeing("v", (2, {"ads": True}), (5, {"ads": True}), (5, {"ads": False}))},
        ),
        [("d", "u", "entered", 2, 10, 1), ("d", "u", "exited", 12, 20, 2)],
    ),
    "a list has as many people as agree": (
        world(
            {"u": [(1, None)], "v": [(2, None)], "w": [(3, None)]}, real_time(**{"as": "list"}), consent_category="ads", minimum=2,
            people={"u": agreeing("u", (0, {"ads": True})), "v": agreeing("v"), "w": agreeing("w", (8, {"ads": True}))},
        ),
        [("d", "u", "added", 1, 8, None), ("d", "w", "added", 8, 8, None)],
    ),
    "a send step tells of those who agree at its instant": (
        World(
            {"a": {}}, {"a": []}, {"d": {"consent_category": "ads"}}, steps_to="d", goes=[("u", 1), ("u", 9), ("v", 3)],
            people={"u": agreeing("u", (5, {"ads": True})), "v": agreeing("v")},
        ),
        [("d", "u", "sent", 9, 9, None)],
    ),
    "an ad step adds who agrees and takes off whom it put on": (
        # On the list for six seconds. u withdraws meanwhile and is taken off; v agrees too late; w comes twice.
        World(
            {"a": {}}, {"a": []}, {"d": {"consent_category": "ads"}}, ads_to="d", shows=[("u", 1), ("v", 2), ("w", 3), ("w", 5)],
            people={"u": agreeing("u", (0, {"ads": True}), (4, {"ads": False})), "v": agreeing("v", (4, {"ads": True})), "w": agreeing("w", (4, {"ads": True}))},
        ),
        [
            ("d", "u", "added", 1, 1, None), ("d", "u", "removed", 7, 7, None), ("d", "w", "added", 5, 5, None),
            ("d", "w", "removed", 9, 9, None), ("d", "w", "removed", 11, 11, None),
        ],
    ),
    "an ad step's list has a minimum": (
        # u is off it at 7, before v comes at 9; v and w are on it together from 12 on; x from 15 on alone; w's is over at 18.
        World({"a": {}}, {"a": []}, {"d": {"minimum": 2}}, ads_to="d", shows=[("u", 1), ("v", 9), ("w", 12), ("x", 20)]),
        [
            ("d", "v", "added", 9, 12, None), ("d", "v", "removed", 15, 15, None), ("d", "w", "added", 12, 12, None),
            ("d", "w", "removed", 18, 18, None),
        ],
    ),
}  # fmt: skip


def short(rows: list[dict[str, Any]]) -> list[Short]:
    def seconds(instant: int) -> float:
        return (instant - at(0)) / 1e6

    return [
        (row["destination"], row["profile"], row["change"], seconds(row["changed_at"]), seconds(row["due_at"]), row["batch"])
        for row in rows
    ]  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_by_hand(name: str) -> None:
    case, expected = CASES[name]
    told = case.told()
    assert short(told) == expected
    assert short(case.expected()) == expected
    assert told == case.expected()
    assert len({row["message_id"] for row in told}) == len(told)


@pytest.mark.parametrize("flag", [one.name for one in fields(DeliveryRules)])
def test_every_rule_has_a_case_that_hangs_on_it(flag: str) -> None:
    """D-38: a table after the rule is switched off in the oracle is another one."""
    off = replace(LAW, **{flag: False})
    assert any(case.expected(off) != case.expected() for case, _ in CASES.values())


def test_the_name_of_a_call() -> None:
    """hex of H(destination | campaign | step | profile | entry key | pass | change | changed_at)"""
    (row,) = world({"u": [(1, None)]}, real_time()).told()
    assert row["message_id"] == xxhash.xxh3_64_hexdigest(f"d|a||u||1|entered|{at(1)}".encode())


def test_a_longer_run_names_what_it_shares_the_same() -> None:
    members: dict[str, list[tuple[int, int | None]]] = {"u": [(-5, 14)], "v": [(3, None)]}
    one, other = (world(members, batch(), until=until).told() for until in (20, 40))
    assert {row["message_id"] for row in one} == {row["message_id"] for row in other}


def test_a_resend_without_end_is_refused_in_words() -> None:
    """A thousand people told anew each second of a day: a slip, and no plan."""
    sync = Sync.model_validate(batch("1s", resend=True))
    people = np.arange(1_000, dtype=np.int32)
    start, end = np.zeros(1_000, np.int64), np.full(1_000, NEVER, np.int64)
    with pytest.raises(UserError, match=r"86,400,000 calls .* longer every"):
        changes_of(sync, (0, 86_400_000_000), people, start, end)


def test_millions_at_a_rate_leave_one_by_one() -> None:
    """1 / rate is rounded up to whole microseconds: no call leaves earlier than that after the one before."""
    due = np.array([0, 0, 0, 2_000_000, 2_000_000], np.int64)
    assert paced(due, 3).tolist() == [0, 333_334, 666_668, 2_000_000, 2_333_334]
