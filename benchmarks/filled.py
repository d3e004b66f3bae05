"""A consultation with very many submissions, put into a prepared database in bulk: the long way would take hours."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.databases import administrator, analyse, rows
from benchmarks.site import QUESTIONS, SLUG, BenchSite, sentence
from folkmoot.kernel.ids import new_id
from folkmoot.kernel.settings import DatabaseUrls

BEGUN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
AT_ONCE = 5_000
SUBMISSION = (
    *("site_id", "id", "form_id", "form_version_id", "reference", "idempotency_key", "channel", "language"),
    *("received_at", "confidential"),
)
ANSWER = ("site_id", "id", "submission_id", "question", "value", "position")
Rows = list[tuple[Any, ...]]


def fill(site: BenchSite, count: int) -> None:
    """Put submissions of ten answers each into the site's consultation."""
    urls = site.database_urls()
    query = (
        "select f.site_id, f.id, v.id from core_form f join core_form_version v on v.form_id = f.id"  # noqa: S608 (ours)
        f" join consultation_consultation c on c.form_id = f.id where c.slug = '{SLUG}'"
    )
    [place] = rows(urls, query)
    made = _made(*(UUID(str(part)) for part in place), count)
    if site.urls:
        asyncio.run(_copy(urls, made))
        analyse(urls)
    else:
        _insert(urls.path, made)


def _made(site_id: UUID, form_id: UUID, version_id: UUID, count: int) -> Iterator[tuple[Rows, Rows]]:
    random = Random(18)
    # As long as answers are, and few enough to be made in no time.
    said = [sentence(random) for _ in range(5_000)]
    submissions: Rows = []
    answers: Rows = []
    for number in range(count):
        row_id, at = new_id(), BEGUN + timedelta(seconds=number * 7, milliseconds=number % 1_000)
        reference = f"BENCH-{number:08d}"
        submissions.append((site_id, row_id, form_id, version_id, reference, f"k{number}", "bulk", "en", at, ""))
        answers += [
            (site_id, new_id(), row_id, f"q{question}", random.choice(said), 0) for question in range(1, QUESTIONS + 1)
        ]
        if len(submissions) == AT_ONCE:
            yield submissions, answers
            submissions, answers = [], []
    if submissions:
        yield submissions, answers


def _insert(path: str, made: Iterator[tuple[Rows, Rows]]) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("begin")
        for submissions, answers in made:
            for table, names, found in (
                ("core_form_submission", SUBMISSION, submissions),
                ("core_form_answer", ANSWER, answers),
            ):
                marks = ", ".join("?" * len(names))
                connection.executemany(
                    f"insert into {table} ({', '.join(names)}) values ({marks})",  # noqa: S608 (ours)
                    [tuple(_plain(value) for value in row) for row in found],
                )
        connection.execute("commit")
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("analyze")


def _plain(value: Any) -> Any:
    """Return a value as SQLAlchemy keeps it on SQLite."""
    if isinstance(value, UUID):
        return value.hex
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


async def _copy(urls: DatabaseUrls, made: Iterator[tuple[Rows, Rows]]) -> None:
    import asyncpg

    connection = await asyncpg.connect(administrator(urls))
    try:
        # Two million foreign keys, all of which are known to hold.
        await connection.execute("set session_replication_role = replica")
        for submissions, answers in made:
            await connection.copy_records_to_table("core_form_submission", records=submissions, columns=SUBMISSION)
            await connection.copy_records_to_table("core_form_answer", records=answers, columns=ANSWER)
    finally:
        await connection.close()
