"""Overwriting what deleted rows leave behind in the database's file."""

import asyncio
from contextlib import closing

from folkmoot.spec.errors import Busy
from folkmoot.store.database import Database

WAIT = "Somebody is reading an old state of the database. The traces of deleted rows go at the next try."


async def scrub(database: Database) -> bool:
    """Rewrite SQLite's file and empty its log, so that no byte of a deleted row is left; says whether it did.

    It holds the writers up for as long as copying the file takes, about a second for 200 MB. PostgreSQL does the like
    by itself in time (autovacuum), or at once when its owner asks for VACUUM FULL: our roles may not.

    :raises Busy: when a reader holds on to what was before
    """
    if database.dialect != "sqlite":
        return False
    path = str(getattr(database, "path"))  # noqa: B009 (only SQLite's has one)
    async with database.writer.turn():
        if not await asyncio.to_thread(_rewrite, path):
            raise Busy(WAIT)
    return True


def _rewrite(path: str) -> bool:
    from folkmoot.store.sqlite import connect

    with closing(connect(path)) as connection:
        # A full-text index keeps the words of what was deleted until its parts are merged.
        for (name,) in connection.execute("select name from sqlite_master where sql like '%using fts5%'").fetchall():
            connection.execute(f'insert into "{name}"("{name}") values (\'optimize\')')  # noqa: S608 (a name of ours)
        connection.execute("vacuum")
        # The log holds pages as they were: emptied, not only carried over.
        busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    return not busy
