"""The writer on SQLite: one thread with one connection.

It is also the process's one fair turn to write: sessions queue for a turn among the submissions, so that an editor
waits a tenth of a second under load instead of seconds.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from folkmoot.spec.errors import Clash, Unavailable
from folkmoot.store.writer import BATCH, TAKEN, Change, Values, Writer, by_table, gathering

# How many rows one statement inserts, most first: few statements, and few different ones to be prepared.
AT_ONCE = (64, 10, 1)
TURN_SECONDS = 5.0

CANNOT_SAVE = "The service cannot save at the moment. Try again in a minute."
# A lock that somebody held for half a minute; a disk that is read-only, broken, full, or gone.
CANNOT = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)

_holding: ContextVar[bool] = ContextVar("folkmoot_holds_turn", default=False)


@dataclass(slots=True)
class _Waiting:
    change: Change
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]


@dataclass(slots=True)
class _Turn:
    loop: asyncio.AbstractEventLoop
    granted: asyncio.Future[None]
    released: threading.Event = field(default_factory=threading.Event)


class _Insert:
    """Inserts into a table, compiled once: their text, and what turns each value into what the driver takes."""

    def __init__(self, table: sa.Table) -> None:
        dialect = sqlite.dialect(paramstyle="qmark")
        columns = list(table.c)
        statement = sa.insert(table).values({c.name: sa.bindparam(c.name, type_=c.type) for c in columns})
        compiled = statement.compile(dialect=dialect)
        types = {c.name: c.type.dialect_impl(dialect).bind_processor(dialect) for c in columns}
        self.order = [(name, types[name]) for name in compiled.positiontup or ()]
        row = f"({', '.join('?' * len(self.order))})"
        head = f"insert into {table.name} ({', '.join(name for name, _ in self.order)}) values "  # noqa: S608 (ours)
        self.texts = {size: head + ", ".join([row] * size) for size in AT_ONCE}

    def values(self, row: Values) -> list[Any]:
        """Return the row's values in the order of the statement."""
        given = [(row.get(name), process) for name, process in self.order]
        return [value if process is None or value is None else process(value) for value, process in given]


@cache
def _insert(table: sa.Table) -> _Insert:
    return _Insert(table)


