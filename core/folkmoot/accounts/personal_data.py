"""What accounts hold about people. An account is of the instance, what a person is on a site is the site's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.accounts.models import Membership, SignInLink, User, UserSession
from folkmoot.spec.descriptors import Held, Subject

AT_ONCE = 500
ACCOUNT = "Account"


async def find_account(session: AsyncSession, subject: Subject) -> Sequence[Held]:
    """Return a person's account, if they are somebody on the site, with when they were there."""
    user = await _member(session, subject)
    if user is None:
        return []
    member = await session.get_one(Membership, (subject.site_id, user.id))
    own = _of(UserSession, subject, user)
    sessions = (await session.exec(select(UserSession).where(*own).order_by(col(UserSession.created_at)))).all()
    values = {
        "email": user.email,
        "role": member.role,
        "created_at": user.created_at.isoformat(),
        "has_password": bool(user.password_hash),
        "signed_in": [f"{row.created_at.isoformat()} – {row.seen_at.isoformat()}" for row in sessions],
    }
    return [Held(title=ACCOUNT, key=str(user.id), values=values)]


async def _member(session: AsyncSession, subject: Subject) -> User | None:
    if not subject.email:
        return None
    query = (
        select(User)
        .join(Membership, col(Membership.user_id) == User.id)
        .where(User.email == subject.email, Membership.site_id == subject.site_id)
    )
    return (await session.exec(query)).first()


def _of(model: Any, subject: Subject, user: User) -> tuple[Any, Any]:
    return model.site_id == subject.site_id, model.user_id == user.id


async def erase_account(session: AsyncSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Take a person off the site; the account itself goes when they are nobody on any other."""
    user = await _member(session, subject)
    if user is None:
        return 0
    rows = 0
    for model in (UserSession, SignInLink, Membership):
        rows += (await session.exec(sa.delete(model).where(*_of(model, subject, user)))).rowcount
    if (await session.exec(select(Membership).where(Membership.user_id == user.id))).first() is None:
        await session.delete(user)
        rows += 1
    await session.flush()
    return rows


async def sessions_due(session: AsyncSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many sessions and one-time links of the site ended by then."""
    total = 0
    for model, conditions in _ended(session, before):
        total += (await session.exec(select(sa.func.count()).select_from(model).where(*conditions))).one()
    return total


async def expire_sessions(session: AsyncSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Delete sessions and one-time links of the site that ended by then."""
    total = 0
    for model, conditions in _ended(session, before):
        hashes = (await session.exec(select(model.secret_hash).where(*conditions).limit(AT_ONCE))).all()
        if hashes:
            await session.exec(sa.delete(model).where(col(model.secret_hash).in_(hashes)))
            total += len(hashes)
    return total


def _ended(session: AsyncSession, before: datetime) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    site_id = session.info["site_id"]
    return (
        (UserSession, (col(UserSession.site_id) == site_id, col(UserSession.seen_at) <= before)),
        (SignInLink, (col(SignInLink.site_id) == site_id, col(SignInLink.expires_at) <= before)),
    )
