"""The database: how sessions are opened, read-only or in the process's one write turn."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.store.scoping import SiteSession, site_scope
from folkmoot.store.writer import Writer

BUSY_MS = 30_000


def connect(path: str) -> sqlite3.Connection:
    """Return a raw connection as every part of the process opens it: WAL, foreign keys, every commit on the disk."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    _pragmas(connection)
    return connection


def _pragmas(connection: Any) -> None:
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"pragma {pragma}").close()


def _create_engine(path: str) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None
        _pragmas(connection)

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        # A transaction that will write says so at once: a later upgrade of its lock could only fail.
        writes = connection.get_execution_options().get("folkmoot_writes", False)
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine


class Database:
    """One SQLite file, its engine and its writer.

    ``reading`` and ``writing`` give sessions of one site; ``system_reading`` and ``system_writing`` give sessions for
    the few tables that belong to no site (sites, hosts, accounts, sessions).
    """

    def __init__(self, url: str) -> None:
        self.path = url.removeprefix("sqlite:///")
        self.engine = _create_engine(self.path)
        self._writing = self.engine.execution_options(folkmoot_writes=True)
        self.writer = Writer(lambda: connect(self.path))

    def exists(self) -> bool:
        """Say whether the database's file is there."""
        return Path(self.path).is_file()

    async def open(self) -> None:
        """Start the writer."""
        self.writer.start()

    async def close(self) -> None:
        """Save what waits, and let go of all connections."""
        await asyncio.to_thread(self.writer.close)
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self, site_id: UUID) -> AsyncIterator[SiteSession]:
        """Open a session of a site for reading."""
        with site_scope(site_id):
            async with SiteSession(self.engine, site_id) as session:
                yield session

    @asynccontextmanager
    async def writing(self, site_id: UUID) -> AsyncIterator[SiteSession]:
        """Open a session of a site for writing; what is not committed when it ends is rolled back."""
        with site_scope(site_id):
            async with self.writer.turn(), SiteSession(self._writing, site_id) as session:
                yield session

    @asynccontextmanager
    async def system_reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session for tables that belong to no site."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def system_writing(self) -> AsyncIterator[AsyncSession]:
        """Open a writing session for tables that belong to no site."""
        async with self.writer.turn(), AsyncSession(self._writing, expire_on_commit=False) as session:
            yield session
