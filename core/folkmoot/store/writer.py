"""The writer: one thread with one connection makes many submissions durable in one commit.

It is also the process's one fair turn to write: sessions queue for a turn among the submissions, so that an editor
waits a tenth of a second under load instead of seconds.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, groupby
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from folkmoot.kernel.ids import new_id
from folkmoot.spec.errors import Busy

BATCH = 200
# How many rows one statement inserts, most first: few statements, and few different ones to be prepared.
AT_ONCE = (64, 10, 1)
WAITING = 2_000
TURN_SECONDS = 5.0

Values = dict[str, Any]
_holding: ContextVar[bool] = ContextVar("folkmoot_holds_turn", default=False)


class Chain(Protocol):
    """What seals each change of a batch into the audit log (see ``folkmoot.audit``)."""

    def rows(self, connection: sqlite3.Connection, changes: Sequence["Change"]) -> Iterable["Row"]:
        """Return the log's rows for a batch, in order."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row to insert: a table and its values, the site included."""

    table: sa.Table
    values: Values

    @classmethod
    def of(cls, model: type[Any], site_id: UUID, **values: Any) -> "Row":
        """Return a row of a site-scoped model; an ``id`` is made unless one is given."""
        return cls(model.__table__, {"site_id": site_id, "id": values.pop("id", None) or new_id(), **values})


@dataclass(frozen=True, slots=True)
class Change:
    """What one submission saves, all or nothing.

    :param rows: inserted in this order
    :param forget: ``(table, site_id, id)`` of rows deleted in the same transaction (the draft that became this)
    :param event: what the audit log says, with ``object_id``
    """

    site_id: UUID
    rows: tuple[Row, ...]
    event: str
    object_id: UUID
    actor: str = "public"
    note: str = ""
    forget: tuple[tuple[sa.Table, UUID, UUID], ...] = ()


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


class Writer:
    """Takes changes from any task of the process and makes each durable before its caller goes on."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._queue: queue.SimpleQueue[_Waiting | _Turn | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closing = False
        self.chain: Chain | None = None
        self.commits = 0

    def start(self) -> None:
        """Start the thread."""
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="folkmoot-writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Save everything that waits, then stop."""
        if self._thread is None:
            return
        self._closing = True
        self._queue.put(None)
        self._thread.join(30)
        self._thread = None

    async def save(self, change: Change) -> None:
        """Return when the change is on the disk.

        :raises Busy: when too much waits; nothing was saved
        :raises sqlite3.IntegrityError: when a row breaks a constraint; nothing of this change was saved
        """
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
        if self._closing or self._thread is None:
            raise Busy("The service is closing down. Try again in a minute.")
        # Only the event loop puts: nothing comes between this look and the put.
        if self._queue.qsize() >= WAITING:
            raise Busy("Many people are answering at this moment. Try again in a minute.")
        self._queue.put(item)

    def _run(self) -> None:
        connection = self._connect()
        item = self._queue.get()
        while item is not None:
            if isinstance(item, _Turn):
                _give(item)
                item = self._queue.get()
                continue
            batch, item = self._batch(item)
            self._save(connection, batch)
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
            return [error] * len(batch)
        self.commits += 1
        return outcomes

    def _seal(self, connection: sqlite3.Connection, changes: list[Change]) -> None:
        if self.chain is not None and changes:
            _insert_rows(connection, self.chain.rows(connection, changes))


def _insert_rows(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Insert many rows by few statements.

    The driver gives up the interpreter's lock at every statement, and a lock that is asked for by the busy thread that
    answers requests is slow to come back: a statement for each row cost more than the rows.
    """
    for table, group in groupby(rows, key=lambda row: row.table):
        insert = _insert(table)
        values = [insert.values(row.values) for row in group]
        done = 0
        for size, text in insert.texts.items():
            while len(values) - done >= size:
                connection.execute(text, list(chain.from_iterable(values[done : done + size])))
                done += size


def _by_table(changes: Iterable[Change]) -> list[Row]:
    """Return the rows of many changes, those of a table together, tables in the order in which changes have them."""
    tables: dict[sa.Table, list[Row]] = {}
    for change in changes:
        for row in change.rows:
            tables.setdefault(row.table, []).append(row)
    return [row for rows in tables.values() for row in rows]


def _apply(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    _insert_rows(connection, _by_table(changes))
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
        return error
    finally:
        connection.execute("release one")
    return None


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
