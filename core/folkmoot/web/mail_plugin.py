"""What mail declares, for ``core_plugin``."""

from collections.abc import Sequence
from typing import Any

from folkmoot.spec.descriptors import OWN_KEY, PUBLIC, ApiRoute, Job, NavItem, Permission, Route, TaskSource
from folkmoot.web.words import N_

SEE = "core.mail"
# More than the tries that a message has (see ``folkmoot.mail.delivery``): workers may be killed in the middle.
TRIES = 20


def permissions() -> Sequence[Permission]:
    """Return who may see what became of mail."""
    return (Permission(name=SEE, title=N_("See which emails failed, and send them again"), roles=("publisher",)),)


def routes() -> Sequence[Route]:
    """Return the pages of subscriptions."""
    from folkmoot.web.pages import subscriptions as pages

    def public(path: str, endpoint: Any, method: str = "GET", **more: Any) -> Route:
        address = f"/subscriptions{path}"
        return Route(
            path=address, endpoint=endpoint, permission=PUBLIC, methods=(method,), cached=False, blocks=False, **more
        )

    return (
        public("", pages.overview),
        public("", pages.send_manage_link, "POST"),
        public("/new/{topic:str}", pages.start),
        public("/new/{topic:str}", pages.ask, "POST"),
        public("/check-your-email", pages.check_your_email),
        public("/confirm/{secret:str}", pages.confirmation),
        public("/confirm/{secret:str}", pages.confirm, "POST"),
        public("/unsubscribe/{secret:str}", pages.unsubscribe_page),
        public("/unsubscribe/{secret:str}", pages.unsubscribe, "POST", cross_ok=True),
        public("/manage/{secret:str}", pages.manage, query=("stopped",)),
        public("/manage/{secret:str}", pages.stop, "POST"),
    )


def admin_routes() -> Sequence[Route]:
    """Return the staff pages of mail."""
    from folkmoot.web.pages import mail

    staff: dict[str, Any] = {"permission": SEE, "cached": False, "blocks": False}
    return (
        Route(path="/admin/mail", endpoint=mail.index, **staff),
        Route(path="/admin/mail/retry", endpoint=mail.retry, methods=("POST",), **staff),
    )


def admin_nav() -> Sequence[NavItem]:
    """Return the link in the staff console."""
    return (NavItem(label=N_("Emails"), path="/admin/mail", order=80, permission=SEE),)


def tasks() -> Sequence[TaskSource]:
    """Return what finds failed mail."""
    from folkmoot.web.pages.mail import tasks

    return (TaskSource(name="mail", permission=SEE, load=tasks, order=80),)


def api_routes() -> Sequence[ApiRoute]:
    """Return the call by which GOV.UK Notify tells us what became of messages."""
    from folkmoot.web.pages import mail

    return (
        ApiRoute(
            path="/mail/receipts",
            endpoint=mail.receive,
            permission=OWN_KEY,
            method="POST",
            summary="Take a delivery receipt of GOV.UK Notify",
            body=mail.Receipt,
            max_body=20_000,
        ),
    )


def jobs() -> Sequence[Job]:
    """Return the two jobs of mail."""
    from folkmoot.web.mailing import send_mail, tell_subscribers

    return (
        Job(name="core.send_mail", title=N_("Send an email"), run=send_mail, tries=TRIES),
        Job(name="core.notify_subscribers", title=N_("Tell subscribers"), run=tell_subscribers),
    )
