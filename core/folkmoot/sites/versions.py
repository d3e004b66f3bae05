"""How often pages have changed, known on the way to every cached page: read on SQLite, listened for on PostgreSQL."""

import asyncio
import contextlib
import itertools
import logging
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from folkmoot.store import notices
from folkmoot.store.database import Database
from folkmoot.store.notices import Touched

HEARTBEAT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
AGAIN_SECONDS = 0.1
DIRECTORY = "select version from core_directory_version where id = 1"


class Versions(ABC):
    """Numbers that move when pages or the directory change. Only equality means anything."""

    @abstractmethod
    def directory(self) -> int:
        """Return the directory's version."""

    @abstractmethod
    def pages(self, site_id: UUID, plugin: str | None) -> int:
        """Return the version of a plugin's pages with the shell around them, or of all pages of the site."""

    @abstractmethod
    def alive(self) -> bool:
        """Say whether the database answers."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of the connection."""


class SqliteVersions(Versions):
    """Reads versions by a connection of its own.

    A version is read again only when ``pragma data_version`` says that some connection has committed since, and that is
    asked once for all requests that the event loop picked up together. So what a request sees was looked at after the
    request had arrived: a change that was made before it is never missed.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._committed = -1
        self._looked = False
        self._pages: dict[tuple[UUID, str | None], int] = {}

    def directory(self) -> int:
        """Return the directory's version."""
        row = self._connection.execute(DIRECTORY).fetchone()
        return int(row[0]) if row else 0

    def pages(self, site_id: UUID, plugin: str | None) -> int:
        """Return the version of a plugin's pages with the shell around them, or of all pages of the site."""
        if not self._looked:
            self._look()
        known = self._pages.get((site_id, plugin))
        if known is None:
            known = self._pages[site_id, plugin] = self._read_pages(site_id, plugin)
        return known

    def alive(self) -> bool:
        """Say whether the database answers."""
        try:
            self.directory()
        except sqlite3.Error:
            return False
        return True

    async def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _look(self) -> None:
        committed = self._connection.execute("pragma data_version").fetchone()[0]
        if committed != self._committed:
            self._pages.clear()
            self._committed = committed
        self._looked = True
        # The loop runs this before anything that arrives from now on.
        asyncio.get_running_loop().call_soon(self._look_again)

    def _look_again(self) -> None:
        self._looked = False

    def _read_pages(self, site_id: UUID, plugin: str | None) -> int:
        if plugin is None:
            text, values = "select sum(version) from core_page_version where site_id = ?", (site_id.hex,)
        else:
            text = "select sum(version) from core_page_version where site_id = ? and plugin in ('core', ?)"
            values = (site_id.hex, plugin)  # type: ignore[assignment]
        return self._connection.execute(text, values).fetchone()[0] or 0


class PostgresVersions(Versions):
    """Counts the notices that it hears on a connection of its own; a heartbeat finds out when that has died.

    While nothing is heard every version is a new one, so nothing is served from the cache that may have changed.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count(1)
        self._pages: dict[tuple[UUID, str], int] = {}
        self._sites: dict[UUID, int] = {}
        self._directory = next(self._numbers)
        self._seen: int | None = None
        self._forgot = next(self._numbers)
        self._listening = False
        self._connection: Any = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Listen; what cannot be heard yet is tried again each second."""
        heard = asyncio.Event()
        self._task = asyncio.create_task(self._listen(heard), name="folkmoot-versions")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), ANSWER_SECONDS)

    def directory(self) -> int:
        """Return the directory's version."""
        return self._directory

    def pages(self, site_id: UUID, plugin: str | None) -> int:
        """Return the version of a plugin's pages with the shell around them, or of all pages of the site."""
        if not self._listening:
            return next(self._numbers)
        if plugin is None:
            return max(self._forgot, self._sites.get(site_id, 0))
        shell = self._pages.get((site_id, "core"), 0)
        return max(self._forgot, shell, self._pages.get((site_id, plugin), 0))

    def alive(self) -> bool:
        """Say whether the database answered the last heartbeat."""
        return self._listening

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def move(self, touched: Iterable[Touched]) -> None:
        """Take note of changes, heard or made by this process."""
        for one in touched:
            number = next(self._numbers)
            if one is None:
                self._directory = number
            else:
                self._pages[one] = self._sites[one[0]] = number

    async def _listen(self, heard: asyncio.Event) -> None:
        import asyncpg

        while True:
            try:
                connection = await asyncpg.connect(
                    self._url, timeout=ANSWER_SECONDS, server_settings={"application_name": "folkmoot-versions"}
                )
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(HEARTBEAT_SECONDS)
                continue
            try:
                self._connection = connection
                connection.add_termination_listener(self._deaf)
                await connection.add_listener(notices.CHANNEL, self._hear)
                self._start_afresh()
                heard.set()
                while True:
                    await self._beat(connection)
                    await asyncio.sleep(HEARTBEAT_SECONDS)
            except Exception as error:
                # Whatever has happened to it, another connection is the way on.
                logging.getLogger("folkmoot").error("listening was interrupted: %s", type(error).__name__)
                self._listening = False
                await asyncio.sleep(AGAIN_SECONDS)
            finally:
                connection.terminate()

    def _deaf(self, connection: Any) -> None:
        # Said as soon as the connection is known to be gone, not at the next heartbeat; another may be there by now.
        if connection is self._connection:
            self._listening = False

    def _start_afresh(self) -> None:
        # What happened while nobody listened is not known: everything may have changed.
        self._pages.clear()
        self._sites.clear()
        self._forgot = next(self._numbers)
        self._directory = next(self._numbers)
        self._listening = True

    def _hear(self, connection: Any, pid: int, channel: str, text: str) -> None:  # noqa: ARG002
        with contextlib.suppress(ValueError):
            self.move([notices.read(text)])

    async def _beat(self, connection: Any) -> None:
        row = await connection.fetchval(DIRECTORY, timeout=ANSWER_SECONDS)
        if row != self._seen:
            self._seen = row
            self._directory = next(self._numbers)


async def open_versions(database: Database) -> Versions:
    """Return what knows the versions of a database, listening."""
    if database.dialect == "sqlite":
        from folkmoot.store.sqlite import SqliteDatabase, connect

        assert isinstance(database, SqliteDatabase)
        return SqliteVersions(connect(database.path))
    from folkmoot.store.postgres import PostgresDatabase

    assert isinstance(database, PostgresDatabase)
    versions = PostgresVersions(database.urls.system)
    database.on_touch = versions.move
    await versions.open()
    return versions
