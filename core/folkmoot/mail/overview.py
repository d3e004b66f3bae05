"""What staff see of mail: figures of the last 30 days, what failed, and sending it again. Addresses are masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from folkmoot.mail.addresses import masked
from folkmoot.mail.models import BOUNCED, FAILED, QUEUED, Message
from folkmoot.mail.outbox import queue_again
from folkmoot.store.scoping import SiteSession

PERIOD = timedelta(days=30)
# A message that has waited for longer than all its tries take has lost its job.
STUCK_AFTER = timedelta(days=3)
AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that did not arrive, as staff see it."""

    shown: str
    template: str
    state: str
    error: str
    at: datetime


async def count_by_template(session: SiteSession, now: datetime) -> dict[str, dict[str, int]]:
    """Return how many messages of the last 30 days are in which state, by kind of message."""
    query = (
        select(Message.template, Message.state, func.count())
        .where(col(Message.created_at) > now - PERIOD)
        .group_by(col(Message.template), col(Message.state))
    )
    counts: dict[str, dict[str, int]] = {}
    for template, state, count in (await session.exec(query)).all():
        counts.setdefault(template, {})[state] = count
    return dict(sorted(counts.items()))


async def list_failures(session: SiteSession, now: datetime, *, most: int) -> list[Failure]:
    """Return what did not arrive in the last 30 days, the newest first."""
    query = select(Message).where(col(Message.state).in_((FAILED, BOUNCED)), col(Message.created_at) > now - PERIOD)
    found = (await session.exec(query.order_by(col(Message.created_at).desc()).limit(most))).all()
    return [Failure(masked(each.address), each.template, each.state, each.error, each.created_at) for each in found]


async def count_to_retry(session: SiteSession, now: datetime) -> int:
    """Return how many messages could be sent again."""
    query = select(func.count()).select_from(Message).where(_lost(now))
    return (await session.exec(query)).one()


def _lost(now: datetime) -> ColumnElement[bool]:
    failed = (col(Message.state) == FAILED) & (col(Message.body) != "")
    stuck = (col(Message.state) == QUEUED) & (col(Message.created_at) < now - STUCK_AFTER)
    return (failed | stuck) & (col(Message.created_at) > now - PERIOD)


async def retry_some(session: SiteSession, now: datetime) -> int:
    """Ask again for some of what failed, and commit; return how many. Call it until it returns 0."""
    found: Sequence[Message] = (await session.exec(select(Message).where(_lost(now)).limit(AT_ONCE))).all()
    for message in found:
        # Its patience begins anew.
        message.created_at = now
        await queue_again(session, message, at=now)
    await session.commit()
    return len(found)
