from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engage_desktop.store import Call, Workspace
from tests.delivery.servers import Receiver, postgresql


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace", create=True) as opened:
        yield opened


def make_calls(count: int, destination: str = "crm") -> list[Call]:
    return [
        Call(
            f"{number:016x}", destination, "lapsed", f"u-{number}", "entered", 1_000_000 * number,
            {"type": "identify", "userId": f"u-{number}", "traits": {"lapsed": True}, "messageId": f"{number:016x}"},
        )
        for number in range(count)
    ]  # fmt: skip
