"""Asking for emails, confirming it, ending it. Each function takes a writing session and commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select

from folkmoot.kernel.ids import digest, new_id, new_secret
from folkmoot.mail.addresses import address_key
from folkmoot.mail.keys import Keys
from folkmoot.mail.models import ACTIVE, ENDED, PENDING, Message, Subscription
from folkmoot.mail.suppression import lift_suppression
from folkmoot.spec.errors import NotFound
from folkmoot.store.scoping import SiteSession

CONFIRM_WITHIN = timedelta(days=7)
MANAGE_WITHIN = timedelta(days=7)
# Mail that anybody can have sent to any address: so many in a day, then nothing more.
ASKED_FOR = ("confirm", "already", "manage", "none")
MOST_A_DAY = 5


class Answer(StrEnum):
    """Which email answers a request; the page says the same whichever it is."""

    CONFIRM = "confirm"
    ALREADY = "already"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: the email to send, and the secret of its link."""

    answer: Answer
    subscription: Subscription | None = None
    secret: str = ""


async def was_asked_often(session: SiteSession, address: str, *, at: datetime) -> bool:
    """Say whether an address has had as many emails in a day as somebody else may cause."""
    query = (
        select(func.count())
        .select_from(Message)
        .where(
            Message.address == address,
            col(Message.template).in_(ASKED_FOR),
            col(Message.created_at) > at - timedelta(days=1),
        )
    )
    return (await session.exec(query)).one() >= MOST_A_DAY


async def ask(
    session: SiteSession, address: str, topic: str, *, locale: str, origin: str, keys: Keys, at: datetime
) -> Asked:
    """Begin a subscription, or find the one that there is; the caller writes the email and commits."""
    if await was_asked_often(session, address, at=at):
        return Asked(Answer.NOTHING)
    query = select(Subscription).where(
        Subscription.address == address, Subscription.topic == topic, Subscription.state != ENDED
    )
    found = (await session.exec(query)).first()
    if found is not None and found.state == ACTIVE:
        return Asked(Answer.ALREADY, found)
    secret = new_secret()
    subscription = found or _new(session.site_id, address, topic, keys=keys, at=at)
    # The newest request decides the language, and only its link works.
    subscription.locale, subscription.origin = locale, origin
    subscription.confirm_hash, subscription.confirm_until = digest(secret), at + CONFIRM_WITHIN
    session.add(subscription)
    await session.flush()
    return Asked(Answer.CONFIRM, subscription, secret)


def _new(site_id: UUID, address: str, topic: str, *, keys: Keys, at: datetime) -> Subscription:
    made = new_id()
    return Subscription(
        id=made,
        address=address,
        address_key=address_key(site_id, address),
        topic=topic,
        locale="",
        origin="",
        confirm_hash="",
        confirm_until=at,
        unsubscribe_hash=digest(keys.unsubscribe_token(site_id, made)),
        created_at=at,
    )


class Confirmation(StrEnum):
    """What a link to confirm leads to."""

    READY = "ready"
    DONE = "done"
    EXPIRED = "expired"


async def find_by_confirmation(session: SiteSession, secret: str, *, at: datetime) -> tuple[Subscription, Confirmation]:
    """Return the subscription that a link is for, and what can be done with it; raises ``NotFound``."""
    query = select(Subscription).where(Subscription.confirm_hash == digest(secret))
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound("There is no such link.")
    if found.state == ACTIVE:
        return found, Confirmation.DONE
    if found.state == PENDING and at < found.confirm_until:
        return found, Confirmation.READY
    return found, Confirmation.EXPIRED


async def confirm(session: SiteSession, secret: str, *, at: datetime) -> Confirmation:
    """Make a subscription active, and commit; confirming twice changes nothing. Raises ``NotFound``."""
    found, state = await find_by_confirmation(session, secret, at=at)
    if state is Confirmation.READY:
        found.state, found.confirmed_at = ACTIVE, at
        session.add(found)
        await lift_suppression(session, found.address)
        await session.commit()
        return Confirmation.DONE
    return state


async def find_by_unsubscribe_token(session: SiteSession, token: str, keys: Keys) -> Subscription:
    """Return the subscription that a link in mail ends; raises ``NotFound``.

    A link is good when this instance's key signed it, or when it is the one that was made with the subscription: so
    that links in mail go on working after the key has changed, or the site has moved.
    """
    read = keys.read_unsubscribe_token(session.site_id, token)
    found = await session.get(Subscription, (session.site_id, read[0])) if read else None
    if read is None or found is None or not (read[1] or found.unsubscribe_hash == digest(token)):
        raise NotFound("There is no such link.")
    return found


async def end(session: SiteSession, subscription: Subscription, *, at: datetime) -> None:
    """End a subscription and commit; ending it again changes nothing."""
    if subscription.state != ENDED:
        subscription.state, subscription.ended_at = ENDED, at
        session.add(subscription)
        await session.commit()


async def find_by_manage_token(session: SiteSession, token: str, keys: Keys, *, at: datetime) -> str | None:
    """Return the key of the address that a link shows the subscriptions of; ``None`` when the link has expired.

    :raises NotFound: when it is no link of this site's
    """
    read = keys.read_manage_token(session.site_id, token)
    if read is None:
        raise NotFound("There is no such link.")
    return read[0] if at < read[1] else None


async def list_active(session: SiteSession, address_key: str) -> Sequence[Subscription]:
    """Return what an address gets emails about."""
    query = select(Subscription).where(Subscription.address_key == address_key, Subscription.state == ACTIVE)
    return (await session.exec(query.order_by(col(Subscription.topic)))).all()


async def first_active(session: SiteSession, address: str) -> Subscription | None:
    """Return one of the subscriptions of an address, if it has any."""
    query = select(Subscription).where(Subscription.address == address, Subscription.state == ACTIVE)
    return (await session.exec(query.limit(1))).first()


async def end_many(session: SiteSession, address_key: str, only: UUID | None, *, at: datetime) -> int:
    """End one subscription of an address, or all of them, and commit; return how many were ended."""
    query = sa.update(Subscription).where(
        col(Subscription.address_key) == address_key, col(Subscription.state) == ACTIVE
    )
    if only is not None:
        query = query.where(col(Subscription.id) == only)
    ended = await session.exec(query.values(state=ENDED, ended_at=at))
    await session.commit()
    return ended.rowcount
