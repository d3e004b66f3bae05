"""Mail from templates: rendering in the reader's language, queueing from a page, and the two jobs of mail."""

from collections.abc import Mapping
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
        site=site, locale=locale, link=lambda path: origin + site_path(site, locale, path), **known
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


async def send_mail(work: Work) -> None:
    """Send the message that the job was asked for."""
    settings = work.platform.configuration.settings.mail
    sender = Sender(
        address=settings.sender,
        name=CONTROL.sub(" ", work.site.name),
        reply_to=work.site.contact_email,
    )
    await deliver(
        work,
        work.platform.mail,
        UUID(work.arguments["message"]),
        sender=sender,
        keys=work.platform.mail_keys,
        again=work.attempt > 1,
    )


async def tell_subscribers(work: Work) -> None:
    """Write an email to everyone who gets emails about the topic, a few in each transaction."""
    told, after = 0, None
    while True:
        async with work.writing() as session:
            chunk = await next_subscribers(session, work.arguments["topic"], after)
            for subscription in await untold(session, chunk, work.arguments["event"]):
                await _tell(work, session, subscription)
            await session.commit()
        if not chunk:
            return
        told, after = told + len(chunk), chunk[-1].id
        await work.progress(told, 0)


async def _tell(work: Work, session: SiteSession, subscription: Subscription) -> None:
    asked = work.arguments
    keys, now = work.platform.mail_keys, work.now()
    token = keys.unsubscribe_token(session.site_id, subscription.id)
    manage = keys.manage_token(session.site_id, subscription.address_key, now + MANAGE_WITHIN)
    values = {
        **asked["values"],
        "topic_title": await say_topic(work.platform, session, subscription.topic, subscription.locale, now),
        "unsubscribe_path": f"/subscriptions/unsubscribe/{token}",
        "manage_path": f"/subscriptions/manage/{manage}",
    }
    written = write_mail(
        work.platform,
        work.site,
        asked["template"],
        locale=subscription.locale,
        origin=subscription.origin,
        values=values,
    )
    await queue_message(
        session,
        address=subscription.address,
        subject=written.subject,
        body=written.body,
        locale=subscription.locale,
        template=kind_of(asked["template"]),
        at=now,
        subscription_id=subscription.id,
        event=asked["event"],
    )
