"""The table of contents of the consultation plugin."""

from collections.abc import Sequence
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
    Route,
    SearchSource,
    Seed,
    TaskSource,
    hookimpl,
)
from folkmoot.api.jobs import Job
from folkmoot.api.mail import Topic
from folkmoot.api.privacy import PersonalData

MANIFEST = Manifest(
    name="consultation",
    title=N_("Consultations"),
    summary=N_("Ask the public, staff and organisations about a policy, and publish what they said."),
    mounts=("consultations",),
)
WRITE, PUBLISH, READ = "consultation.write", "consultation.publish", "consultation.read"


@hookimpl
def register_tables() -> Sequence[type[Any]]:
    """Return the plugin's table."""
    from folkmoot_consultation.models import Consultation

    return (Consultation,)


@hookimpl
def register_permissions() -> Sequence[Permission]:
    """Return what roles may do with consultations."""
    return (
        Permission(name=WRITE, title=N_("Write consultations"), roles=("publisher", "author")),
        Permission(name=PUBLISH, title=N_("Publish consultations"), roles=("publisher",)),
        Permission(name=READ, title=N_("Read drafts and answers"), roles=("publisher", "author", "analyst")),
    )


@hookimpl
def register_nav() -> Sequence[NavItem]:
    """Return the link in the site's navigation."""
    return (NavItem(label=N_("Consultations"), path="/consultations", order=20),)


@hookimpl
def register_admin_nav() -> Sequence[NavItem]:
    """Return the link in the staff console."""
    return (NavItem(label=N_("Consultations"), path="/admin/consultation", order=20, permission=READ),)


@hookimpl
def register_routes() -> Sequence[Route]:
    """Return the public pages: finding and reading, then taking part."""
    from folkmoot_consultation import pages, respond

    page = "/consultations/{slug:str}"
    asking = {"permission": PUBLIC, "blocks": False, "cached": False}
    return (
        Route(path="/consultations", endpoint=pages.index, permission=PUBLIC, query=("state",), suffixes=("json",)),
        Route(path=page, endpoint=pages.overview, permission=PUBLIC),
        Route(path=f"{page}/document", endpoint=pages.document, permission=PUBLIC),
        Route(path=f"{page}/respond/{{number:int}}", endpoint=respond.ask, permission=PUBLIC, blocks=False),
        Route(path=f"{page}/respond/{{number:int}}", endpoint=respond.keep, methods=("POST",), **asking),  # type: ignore[arg-type]
        Route(path=f"{page}/check-answers", endpoint=respond.check_answers, **asking),  # type: ignore[arg-type]
        Route(path=f"{page}/check-answers", endpoint=respond.send, methods=("POST",), **asking),  # type: ignore[arg-type]
        Route(path=f"{page}/confirmation", endpoint=respond.confirmation, permission=PUBLIC, cached=False),
    )


@hookimpl
def register_admin_routes() -> Sequence[Route]:
    """Return the staff pages."""
    from folkmoot_consultation import admin, builder

    def staff(path: str, endpoint: Any, permission: str, *methods: str) -> Route:
        chosen = methods or ("GET",)
        start = "/admin/consultation"
        return Route(
            path=start + path, endpoint=endpoint, permission=permission, methods=chosen, cached=False, blocks=False
        )

    return (
        staff("", admin.index, READ),
        staff("/new", builder.start, WRITE),
        staff("/new", builder.create, WRITE, "POST"),
        staff("/{slug:str}", admin.show, READ),
        staff("/{slug:str}/questions", builder.questions, WRITE),
        staff("/{slug:str}/questions", builder.add_question, WRITE, "POST"),
        staff("/{slug:str}/questions/remove", builder.remove_question, WRITE, "POST"),
        staff("/{slug:str}/publish", admin.publish, PUBLISH, "POST"),
        staff("/{slug:str}/submissions", admin.submissions, READ),
        staff("/{slug:str}/submissions/export", admin.export, READ),
        staff("/{slug:str}/submissions/{submission:uuid}", admin.submission, READ),
    )


@hookimpl
def register_api_routes() -> Sequence[ApiRoute]:
    """Return the calls of the JSON API."""
    from folkmoot_consultation.api import ROUTES

    return ROUTES


@hookimpl
def register_blocks() -> Sequence[Block]:
    """Return what the home page shows."""
    from folkmoot_consultation.pages import home_block

    return (
        Block(slot="home", name="open consultations", template="consultation/home.html", load=home_block, order=20),
    )


@hookimpl
def register_tasks() -> Sequence[TaskSource]:
    """Return what finds the tasks of the policy team."""
    from folkmoot_consultation.events import tasks

    return (TaskSource(name="consultations", permission=READ, load=tasks, order=20),)


@hookimpl
def register_search_sources() -> Sequence[SearchSource]:
    """Return what search lists."""
    from folkmoot_consultation.events import search_entries

    return (SearchSource(name="consultations", title=N_("Consultation"), load=search_entries, order=20),)


@hookimpl
def register_topics() -> Sequence[Topic]:
    """Return what people can get emails about."""
    from folkmoot_consultation.mail import NEW, ONE, find_title

    return (
        Topic(name=NEW, title=N_("New consultations"), path="/consultations"),
        Topic(name=ONE, title=N_("A consultation"), path="/consultations/{object}", find=find_title),
    )


@hookimpl
def register_jobs() -> Sequence[Job]:
    """Return what is done when a consultation opens or closes."""
    from folkmoot_consultation.mail import TELL, tell

    return (Job(name=TELL, title=N_("Tell subscribers about a consultation"), run=tell),)


@hookimpl
def register_personal_data() -> Sequence[PersonalData]:
    """Return what the plugin's tables hold about people."""
    from folkmoot_consultation.privacy import personal_data

    return personal_data()


@hookimpl
def register_commands() -> Sequence[Command]:
    """Return the command group."""

    def load() -> Any:
        from folkmoot_consultation.commands import consultation

        return consultation

    return (Command(name="consultation", summary="Consultations: create, export", load=load),)


@hookimpl
def seed_demo() -> Sequence[Seed]:
    """Return the demo's consultations."""
    from folkmoot_consultation.demo import seed

    return (Seed(name="an open and a closed consultation", run=seed, order=20),)
