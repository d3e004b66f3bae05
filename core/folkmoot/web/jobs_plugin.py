"""What core declares about jobs: who may see them, their pages, their call, and core's own."""

from collections.abc import Sequence
from typing import Any

from folkmoot.spec.descriptors import ApiRoute, Job, NavItem, Permission, Route, TaskSource
from folkmoot.web.words import N_

SEE, DECIDE = "core.jobs", "core.decide_jobs"


def permissions(staff: tuple[str, ...]) -> Sequence[Permission]:
    """Return who may see background work, and who decides about what was set aside."""
    return (
        Permission(name=SEE, title=N_("See background work"), roles=staff),
        Permission(name=DECIDE, title=N_("Try again or delete work that was set aside"), roles=("publisher",)),
    )


def admin_routes() -> Sequence[Route]:
    """Return the staff pages."""
    from folkmoot.web.pages import jobs as pages

    def staff(path: str, endpoint: Any, permission: str, method: str = "GET", query: tuple[str, ...] = ()) -> Route:
        return Route(
            path=f"/admin/jobs{path}",
            endpoint=endpoint,
            permission=permission,
            methods=(method,),
            query=query,
            cached=False,
            blocks=False,
        )

    return (
        staff("", pages.index, SEE),
        staff("/{job:uuid}", pages.show, SEE, query=("updates",)),
        staff("/{job:uuid}/retry", pages.ask_retry, DECIDE),
        staff("/{job:uuid}/retry", pages.retry, DECIDE, "POST"),
        staff("/{job:uuid}/delete", pages.ask_delete, DECIDE),
        staff("/{job:uuid}/delete", pages.delete, DECIDE, "POST"),
    )


def api_routes() -> Sequence[ApiRoute]:
    """Return the call that says how far a job is."""
    from folkmoot.web.pages import jobs as pages

    return (
        ApiRoute(
            path="/jobs/{job:uuid}",
            endpoint=pages.job_call,
            permission=SEE,
            summary="How far a job is",
            answer=pages.JobAnswer,
        ),
    )


def admin_nav() -> Sequence[NavItem]:
    """Return the console's link."""
    return (NavItem(label=N_("Background work"), path="/admin/jobs", order=900, permission=SEE),)


def tasks() -> Sequence[TaskSource]:
    """Return what finds work that was set aside."""
    from folkmoot.web.pages import jobs as pages

    return (TaskSource(name="jobs", permission=DECIDE, load=pages.tasks, order=900),)


def jobs() -> Sequence[Job]:
    """Return core's own jobs."""
    from folkmoot.web.core_jobs import JOBS

    return JOBS
