"""What core declares for privacy: routes, tasks, jobs. ``core_plugin`` hands it on."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from folkmoot.spec.descriptors import PUBLIC, Job, NavItem, Permission, Route, Task, TaskSource
from folkmoot.store.scoping import SiteSession
from folkmoot.web.words import N_

HANDLE, USAGE = "core.personal_data", "core.usage"
# In UK time, and never between one and two: an hour that comes twice in a night of October, and not at all in March.
NIGHT = time(3, 40)


def permissions() -> Sequence[Permission]:
    """Return who may see what is held about people, and how the site is used."""
    return (
        Permission(name=HANDLE, title=N_("Find and erase personal data, and answer complaints about it")),
        Permission(name=USAGE, title=N_("See how often pages are read"), roles=("publisher", "author", "analyst")),
    )


def routes() -> Sequence[Route]:
    """Return the public pages of complaints."""
    from folkmoot.web.pages import complaints

    form: dict[str, Any] = {"permission": PUBLIC, "blocks": False}
    return (
        Route(path="/complaint", endpoint=complaints.form, **form),
        Route(path="/complaint", endpoint=complaints.send, methods=("POST",), cached=False, **form),
        Route(path="/complaint/received/{reference:str}", endpoint=complaints.received, cached=False, **form),
    )


def admin_routes() -> Sequence[Route]:
    """Return the staff pages."""
    from folkmoot.web.pages import complaints, privacy_requests, retention, usage

    def staff(path: str, endpoint: Any, *methods: str, permission: str = HANDLE, **more: Any) -> Route:
        chosen = methods or ("GET",)
        options = {"permission": permission, "cached": False, "blocks": False, **more}
        return Route(path=f"/admin/{path}", endpoint=endpoint, methods=chosen, **options)

    return (
        staff("personal-data", privacy_requests.index),
        staff("personal-data", privacy_requests.find, "POST"),
        staff("personal-data/copy", privacy_requests.copy, "POST"),
        staff("personal-data/erase", privacy_requests.preview, "POST"),
        staff("personal-data/erased", privacy_requests.erase, "POST"),
        staff("personal-data/requests", privacy_requests.new),
        staff("personal-data/requests", privacy_requests.keep, "POST"),
        staff("personal-data/requests/{reference:str}", privacy_requests.show),
        staff("personal-data/requests/{reference:str}", privacy_requests.close, "POST"),
        staff("complaints", complaints.index),
        staff("complaints/{reference:str}", complaints.show),
        staff("complaints/{reference:str}", complaints.move, "POST"),
        staff("retention", retention.index),
        staff("retention", retention.change, "POST"),
        staff("usage", usage.index, permission=USAGE, query=("days",), suffixes=("csv",)),
    )


def admin_nav() -> Sequence[NavItem]:
    """Return the console's links."""
    return (
        NavItem(label=N_("How the site is used"), path="/admin/usage", order=200, permission=USAGE),
        NavItem(label=N_("Personal data"), path="/admin/personal-data", order=210, permission=HANDLE),
        NavItem(label=N_("Complaints"), path="/admin/complaints", order=220, permission=HANDLE),
        NavItem(label=N_("Retention"), path="/admin/retention", order=230, permission=HANDLE),
    )


def tasks() -> Sequence[TaskSource]:
    """Return what finds the requests and complaints that have a date."""
    return (TaskSource(name="personal data", permission=HANDLE, load=_tasks, order=10),)


async def _tasks(session: SiteSession, now: datetime) -> Sequence[Task]:  # noqa: ARG001 (the hook's signature)
    from folkmoot.privacy.complaints import waiting
    from folkmoot.privacy.requests import open_requests
    from folkmoot.privacy.terms import acknowledge_by

    found: list[Task] = []
    requests, complaints = await open_requests(session), await waiting(session)
    if requests:
        title, path = N_("Answer requests about personal data"), "/admin/personal-data"
        found.append(Task(title=title, path=path, count=len(requests), due=requests[0].due_at))
    if complaints:
        title, path = N_("Acknowledge complaints about personal data"), "/admin/complaints"
        due = acknowledge_by(complaints[0].received_at)
        found.append(Task(title=title, path=path, count=len(complaints), due=due))
    return found


def jobs() -> Sequence[Job]:
    """Return what goes by itself: what has been kept for its term, at night; traces of what was erased."""
    return (
        Job(
            name="core.retention",
            title=N_("Remove what has been kept for its term"),
            run=_retain,
            schedule=f"{NIGHT.minute} {NIGHT.hour} * * *",
        ),
        Job(name="core.scrub", title=N_("Overwrite what was deleted"), run=_scrub),
    )


async def _retain(work: Any) -> None:
    from folkmoot.web.privacy_desk import keep_to_terms

    await keep_to_terms(work)


async def _scrub(work: Any) -> None:
    from folkmoot.privacy.scrub import scrub

    await scrub(work.platform.database)
