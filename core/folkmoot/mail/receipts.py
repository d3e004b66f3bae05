"""What became of messages after they had left: bounces from mail systems, receipts from GOV.UK Notify."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from folkmoot.mail.models import BOUNCED, FAILED, SENT, Message
from folkmoot.mail.suppression import suppress
from folkmoot.store.scoping import SiteSession

if TYPE_CHECKING:
    # Its parser costs memory that a serving process does not need.
    from folkmoot.mail.bounces import Bounce

# https://docs.notifications.service.gov.uk/rest-api.html#delivery-receipts
DELIVERED, PERMANENT = "delivered", "permanent-failure"
FAILURES = {
    PERMANENT: "GOV.UK Notify says that there is no such mailbox.",
    "temporary-failure": "GOV.UK Notify could not deliver it: the mailbox may be full or its server away.",
    "technical-failure": "GOV.UK Notify had a fault of its own.",
}


async def keep_bounce(session: SiteSession, bounce: "Bounce", *, at: datetime) -> bool:
    """Keep what a mail system said of a message, and commit; return whether there is such a message."""
    if not bounce.failed:
        return True
    return await _fail(session, bounce.message_id, bounce.reason, hard=bounce.hard, at=at)


async def keep_receipt(session: SiteSession, message_id: UUID, status: str, *, at: datetime) -> bool:
    """Keep what Notify says became of a message, and commit; the same receipt again changes nothing."""
    if status not in FAILURES:
        return True
    return await _fail(session, message_id, FAILURES[status], hard=status == PERMANENT, at=at)


async def _fail(session: SiteSession, message_id: UUID, reason: str, *, hard: bool, at: datetime) -> bool:
    message = await session.get(Message, (session.site_id, message_id))
    if message is None:
        return False
    # A message that is to be sent again is not what the receipt is about.
    if message.state == SENT:
        message.state = BOUNCED if hard else FAILED
        message.error = reason[:300]
        session.add(message)
        if hard:
            await suppress(session, message.address, reason, at=at)
        await session.commit()
    return True
