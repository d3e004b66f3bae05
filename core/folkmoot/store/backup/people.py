"""The people of a site that comes from elsewhere: found by email address, or given an account without a password."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from folkmoot.kernel.ids import new_id
from folkmoot.store.backup.manifest import SITE
from folkmoot.store.backup.package import Package
from folkmoot.store.backup.rules import MEMBERSHIP, USER
from folkmoot.store.backup.values import Values


def members_of(package: Package, site_id: UUID) -> Iterator[Values]:
    """Yield who is what on a site, with email addresses, from either kind of file."""
    member, user = SQLModel.metadata.tables[MEMBERSHIP], SQLModel.metadata.tables[USER]
    found = [row for row in package.rows(member) if row["site_id"] == site_id]
    if package.manifest.kind == SITE:
        yield from found
        return
    wanted = {row["user_id"] for row in found}
    emails = {row["id"]: row["email"] for row in package.rows(user) if row["id"] in wanted}
    yield from ({**row, "email": emails[row["user_id"]]} for row in found)


async def load_people(connection: AsyncConnection, package: Package, site_id: UUID, at: datetime) -> int:
    """Give a site its people, in the caller's transaction; return how many accounts were made."""
    member, user = SQLModel.metadata.tables[MEMBERSHIP], SQLModel.metadata.tables[USER]
    made = 0
    for row in members_of(package, site_id):
        here = (await connection.execute(sa.select(user.c.id).where(user.c.email == row["email"]))).scalar()
        if here is None:
            here = await _make_account(connection, user, row, at)
            made += 1
        await connection.execute(sa.insert(member).values(site_id=site_id, user_id=here, role=row["role"]))
    return made


async def _make_account(connection: AsyncConnection, user: sa.Table, row: Values, at: datetime) -> UUID:
    """Make an account that nobody can sign in to until they ask for a link; it keeps its id, which logs refer to."""
    taken = (await connection.execute(sa.select(user.c.id).where(user.c.id == row["user_id"]))).scalar()
    user_id: UUID = new_id() if taken else row["user_id"]
    values: dict[str, Any] = {"id": user_id, "email": row["email"], "password_hash": "", "created_at": at}
    await connection.execute(sa.insert(user).values(values))
    return user_id


async def remove_people(connection: AsyncConnection, site_id: UUID) -> int:
    """Delete the accounts of people who are on this site and on no other, in the caller's transaction; return how many.

    It comes before their memberships are deleted: afterwards nobody could say whose they were.
    """
    member, user = SQLModel.metadata.tables[MEMBERSHIP], SQLModel.metadata.tables[USER]
    here = sa.select(member.c.user_id).where(member.c.site_id == site_id)
    elsewhere = sa.select(member.c.user_id).where(member.c.site_id != site_id)
    gone = await connection.execute(sa.delete(user).where(user.c.id.in_(here), user.c.id.not_in(elsewhere)))
    return int(gone.rowcount)
