"""The outbox: nothing is lost, nothing is made twice that was acknowledged, order is kept (D-38)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.store import Call, Workspace


def call(number: int, profile: str = "p", change: str = "entered", subject: str = "vip") -> Call:
    return Call(
        f"m{number}", "crm", subject, profile, change, number, {"traits": {"vip": change == "entered", "ü": None}}
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "w", create=True) as workspace:
        yield workspace


def test_a_message_id_is_taken_once_while_pending_and_after_sending(workspace: Workspace) -> None:
    outbox = workspace.outbox
    assert outbox.enqueue([call(1, "a"), call(2, "b"), call(1, "a")]) == 2
    assert outbox.enqueue([call(1, "a")]) == 0
    outbox.mark_sent(["m1"], 5)
    assert outbox.enqueue([call(1, "a"), call(3, "c")]) == 1
    assert [claimed.call for claimed in outbox.claim("crm", 10, 6)] == [call(2, "b"), call(3, "c")]


def test_enqueue_is_all_or_none_when_the_calls_break_off(workspace: Workspace) -> None:
    def broken() -> Iterator[Call]:
        for number in range(1_200):
            yield call(number, f"p{number}")
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        workspace.outbox.enqueue(broken())
    assert workspace.outbox.counts("crm").pending == 0


def test_enqueue_is_all_or_none_when_the_process_ends(workspace: Workspace) -> None:
    program = (
        "import os, sys\n"
        "from engage_desktop.store import Call, Workspace\n"
        "def calls():\n"
        "    for number in range(1200):\n"
        "        yield Call(f'm{number}', 'crm', 'vip', 'p', 'entered', 0, {})\n"
        "    os._exit(9)\n"
        "Workspace.open(sys.argv[1]).outbox.enqueue(calls())\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(workspace.folder)], timeout=60)
    assert ended.returncode == 9
    assert workspace.outbox.counts("crm").pending == 0
    assert workspace.outbox.enqueue([call(1)]) == 1


def test_calls_about_one_profile_and_subject_are_made_one_after_the_other(workspace: Workspace) -> None:
    outbox = workspace.outbox
    outbox.enqueue([call(1, "a"), call(2, "a", "exited"), call(3, "a", subject="other"), call(4, "b")])
    assert [claimed.message_id for claimed in outbox.claim("crm", 10, 0)] == ["m1", "m3", "m4"]
    assert outbox.claim("crm", 10, 0) == []
    outbox.mark_failed("m1", "503", retry_at=100)
    assert outbox.claim("crm", 10, 99) == [], "the exit may not overtake the entry that waits for another try"
    assert [claimed.message_id for claimed in outbox.claim("crm", 10, 100)] == ["m1"]
    outbox.mark_sent(["m1"], 101)
    assert [claimed.message_id for claimed in outbox.claim("crm", 10, 101)] == ["m2"]


def test_a_claim_that_is_never_heard_of_again_falls_due_at_the_end_of_its_lease(workspace: Workspace) -> None:
    outbox = workspace.outbox
    outbox.enqueue([call(1)])
    (first,) = outbox.claim("crm", 10, 1_000, lease_us=500)
    assert outbox.claim("crm", 10, 1_499) == []
    (second,) = outbox.claim("crm", 10, 1_500)
    assert (first.attempts, second.attempts) == (1, 2)
    assert outbox.release("crm") == 1
    assert len(outbox.claim("crm", 10, 1_500)) == 1


def test_what_a_destination_knows_changes_with_the_acknowledgement_only(workspace: Workspace) -> None:
    outbox = workspace.outbox
    outbox.enqueue([call(1, "a"), call(2, "b"), call(3, "b", "exited"), call(4, "c", "sent")])
    assert outbox.delivered("crm", "vip") == {}
    assert outbox.expected("crm", "vip") == {"a": 1}
    outbox.mark_sent(["m1", "m2", "m4"], 9)
    assert outbox.delivered("crm", "vip") == {"a": 1, "b": 2}
    assert outbox.expected("crm", "vip") == {"a": 1}
    assert outbox.mark_sent(["m3", "m1", "unheard_of"], 10) == 1
    assert outbox.delivered("crm", "vip") == {"a": 1}


def test_a_call_that_failed_for_good_is_no_part_of_what_is_expected_and_can_be_asked_for_again(
    workspace: Workspace,
) -> None:
    outbox = workspace.outbox
    outbox.enqueue([call(1, "a")])
    outbox.claim("crm", 1, 0)
    outbox.mark_failed("m1", "400 no such list", retry_at=None)
    assert (outbox.counts("crm").failed, outbox.expected("crm", "vip")) == (1, {})
    assert outbox.failures("crm") == [(call(1, "a"), "400 no such list")]
    assert outbox.enqueue([call(1, "a")]) == 1
    (claimed,) = outbox.claim("crm", 1, 0)
    assert claimed.attempts == 1
    outbox.mark_failed("m1", "400", retry_at=None)
    assert outbox.revive("crm") == 1
    assert outbox.counts("crm").pending == 1


def test_discard_drops_only_what_was_never_attempted(workspace: Workspace) -> None:
    outbox = workspace.outbox
    outbox.enqueue([call(1, "a"), call(2, "b")])
    outbox.claim("crm", 1, 0)
    assert outbox.discard("crm") == 1
    assert outbox.expected("crm", "vip") == {"a": 1}


def test_a_sent_call_stays_sent_and_other_destinations_are_untouched(workspace: Workspace) -> None:
    outbox = workspace.outbox
    outbox.enqueue([call(1)])
    outbox.mark_sent(["m1"], 1)
    outbox.mark_failed("m1", "late answer", retry_at=None)
    assert (outbox.counts("crm").sent, outbox.counts("crm").failed, outbox.counts("other").pending) == (1, 0, 0)


def test_the_newest_change_of_a_profile_is_known_sent_or_pending(workspace: Workspace) -> None:
    outbox = workspace.outbox
    outbox.enqueue(
        [call(1, "a"), call(5, "a", "exited"), call(2, "b"), call(9, "b", "exited"), call(3, "c", subject="other")]
    )
    outbox.mark_sent(["m1"], 9)
    outbox.mark_failed("m9", "400", retry_at=None)
    assert outbox.last_changes("crm", "vip") == {"a": 5, "b": 2}


def test_a_list_sent_whole_replaces_what_is_known(workspace: Workspace) -> None:
    workspace.outbox.set_delivered("crm", "vip", {"a": 1, "b": 2})
    workspace.outbox.set_delivered("crm", "vip", {"b": 3})
    assert workspace.outbox.delivered("crm", "vip") == {"b": 3}


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["enqueue", "claim", "sent", "retry", "fail", "reopen"]), st.integers(0, 5)), max_size=40
)


@settings(max_examples=40, deadline=None)
@given(actions=ACTIONS)
def test_whatever_happens_a_profiles_calls_are_acknowledged_in_order(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int]]
) -> None:
    """Random senders that claim, acknowledge, fail and die: the sequence acknowledged for each profile is the sequence
    enqueued, and what is known at the end is what that sequence says."""
    folder = tmp_path_factory.mktemp("w")
    workspace = Workspace.open(folder, create=True)
    queued: dict[str, list[str]] = {}
    sent: dict[str, list[str]] = {}
    held: list[Call] = []
    for now, (action, which) in enumerate(actions):
        outbox = workspace.outbox
        if action == "enqueue":
            profile = f"p{which % 2}"
            line = queued.setdefault(profile, [])
            new = call(now, profile, "exited" if len(line) % 2 else "entered")
            assert outbox.enqueue([new]) == 1
            line.append(new.message_id)
        elif action == "claim":
            held += [claimed.call for claimed in outbox.claim("crm", 1 + which, now, lease_us=3)]
        elif action == "reopen":
            workspace.close()
            workspace = Workspace.open(folder)
            workspace.outbox.release("crm")
        elif held:
            chosen = held.pop(which % len(held))
            if action == "sent":
                if outbox.mark_sent([chosen.message_id], now):
                    sent.setdefault(chosen.profile, []).append(chosen.message_id)
            else:
                outbox.mark_failed(chosen.message_id, "no answer", retry_at=now + which)
    known = workspace.outbox.delivered("crm", "vip")
    counts = workspace.outbox.counts("crm")
    workspace.close()
    for profile, line in queued.items():
        done = sent.get(profile, [])
        assert done == line[: len(done)]
        assert (profile in known) == (len(done) % 2 == 1)
    assert (counts.pending, counts.sent) == (
        sum(map(len, queued.values())) - sum(map(len, sent.values())),
        sum(map(len, sent.values())),
    )
