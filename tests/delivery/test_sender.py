"""Sender and destinations against the real thing."""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from engage_desktop.delivery import Sender, Tally, open_destination
from engage_desktop.delivery.sender import BUSY_IN_A_ROW
from engage_desktop.domain.errors import DeliveryError
from engage_desktop.domain.message import Destination
from engage_desktop.store import Workspace
from tests.delivery.conftest import make_calls
from tests.delivery.servers import Receiver


def send(workspace: Workspace, destination: Destination, count: int = 25, **options: object) -> Tally:
    workspace.outbox.enqueue(make_calls(count, destination.key))
    return Sender(workspace.outbox, destination.key, open_destination(destination, workspace.folder), **options).run()  # type: ignore[arg-type]


def test_webhook_gets_each_payload_in_order(workspace: Workspace, receiver: Receiver) -> None:
    tally = send(workspace, Destination(key="crm", type="webhook", settings={"url": receiver.url}))
    assert tally == Tally(25, 0, 0, None)
    assert receiver.taken == [call.payload for call in make_calls(25)]
    assert receiver.keys == receiver.message_ids


def test_webhook_is_asked_again_after_a_busy_answer(workspace: Workspace, receiver: Receiver) -> None:
    receiver.refuse = lambda number: (429, {"Retry-After": "0.01"}) if number % 3 == 1 else None
    tally = send(workspace, Destination(key="crm", type="webhook", settings={"url": receiver.url}))
    assert (tally.sent, tally.failed, tally.pending) == (25, 0, 0)
    assert sorted(receiver.message_ids) == [call.message_id for call in make_calls(25)]


def test_webhook_refusal_fails_the_call_with_a_reason(workspace: Workspace, receiver: Receiver) -> None:
    receiver.refuse = lambda number: (400, {}) if number == 2 else None
    tally = send(workspace, Destination(key="crm", type="webhook", settings={"url": receiver.url}))
    assert (tally.sent, tally.failed, tally.pending) == (24, 1, 0)
    (call, error) = workspace.outbox.failures("crm")[0]
    assert call.message_id == make_calls(2)[1].message_id
    assert "answered 400" in error


def test_unreachable_webhook_ends_in_words_and_keeps_the_calls(workspace: Workspace, receiver: Receiver) -> None:
    url = receiver.url
    receiver.close()
    tally = send(workspace, Destination(key="crm", type="webhook", settings={"url": url}), count=2)
    assert (tally.sent, tally.failed, tally.pending) == (0, 0, 2)
    assert "cannot be reached" in (tally.last_error or "")


def test_a_receiver_that_is_always_busy_ends_the_round_and_keeps_the_calls(
    workspace: Workspace, receiver: Receiver
) -> None:
    receiver.refuse = lambda number: (503, {})
    tally = send(workspace, Destination(key="crm", type="webhook", settings={"url": receiver.url}))
    assert (tally.sent, tally.failed, tally.pending) == (0, 0, 25)
    assert receiver.calls == BUSY_IN_A_ROW
    assert "answered 503" in (tally.last_error or "")


@pytest.mark.parametrize("retry_after", ["86400", "1e300", "inf", "nan", "Wed, 21 Oct 2065 07:28:00 GMT"])
def test_a_receiver_that_says_come_again_tomorrow_is_not_waited_for(
    workspace: Workspace, receiver: Receiver, retry_after: str
) -> None:
    receiver.refuse = lambda number: (503, {"Retry-After": retry_after}) if number == 1 else None
    tally = send(workspace, Destination(key="crm", type="webhook", settings={"url": receiver.url}), count=1)
    waits = retry_after in ("86400", "1e300")
    assert (tally.sent, tally.pending) == ((0, 1) if waits else (1, 0))


