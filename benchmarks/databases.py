"""The databases of a run: a file for SQLite, and for PostgreSQL a new database on the server that tests use."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

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
    import sqlite3

    with contextlib.closing(sqlite3.connect(urls.path)) as connection:
        return connection.execute(query).fetchall()


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
        query = f"select pid, backend_start from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()"  # noqa: S608 (ours)
        found = [Backend(*row) for row in postgres.run_sql(postgres.server(), query)]
        return {backend: seconds for backend in found if (seconds := _cpu_seconds(backend.pid)) is not None}


def _cpu_seconds(pid: int) -> float | None:
    # A server on another machine has no processes here; one that has ended meanwhile has none either.
    with contextlib.suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) * TICK
    return None
