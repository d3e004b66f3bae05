"""Mail from templates: rendering in the reader's language, queueing from a page, and the two jobs of mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from folkmoot.mail.delivery import Sender, deliver
from folkmoot.mail.fan_out import next_subscribers, untold
from folkmoot.mail.letters import CONTROL
from folkmoot.mail.models import Message, Subscription
from folkmoot.mail.outbox import queue_message
from folkmoot.mail.subscriptions import MANAGE_WITHIN
from folkmoot.sites.directory import SiteFacts
from folkmoot.store.scoping import SiteSession
from folkmoot.web.platform import Platform
from folkmoot.web.topics import say_topic
from folkmoot.web.work import Work


@dataclass(frozen=True, slots=True)
class Written:
    """What a template gave: its first line and the rest."""

    subject: str
    body: str


def site_path(site: SiteFacts, locale: str, path: str) -> str:
    """Return a path of a site in a language."""
    return path if locale == site.locales[0] else f"/{locale}{path}"


def write_mail(
    platform: Platform, site: SiteFacts, template: str, *, locale: str, origin: str, values: Mapping[str, Any]
) -> Written:
    """Render a text template: the first line is the subject.

    :param origin: the address of the site, such as ``https://engage.example.org``; links in mail start with it
    :param values: those whose names end in ``_at`` are instants, or ISO text of instants
    """
    known = {
        name: datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in values.items()
    }
    text = platform.pages.texts.get_template(template).render(
        site=site, locale=locale, origin=origin, link=lambda path: origin + site_path(site, locale, path), **known
    )
    subject, _, body = text.strip().partition("\n")
    return Written(subject.strip(), body.strip() + "\n")


async def queue_mail(
    session: SiteSession,
    platform: Platform,
    site: SiteFacts,
    *,
    to: str,
    template: str,
    locale: str,
    origin: str,
    values: Mapping[str, Any],
    at: datetime,
    holds_secret: bool = False,
) -> Message:
    """Write an email in the caller's writing session; it leaves after the caller's commit.

    :param template: such as ``mail/confirm.txt``, or ``<plugin>/mail/receipt.txt``
    :param holds_secret: whether it holds a link that must not outlive its sending
    :raises Unprocessable: when the address is none, or the subject would not fit into a header
    """
    written = write_mail(platform, site, template, locale=locale, origin=origin, values=values)
    return await queue_message(
        session,
        address=to,
        subject=written.subject,
        body=written.body,
        locale=locale,
        template=kind_of(template),
        at=at,
        holds_secret=holds_secret,
    )


def kind_of(template: str) -> str:
    """Return the short name of a template: ``consultation.opened`` for ``consultation/mail/opened.txt``."""
    parts = [part for part in template.removesuffix(".txt").split("/") if part != "mail"]
    return ".".join(parts)


def sender_of(platform: Platform, site: SiteFacts) -> Sender:
    """Return who a site's mail comes from: the instance's address under the site's name."""
    address = platform.configuration.settings.mail.sender
    return Sender(address=address, name=CONTROL.sub(" ", site.name), reply_to=CONTROL.sub("", site.contact_email))


async def send_mail(work: Work) -> None:
    """Send the message that the job was asked for."""
    await deliver(
        work,
        work.platform.mail,
        UUID(work.arguments["message"]),
        sender=sender_of(work.platform, work.site),
        keys=work.platform.mail_keys,
        again=work.attempt > 1,
    )


async def tell_subscribers(work: Work) -> None:
    """Write an email to everyone who gets emails about the topic, a few in each transaction."""
    topic, event = work.arguments["topic"], work.arguments["event"]
    told, after = 0, None
    while True:
        async with work.reading() as session:
            chunk = await next_subscribers(session, topic, after)
            written = [(each, await _write_for(work, session, each)) for each in await untold(session, chunk, event)]
        if written:
            await _queue_all(work, written)
        if not chunk:
            return
        told, after = told + len(chunk), chunk[-1].id
        await work.progress(told, 0)


async def _write_for(work: Work, session: SiteSession, subscription: Subscription) -> Written:
    keys, now = work.platform.mail_keys, work.now()
    token = keys.unsubscribe_token(session.site_id, subscription.id)
    manage = keys.manage_token(session.site_id, subscription.address_key, now + MANAGE_WITHIN)
    values = {
        **work.arguments["values"],
        "topic_title": await say_topic(work.platform, session, subscription.topic, subscription.locale, now),
        "unsubscribe_path": f"/subscriptions/unsubscribe/{token}",
        "manage_path": f"/subscriptions/manage/{manage}",
    }
    return write_mail(
        work.platform,
        work.site,
        work.arguments["template"],
        locale=subscription.locale,
        origin=subscription.origin,
        values=values,
    )


async def _queue_all(work: Work, written: Sequence[tuple[Subscription, Written]]) -> None:
    """Keep a chunk of messages in one short transaction. That nobody is told twice is held by the table's key."""
    async with work.writing() as session:
        for subscription, mail in written:
            await queue_message(
                session,
                address=subscription.address,
                subject=mail.subject,
                body=mail.body,
                locale=subscription.locale,
                template=kind_of(work.arguments["template"]),
                at=work.now(),
                subscription_id=subscription.id,
                event=work.arguments["event"],
            )
        await session.commit()
