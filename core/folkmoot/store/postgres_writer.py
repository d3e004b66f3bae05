"""The writer on PostgreSQL: a few tasks, each with a connection, each taking what waits into one transaction."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from folkmoot.spec.errors import Clash, Unavailable
from folkmoot.store.locks import AUDIT, lock_key
from folkmoot.store.writer import BATCH, TAKEN, Change, Values, Writer, by_table, gathering

# The driver has no types of its own.
Connection = Any

TASKS = 1
SECONDS = 10.0
UNREACHABLE = "The service cannot reach its database. Try again in a minute."
# Acknowledged means on the disk of the server, whatever its configuration says.
ON_THE_DISK = {"synchronous_commit": "on", "application_name": "folkmoot-writer", "lock_timeout": "10s"}
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


@dataclass(slots=True)
class _Waiting:
    change: Change
    future: asyncio.Future[None]


class _Insert:
    """An insert into a table, compiled once: its text, and what turns each value into what the driver takes."""

    def __init__(self, table: sa.Table) -> None:
        dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]
        processors = [(c.name, c.type.dialect_impl(dialect).bind_processor(dialect)) for c in table.c]
        self._processors = processors
        names = ", ".join(f'"{name}"' for name, _ in processors)
        marks = ", ".join(f"${number}" for number in range(1, len(processors) + 1))
        self.text = f"insert into {table.name} ({names}) values ({marks})"  # noqa: S608 (ours)

    def values(self, row: Values) -> list[Any]:
        """Return the row's values in the order of the statement."""
        given = [(row.get(name), process) for name, process in self._processors]
        return [value if process is None or value is None else process(value) for value, process in given]


@cache
def _insert(table: sa.Table) -> _Insert:
    return _Insert(table)


class PostgresWriter(Writer):
    """Saves batches in tasks of the event loop. It works as the system role: a batch holds changes of many sites."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._waiting: asyncio.Queue[_Waiting | None]
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Start the tasks; each connects when there is something to save."""
        self.closing = False
        self._waiting = asyncio.Queue()
        self._tasks = [asyncio.create_task(self._run(), name=f"folkmoot-writer-{n}") for n in range(TASKS)]

    async def close(self) -> None:
        """Save everything that waits, then stop."""
        if self.closing:
            return
        self.closing = True
        for _ in self._tasks:
            self._waiting.put_nowait(None)
        await asyncio.gather(*self._tasks)

    async def save(self, change: Change) -> None:
        """Return when the change is on the disk (see ``Writer``)."""
        self.refuse_if_full(0 if self.closing else self._waiting.qsize())
        waiting = _Waiting(change, asyncio.get_running_loop().create_future())
        self._waiting.put_nowait(waiting)
        await waiting.future

    async def _run(self) -> None:
        connection: Connection | None = None
        wait = 0.0
        while (first := await self._waiting.get()) is not None:
            await asyncio.sleep(wait)
            batch = self._batch(first)
            start = time.perf_counter()
            try:
                if connection is None or connection.is_closed():
                    connection = await asyncpg.connect(
                        self._url, timeout=SECONDS, command_timeout=SECONDS, server_settings=ON_THE_DISK
                    )
                await self._save(connection, batch)
            except _LOST:
                # Whether the last commit came through is not known: who sends again with the same key finds out.
                _settle(batch, [Unavailable(UNREACHABLE)] * len(batch))
                if connection is not None:
                    connection.terminate()
                    connection = None
            except Exception as error:
                _settle(batch, [error] * len(batch))
            wait = gathering(len(batch), time.perf_counter() - start)
        if connection is not None:
            with contextlib.suppress(*_LOST):
                await connection.close(timeout=SECONDS)

    def _batch(self, first: _Waiting) -> list[_Waiting]:
        batch = [first]
        while len(batch) < BATCH and not self._waiting.empty():
            item = self._waiting.get_nowait()
            if item is None:
                self._waiting.put_nowait(None)
                break
            batch.append(item)
        return batch

    async def _save(self, connection: Connection, batch: list[_Waiting]) -> None:
        try:
            async with connection.transaction():
                await _apply(connection, [waiting.change for waiting in batch])
                await self._seal(connection, [waiting.change for waiting in batch])
            outcomes: list[Exception | None] = [None] * len(batch)
        except _LOST:
            raise
        except Exception:
            # Somebody's row is bad: once more, each apart, so that nobody fails for another.
            outcomes = await self._apart(connection, batch)
        self.commits += 1
        _settle(batch, outcomes)

    async def _apart(self, connection: Connection, batch: list[_Waiting]) -> list[Exception | None]:
        async with connection.transaction():
            outcomes = [await _try(connection, waiting.change) for waiting in batch]
            kept = [w.change for w, outcome in zip(batch, outcomes, strict=True) if outcome is None]
            await self._seal(connection, kept)
        return outcomes

    async def _seal(self, connection: Connection, changes: list[Change]) -> None:
        if self.chain is None or not changes:
            return
        tails = {}
        # In one order for all tasks and processes, after everything else: so nobody waits for somebody who waits.
        for site_id in sorted({change.site_id for change in changes}):
            await connection.execute("select pg_advisory_xact_lock($1, $2)", AUDIT, lock_key(site_id))
            last = await connection.fetchrow(self.chain.tail.format("$1"), site_id)
            tails[site_id] = (last[0], last[1]) if last else self.chain.start
        rows = list(self.chain.rows(tails, changes))
        await _insert_rows(connection, rows[0].table, [row.values for row in rows])


async def _insert_rows(connection: Connection, table: sa.Table, rows: Sequence[Values]) -> None:
    insert = _insert(table)
    values = [insert.values(row) for row in rows]
    if len(values) == 1:
        await connection.execute(insert.text, *values[0])
    else:
        await connection.executemany(insert.text, values)


async def _apply(connection: Connection, changes: Sequence[Change]) -> None:
    for table, rows in by_table(changes).items():
        await _insert_rows(connection, table, rows)
    for table, site_id, row_id in [forgotten for change in changes for forgotten in change.forget]:
        text = f"delete from {table.name} where site_id = $1 and id = $2"  # noqa: S608 (a table of ours)
        await connection.execute(text, site_id, row_id)


async def _try(connection: Connection, change: Change) -> Exception | None:
    try:
        async with connection.transaction():
            await _apply(connection, (change,))
    except asyncpg.IntegrityConstraintViolationError:
        return Clash(TAKEN)
    except _LOST:
        raise
    except Exception as error:
        return error
    return None


def _settle(batch: Sequence[_Waiting], outcomes: Sequence[Exception | None]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if waiting.future.done():
            continue
        if outcome is None:
            waiting.future.set_result(None)
        else:
            waiting.future.set_exception(outcome)
