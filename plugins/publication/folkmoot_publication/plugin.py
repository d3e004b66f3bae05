"""The table of contents of the plugin: what it is, and what it adds to a site."""

from collections.abc import Sequence
from typing import Any

from folkmoot.api import (
    N_,
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
from folkmoot.api.jobs import Listener
from folkmoot.api.mail import Topic
from folkmoot.api.privacy import PersonalData

MANIFEST = Manifest(
    name="publication",
    title=N_("Publications"),
    summary="Publish numbered documents chapter by chapter, and track their recommendations.",
    mounts=("publications",),
)
STAFF = ("publisher", "author", "analyst", "moderator", "viewer")


@hookimpl
def register_tables() -> Sequence[type[Any]]:
    """Return publications, their editions and nodes, and recommendations."""
    from folkmoot_publication.models import DocumentNode, Edition, Publication, Recommendation

    return Publication, Edition, DocumentNode, Recommendation


@hookimpl
def register_permissions() -> Sequence[Permission]:
    """Return who may write, publish and read drafts."""
    return (
        Permission(name="publication.write", title=N_("Write publications"), roles=("author", "publisher")),
        Permission(name="publication.publish", title=N_("Publish publications"), roles=("publisher",)),
        Permission(name="publication.read_drafts", title=N_("Read drafts of publications"), roles=STAFF),
    )


@hookimpl
def register_routes() -> Sequence[Route]:
    """Return the pages that readers see."""
    from folkmoot_publication import routes

    return routes.public()


@hookimpl
def register_admin_routes() -> Sequence[Route]:
    """Return the pages of staff."""
    from folkmoot_publication import routes

    return routes.staff()


@hookimpl
def register_api_routes() -> Sequence[ApiRoute]:
    """Return the calls of the JSON API."""
    from folkmoot_publication import routes

    return routes.calls()


@hookimpl
def register_nav() -> Sequence[NavItem]:
    """Return the link in the site's navigation."""
    return (NavItem(label=N_("Publications"), path="/publications", order=30),)


@hookimpl
def register_admin_nav() -> Sequence[NavItem]:
    """Return the link in the staff console's navigation."""
    return (NavItem(label=N_("Publications"), path="/admin/publication", permission="publication.read_drafts"),)


@hookimpl
def register_blocks() -> Sequence[Block]:
    """Return the latest publications for the home page."""
    from folkmoot_publication.listings import latest_block

    return (Block(slot="home", name="publications", template="publication/home.html", load=latest_block, order=30),)


@hookimpl
def register_tasks() -> Sequence[TaskSource]:
    """Return the drafts that wait for a second person."""
    from folkmoot_publication.listings import drafts_to_publish

    return (TaskSource(name="publication drafts", permission="publication.publish", load=drafts_to_publish),)


@hookimpl
def register_search_sources() -> Sequence[SearchSource]:
    """Return published publications, their chapters and their recommendations."""
    from folkmoot_publication.listings import chapter_entries, publication_entries, recommendation_entries

    return (
        SearchSource(name="publications", title=N_("Publication"), load=publication_entries),
        SearchSource(name="chapters", title=N_("Chapter"), load=chapter_entries),
        SearchSource(name="recommendations", title=N_("Recommendation"), load=recommendation_entries),
    )


@hookimpl
def register_personal_data() -> Sequence[PersonalData]:
    """Return what the plugin's tables hold about people."""
    from folkmoot_publication.privacy import personal_data

    return personal_data()


@hookimpl
def register_topics() -> Sequence[Topic]:
    """Return what people can get emails about."""
    from folkmoot_publication.events import NEW

    return (Topic(name=NEW, title=N_("New publications"), path="/publications"),)


@hookimpl
def register_listeners() -> Sequence[Listener]:
    """Return what is done when something has been published."""
    from folkmoot_publication.events import PUBLISHED, TELL, tell

    title = N_("Tell subscribers about a new publication")
    return (Listener(event=PUBLISHED, name=TELL, title=title, run=tell),)


@hookimpl
def register_commands() -> Sequence[Command]:
    """Return ``folkmoot publication``."""

    def load() -> Any:
        from folkmoot_publication.commands import publication

        return publication

    return (Command(name="publication", summary="Documents and their recommendations.", load=load),)


@hookimpl
def seed_demo() -> Sequence[Seed]:
    """Return the demo's publication."""
    from folkmoot_publication.demonstration import seed_publication

    return (Seed(name="publication", run=seed_publication),)
