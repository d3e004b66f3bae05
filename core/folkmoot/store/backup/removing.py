"""Taking the rows of a site away: children first, in pieces so small that nobody else waits."""

import time
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from folkmoot.store.database import Database

# A piece should hold the one turn to write for about this long (ARCHITECTURE, section 5).
PIECE_SECONDS = 0.03
FIRST_PIECE, LEAST, MOST = 200, 10, 5_000


class Pace:
    """How many rows are written at once: as many as the machine does within a piece of time."""

    def __init__(self) -> None:
        self.rows = FIRST_PIECE
        self._started = 0.0

    def start(self) -> None:
        """Note that a piece begins."""
        self._started = time.perf_counter()

    def stop(self) -> None:
        """Note that a piece has been written, and choose the size of the next."""
        spent = max(time.perf_counter() - self._started, 1e-6)
        self.rows = max(LEAST, min(MOST, int(self.rows * min(2.0, PIECE_SECONDS / spent))))


async def remove_rows(database: Database, tables: Sequence[sa.Table], site_id: UUID) -> int:
    """Delete a site's rows from tables, which are given parents first; return how many there were."""
    removed = 0
    for table in reversed(tables):
        pace = Pace()
        while True:
            pace.start()
            done = await _remove_some(database, table, site_id, pace.rows)
            pace.stop()
            removed += done
            if not done:
                break
    return removed


async def _remove_some(database: Database, table: sa.Table, site_id: UUID, most: int) -> int:
    key = list(table.primary_key)
    some = sa.select(*key).where(table.c.site_id == site_id).limit(most)
    which = sa.tuple_(*key).in_(some) if len(key) > 1 else key[0].in_(some)
    async with database.system_writing() as session:
        connection = await session.connection()
        result = await connection.execute(sa.delete(table).where(table.c.site_id == site_id, which))
        await session.commit()
    return int(result.rowcount)
