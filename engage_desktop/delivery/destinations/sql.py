"""Destination `sql`: rows in a table of any database SQLAlchemy speaks to.

`message_id` is the primary key and a row that is there already is left alone, in the same
transaction as the rest of its batch: however often a batch is sent, each row is there once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engage_desktop.delivery.destinations.base import Unavailable, number, setting
from engage_desktop.delivery.destinations.file import COLUMNS, row
from engage_desktop.domain.errors import DeliveryError
from engage_desktop.store import Call

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table


CONNECT_TIMEOUT_S = 10


class SqlDestination:
    """Settings: `url` (SQLAlchemy, or env:NAME), `table` (default engage_deliveries), `batch` (rows a
    transaction, default 1000)."""

    def __init__(self, key: str, settings: dict[str, Any], base: Path) -> None:
        self._key = key
        self._url = setting(settings, "url", key)
        self.batch_size = max(1, int(number(settings, "batch", key, 1_000)))
        self._table_name = setting(settings, "table", key, "engage_deliveries")
        if (
            self._url.startswith("sqlite:///")
            and not self._url.startswith("sqlite:////")
            and ":memory:" not in self._url
        ):
            self._url = f"sqlite:///{base / self._url.removeprefix('sqlite:///')}"  # relative to the workspace
        self._engine: Engine | None = None
        self._table: Table | None = None

    def _open(self) -> tuple[Engine, Table]:
        import sqlalchemy as sa

        if self._engine is None or self._table is None:
            try:
                self._engine = _engine(self._url)
                self._table = sa.Table(
                    self._table_name,
                    sa.MetaData(),
                    *(
                        sa.Column(
                            name, sa.String(64) if name == "message_id" else sa.Text, primary_key=name == "message_id"
                        )
                        for name in COLUMNS
                    ),
                )
                self._table.metadata.create_all(self._engine)
            except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError) as error:
                self._engine = None
                raise DeliveryError(
                    f"destinations.{self._key}.settings.url: not a database address this program can open ({error}). Write it like postgresql+psycopg://user@host/name."
                ) from error
            except sa.exc.SQLAlchemyError as error:
                self._engine = None
                raise self._failure(error) from error
        return self._engine, self._table

    def check(self) -> None:
        self._open()

    def send(self, calls: Sequence[Call]) -> None:
        import sqlalchemy as sa

        engine, table = self._open()
        rows = [row(call) for call in calls]
        try:
            with engine.begin() as connection:
                if engine.dialect.name in ("postgresql", "sqlite"):
                    insert = (
                        sa.dialects.postgresql.insert
                        if engine.dialect.name == "postgresql"
                        else sa.dialects.sqlite.insert
                    )
                    connection.execute(insert(table).on_conflict_do_nothing(index_elements=["message_id"]), rows)
                else:
                    ids = [one["message_id"] for one in rows]
                    there = set(connection.scalars(sa.select(table.c.message_id).where(table.c.message_id.in_(ids))))
                    fresh = [one for one in rows if one["message_id"] not in there]
                    if fresh:
                        connection.execute(sa.insert(table), fresh)
        except sa.exc.SQLAlchemyError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _failure(self, error: Exception) -> DeliveryError:
        import sqlalchemy as sa

        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        said = f"Destination {self._key}: the database refused ({reason})."
        if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
            return Unavailable(f"{said} Check its address, that it is running and that its disk has space.")
        mend = f"Check that {self._table_name} may be written and has the columns {', '.join(COLUMNS)}"
        return DeliveryError(f"{said} {mend}, or name another table.")


def _engine(url: str) -> Engine:
    import sqlalchemy as sa

    address = sa.make_url(url)
    # The drivers would wait for minutes for a host that never answers.
    patience = {"connect_timeout": CONNECT_TIMEOUT_S} if address.get_backend_name() in ("postgresql", "mysql") else {}
    return sa.create_engine(address, connect_args=patience)
