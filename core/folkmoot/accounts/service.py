"""What is done about people: accounts, passwords, one-time links, sessions, tokens."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.accounts.models import ApiToken, Membership, SignInLink, User, UserSession
from folkmoot.accounts.passwords import check_password, hash_password, password_fault
from folkmoot.kernel.ids import digest, new_secret
from folkmoot.spec.errors import Fault, NotFound, Unprocessable

ROLES = ("administrator", "publisher", "author", "analyst", "moderator", "viewer", "member")
EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}\Z")
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)
LINK_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking: a signed-in person or a token, with what they may do on this site."""

    id: UUID
    actor: str
    email: str
    role: str
    permissions: frozenset[str]
    session_hash: str = ""


def normal_email(email: str) -> str:
    """Return an address as it is stored; raises ``Unprocessable`` when it is none."""
    email = email.strip().lower()
    if not EMAIL.match(email):
        raise Unprocessable([Fault("email", "Enter an email address, such as name@example.org.")])
    return email


async def create_user(
    session: AsyncSession, email: str, *, site_id: UUID, role: str, password: str | None, at: datetime
) -> User:
    """Create an account, or find it, and give it a role on a site; commit."""
    email = normal_email(email)
    if role not in ROLES:
        raise Unprocessable([Fault("role", f"The role must be one of {', '.join(ROLES)}.")])
    user = (await session.exec(select(User).where(User.email == email))).first() or User(email=email, created_at=at)
    if password is not None:
        user.password_hash = await _checked_hash(password)
    session.add(user)
    await session.flush()
    member = await session.get(Membership, (site_id, user.id)) or Membership(site_id=site_id, user_id=user.id, role="")
    member.role = role
    session.add(member)
    await session.commit()
    return user


async def _checked_hash(password: str) -> str:
    fault = password_fault(password)
    if fault:
        raise Unprocessable([Fault("password", fault)])
    return await asyncio.to_thread(hash_password, password)


async def set_password(session: AsyncSession, user_id: UUID, password: str) -> None:
    """Set a person's password and commit; raises ``Unprocessable`` when it is too weak."""
    user = await session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    user.password_hash = await _checked_hash(password)
    session.add(user)
    await session.commit()


async def find_by_password(session: AsyncSession, email: str, password: str, site_id: UUID) -> User | None:
    """Return the member of the site with that password; it takes as long when there is none."""
    user = (await session.exec(select(User).where(User.email == email.strip().lower()))).first()
    sound = await asyncio.to_thread(check_password, user.password_hash if user else "", password)
    if not user or not sound or not await session.get(Membership, (site_id, user.id)):
        return None
    return user


async def create_link(session: AsyncSession, email: str, *, site_id: UUID | None, at: datetime) -> tuple[str, UUID]:
    """Return the secret of a new one-time link and the site it is for; commit."""
    email = normal_email(email)
    user = (await session.exec(select(User).where(User.email == email))).first()
    query = select(Membership).where(Membership.user_id == user.id) if user else None
    if query is not None and site_id is not None:
        query = query.where(Membership.site_id == site_id)
    member = (await session.exec(query)).first() if query is not None else None
    if user is None or member is None:
        raise NotFound(f"There is no account for {email} on this site.")
    secret = new_secret()
    link = SignInLink(secret_hash=digest(secret), site_id=member.site_id, user_id=user.id, expires_at=at + LINK_LIFE)
    session.add(link)
    await session.commit()
    return secret, member.site_id


async def usable_link(session: AsyncSession, secret: str, *, site_id: UUID, at: datetime) -> SignInLink | None:
    """Return the link when it may still be used on this site."""
    link = await session.get(SignInLink, digest(secret))
    if link is None or link.site_id != site_id or link.used_at is not None or link.expires_at <= at:
        return None
    return link


async def start_session(session: AsyncSession, user_id: UUID, *, site_id: UUID, at: datetime, replaces: str) -> str:
    """Return the secret of a new session and commit. A session held before is ended, never taken over."""
    old = await session.get(UserSession, replaces) if replaces else None
    if old is not None:
        await session.delete(old)
    secret = new_secret()
    session.add(UserSession(secret_hash=digest(secret), site_id=site_id, user_id=user_id, created_at=at, seen_at=at))
    await session.commit()
    return secret


async def end_session(session: AsyncSession, secret_hash: str) -> None:
    """End a session and commit."""
    row = await session.get(UserSession, secret_hash)
    if row is not None:
        await session.delete(row)
        await session.commit()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that still holds, with its person's email address and role."""

    user_id: UUID
    email: str
    role: str
    secret_hash: str
    seen_long_ago: bool


async def find_session(session: AsyncSession, secret: str, *, site_id: UUID, at: datetime) -> SignedIn | None:
    """Return who the cookie's session belongs to, when it holds on this site."""
    query = (
        select(UserSession, User.email, Membership.role)
        .join(User, User.id == UserSession.user_id)  # type: ignore[arg-type]
        .join(
            Membership,
            (Membership.user_id == UserSession.user_id) & (Membership.site_id == UserSession.site_id),  # type: ignore[arg-type]
        )
        .where(UserSession.secret_hash == digest(secret), UserSession.site_id == site_id)
    )
    found = (await session.exec(query)).first()
    if found is None:
        return None
    row, email, role = found
    if at - row.seen_at > IDLE or at - row.created_at > ABSOLUTE:
        return None
    return SignedIn(row.user_id, email, role, row.secret_hash, at - row.seen_at > SEEN_EVERY)


async def mark_seen(session: AsyncSession, secret_hash: str, at: datetime) -> None:
    """Note that a session is in use, and commit."""
    row = await session.get(UserSession, secret_hash)
    if row is not None:
        row.seen_at = at
        session.add(row)
        await session.commit()


async def create_token(
    session: AsyncSession, *, site_id: UUID, permissions: Sequence[str], at: datetime, expires: timedelta | None
) -> str:
    """Return a new API token's text, which is shown once, and commit."""
    secret = f"fm_{new_secret()}"
    session.add(
        ApiToken(
            site_id=site_id,
            secret_hash=digest(secret),
            permissions=list(permissions),
            created_at=at,
            expires_at=at + expires if expires else None,
        )
    )
    await session.commit()
    return secret


async def find_token(session: AsyncSession, secret: str, *, site_id: UUID, at: datetime) -> ApiToken | None:
    """Return the token when it holds on this site."""
    token = (await session.exec(select(ApiToken).where(ApiToken.secret_hash == digest(secret)))).first()
    if token is None or token.site_id != site_id or (token.expires_at and token.expires_at <= at):
        return None
    return token
