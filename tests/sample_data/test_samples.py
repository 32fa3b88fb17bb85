"""What the samples promise: the same seed gives the same bytes, arms are those of D-19, campaigns are canonical and valid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from engage_desktop import document
from engage_desktop.domain.draw import uniform
from engage_desktop.domain.duration import SECOND_US, UNIT_US, parse_instant

SAMPLES = ("online_retail", "storefront")


def calls_of(root: Path, sample: str) -> Iterator[dict[str, Any]]:
    text = pa.input_stream(str(root / "sample_data" / sample / "log.jsonl.zst")).read()
    return map(json.loads, text.splitlines())


def run_script(root: Path, *arguments: str, hash_seed: str) -> None:
    subprocess.run(
        [sys.executable, str(root / "scripts" / "make_storefront.py"), *arguments],
        check=True, timeout=100, capture_output=True, env=os.environ | {"PYTHONHASHSEED": hash_seed},
    )  # fmt: skip


@pytest.mark.parametrize(
    "size", [["--people", "60"], ["--events", "3000", "--people", "250"]], ids=["sample", "benchmark"]
)
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(root: Path, tmp_path: Path, size: list[str]) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        run_script(root, *size, "--seed", seed, "--out", str(tmp_path / name), hash_seed=str(ord(name)))
    files = {name: {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "abc"}
    assert files["a"] == files["b"]
    assert all(files["a"][name] != files["c"][name] for name in files["a"])


def test_a_benchmark_log_has_the_lines_the_names_and_the_shapes(root: Path, tmp_path: Path) -> None:
    run_script(root, "--events", "4000", "--people", "300", "--out", str(tmp_path), hash_seed="0")
    calls = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(calls) == 4_000
    assert len({call["messageId"] for call in calls}) == 4_000
    names = {call.get("event", "Page Viewed") for call in calls if call["type"] != "identify"}
    assert len(names) == 12
    times = [call["timestamp"] for call in calls]
    assert times == sorted(times)
    assert parse_instant(times[-1]) - parse_instant(times[0]) > 85 * UNIT_US["d"]
    known = {call["userId"] for call in calls if "userId" in call}
    assert known == {call["userId"] for call in calls if call["type"] == "identify"}
    assert any("userId" not in call for call in calls)


@pytest.mark.prove
def test_the_committed_storefront_is_what_the_script_writes(root: Path, tmp_path: Path) -> None:
    run_script(root, "--out", str(tmp_path), hash_seed="1")
    for name in ("log.jsonl.zst", "truth.json"):
        shipped, made = root / "sample_data" / "storefront" / name, tmp_path / name
        assert pa.input_stream(str(made)).read() == pa.input_stream(str(shipped)).read()


@pytest.mark.parametrize("sample", SAMPLES)
def test_campaigns_are_canonical_and_without_errors(root: Path, sample: str) -> None:
    text = (root / "sample_data" / sample / "campaigns.json").read_text(encoding="utf-8")
    campaigns, problems = document.loads(text)
    assert campaigns is not None
    assert problems == ()
    assert document.dumps(campaigns) == text
    assert [problem for problem in document.validate(campaigns) if problem.is_error] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_log_is_in_order_with_its_own_message_ids(root: Path, sample: str) -> None:
    calls = list(calls_of(root, sample))
    assert len({call["messageId"] for call in calls}) == len(calls)
    times = [parse_instant(call["timestamp"]) for call in calls]
    assert times == sorted(times)
    assert all("userId" in call or "anonymousId" in call for call in calls)


def test_the_readmes_tell_the_numbers_of_the_logs(root: Path) -> None:
    retail = (root / "sample_data" / "online_retail" / "README.md").read_text(encoding="utf-8")
    kinds = Counter(call.get("event", call["type"]) for call in calls_of(root, "online_retail"))
    assert set(kinds) == {"Order Completed", "Order Cancelled", "identify"}
    for name, count in kinds.items():
        assert f"| `{name}` | {count:,} |" in retail
    assert f"{kinds.total():,} calls" in retail
    lines = sum(
        len(call["properties"]["products"]) for call in calls_of(root, "online_retail") if call["type"] == "track"
    )
    assert f"{lines:,} lines" in retail
    shop = (root / "sample_data" / "storefront" / "README.md").read_text(encoding="utf-8")
    calls = list(calls_of(root, "storefront"))
    assert f"{len(calls):,} calls" in shop
    assert {call["context"]["library"]["name"] for call in calls} == {"storefront-synthetic"}
    truth = json.loads((root / "sample_data" / "storefront" / "truth.json").read_text(encoding="utf-8"))
    for key, arm in truth["arms"].items():
        assert (
            f"| `{key}` | {arm['planted_rate']:.0%} | {arm['people']} | {arm['ordered']} | ".replace("%", " %") in shop
        )


def test_online_retail_says_what_an_invoice_says(root: Path) -> None:
    """Invoice 536365: seven lines of 139.12 pounds in all at 08:26 in winter, when London keeps UTC; summer does not."""
    calls = {call["messageId"]: call for call in calls_of(root, "online_retail")}
    first = calls["order-536365"]
    assert (first["userId"], first["timestamp"], first["event"]) == ("17850", "2010-12-01T08:26:00Z", "Order Completed")
    properties = first["properties"]
    assert (properties["order_id"], properties["revenue"], properties["currency"]) == ("536365", 139.12, "GBP")
    assert properties["products"][0] == {
        "product_id": "85123A", "name": "WHITE HANGING HEART T-LIGHT HOLDER", "quantity": 6, "price": 2.55,
    }  # fmt: skip
    assert len(properties["products"]) == 7
    for call in calls.values():
        if call.get("event") == "Order Completed":
            exact = sum(
                round(line["quantity"] * line["price"] * 1000)
                for line in call["properties"]["products"]
                if line["quantity"] > 0 and line["price"] > 0
            )
            assert abs(call["properties"]["revenue"] * 1000 - exact) <= 5.0001
    summer = [call["timestamp"] for call in calls.values() if call["timestamp"].startswith("2011-07")]
    assert {stamp[11:13] for stamp in summer} <= {f"{hour:02d}" for hour in range(5, 20)}


def test_the_arms_of_the_planted_experiment_are_those_of_d19(root: Path) -> None:
    truth = json.loads((root / "sample_data" / "storefront" / "truth.json").read_text(encoding="utf-8"))
    draw = truth["draw"]
    signed_up: dict[str, int] = {}
    arms: dict[str, str] = {}
    ordered: set[str] = set()
    for call in calls_of(root, "storefront"):
        if call["type"] != "track":
            continue
        at, user = parse_instant(call["timestamp"]), call.get("userId")
        if call["event"] == "Signed Up":
            signed_up[user] = at
        elif call["event"] == "Experiment Viewed":
            assert call["properties"]["experiment_id"] == f"{draw['journey']}.{draw['step']}"
            assert 0 < at - signed_up[user] <= 2 * SECOND_US
            arms[user] = call["properties"]["variation_id"]
        elif call["event"] == "Order Completed" and user in signed_up and at - signed_up[user] <= 14 * UNIT_US["d"]:
            ordered.add(user)
    expected = {
        user: "discount" if uniform(draw["seed"], draw["journey"], draw["step"], user) < 0.5 else "control"
        for user in signed_up
    }
    assert arms == expected
    for key, arm in truth["arms"].items():
        members = {user for user, drawn in arms.items() if drawn == key}
        assert (len(members), len(members & ordered)) == (arm["people"], arm["ordered"])
    assert truth["planted_effect"] == pytest.approx(0.08)
    spread = (
        sum(arm["realised_rate"] * (1 - arm["realised_rate"]) / arm["people"] for arm in truth["arms"].values()) ** 0.5
    )
    assert abs(truth["realised_effect"] - truth["planted_effect"]) < 3 * spread


def test_storefront_has_every_kind_of_person_it_promises(root: Path) -> None:
    users_of: dict[str, set[str]] = {}
    devices_of: dict[str, set[str]] = {}
    zones, states, addresses = set(), set(), set()
    anonymous_mail = 0
    late = 0
    for call in calls_of(root, "storefront"):
        user, device = call.get("userId"), call.get("anonymousId")
        if user and device:
            users_of.setdefault(device, set()).add(user)
            devices_of.setdefault(user, set()).add(device)
        zones.add(call["context"].get("timezone"))
        states |= {(entry["type"], entry["status"]) for entry in call["context"].get("messaging_subscriptions", ())}
        anonymous_mail += call["type"] == "identify" and user is None
        late += "receivedAt" in call
        if call["type"] == "identify" and call["traits"].get("email"):
            addresses.add(user or device)
    assert max(map(len, users_of.values())) == 1, "a device is one person's: the SQL twin of identity rests on it"
    assert max(map(len, devices_of.values())) == 3
    assert len(zones - {None}) == 10
    assert states == {(kind, state) for kind in ("EMAIL", "SMS") for state in ("SUBSCRIBED", "DID_NOT_SUBSCRIBE")} | {
        ("EMAIL", "UNSUBSCRIBED")
    }
    assert anonymous_mail > 50
    assert late > 500
    assert 0.8 < len(addresses & devices_of.keys()) / len(devices_of) < 0.99


def test_what_habits_and_trade_add_leaves_the_story_as_it_was(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams of their own: no draw of the story moves, so the experiment that was planted stays what it was."""
    monkeypatch.syspath_prepend(str(root / "scripts"))
    from storefront_habits import add_habits
    from storefront_sample import make_calls, make_people, truth
    from storefront_trade import add_trade

    def told(calls: list[dict[str, Any]]) -> Counter[tuple[object, ...]]:
        fields = ("type", "event", "name", "userId", "anonymousId", "timestamp", "receivedAt")
        return Counter(tuple(call.get(field) for field in fields) for call in calls)

    bare, full = make_people(7, 200), make_people(7, 200)
    add_trade(7, full)
    for person in full:
        add_habits(7, person)
    assert truth(full, 7) == truth(bare, 7)
    story, all_calls = list(make_calls(7, bare)), list(make_calls(7, full))
    assert len(all_calls) > len(story) * 1.1
    assert told(story) <= told(all_calls)
    times = [call["timestamp"] for call in all_calls]
    assert (times[0], times[-1]) == (story[0]["timestamp"], story[-1]["timestamp"])


