"""What mail holds about people: messages with their outcome, subscriptions, addresses that mail comes back from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.mail.addresses import address_key
from folkmoot.mail.models import ENDED, PENDING, Message, Subscription, Suppression
from folkmoot.mail.words import N_
from folkmoot.spec.descriptors import Held, PersonalData, Subject, Term
from folkmoot.store.scoping import SiteSession

AT_ONCE = 500
MESSAGE = N_("An email")
SUBSCRIPTION = N_("A subscription to emails")
SUPPRESSION = N_("A note that emails to the address came back")
PUBLIC_TASK = N_("A task in the public interest (Article 6(1)(e) of the UK GDPR)")
CONSENT = N_("Consent (Article 6(1)(a) of the UK GDPR)")


async def find_messages(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return the messages to a person, and those that name them."""
    return [_message(row) for row in await _messages(session, subject)]


def _message(row: Message) -> Held:
    values = {
        "to": row.address,
        "subject": row.subject,
        # A link that confirms or stops something is not handed out with the rest.
        "body": "" if row.holds_secret else row.body,
        "state": row.state,
        "created_at": row.created_at.isoformat(),
    }
    return Held(title=MESSAGE, key=str(row.id), values=values)


async def _messages(session: SiteSession, subject: Subject) -> Sequence[Message]:
    if not subject.email:
        return []
    texts = (Message.address, Message.subject, Message.body, Message.error)
    named: list[Any] = [sa.func.lower(col(text)).contains(subject.email, autoescape=True) for text in texts]
    return (await session.exec(select(Message).where(sa.or_(*named)).order_by(col(Message.created_at)))).all()


async def find_subscriptions(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return what a person gets, or got, emails about."""
    return [_subscription(row) for row in await _subscriptions(session, subject)]


def _subscription(row: Subscription) -> Held:
    values = {"to": row.address, "topic": row.topic, "state": row.state, "created_at": row.created_at.isoformat()}
    return Held(title=SUBSCRIPTION, key=str(row.id), values=values)


async def _subscriptions(session: SiteSession, subject: Subject) -> Sequence[Subscription]:
    if not subject.email:
        return []
    query = select(Subscription).where(Subscription.address == subject.email)
    return (await session.exec(query.order_by(col(Subscription.created_at)))).all()


async def find_suppressions(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return whether emails are kept from a person's address."""
    return [_suppression(row) for row in await _suppressions(session, subject)]


def _suppression(row: Suppression) -> Held:
    values = {"to": row.shown, "reason": row.reason, "created_at": row.created_at.isoformat()}
    return Held(title=SUPPRESSION, key=str(row.id), values=values)


async def _suppressions(session: SiteSession, subject: Subject) -> Sequence[Suppression]:
    if not subject.email:
        return []
    key = address_key(subject.site_id, subject.email)
    return (await session.exec(select(Suppression).where(Suppression.address_key == key))).all()


async def erase_messages(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Delete the messages to a person, and those that name them."""
    return await _delete(session, await _messages(session, subject))


async def erase_subscriptions(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Delete a person's subscriptions: nothing more is sent to them."""
    return await _delete(session, await _subscriptions(session, subject))


async def erase_suppressions(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Forget that emails to a person's address came back."""
    return await _delete(session, await _suppressions(session, subject))


async def _delete(session: SiteSession, rows: Sequence[Any]) -> int:
    for row in rows:
        await session.delete(row)
    await session.flush()
    return len(rows)


async def messages_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many messages were written by then."""
    return await _count(session, Message, col(Message.created_at) <= before)


async def expire_messages(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Delete messages that were written by then, whatever became of them."""
    return await _expire(session, Message, col(Message.created_at) <= before)


async def subscriptions_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many subscriptions had ended, or could not be confirmed any more, by then."""
    return await _count(session, Subscription, _over(before))


async def expire_subscriptions(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Delete subscriptions that had ended, or could not be confirmed any more, by then."""
    return await _expire(session, Subscription, _over(before))


def _over(before: datetime) -> Any:
    ended = sa.and_(col(Subscription.state) == ENDED, col(Subscription.ended_at) <= before)
    return sa.or_(ended, sa.and_(col(Subscription.state) == PENDING, col(Subscription.confirm_until) <= before))


async def suppressions_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return from how many addresses emails came back by then."""
    return await _count(session, Suppression, col(Suppression.created_at) <= before)


async def expire_suppressions(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Forget addresses from which emails came back by then: mailboxes come into being again."""
    return await _expire(session, Suppression, col(Suppression.created_at) <= before)


async def _count(session: SiteSession, model: Any, old: Any) -> int:
    return (await session.exec(select(sa.func.count(col(model.id))).where(old))).one()


async def _expire(session: SiteSession, model: Any, old: Any) -> int:
    ids = (await session.exec(select(model.id).where(old).limit(AT_ONCE))).all()
    if ids:
        await session.exec(sa.delete(model).where(col(model.id).in_(ids)))
    return len(ids)


DECLARATIONS = (
    PersonalData(
        name="core.mail",
        title=N_("Emails"),
        tables=("core_mail",),
        what=(N_("email address"), N_("what was sent to them")),
        why=N_("To send what people asked for, and to see that it arrived"),
        basis=PUBLIC_TASK,
        kept_for=Term(days=30),
        find=find_messages,
        erase=erase_messages,
        expire=expire_messages,
        due=messages_due,
        order=50,
    ),
    PersonalData(
        name="core.subscriptions",
        title=N_("Subscriptions to emails"),
        tables=("core_subscription",),
        what=(N_("email address"), N_("what somebody asked to be told about")),
        why=N_("To write to those who asked for it, and to nobody else"),
        basis=CONSENT,
        kept=N_("Subscriptions until they are ended"),
        kept_for=Term(months=1),
        find=find_subscriptions,
        erase=erase_subscriptions,
        expire=expire_subscriptions,
        due=subscriptions_due,
        order=51,
    ),
    PersonalData(
        name="core.mail_suppression",
        title=N_("Addresses that emails came back from"),
        tables=("core_mail_suppression",),
        what=(N_("first letter and domain of the email address, and a hash of it"),),
        why=N_("So as not to write to mailboxes that do not exist"),
        basis=PUBLIC_TASK,
        kept_for=Term(years=1),
        find=find_suppressions,
        erase=erase_suppressions,
        expire=expire_suppressions,
        due=suppressions_due,
        order=52,
    ),
)
