"""SQLite: one file, write-ahead log, every commit on the disk, one writer at a time."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from folkmoot.store.database import Database
from folkmoot.store.sqlite_writer import SqliteWriter, told

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


class SqliteDatabase(Database):
    """One SQLite file, its engine and its writer."""

    writer: SqliteWriter

    def __init__(self, path: str) -> None:
        self.path = path
        engine = _create_engine(path)
        writing = engine.execution_options(folkmoot_writes=True)
        super().__init__(engine, writing, engine, writing, SqliteWriter(lambda: connect(path)))

    def exists(self) -> bool:
        """Say whether the database's file is there."""
        return Path(self.path).is_file()

    def told(self, error: Exception) -> Exception | None:
        """Return an error of ours for a disk that is full or read-only, or a lock that is not to be had."""
        return told(getattr(error, "orig", None))

    async def open(self) -> None:
        """Start the writer."""
        await self.writer.open()

    @asynccontextmanager
    async def _turn(self, site: UUID | None, *, shared: bool) -> AsyncIterator[None]:  # noqa: ARG002
        async with self.writer.turn():
            yield