class SqliteWriter(Writer):
    """Saves batches in a thread of its own."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__()
        self._connect = connect
        self._queue: queue.SimpleQueue[_Waiting | _Turn | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def open(self) -> None:
        """Start the thread."""
        self.closing = False
        self._thread = threading.Thread(target=self._run, name="folkmoot-writer", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Save everything that waits, then stop."""
        if self._thread is None:
            return
        self.closing = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join, 30)
        self._thread = None

    async def save(self, change: Change) -> None:
        """Return when the change is on the disk (see ``Writer``)."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._put(_Waiting(change, loop, future))
        await future

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the one turn to write. It is taken back after five seconds, so that nobody blocks the process."""
        if _holding.get():
            raise RuntimeError("a turn to write was asked for inside a turn")
        loop = asyncio.get_running_loop()
        turn = _Turn(loop, loop.create_future())
        self._put(turn)
        token = _holding.set(True)
        try:
            await turn.granted
            yield
        finally:
            _holding.reset(token)
            turn.released.set()

    def _put(self, item: _Waiting | _Turn) -> None:
        # Only the event loop puts: nothing comes between this look and the put.
        self.refuse_if_full(self._queue.qsize())
        self._queue.put(item)

    def _run(self) -> None:
        connection = self._connect()
        item = self._queue.get()
        wait = 0.0
        while item is not None:
            if isinstance(item, _Turn):
                _give(item)
                item = self._queue.get()
                continue
            if wait:
                time.sleep(wait)
            batch, item = self._batch(item)
            start = time.perf_counter()
            self._save(connection, batch)
            wait = gathering(len(batch), time.perf_counter() - start)
            item = item or self._queue.get()
        connection.close()

    def _batch(self, first: _Waiting) -> tuple[list[_Waiting], _Turn | None]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._queue.put(None)
                break
            if isinstance(item, _Turn):
                return batch, item
            batch.append(item)
        return batch, None

    def _save(self, connection: sqlite3.Connection, batch: list[_Waiting]) -> None:
        try:
            outcomes = self._together(connection, batch)
        except Exception:
            # Somebody's row is bad: once more, each apart, so that nobody fails for another.
            outcomes = self._apart(connection, batch)
        for loop in {waiting.loop for waiting in batch}:
            settled = [(w.future, outcome) for w, outcome in zip(batch, outcomes, strict=True) if w.loop is loop]
            loop.call_soon_threadsafe(_settle, settled)

    def _together(self, connection: sqlite3.Connection, batch: list[_Waiting]) -> list[Exception | None]:
        connection.execute("begin immediate")
        try:
            changes = [waiting.change for waiting in batch]
            _apply(connection, changes)
            self._seal(connection, changes)
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise
        self.commits += 1
        return [None] * len(batch)

    def _apart(self, connection: sqlite3.Connection, batch: list[_Waiting]) -> list[Exception | None]:
        try:
            connection.execute("begin immediate")
            outcomes = [_try(connection, waiting.change) for waiting in batch]
            kept = [w.change for w, outcome in zip(batch, outcomes, strict=True) if outcome is None]
            self._seal(connection, kept)
            connection.execute("commit")
        except Exception as error:
            if connection.in_transaction:
                connection.execute("rollback")
            return [_told(error)] * len(batch)
        self.commits += 1
        return outcomes

    def _seal(self, connection: sqlite3.Connection, changes: list[Change]) -> None:
        if self.chain is None or not changes:
            return
        tail = self.chain.tail.format("?")
        tails = {
            site_id: connection.execute(tail, (site_id.hex,)).fetchone() or self.chain.start
            for site_id in {change.site_id for change in changes}
        }
        rows = list(self.chain.rows(tails, changes))
        _insert_rows(connection, rows[0].table, [row.values for row in rows])


def _insert_rows(connection: sqlite3.Connection, table: sa.Table, rows: Sequence[Values]) -> None:
    """Insert many rows by few statements.

    The driver gives up the interpreter's lock at every statement, and a lock that is asked for by the busy thread that
    answers requests is slow to come back: a statement for each row cost more than the rows.
    """
    insert = _insert(table)
    values = [insert.values(row) for row in rows]
    done = 0
    for size, text in insert.texts.items():
        while len(values) - done >= size:
            connection.execute(text, list(chain.from_iterable(values[done : done + size])))
            done += size


def _apply(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    for table, rows in by_table(changes).items():
        _insert_rows(connection, table, rows)
    for table, site_id, row_id in chain.from_iterable(change.forget for change in changes):
        connection.execute(
            f"delete from {table.name} where site_id = ? and id = ?",  # noqa: S608 (a table of ours)
            (site_id.hex, row_id.hex),
        )


def _try(connection: sqlite3.Connection, change: Change) -> Exception | None:
    connection.execute("savepoint one")
    try:
        _apply(connection, (change,))
    except Exception as error:
        connection.execute("rollback to one")
        return _told(error)
    finally:
        connection.execute("release one")
    return None


def told(error: BaseException | None) -> Exception | None:
    """Return an error of ours for what the driver says, when there is one."""
    if isinstance(error, sqlite3.IntegrityError):
        return Clash(TAKEN)
    # The code of an extended error holds the code of its kind in its last byte.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return Unavailable(CANNOT_SAVE) if kind in CANNOT else None


def _told(error: Exception) -> Exception:
    return told(error) or error


def _settle(settled: Sequence[tuple[asyncio.Future[None], Exception | None]]) -> None:
    for future, outcome in settled:
        if future.cancelled():
            continue
        if outcome is None:
            future.set_result(None)
        else:
            future.set_exception(outcome)


def _give(turn: _Turn) -> None:
    def grant() -> None:
        if turn.granted.cancelled():
            turn.released.set()
        else:
            turn.granted.set_result(None)

    turn.loop.call_soon_threadsafe(grant)
    turn.released.wait(TURN_SECONDS)
