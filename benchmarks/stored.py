"""What is on the disk after a run: every submission that was acknowledged, whole, in a sound audit log."""

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from benchmarks.databases import POSTGRESQL, rows
from benchmarks.site import QUESTIONS, BenchSite
from folkmoot.audit.chain import first_broken
from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.store.database import open_database
from folkmoot.store.postgres_writer import ON_THE_DISK
from folkmoot.store.sqlite import connect

FULL = 2
KEPT = "select count(*) from core_form_submission where channel = 'api'"
ANSWERS = "select answers from core_form_submission where channel = 'api'"
# Not a join: SQLite would go through the site's whole log for each submission.
AUDITED = (
    "select count(*) from core_form_submission where channel = 'api'"
    " and (site_id, id) in (select site_id, object_id from core_audit_entry)"
)
REFERENCES = "select reference from core_form_submission"


@dataclass(slots=True)
class Acknowledged:
    """How many submissions were acknowledged, and how many more may have been saved.

    The load generator goes away in the middle of requests: what it had sent and not yet heard of may be saved too.
    """

    answered: int = 0
    unanswered: int = 0

    def add(self, answered: int, *, unanswered: int) -> None:
        """Add a run."""
        self.answered += answered
        self.unanswered += unanswered

    def described(self) -> str:
        """Say it in words."""
        return f"{self.answered:,} submissions acknowledged, and looked for afterwards with answers and audit log"


def store_faults(site: BenchSite, acknowledged: Acknowledged) -> list[str]:
    """Return everything that is wrong with what was saved through the JSON API."""
    urls = site.database_urls()
    faults = count_faults(urls, acknowledged)
    faults += server_faults(urls.system, ON_THE_DISK) if site.urls else sync_faults(connect(urls.path))
    broken = asyncio.run(_first_broken(urls))
    return faults if broken is None else [*faults, f"the audit log is broken at entry {broken}"]


def count_faults(urls: DatabaseUrls, acknowledged: Acknowledged) -> list[str]:
    """Return what the counts of rows say: nothing lost, nothing invented, each with its answers and its entry."""
    kept, audited = (rows(urls, query)[0][0] for query in (KEPT, AUDITED))
    whole = sum(len(json.loads(answers)) == QUESTIONS for (answers,) in rows(urls, ANSWERS))
    least, most = acknowledged.answered, acknowledged.answered + acknowledged.unanswered
    faults = [] if least <= kept <= most else [f"{kept:,} submissions are there, and {least:,} were acknowledged"]
    faults += [] if whole == kept else [f"{kept - whole:,} submissions lack answers"]
    return faults + ([] if audited == kept else [f"{kept - audited:,} submissions are not in the audit log"])


def lost(urls: DatabaseUrls, references: Iterable[str]) -> Sequence[str]:
    """Return the references that were acknowledged and are not there."""
    there = {row[0] for row in rows(urls, REFERENCES)}
    return sorted(set(references) - there)


def sync_faults(connection: sqlite3.Connection) -> list[str]:
    """Return whether the connections that the writer opens wait for the disk."""
    with closing(connection):
        [level] = connection.execute("pragma synchronous").fetchone()
    return [] if level == FULL else [f"synchronous is {level}, not FULL ({FULL})"]


def server_faults(url: str, settings: dict[str, str]) -> list[str]:
    """Return what keeps a commit of PostgreSQL from being on the disk, on connections with the writer's settings."""
    import asyncpg

    async def shown() -> dict[str, str]:
        connection = await asyncpg.connect(url, server_settings=settings)
        try:
            return {name: await connection.fetchval(f"show {name}") for name in ("synchronous_commit", "fsync")}
        finally:
            await connection.close()

    return [f"{name} is {value}, not on" for name, value in asyncio.run(shown()).items() if value != "on"]


async def _first_broken(urls: DatabaseUrls) -> int | None:
    found = rows(urls, "select id from core_site")[0][0]
    database = open_database(urls)
    try:
        async with database.reading(UUID(str(found))) as session:
            return await first_broken(session)
    finally:
        await database.close() if urls.dialect == POSTGRESQL else await database.engine.dispose()
