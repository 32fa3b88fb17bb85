"""Audiences from a list: their files read, checked and kept with the run (D-11, D-6, AU-4)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from engage_desktop.app import protocol as p
from engage_desktop.app.audience_figures import audience_figures
from engage_desktop.app.list_desk import keep_file
from engage_desktop.app.list_file import ListContent, ListFault
from engage_desktop.app.lists import list_problems, read_lists
from engage_desktop.app.reopen import reopen_run
from engage_desktop.app.replay import Log, audience_at, open_logs, replay, write_run
from engage_desktop.document import loads
from engage_desktop.domain.campaigns import Campaigns
from engage_desktop.domain.duration import format_instant
from engage_desktop.domain.errors import DesignError, InputError
from engage_desktop.store import campaign_hash

HOUR = 3_600_000_000
VIP = "vip.csv"


def ids(data: bytes, column: str | None = None, name: str = VIP) -> tuple[str, ...]:
    return ListContent(name, data).ids(column)


# -- one file -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "column", "expected"),
    [
        (VIP, b"email,id\nann@x.org,a\nbob@x.org,b\n", None, ("ann@x.org", "bob@x.org")),
        (VIP, b"email,id\nann@x.org,a\nbob@x.org,b\n", "id", ("a", "b")),
        (VIP, b"\xef\xbb\xbfid\r\nb\r\na\r\nb\r\n \r\n\r\n a \r\n", "id", ("b", "a")),
        (VIP, "Kürzel\nzoë\n".encode(), "Kürzel", ("zoë",)),
        (VIP, b"id;name\n7;x,y\n007;z\n", None, ("7", "007")),
        (VIP, b'sep=|\nid|name\n"a|b"|n\n', None, ("a|b",)),
        (VIP, b'id,name\na,"two\nlines"\nb,n', None, ("a", "b")),
        (VIP, b"id,id\na,b\n", "id", ("a",)),
        (VIP, b"id\n", None, ()),
        ("vip.tsv", b"id,x\tname\na\tn\n", None, ("a",)),
        ("vip.txt", b"\xef\xbb\xbfann\r\n\r\n bob \nann\ncid, the third", None, ("ann", "bob", "cid, the third")),
        ("VIP.TXT", b"", None, ()),
    ],
)
def test_identifiers_are_each_once_in_file_order_without_blanks(
    name: str, data: bytes, column: str | None, expected: tuple[str, ...]
) -> None:
    assert ids(data, column, name) == expected


@pytest.mark.parametrize(
    ("name", "data", "column", "words"),
    [
        (VIP, b"email,id\na,b\n", "mail", "vip.csv has no column 'mail'. Use one of: email, id."),
        ("vip.txt", b"a\n", "id", "vip.txt has no column 'id'."),
        (VIP, b"id\nann\nb\xe9a\n", None, "vip.csv is not UTF-8 text from line 3 on. Save it as UTF-8."),
        (VIP, b"\xff\xfei\0d\0", None, "not UTF-8"),
        (VIP, b"id\na\0\n", None, "binary data"),
        (VIP, b" \n\n", None, "vip.csv is empty."),
        (VIP, b"sep=,\n", None, "vip.csv is empty."),
        (VIP, b"id,name\na,n\nb\n", None, "vip.csv, line 3: the row has 1 fields, the heading 2."),
        (VIP, b'id\na\n"b\n', None, "no CSV file from line 3 on"),
        ("vip.xlsx", b"PK", None, "neither a CSV nor a TXT"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, data: bytes, column: str | None, words: str) -> None:
    with pytest.raises(ListFault) as fault:
        ids(data, column, name)
    assert words in str(fault.value)


def test_every_column_is_what_each_column_gives() -> None:
    content = ListContent(VIP, b"id,mail,id\na,a@x.org,z\nb,,z\na,b@x.org,y\n")
    assert content.columns == ("id", "mail", "id")
    assert content.every_column() == {"id": ("a", "b"), "mail": ("a@x.org", "b@x.org")}
    assert all(content.ids(column) == found for column, found in content.every_column().items())


# -- the lists of a design ----------------------------------------------------------------

LOG = [
    {"type": "identify", "userId": "ann", "timestamp": format_instant(HOUR)},
    {"type": "track", "userId": "ann", "event": "Looked", "timestamp": format_instant(2 * HOUR)},
    {"type": "identify", "userId": "ann", "timestamp": format_instant(5 * HOUR), "traits": {"email": "ann@x.org"}},
    {"type": "track", "anonymousId": "dev", "event": "Looked", "timestamp": format_instant(3 * HOUR)},
    {"type": "track", "userId": "bob", "event": "Looked", "timestamp": format_instant(4 * HOUR)},
    {"type": "group", "userId": "bob", "groupId": "acme", "timestamp": format_instant(4 * HOUR)},
    {"type": "track", "userId": "cid", "event": "Looked", "timestamp": format_instant(9 * HOUR)},
]


def write(folder: Path, data: bytes = b"id\nann@x.org\nbob\ndev\nnobody\n", **fields: Any) -> Path:
    """A campaign file beside its list, with a journey that the list's people enter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / VIP).write_bytes(data)
    named = {"file": VIP, "sha256": hashlib.sha256(data).hexdigest()} | fields.pop("list", {})
    audience = {"key": "vip", "name": "VIP", "list": named} | fields
    journey = {
        "key": "hello",
        "name": "Hello",
        "entry": {"type": "audience", "audience": "vip", "include_existing": True},
        "start": "done",
        "steps": [{"key": "done", "type": "end"}],
    }
    body = {
        "format": "engage-campaigns/1",
        "workspace": {"name": "Lists"},
        "audiences": [audience],
        "journeys": [journey] if audience.get("level") != "account" else [],
    }
    path = folder / "campaigns.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    (folder / "log.jsonl").write_text("".join(json.dumps(one) + "\n" for one in LOG), encoding="utf-8")
    return path