def test_storefront_has_trade_accounts_of_every_kind(root: Path) -> None:
    """AU-26..AU-28, EV-12, AMB-11: people of two accounts, accounts nobody can be asked of, traits that change and go."""
    owner: dict[str, str] = {}
    groups = []
    for call in calls_of(root, "storefront"):
        if "userId" in call and "anonymousId" in call:
            owner[call["anonymousId"]] = call["userId"]
        if call["type"] == "group":
            groups.append(call)
    people: dict[str, set[str]] = {}
    for call in groups:
        who = call.get("userId") or owner.get(call["anonymousId"], call["anonymousId"])
        people.setdefault(call["groupId"], set()).add(who)
    assert len(people) == 36
    shared = Counter(who for members in people.values() for who in members)
    assert len(shared) > 200
    assert set(shared.values()) == {1, 2}
    assert sum(all(who.startswith("a-") for who in members) for members in people.values()) == 2
    assert any("userId" not in call and call["anonymousId"] in owner for call in groups), (
        "somebody joined before the sign-up"
    )
    assert {key for call in groups for key in call["traits"]} == {"name", "industry", "tier", "employees"}
    assert any(call["traits"].get("tier", "") is None for call in groups)
    assert sum(len(call["traits"]) == 1 for call in groups) > 10


