"""The plugin's table of contents: what it is called, and what it adds to a site."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from folkmoot.api import (
    N_,
    PUBLIC,
    ApiRoute,
    Block,
    Command,
    Manifest,
    NavItem,
    Permission,
    Request,
    Route,
    Seed,
    SiteSession,
    Task,
    TaskSource,
    hookimpl,
)
from folkmoot.api.privacy import PersonalData

MANIFEST = Manifest(
    name="feedback",
    title=N_("Feedback"),
    summary="Asks on every page whether it is useful, and gives staff a list of what is wrong.",
    mounts=("feedback", "stories", "visits", "benefits"),
)
READ, ACT = "feedback.read", "feedback.act"


@hookimpl
def register_tables() -> Sequence[type[Any]]:
    """Return the plugin's tables."""
    from folkmoot_feedback.models import PageFeedback

    return (PageFeedback,)


@hookimpl
def register_permissions() -> Sequence[Permission]:
    """Return what roles may do with feedback."""
    return (
        Permission(name=READ, title=N_("Read feedback about pages"), roles=("publisher", "analyst", "moderator")),
        Permission(name=ACT, title=N_("Mark reports about pages as done"), roles=("publisher", "moderator")),
    )


@hookimpl
def register_routes() -> Sequence[Route]:
    """Return the pages that the block at the end of every page leads to; none of them asks about itself."""
    from folkmoot_feedback import pages

    return (
        Route(
            path="/feedback", endpoint=pages.report_form, permission=PUBLIC, query=("path",), cached=False, blocks=False
        ),
        Route(
            path="/feedback",
            endpoint=pages.receive,
            permission=PUBLIC,
            methods=("POST",),
            cached=False,
            blocks=False,
        ),
        Route(
            path="/feedback/thanks",
            endpoint=pages.thanks,
            permission=PUBLIC,
            query=("path", "useful"),
            cached=False,
            blocks=False,
        ),
    )


@hookimpl
def register_admin_routes() -> Sequence[Route]:
    """Return the staff pages."""
    from folkmoot_feedback import admin

    filters = ("useful", "path", "state", "before")
    return (
        Route(
            path="/admin/feedback",
            endpoint=admin.reports,
            permission=READ,
            query=filters,
            suffixes=("csv",),
            cached=False,
        ),
        Route(path="/admin/feedback/pages", endpoint=admin.page_counts, permission=READ, cached=False),
        Route(
            path="/admin/feedback/{id:str}/done",
            endpoint=admin.done,
            permission=ACT,
            methods=("POST",),
            cached=False,
        ),
    )


@hookimpl
def register_admin_nav() -> Sequence[NavItem]:
    """Return the console's link."""
    return (NavItem(label=N_("Feedback about pages"), path="/admin/feedback", order=60, permission=READ),)


@hookimpl
def register_api_routes() -> Sequence[ApiRoute]:
    """Return the JSON calls."""
    from folkmoot_feedback import api

    return (
        ApiRoute(
            path="/feedback/page",
            method="POST",
            endpoint=api.create,
            permission=PUBLIC,
            body=api.PageFeedbackIn,
            answer=api.PageFeedbackOut,
            status=201,
            idempotent=True,
            summary="Say whether a page is useful, and what is wrong with it",
        ),
    )


@hookimpl
def register_blocks() -> Sequence[Block]:
    """Return the question at the end of every page."""
    return (Block(slot="page_end", name="page-feedback", template="feedback/block.html", load=_block, order=10),)


async def _block(request: Request) -> dict[str, object]:
    return {"feedback_path": request.visit.path}


@hookimpl
def register_tasks() -> Sequence[TaskSource]:
    """Return the reports that nobody has looked at."""
    return (TaskSource(name="page-feedback", permission=READ, load=_tasks, order=60),)


async def _tasks(session: SiteSession, now: datetime) -> Sequence[Task]:  # noqa: ARG001 (the hook's signature)
    from folkmoot_feedback import service

    waiting = await service.count_waiting(session)
    if not waiting:
        return ()
    return (Task(title=N_("Look at reports about pages"), path="/admin/feedback?state=new", count=waiting),)


@hookimpl
def register_personal_data() -> Sequence[PersonalData]:
    """Return what the plugin's tables hold about people."""
    from folkmoot_feedback.privacy import personal_data

    return personal_data()


@hookimpl
def register_commands() -> Sequence[Command]:
    """Return the command group."""

    def load() -> Any:
        from folkmoot_feedback.commands import feedback

        return feedback

    return (Command(name="feedback", summary="What people said about pages.", load=load),)


@hookimpl
def seed_demo() -> Sequence[Seed]:
    """Return the demo's feedback."""
    from folkmoot_feedback.demo import fill

    return (Seed(name="feedback about pages", run=fill, order=90),)
