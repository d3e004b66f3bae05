"""Sending one message and keeping what came of it. Nothing is held open while the provider takes its time."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from folkmoot.mail.backends.outcomes import Backend, NotNow, RefusedForGood
from folkmoot.mail.keys import Keys
from folkmoot.mail.letters import Letter, reference_of
from folkmoot.mail.models import ACTIVE, BOUNCED, FAILED, QUEUED, SENT, SUPPRESSED, Message, Subscription
from folkmoot.mail.suppression import is_suppressed, suppress
from folkmoot.store.scoping import SiteSession

# With the waits of the jobs between them (see ``folkmoot.store.jobs.backoff``), these take a day and a half.
MOST_FAILURES = 12


class Room(Protocol):
    """Where the job works: one site, its sessions and the clock."""

    def reading(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session for reading."""

    def writing(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session for writing."""

    def now(self) -> datetime:
        """Return the instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a site's mail comes from."""

    address: str
    name: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class _Stopped:
    """Why a message must not be sent."""

    sentence: str


async def deliver(
    room: Room, backend: Backend, message_id: UUID, *, sender: Sender, keys: Keys, again: bool = False
) -> None:
    """Send a message that waits, once; doing it again changes nothing.

    :param again: whether the job was begun before, so that the message may have left
    :raises NotNow: when it is to be tried again; after ``MOST_FAILURES`` it is set aside for staff instead
    """
    async with room.reading() as session:
        message = await session.get(Message, (session.site_id, message_id))
        if message is None or message.state != QUEUED:
            return
        letter = await _letter(session, message, sender=sender, keys=keys, at=room.now(), again=again)
    if isinstance(letter, _Stopped):
        await _keep(room, message_id, state=SUPPRESSED, error=letter.sentence)
        return
    try:
        provider_id = await backend.send(letter)
    except RefusedForGood as refusal:
        await _refused(room, message_id, refusal)
    except NotNow as failure:
        if await _failed(room, message_id, str(failure)):
            raise
    else:
        await _keep(room, message_id, state=SENT, provider_id=provider_id)


async def _letter(
    session: SiteSession, message: Message, *, sender: Sender, keys: Keys, at: datetime, again: bool
) -> Letter | _Stopped:
    unsubscribe = ""
    if message.subscription_id is not None:
        subscription = await session.get(Subscription, (session.site_id, message.subscription_id))
        if subscription is None or subscription.state != ACTIVE:
            return _Stopped("The subscription has ended.")
        if await is_suppressed(session, message.address):
            return _Stopped("Mail to this address came back before.")
        token = keys.unsubscribe_token(session.site_id, subscription.id)
        unsubscribe = f"{subscription.origin}/subscriptions/unsubscribe/{token}"
    return Letter(
        reference=reference_of(session.site_id, message.id),
        address=message.address,
        subject=message.subject,
        body=message.body,
        locale=message.locale,
        at=at,
        sender=sender.address,
        sender_name=sender.name,
        reply_to=sender.reply_to,
        unsubscribe=unsubscribe,
        again=again or message.failures > 0,
    )


async def _keep(room: Room, message_id: UUID, *, state: str, error: str = "", provider_id: str = "") -> None:
    async with room.writing() as session:
        message = await session.get(Message, (session.site_id, message_id))
        if message is None or message.state != QUEUED:
            return
        message.state = state
        message.error = error
        message.provider_id = provider_id
        message.sent_at = room.now() if state == SENT else None
        if message.holds_secret:
            message.body = ""
        session.add(message)
        await session.commit()


async def _refused(room: Room, message_id: UUID, refusal: RefusedForGood) -> None:
    async with room.writing() as session:
        message = await session.get(Message, (session.site_id, message_id))
        if message is None or message.state != QUEUED:
            return
        message.state = BOUNCED if refusal.bounced else FAILED
        message.error = str(refusal)
        session.add(message)
        if refusal.bounced:
            await suppress(session, message.address, str(refusal), at=room.now())
        await session.commit()


async def _failed(room: Room, message_id: UUID, sentence: str) -> bool:
    """Count a failure, and say whether the message is to be tried again."""
    async with room.writing() as session:
        message = await session.get(Message, (session.site_id, message_id))
        if message is None or message.state != QUEUED:
            return False
        message.failures += 1
        message.error = sentence
        again = message.failures < MOST_FAILURES
        if not again:
            message.state = FAILED
        session.add(message)
        await session.commit()
    return again
