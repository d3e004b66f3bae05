"""What is on the disk after a run: every submission that was acknowledged, whole, in a sound audit log."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from benchmarks.site import QUESTIONS, BenchSite
from folkmoot.audit.chain import first_broken
from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.store.database import open_database
from folkmoot.store.sqlite import connect

FULL = 2


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
    path = str(site.database)
    faults = count_faults(path, acknowledged) + sync_faults(connect(path))
    broken = asyncio.run(_first_broken(path))
    return faults if broken is None else [*faults, f"the audit log is broken at entry {broken}"]


def count_faults(path: str, acknowledged: Acknowledged) -> list[str]:
    """Return what the counts of rows say: nothing lost, nothing invented, each with its answers and its entry."""
    with closing(sqlite3.connect(path)) as connection:
        [kept] = connection.execute("select count(*) from core_form_submission where channel = 'api'").fetchone()
        [whole] = connection.execute(
            "select count(*) from (select 1 from core_form_submission s join core_form_answer a"
            " on a.site_id = s.site_id and a.submission_id = s.id where s.channel = 'api'"
            " group by s.id having count(*) = ?)",
            (QUESTIONS,),
        ).fetchone()
        [audited] = connection.execute(
            "select count(*) from core_form_submission s join core_audit_entry e"
            " on e.site_id = s.site_id and e.object_id = s.id where s.channel = 'api'"
        ).fetchone()
    least, most = acknowledged.answered, acknowledged.answered + acknowledged.unanswered
    faults = [] if least <= kept <= most else [f"{kept:,} submissions are there, and {least:,} were acknowledged"]
    faults += [] if whole == kept else [f"{kept - whole:,} submissions lack answers"]
    return faults + ([] if audited == kept else [f"{kept - audited:,} submissions are not in the audit log"])


def sync_faults(connection: sqlite3.Connection) -> list[str]:
    """Return whether the connections that the writer opens wait for the disk."""
    [level] = connection.execute("pragma synchronous").fetchone()
    connection.close()
    return [] if level == FULL else [f"synchronous is {level}, not FULL ({FULL})"]


async def _first_broken(path: str) -> int | None:
    with closing(sqlite3.connect(path)) as connection:
        [site] = connection.execute("select id from core_site").fetchone()
    database = open_database(DatabaseUrls(f"sqlite:///{path}"))
    try:
        async with database.reading(UUID(site)) as session:
            return await first_broken(session)
    finally:
        await database.engine.dispose()
