"""The limit on PostgreSQL: bare Litestar and bare asyncpg. ``python -m benchmarks.limit_postgres PORT URL``.

The routes put the same ten answers in the same two tables as ``limit_app`` does, and answer when they are on the disk:

``/submissions``          a transaction for each, on a connection of a pool: the plain way, and the limit of the goal
``/grouped-submissions``  one transaction for all that wait, by ``executemany``: how far one could go, for information
``/one-row-submissions``  a transaction for each, all answers as JSON in one row, as Folkmoot does; for information

Nothing is validated, referenced or audited.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from litestar import Litestar, Request, get, post

from benchmarks.serving import serve

BATCH = 200
# As many connections as an instance has for its pages, and as many that save as its writer has.
POOL, TASKS = 10, 2
DURABLE = {"synchronous_commit": "on"}
TABLES = """
create table if not exists submission (id bigint generated always as identity primary key,
  received timestamptz not null default now());
create table if not exists answer (id bigint generated always as identity primary key,
  submission bigint not null references submission (id), question text not null, value text not null);
create index if not exists answer_submission on answer (submission);
create table if not exists whole (id bigint generated always as identity primary key,
  received timestamptz not null default now(), answers jsonb not null);
"""
SUBMISSION = "insert into submission default values returning id"
SUBMISSIONS = "insert into submission select from generate_series(1, $1) returning id"
ANSWER = "insert into answer (submission, question, value) values ($1, $2, $3)"
Answers = dict[str, str]
Waiting = tuple[Answers, asyncio.Future[int]]


class Limit:
    """Both ways to save."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Any = None
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue()

    @asynccontextmanager
    async def life(self, app: Litestar) -> AsyncIterator[None]:  # noqa: ARG002
        """Connect for as long as the application is served."""
        async with asyncpg.create_pool(self._url, min_size=POOL, max_size=POOL, server_settings=DURABLE) as self._pool:
            await self._pool.execute(TABLES)
            tasks = [asyncio.create_task(self._run()) for _ in range(TASKS)]
            yield
            for task in tasks:
                task.cancel()

    async def save(self, answers: Answers) -> int:
        """Save one submission in a transaction of its own."""
        async with self._pool.acquire() as connection, connection.transaction():
            number: int = await connection.fetchval(SUBMISSION)
            await connection.executemany(ANSWER, _rows(number, answers))
        return number

    async def save_whole(self, answers: str) -> int:
        """Save one submission as one row, in a transaction of its own."""
        number: int = await self._pool.fetchval("insert into whole (answers) values ($1) returning id", answers)
        return number

    async def save_grouped(self, answers: Answers) -> int:
        """Save one submission with all others that wait."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((answers, future))
        return await future

    async def _run(self) -> None:
        connection = await asyncpg.connect(self._url, server_settings=DURABLE)
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            async with connection.transaction():
                numbers = [row[0] for row in await connection.fetch(SUBMISSIONS, len(batch))]
                pairs = zip(numbers, batch, strict=True)
                await connection.executemany(
                    ANSWER, [row for number, (given, _) in pairs for row in _rows(number, given)]
                )
            for number, (_, future) in zip(numbers, batch, strict=True):
                if not future.done():
                    future.set_result(number)


def _rows(number: int, answers: Answers) -> list[tuple[int, str, str]]:
    return [(number, question, value) for question, value in answers.items()]


def create_app(url: str) -> Litestar:
    """Return the limit on a database, where it makes its tables."""
    limit = Limit(url)

    @get("/ready", sync_to_thread=False)
    def ready() -> str:
        return "ready"

    @post("/submissions")
    async def submit(request: Request[Any, Any, Any]) -> dict[str, int]:
        return {"number": await limit.save((await request.json())["answers"])}

    @post("/grouped-submissions")
    async def submit_grouped(request: Request[Any, Any, Any]) -> dict[str, int]:
        return {"number": await limit.save_grouped((await request.json())["answers"])}

    @post("/one-row-submissions")
    async def submit_whole(request: Request[Any, Any, Any]) -> dict[str, int]:
        return {"number": await limit.save_whole(json.dumps((await request.json())["answers"]))}

    return Litestar(
        [ready, submit, submit_grouped, submit_whole], lifespan=[limit.life], openapi_config=None, logging_config=None
    )


if __name__ == "__main__":
    serve(create_app(sys.argv[2]), int(sys.argv[1]))
