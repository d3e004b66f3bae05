"""Every hook, in one place. Hooks are synchronous and pure, are called once at boot, and return descriptors.

What is returned is sorted by ``(order, plugin)``, so the order in which plugins are called never shows.
"""

from collections.abc import Sequence
from typing import Any

import pluggy

from folkmoot.spec.descriptors import (
    ApiRoute,
    Block,
    Command,
    Job,
    Listener,
    NavItem,
    Permission,
    PersonalData,
    Route,
    SearchSource,
    Seed,
    TaskSource,
    Topic,
)

hookspec = pluggy.HookspecMarker("folkmoot")
hookimpl = pluggy.HookimplMarker("folkmoot")


@hookspec
def register_tables() -> Sequence[type[Any]]:  # type: ignore[empty-body]
    """Return the SQLModel tables of the plugin; each is a ``SiteScoped``."""


@hookspec
def register_routes() -> Sequence[Route]:  # type: ignore[empty-body]
    """Return the public pages, below the plugin's mounts."""


@hookspec
def register_admin_routes() -> Sequence[Route]:  # type: ignore[empty-body]
    """Return the staff pages, below ``/admin/<plugin>``."""


@hookspec
def register_api_routes() -> Sequence[ApiRoute]:  # type: ignore[empty-body]
    """Return the calls of the JSON API, below ``/api/v1`` and the plugin's mounts."""


@hookspec
def register_permissions() -> Sequence[Permission]:  # type: ignore[empty-body]
    """Return what roles may do with the plugin."""


@hookspec
def register_nav() -> Sequence[NavItem]:  # type: ignore[empty-body]
    """Return links for the site's navigation."""


@hookspec
def register_admin_nav() -> Sequence[NavItem]:  # type: ignore[empty-body]
    """Return links for the staff console's navigation."""


@hookspec
def register_blocks() -> Sequence[Block]:  # type: ignore[empty-body]
    """Return pieces of the home page, or of the end of every page."""


@hookspec
def register_tasks() -> Sequence[TaskSource]:  # type: ignore[empty-body]
    """Return what finds the tasks that the staff console opens with."""


@hookspec
def register_search_sources() -> Sequence[SearchSource]:  # type: ignore[empty-body]
    """Return what lists the published things that search and the site map show."""


@hookspec
def register_jobs() -> Sequence[Job]:  # type: ignore[empty-body]
    """Return the work that is done outside requests."""


@hookspec
def register_listeners() -> Sequence[Listener]:  # type: ignore[empty-body]
    """Return what is done after something has happened."""


@hookspec
def register_topics() -> Sequence[Topic]:  # type: ignore[empty-body]
    """Return what people can get emails about."""


@hookspec
def register_personal_data() -> Sequence[PersonalData]:  # type: ignore[empty-body]
    """Return what every table of the plugin holds about people, or that it holds nothing."""


@hookspec
def register_commands() -> Sequence[Command]:  # type: ignore[empty-body]
    """Return command groups for the ``folkmoot`` command line."""


@hookspec
def seed_demo() -> Sequence[Seed]:  # type: ignore[empty-body]
    """Return what puts demo content into a site."""
