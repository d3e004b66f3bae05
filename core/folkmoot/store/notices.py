"""Notices to running processes that pages, or the directory of sites, have changed: heard after the commit."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

CHANNEL = "folkmoot"
# Pages of a plugin on a site; ``None`` is the directory of sites.
Touched = tuple[UUID, str] | None


async def announce(session: AsyncSession, touched: Touched) -> None:
    """Tell this process and, on PostgreSQL, every other one; on SQLite they see the commit themselves."""
    session.sync_session.info.setdefault("touched", set()).add(touched)
    if session.get_bind().dialect.name == "postgresql":
        await session.exec(select(sa.func.pg_notify(CHANNEL, written(touched))))


def written(touched: Touched) -> str:
    """Return a notice as text."""
    return f"{touched[0].hex} {touched[1]}" if touched else "directory"


def read(text: str) -> Touched:
    """Return what a text announces; raises ``ValueError`` for what is no notice of ours."""
    if text == "directory":
        return None
    site, _, plugin = text.partition(" ")
    return UUID(site), plugin
