"""Telling subscribers: asked for in the transaction of what happened, written by a job, a message each, in chunks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from folkmoot.kernel.ids import digest
from folkmoot.mail.models import ACTIVE, Message, Subscription
from folkmoot.store.jobs.queue import enqueue
from folkmoot.store.scoping import SiteSession

NOTIFY = "core.notify_subscribers"
CHUNK = 20
LONGEST_EVENT = 120


async def notify_subscribers(
    session: SiteSession, topic: str, *, event: str, template: str, values: Mapping[str, Any], at: datetime
) -> None:
    """Ask in a writing session for an email to everyone who gets emails about a topic; sent after the commit.

    :param event: what happened, such as ``opened:<id>``: nobody is told of the same event twice
    :param template: such as ``consultation/mail/opened.txt``; it extends ``mail/notification.txt``
    :param values: what the template is given; anything that JSON can hold, instants as ISO text
    """
    assert 0 < len(event) <= LONGEST_EVENT, "the name of an event is 1 to 120 signs"
    arguments = {"topic": topic, "event": event, "template": template, "values": dict(values)}
    await enqueue(session, NOTIFY, arguments, at=at, key=digest(f"{topic}\n{event}"))


async def next_subscribers(session: SiteSession, topic: str, after: UUID | None) -> Sequence[Subscription]:
    """Return the next chunk of those who get emails about a topic."""
    query = select(Subscription).where(Subscription.topic == topic, Subscription.state == ACTIVE)
    if after is not None:
        query = query.where(col(Subscription.id) > after)
    return (await session.exec(query.order_by(col(Subscription.id)).limit(CHUNK))).all()


async def untold(session: SiteSession, subscriptions: Sequence[Subscription], event: str) -> Sequence[Subscription]:
    """Return those who have not been told of an event yet."""
    ids = [each.id for each in subscriptions]
    query = select(Message.subscription_id).where(Message.event == event, col(Message.subscription_id).in_(ids))
    told = set((await session.exec(query)).all())
    return [each for each in subscriptions if each.id not in told]
