"""Emails that people ask for: asking, confirming, seeing them all, and stopping them.

What is said after asking is the same whoever asks, so that nobody learns who gets which emails. Links in mail lead to
pages with a button, because programs that look for viruses open every link.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from folkmoot.mail import subscriptions
from folkmoot.mail.addresses import normal_address
from folkmoot.mail.models import ENDED, Subscription
from folkmoot.mail.subscriptions import MANAGE_WITHIN, Answer, Asked, Confirmation
from folkmoot.spec.errors import NotFound, TooMany, Unprocessable
from folkmoot.store.scoping import SiteSession
from folkmoot.web.clients import client_address
from folkmoot.web.mailing import queue_mail
from folkmoot.web.render import page, redirect
from folkmoot.web.request import Request
from folkmoot.web.topics import find_topic, say_topic
from folkmoot.web.words import N_

START = "/subscriptions"
NO_LINK = N_("This link is not one of ours. Check that you have copied all of it.")


async def start(request: Request) -> Response[str]:
    """Show the form of the topic that the address names."""
    title, path = await _topic(request)
    action = request.href(request.visit.path)
    return await page(
        request, "subscriptions/new.html", topic_title=title, about=path, action=action, problems=[], values={}
    )


async def _topic(request: Request) -> tuple[str, str]:
    async with request.reading() as session:
        return await find_topic(
            request.platform, request.site, session, request.part("topic"), locale=request.locale, now=request.now()
        )


async def ask(request: Request) -> Response[str]:
    """Have the email sent that asks to confirm, or the one that says that there is nothing to confirm."""
    values = await request.values("email")
    title, path = await _topic(request)
    try:
        address = normal_address(values["email"])
    except Unprocessable as error:
        problems = [("email", request.words.gettext(fault.sentence)) for fault in error.faults]
        return await page(
            request,
            "subscriptions/new.html",
            status=422,
            topic_title=title,
            about=path,
            action=request.href(request.visit.path),
            problems=problems,
            values=values,
        )
    _slow_down(request)
    now = request.now()
    async with request.writing() as session:
        asked = await subscriptions.ask(
            session,
            address,
            request.part("topic"),
            locale=request.locale,
            origin=request.visit.origin,
            keys=request.platform.mail_keys,
            at=now,
        )
        await _write(request, session, asked, title, now)
        await session.commit()
    return redirect(request, f"{START}/check-your-email")


def _slow_down(request: Request) -> None:
    if not request.platform.askers.allow(f"{request.site.id}:{client_address(request)}"):
        raise TooMany(N_("There were too many requests from where you are. Wait five minutes, then try again."))


async def _write(request: Request, session: SiteSession, asked: Asked, title: str, now: datetime) -> None:
    subscription = asked.subscription
    if subscription is None:
        return
    if asked.answer is Answer.CONFIRM:
        values = {"topic_title": title, "confirm_path": f"{START}/confirm/{asked.secret}"}
    else:
        values = {"topic_title": title, "manage_path": manage_path(request, subscription, now)}
    await _queue(request, session, subscription.address, f"mail/{asked.answer}.txt", values)


def manage_path(request: Request, subscription: Subscription, now: datetime) -> str:
    """Return the path of the page with everything that an address gets emails about."""
    keys = request.platform.mail_keys
    return f"{START}/manage/{keys.manage_token(request.site.id, subscription.address_key, now + MANAGE_WITHIN)}"


async def _queue(request: Request, session: SiteSession, address: str, template: str, values: dict[str, Any]) -> None:
    await queue_mail(
        session,
        request.platform,
        request.site,
        to=address,
        template=template,
        locale=request.locale,
        origin=request.visit.origin,
        values=values,
        at=request.now(),
        holds_secret=True,
    )


async def check_your_email(request: Request) -> Response[str]:
    """Say what to do now: the same to everyone."""
    return await page(request, "subscriptions/check_your_email.html")


async def confirmation(request: Request) -> Response[str]:
    """Show the button that confirms: opening the link alone changes nothing."""
    async with request.reading() as session:
        found, state = await _by_confirmation(session, request)
        title = await say_topic(request.platform, session, found.topic, request.locale, request.now())
    return await _confirmation_page(request, found, state, title)


async def _by_confirmation(session: SiteSession, request: Request) -> tuple[Subscription, Confirmation]:
    try:
        return await subscriptions.find_by_confirmation(session, request.part("secret"), at=request.now())
    except NotFound:
        raise NotFound(NO_LINK) from None


async def _confirmation_page(request: Request, found: Subscription, state: Confirmation, title: str) -> Response[str]:
    facts: dict[str, Any] = {"topic": found.topic, "topic_title": title}
    if state is Confirmation.EXPIRED:
        return await page(request, "subscriptions/expired.html", status=410, **facts)
    if state is Confirmation.DONE:
        return await page(request, "subscriptions/confirmed.html", **facts)
    action = request.href(request.visit.path)
    return await page(request, "subscriptions/confirm.html", action=action, **facts)


async def confirm(request: Request) -> Response[str]:
    """Begin to send what was asked for."""
    async with request.writing() as session:
        await _by_confirmation(session, request)
        await subscriptions.confirm(session, request.part("secret"), at=request.now())
    return redirect(request, request.visit.path)


async def unsubscribe_page(request: Request) -> Response[str]:
    """Show the button that stops the emails."""
    async with request.reading() as session:
        found = await _by_unsubscribe_token(session, request)
        title = await say_topic(request.platform, session, found.topic, request.locale, request.now())
    template = "unsubscribed" if found.state == ENDED else "unsubscribe"
    action = request.href(request.visit.path)
    return await page(request, f"subscriptions/{template}.html", topic=found.topic, topic_title=title, action=action)


async def _by_unsubscribe_token(session: SiteSession, request: Request) -> Subscription:
    try:
        return await subscriptions.find_by_unsubscribe_token(
            session, request.part("secret"), request.platform.mail_keys
        )
    except NotFound:
        raise NotFound(NO_LINK) from None


async def unsubscribe(request: Request) -> Response[str]:
    """Stop the emails at once; mail programs send this themselves, with one click (RFC 8058)."""
    async with request.writing() as session:
        found = await _by_unsubscribe_token(session, request)
        title = await say_topic(request.platform, session, found.topic, request.locale, request.now())
        await subscriptions.end(session, found, at=request.now())
    # Not a redirect: mail programs do not follow them.
    return await page(request, "subscriptions/unsubscribed.html", topic=found.topic, topic_title=title)


async def overview(request: Request) -> Response[str]:
    """Show the form that has a link to all of somebody's subscriptions sent."""
    return await page(request, "subscriptions/index.html", problems=[], values={})


