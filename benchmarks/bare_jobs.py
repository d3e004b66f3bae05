"""The limit of a worker: a loop over the bare claim statement. ``python -m benchmarks.bare_jobs URL COUNT HANDS``.

A table of its own, one transaction a job: say that the last one is done, and take the next. Nothing is looked up,
logged or kept alive meanwhile. Prints the seconds that it took.
"""

import asyncio
import contextlib
import sqlite3
import sys
import time

TABLE = """
create table bare_job (id integer primary key, name text, arguments text, state text, run_at double precision,
  worker text, attempts integer not null default 0);
create index bare_job_open on bare_job (state, run_at);
"""
FILL = (
    "insert into bare_job (id, name, arguments, state, run_at) with recursive n(i) as"
    " (select 1 union all select i + 1 from n where i < {}) select i, 'x', '{{}}', 'queued', i from n"
)
PICK = "select id from bare_job where state = 'queued' and run_at <= {0} order by run_at limit 1{1}"
CLAIM = (
    "update bare_job set state = 'running', worker = 'w', run_at = {0} + 60, attempts = attempts + 1"
    " where id = ({1}) returning id, name, arguments, attempts"
)
DONE = "update bare_job set state = 'done' where id = {}"


def on_sqlite(path: str, count: int) -> float:
    """Do all jobs, on a connection whose commits wait for the disk."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.executescript(TABLE)
        connection.execute(FILL.format(count))
        claim = CLAIM.format("?", PICK.format("?", ""))
        start, last = time.perf_counter(), None
        while True:
            now = time.time()
            connection.execute("begin immediate")
            if last is not None:
                connection.execute(DONE.format("?"), (last,))
            found = connection.execute(claim, (now, now)).fetchone()
            connection.execute("commit")
            if found is None:
                return time.perf_counter() - start
            last = found[0]


async def on_postgresql(url: str, count: int, hands: int) -> float:
    """Do all jobs by some hands, each with a connection."""
    import asyncpg

    claim = CLAIM.format("$1::float8", PICK.format("$1::float8", " for update skip locked"))
    async with asyncpg.create_pool(url, min_size=hands, max_size=hands) as pool:
        await pool.execute(TABLE)
        await pool.execute(FILL.format(count))

        async def hand() -> None:
            async with pool.acquire() as connection:
                last = None
                while True:
                    async with connection.transaction():
                        if last is not None:
                            await connection.execute(DONE.format("$1"), last)
                        found = await connection.fetchrow(claim, time.time())
                    if found is None:
                        return
                    last = found[0]

        start = time.perf_counter()
        await asyncio.gather(*(hand() for _ in range(hands)))
        return time.perf_counter() - start


if __name__ == "__main__":
    url, count, hands = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sqlite = url.startswith("sqlite:")
    print(on_sqlite(url.removeprefix("sqlite:///"), count) if sqlite else asyncio.run(on_postgresql(url, count, hands)))
