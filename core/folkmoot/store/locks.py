"""Locks that PostgreSQL needs where SQLite has one writer anyway; each is let go when its transaction ends."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

# The first half of a lock's key: what it is for.
TURN, AUDIT, SYSTEM = 7301, 7302, 7303


def lock_key(site_id: UUID) -> int:
    """Return the second half of a lock's key: two sites that share one wait for each other, and nothing worse."""
    return int.from_bytes(site_id.bytes[-4:], "big", signed=True)


async def lock(session: AsyncSession, purpose: int, site_id: UUID) -> None:
    """Wait until nobody else holds a site's lock, and hold it until the transaction ends; nothing on SQLite."""
    if session.get_bind().dialect.name == "postgresql":
        await session.exec(select(sa.func.pg_advisory_xact_lock(purpose, lock_key(site_id))))
