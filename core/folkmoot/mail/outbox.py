"""Writing a message, in the transaction that causes it: it is sent if and only if the caller commits."""

from datetime import datetime
from uuid import UUID

from folkmoot.mail.addresses import normal_address
from folkmoot.mail.letters import check_subject
from folkmoot.mail.models import FAILED, QUEUED, Message
from folkmoot.store.jobs.queue import enqueue
from folkmoot.store.scoping import SiteSession

SEND = "core.send_mail"


async def queue_message(
    session: SiteSession,
    *,
    address: str,
    subject: str,
    body: str,
    locale: str,
    template: str,
    at: datetime,
    subscription_id: UUID | None = None,
    event: str = "",
    holds_secret: bool = False,
) -> Message:
    """Add a message and the job that sends it, in a writing session.

    :param template: a short name of what kind of message it is, for the figures that staff see
    :param holds_secret: whether the body holds a link that must not outlive its sending
    :raises Unprocessable: when the address or the subject cannot stand in a header
    """
    message = Message(
        address=normal_address(address),
        subject=check_subject(subject),
        body=body,
        locale=locale,
        template=template,
        subscription_id=subscription_id,
        event=event,
        holds_secret=holds_secret,
        created_at=at,
    )
    session.add(message)
    await enqueue(session, SEND, {"message": str(message.id)}, at=at)
    return message


async def queue_again(session: SiteSession, message: Message, *, at: datetime) -> bool:
    """Ask once more for a message that failed; returns whether it could be."""
    if message.state not in {FAILED, QUEUED} or not message.body:
        return False
    message.state = QUEUED
    message.failures = 0
    session.add(message)
    await enqueue(session, SEND, {"message": str(message.id)}, at=at, key=str(message.id))
    return True