def opened(path: Path) -> tuple[Campaigns, Log]:
    campaigns, problems = loads(path.read_text("utf-8"))
    assert campaigns is not None, problems
    return campaigns, open_logs([path.parent / "log.jsonl"], campaigns)


def entries(run: Path) -> list[tuple[str, int]]:
    import pyarrow.parquet as pq

    rows = pq.read_table(run / "instances.parquet").to_pylist()
    return [(row["profile"], round(row["entered_at"].timestamp() * 1e6)) for row in rows]


def test_people_are_in_from_the_instant_the_log_shows_the_identifier(tmp_path: Path) -> None:
    """D-6, D-11: ann by her address, not before she gave it; dev only where anonymous people count (AU-4)."""
    path = write(tmp_path)
    campaigns, log = opened(path)
    lists = read_lists(campaigns, tmp_path)
    seen = [audience_at(campaigns, log, "vip", hours * HOUR, lists)[1] for hours in range(2, 7)]
    assert seen == [[], [], ["bob"], ["ann", "bob"], ["ann", "bob"]]
    path = write(tmp_path, include_anonymous=True)
    campaigns, _ = opened(path)
    assert audience_at(campaigns, log, "vip", 3 * HOUR, lists)[1] == ["dev"]


def test_a_list_may_name_accounts(tmp_path: Path) -> None:
    campaigns, log = opened(write(tmp_path, b"account\nacme\nbob\n", level="account"))
    assert audience_at(campaigns, log, "vip", 9 * HOUR, read_lists(campaigns, tmp_path))[1] == ["acme"]


