"""The databases of a run: a file for SQLite, and for PostgreSQL a new database on the server that tests use."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from benchmarks.processes import TICK
from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.testing import postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)
SHOWN = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}


def missing() -> str:
    """Return why PostgreSQL cannot be measured here, or nothing."""
    try:
        postgres.server()
    except (OSError, RuntimeError) as error:
        return str(error)
    return ""


def administrator(urls: DatabaseUrls) -> str:
    """Return the URL of a database for the server's administrator, who is held by no policy."""
    return urlunsplit(urlsplit(postgres.server())._replace(path=urlsplit(urls.app).path))


def analyse(urls: DatabaseUrls) -> None:
    """Do what the server does by itself within a minute of work: count the rows, so that queries are planned well."""
    postgres.run_sql(administrator(urls), "vacuum analyze")


def rows(urls: DatabaseUrls, query: str) -> Sequence[Any]:
    """Return what a query finds, of all sites; the query must be one that both databases understand."""
    if urls.dialect == POSTGRESQL:
        return postgres.run_sql(urls.system, query)
    with contextlib.closing(sqlite3.connect(urls.path)) as connection:
        return connection.execute(query).fetchall()


def execute_many(urls: DatabaseUrls, table: str, columns: Sequence[str], made: Iterable[Sequence[Any]]) -> None:
    """Insert rows in bulk, in one transaction, past every rule of the application."""
    if urls.dialect == POSTGRESQL:
        asyncio.run(_copy(urls, table, columns, made))
        return
    statement = f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"
    with contextlib.closing(sqlite3.connect(urls.path, isolation_level=None)) as connection:
        connection.execute("begin")
        connection.executemany(statement, (tuple(map(_plain, row)) for row in made))
        connection.execute("commit")
        connection.execute("pragma wal_checkpoint(truncate)")


async def _copy(urls: DatabaseUrls, table: str, columns: Sequence[str], made: Iterable[Sequence[Any]]) -> None:
    import asyncpg

    connection = await asyncpg.connect(administrator(urls))
    try:
        await connection.copy_records_to_table(table, records=made, columns=columns)
    finally:
        await connection.close()


def _plain(value: Any) -> Any:
    """Return a value as SQLAlchemy keeps it on SQLite."""
    if isinstance(value, UUID):
        return value.hex
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


class Backend(NamedTuple):
    """One of the server's processes for our connections, and when it began: its number may be used again."""

    pid: int
    began: Any


class Backends:
    """The server's processes that work for one database. On SQLite there are none, and they use no time."""

    def __init__(self, urls: DatabaseUrls | None) -> None:
        self._urls = urls
        self._last: dict[Backend, float] = {}

    def spent(self) -> float:
        """Return the CPU seconds that they have used since they were last asked."""
        now = self._now()
        spent = sum(seconds - self._last.get(backend, 0.0) for backend, seconds in now.items())
        self._last = now
        return spent

    def _now(self) -> dict[Backend, float]:
        if self._urls is None:
            return {}
        name = urlsplit(self._urls.app).path.removeprefix("/")
        query = f"select pid, backend_start from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()"
        found = [Backend(*row) for row in postgres.run_sql(postgres.server(), query)]
        return {backend: seconds for backend in found if (seconds := _cpu_seconds(backend.pid)) is not None}


def _cpu_seconds(pid: int) -> float | None:
    # A server on another machine has no processes here; one that has ended meanwhile has none either.
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) * TICK
    return None