def test_a_redirect_is_named_with_the_place_it_points_to(workspace: Workspace, receiver: Receiver) -> None:
    receiver.refuse = lambda number: (302, {"Location": "https://example.org/new"})
    tally = send(workspace, Destination(key="crm", type="webhook", settings={"url": receiver.url}), count=1)
    assert (tally.sent, tally.failed) == (0, 1)
    assert "points to https://example.org/new" in (tally.last_error or "")


def test_header_secret_comes_from_the_environment(
    workspace: Workspace, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"url": receiver.url, "headers": {"Authorization": "env:ENGAGE_TEST_TOKEN"}}
    destination = Destination(key="crm", type="webhook", settings=settings)
    with pytest.raises(DeliveryError, match="no variable ENGAGE_TEST_TOKEN"):
        open_destination(destination, workspace.folder)
    monkeypatch.setenv("ENGAGE_TEST_TOKEN", "Bearer 1")
    send(workspace, destination, count=1)
    assert receiver.headers[0]["Authorization"] == "Bearer 1"


def test_cancel_keeps_the_rest_for_a_resume(workspace: Workspace, receiver: Receiver) -> None:
    stop = threading.Event()
    destination = Destination(key="crm", type="webhook", settings={"url": receiver.url})
    first = send(workspace, destination, cancelled=stop, progress=lambda tally: stop.set() if tally.sent >= 5 else None)
    assert (first.sent, first.pending) == (5, 20)
    again = Sender(workspace.outbox, "crm", open_destination(destination, workspace.folder)).run()
    assert (again.sent, again.pending) == (20, 0)
    assert receiver.message_ids == [call.message_id for call in make_calls(25)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_sql_table_holds_each_row_once(workspace: Workspace, postgresql_url: str, kind: str) -> None:
    url = postgresql_url if kind == "postgresql" else "sqlite:///out.db"
    destination = Destination(key="db", type="sql", settings={"url": url, "table": "rows_once", "batch": 7})
    assert send(workspace, destination).sent == 25
    sink = open_destination(destination, workspace.folder)
    sink.send(make_calls(25, "db"))  # the same again, as after a lost acknowledgement
    sink.close()
    engine = sa.create_engine(url if kind == "postgresql" else f"sqlite:///{workspace.folder / 'out.db'}")
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("select message_id, campaign, profile, payload from rows_once order by message_id")
        ).all()
    engine.dispose()
    assert [row.message_id for row in rows] == [call.message_id for call in make_calls(25)]
    assert json.loads(rows[3].payload) == make_calls(4)[3].payload


def test_sql_address_that_is_none_is_refused_in_words(workspace: Workspace) -> None:
    destination = Destination(key="db", type="sql", settings={"url": "no such thing"})
    with pytest.raises(DeliveryError, match=r"destinations\.db\.settings\.url"):
        open_destination(destination, workspace.folder).check()


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_file_batch_sent_twice_is_there_once(workspace: Workspace, format_: str) -> None:
    destination = Destination(key="files", type="file", settings={"folder": "out", "format": format_})
    assert send(workspace, destination).sent == 25
    sink = open_destination(destination, workspace.folder)
    sink.send(make_calls(25, "files"))
    (path,) = (workspace.folder / "out").iterdir()
    assert read(path) == [call.message_id for call in make_calls(25)]


def read(path: Path) -> list[str]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            return [row["message_id"] for row in csv.DictReader(file)]
    if path.suffix == ".jsonl":
        return [json.loads(line)["message_id"] for line in path.read_text(encoding="utf-8").splitlines()]
    return list(pq.read_table(path)["message_id"].to_pylist())


def test_unknown_type_and_missing_setting_name_the_place(workspace: Workspace) -> None:
    with pytest.raises(DeliveryError, match=r"destinations\.x\.type: 'ftp' is unknown"):
        open_destination(Destination(key="x", type="ftp"), workspace.folder)
    with pytest.raises(DeliveryError, match=r"destinations\.x\.settings: 'url' is missing"):
        open_destination(Destination(key="x", type="webhook"), workspace.folder)