def test_storefront_has_sources_dates_lists_and_blots(root: Path) -> None:
    """D-40, D-41, D-42, D-43, AU-8: what a log from life holds, and some of it is not as it should be."""
    calls = list(calls_of(root, "storefront"))
    assert {call["sourceId"] for call in calls} == {"web", "app", "server", "mail"}
    assert {call["sourceId"] for call in calls if call.get("event") == "App Opened"} == {"app"}
    traits: dict[str, list[Any]] = {}
    properties: dict[str, list[dict[str, Any]]] = {}
    for call in calls:
        if call["type"] == "identify":
            for key, value in call["traits"].items():
                traits.setdefault(key, []).append(value)
        if call["type"] == "track":
            properties.setdefault(call["event"], []).append(call["properties"])
    assert {"role", "newsletter", "interests", "address", "renewal_at"} <= traits.keys()
    assert {len(value) for value in traits["interests"]} == {0, 1, 2, 3}
    dates = Counter(None if value is None else value[19:] for value in traits["renewal_at"])
    assert dates.keys() == {None, "", "Z", "+01:00", "+02:00", "-05:00"}
    assert dates[""] > 50
    amounts = Counter(type(each["amount"]) for each in properties["Plan Upgraded"])
    assert amounts[str] > 100
    for order in properties["Order Completed"]:
        full = sum(round(line["price"] * 100) * line["quantity"] for line in order["products"])
        assert order["revenue"] == pytest.approx(full / 100 * (0.9 if "coupon" in order else 1), abs=0.006)
        assert all(line["category"] for line in order["products"])
    orders = {order["order_id"] for order in properties["Order Completed"]}
    assert {refund["order_id"] for refund in properties["Order Refunded"]} <= orders
    assert len(properties["Order Refunded"]) > 50