def test_a_run_keeps_its_lists_and_opens_again_when_they_have_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "shop")
    campaigns, log = opened(path)
    made = replay(campaigns, log, lists=read_lists(campaigns, path.parent))
    for _ in range(2):  # written over itself too
        write_run(made, tmp_path / "run")
    assert entries(tmp_path / "run") == [("ann", 5 * HOUR), ("bob", 4 * HOUR)]
    data = (path.parent / VIP).read_bytes()
    recorded = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["inputs"]["lists"]
    assert recorded == [{"audience": "vip", "name": VIP, "sha256": hashlib.sha256(data).hexdigest(), "identifiers": 4}]
    (path.parent / VIP).write_bytes(b"id\ncid\n")
    again = reopen_run(tmp_path / "run", logs=[path.parent / "log.jsonl"])
    assert {name: table.to_pylist() for name, table in again.tables.items()} == {
        name: table.to_pylist() for name, table in made.tables.items()
    }
    (kept,) = (tmp_path / "run" / "lists").iterdir()
    assert kept.read_bytes() == data
    kept.write_bytes(b"id\ncid\n")
    with pytest.raises(InputError, match=r"copy of the list vip\.csv is missing or was changed\. Simulate again"):
        reopen_run(tmp_path / "run", logs=[path.parent / "log.jsonl"])


def test_lists_of_an_earlier_run_do_not_stay_in_its_folder(tmp_path: Path) -> None:
    for data in (b"id\nann\n", b"id\nbob\n"):
        campaigns, log = opened(write(tmp_path / "shop", data))
        write_run(replay(campaigns, log, lists=read_lists(campaigns, tmp_path / "shop")), tmp_path / "run")
        assert [one.read_bytes() for one in (tmp_path / "run" / "lists").iterdir()] == [data]
    bare = campaigns.with_(audiences=(), journeys=())
    (tmp_path / "run" / "lists" / "mine.csv").write_bytes(b"id\n")  # the folder is a workspace, too
    write_run(replay(bare, log), tmp_path / "run")
    assert [one.name for one in (tmp_path / "run" / "lists").iterdir()] == ["mine.csv"]
    (tmp_path / "run" / "lists" / "mine.csv").unlink()
    write_run(replay(bare, log), tmp_path / "run")
    assert not (tmp_path / "run" / "lists").exists()


def test_another_list_makes_an_approved_campaign_a_draft(tmp_path: Path) -> None:
    """An approval is of the people, not of a file's name."""
    hashes = set()
    for data in (b"id\nann\n", b"id\nbob\n", b"id\nann\n"):
        campaigns, _ = opened(write(tmp_path, data))
        hashes.add((campaign_hash(campaigns, "audience", "vip"), campaign_hash(campaigns, "journey", "hello")))
    assert len({one for one, _ in hashes}) == len({one for _, one in hashes}) == 2


def test_a_changed_file_is_refused_and_says_how_to_accept_it(tmp_path: Path) -> None:
    campaigns, _ = opened(write(tmp_path))
    (tmp_path / VIP).write_bytes(b"id\ncid\n")
    with pytest.raises(DesignError) as error:
        read_lists(campaigns, tmp_path)
    assert str(error.value) == (
        "audiences.vip.list.sha256: vip.csv has changed since it was chosen. To take it as it is now, press "
        "“Take the new file” on the audience's page, or write its sha256 into the design: "
        f"{hashlib.sha256((tmp_path / VIP).read_bytes()).hexdigest()}."
    )
    assert [problem.code for problem in list_problems(campaigns, tmp_path)] == ["list_changed"]


@pytest.mark.parametrize(
    ("list_", "code", "path", "words"),
    [
        ({"file": "gone.csv"}, "list_file", "audiences.vip.list.file", "There is no file 'gone.csv'"),
        ({"file": "x" * 5000 + ".csv"}, "list_file", "audiences.vip.list.file", "There is no file"),
        ({"column": "mail"}, "list_column", "audiences.vip.list.column", "no column 'mail'. Use one of: id."),
    ],
)
def test_a_list_that_is_not_there_is_named(
    tmp_path: Path, list_: dict[str, str], code: str, path: str, words: str
) -> None:
    campaigns, _ = opened(write(tmp_path, list=list_))
    (problem,) = list_problems(campaigns, tmp_path)
    assert (problem.code, problem.path) == (code, path)
    assert words in problem.sentence()


