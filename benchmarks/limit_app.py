"""The limit: the least that could answer. ``python -m benchmarks.limit_app PORT FOLDER``.

Bare Litestar with four routes:

``/page``         bytes that were made before (``page.html`` in the folder), with no layer around Litestar's own
``/slow-page``    the same, after two milliseconds of CPU: the twin that every check must find too slow
``/submissions``  a JSON body with ten answers, put in two tables by a thread that commits for all who wait
                  (``synchronous=FULL``); nothing is validated, referenced or audited
``/one-row-submissions``  the same, all answers as JSON in one row, as Folkmoot keeps them; for information
"""

import asyncio
import json
import queue
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, get, post

from benchmarks.serving import serve

BATCH = 200
SLOW_SECONDS = 0.002
TABLES = """
create table if not exists submission (id integer primary key, received text default current_timestamp);
create table if not exists answer (id integer primary key, submission int references submission (id),
  question text, value text);
create index if not exists answer_submission on answer (submission);
create table if not exists whole (id integer primary key, received text default current_timestamp, answers text);
"""
# What is inserted is the JSON of the answers, or the answers themselves.
Given = dict[str, str] | str
Waiting = tuple[Given, asyncio.AbstractEventLoop, asyncio.Future[int]]


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection on which a commit returns when it is on the disk."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    return connection


class GroupCommit:
    """One thread that puts everything that waits into one commit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[Waiting] = queue.SimpleQueue()
        connect(path).executescript(TABLES)
        threading.Thread(target=self._run, daemon=True).start()

    async def save(self, answers: Given) -> int:
        """Return the number of a submission when it is on the disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int] = loop.create_future()
        self._queue.put((answers, loop, future))
        return await future

    def _run(self) -> None:
        connection = connect(self._path)
        while True:
            batch = [self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get())
            connection.execute("begin immediate")
            numbers = [_insert(connection, answers) for answers, _, _ in batch]
            connection.execute("commit")
            settled = [(future, number) for (_, _, future), number in zip(batch, numbers, strict=True)]
            batch[0][1].call_soon_threadsafe(_settle, settled)


def _insert(connection: sqlite3.Connection, answers: Given) -> int:
    if isinstance(answers, str):
        whole = connection.execute("insert into whole (answers) values (?)", (answers,)).lastrowid
        assert whole is not None
        return whole
    number = connection.execute("insert into submission default values").lastrowid
    assert number is not None
    rows = [(number, question, value) for question, value in answers.items()]
    connection.executemany("insert into answer (submission, question, value) values (?, ?, ?)", rows)
    return number


def _settle(settled: list[tuple[asyncio.Future[int], int]]) -> None:
    for future, number in settled:
        if not future.done():
            future.set_result(number)


def create_app(folder: Path) -> Litestar:
    """Return the limit, with its page and its database in a folder."""
    content = (folder / "page.html").read_bytes()
    writer = GroupCommit(folder / "limit.db")

    @get("/page", sync_to_thread=False)
    def page() -> Response[bytes]:
        return Response(content, media_type="text/html; charset=utf-8")

    @get("/slow-page", sync_to_thread=False)
    def slow_page() -> Response[bytes]:
        until = time.process_time() + SLOW_SECONDS
        while time.process_time() < until:
            pass
        return Response(content, media_type="text/html; charset=utf-8")

    @post("/submissions")
    async def submit(request: Request[Any, Any, Any]) -> dict[str, int]:
        return {"number": await writer.save((await request.json())["answers"])}

    @post("/one-row-submissions")
    async def submit_whole(request: Request[Any, Any, Any]) -> dict[str, int]:
        return {"number": await writer.save(json.dumps((await request.json())["answers"]))}

    return Litestar([page, slow_page, submit, submit_whole], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    serve(create_app(Path(sys.argv[2])), int(sys.argv[1]))
