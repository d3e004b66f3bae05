"""Addresses that mail comes back from: subscribers' mail is kept from them until somebody confirms there again."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.mail.addresses import address_key, masked
from folkmoot.mail.models import ACTIVE, ENDED, Subscription, Suppression
from folkmoot.store.scoping import SiteSession


async def is_suppressed(session: SiteSession, address: str) -> bool:
    """Say whether subscribers' mail is kept from an address on this site."""
    return await _find(session, address_key(session.site_id, address)) is not None


async def suppress(session: SiteSession, address: str, reason: str, *, at: datetime) -> None:
    """Keep mail from an address from now on, and end its subscriptions; the caller commits."""
    key = address_key(session.site_id, address)
    if await _find(session, key) is None:
        session.add(Suppression(address_key=key, shown=masked(address), reason=reason[:300], created_at=at))
    ending = sa.update(Subscription).where(col(Subscription.address) == address, col(Subscription.state) == ACTIVE)
    await session.exec(ending.values(state=ENDED, ended_at=at))
    await session.flush()


async def lift_suppression(session: SiteSession, address: str) -> None:
    """Let mail through again: somebody has just shown that they get it; the caller commits."""
    found = await _find(session, address_key(session.site_id, address))
    if found is not None:
        await session.delete(found)


async def list_suppressions(session: SiteSession, *, most: int) -> Sequence[Suppression]:
    """Return the addresses that mail is kept from, the newest first."""
    return (await session.exec(select(Suppression).order_by(col(Suppression.created_at).desc()).limit(most))).all()


async def _find(session: SiteSession, key: str) -> Suppression | None:
    return (await session.exec(select(Suppression).where(Suppression.address_key == key))).first()