def test_the_workspace_is_looked_into_after_the_folder_of_the_campaigns(tmp_path: Path) -> None:
    campaigns, _ = opened(write(tmp_path / "shop"))
    (tmp_path / "beside").mkdir()
    assert read_lists(campaigns, tmp_path / "beside", None, tmp_path / "shop")["vip"].ids == {
        "ann@x.org", "bob", "dev", "nobody",
    }  # fmt: skip
    (tmp_path / "beside" / VIP).write_bytes(b"id\ncid\n")  # found first, and not what was meant
    with pytest.raises(DesignError, match="has changed"):
        read_lists(campaigns, tmp_path / "beside", tmp_path / "shop")


def test_a_list_read_before_is_taken_over_as_long_as_file_and_design_say_the_same(tmp_path: Path) -> None:
    campaigns, _ = opened(write(tmp_path, b"id,mail\nann,bob\n"))
    first = read_lists(campaigns, tmp_path)
    assert read_lists(campaigns, tmp_path, before=first)["vip"] is first["vip"]
    other, _ = opened(write(tmp_path, b"id,mail\nann,bob\n", list={"column": "mail"}))
    assert read_lists(other, tmp_path, before=first)["vip"].ids == {"bob"}
    (tmp_path / VIP).unlink()
    with pytest.raises(DesignError):
        read_lists(campaigns, tmp_path, before=first)


def test_a_design_whose_lists_were_not_read_does_not_run(tmp_path: Path) -> None:
    """Nobody would enter, and nothing would say so."""
    campaigns, log = opened(write(tmp_path))
    with pytest.raises(DesignError, match=r"identifiers of the list 'vip\.csv' were not given"):
        replay(campaigns, log)


def test_figures_of_an_audience_beside_a_list(tmp_path: Path) -> None:
    """An account audience asks each condition as an audience of its own: the list is there too."""
    path = write(tmp_path, b"account\nacme\n", level="account")
    body = json.loads(path.read_text("utf-8"))
    definition = "audience('vip') AND ANY event('Looked').count() >= 1"
    body["audiences"].append({"key": "busy", "name": "Busy", "level": "account", "definition": definition})
    path.write_text(json.dumps(body), encoding="utf-8")
    campaigns, log = opened(path)
    replayed = replay(campaigns, log, lists=read_lists(campaigns, tmp_path))
    figures = audience_figures(replayed, None, p.AskAudience(1, "busy", 9 * HOUR))
    assert [(row.kept, row.lost) for row in figures.waterfall] == [(1, 0), (1, 0), (1, 0)]
    named = audience_figures(replayed, None, p.AskAudience(1, "vip", 9 * HOUR))
    assert (named.size, named.waterfall, named.members) == (1, (), (("acme", 4 * HOUR),))


# -- a file that a person chose -----------------------------------------------------------


def test_a_chosen_file_is_copied_unless_it_lies_in_the_workspace(tmp_path: Path) -> None:
    shop, content = tmp_path / "shop", ListContent(VIP, b"id\nann\n")
    (shop / "mine").mkdir(parents=True)
    for chosen in (shop / "mine" / VIP, tmp_path / VIP):
        chosen.write_bytes(content.data)
    assert keep_file(shop / "mine" / VIP, content, shop) == shop / "mine" / VIP
    assert not (shop / "lists").exists()
    assert keep_file(tmp_path / VIP, content, shop) == shop / "lists" / VIP
    assert keep_file(tmp_path / VIP, content, shop) == shop / "lists" / VIP  # the same again
    other = ListContent(VIP, b"id\nbob\n")
    assert keep_file(tmp_path / VIP, other, shop) == shop / "lists" / "vip_2.csv"
    assert (shop / "lists" / VIP).read_bytes() == content.data
    assert (shop / "lists" / "vip_2.csv").read_bytes() == other.data