async def send_manage_link(request: Request) -> Response[str]:
    """Send a link to what an address gets emails about; an address that gets none is told so, in its mailbox alone."""
    values = await request.values("email")
    try:
        address = normal_address(values["email"])
    except Unprocessable as error:
        problems = [("email", request.words.gettext(fault.sentence)) for fault in error.faults]
        return await page(request, "subscriptions/index.html", status=422, problems=problems, values=values)
    _slow_down(request)
    now = request.now()
    async with request.writing() as session:
        if not await subscriptions.was_asked_often(session, address, at=now):
            found = await subscriptions.first_active(session, address)
            if found is None:
                await _queue(request, session, address, "mail/none.txt", {})
            else:
                link = {"manage_path": manage_path(request, found, now)}
                await _queue(request, session, address, "mail/manage.txt", link)
        await session.commit()
    return redirect(request, f"{START}/check-your-email")


async def manage(request: Request) -> Response[str]:
    """Show everything that an address gets emails about, each with a button that stops it."""
    now = request.now()
    async with request.reading() as session:
        key = await _address_key(session, request)
        if key is None:
            return await page(request, "subscriptions/link_expired.html", status=410)
        rows = [
            (each.id, await say_topic(request.platform, session, each.topic, request.locale, now))
            for each in await subscriptions.list_active(session, key)
        ]
    action = request.href(request.visit.path)
    stopped = "stopped" in request.query_params
    return await page(request, "subscriptions/manage.html", rows=rows, action=action, stopped=stopped)


async def _address_key(session: SiteSession, request: Request) -> str | None:
    keys = request.platform.mail_keys
    try:
        return await subscriptions.find_by_manage_token(session, request.part("secret"), keys, at=request.now())
    except NotFound:
        raise NotFound(NO_LINK) from None


async def stop(request: Request) -> Response[str]:
    """Stop one kind of emails, or all."""
    chosen = (await request.values("subscription"))["subscription"]
    async with request.writing() as session:
        key = await _address_key(session, request)
        if key is None:
            return await page(request, "subscriptions/link_expired.html", status=410)
        if chosen == "all":
            await subscriptions.end_many(session, key, None, at=request.now())
        elif only := _id_of(chosen):
            await subscriptions.end_many(session, key, only, at=request.now())
    return redirect(request, f"{request.visit.path}?stopped=1")


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
