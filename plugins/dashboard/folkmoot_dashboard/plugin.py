"""The plugin's table of contents: what it is called, and what it adds to a site."""

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
    hookimpl,
)
from folkmoot.api.privacy import PersonalData

MANIFEST = Manifest(
    name="dashboard",
    title=N_("Dashboards"),
    summary="Shows figures as charts, maps, tables and sentences, with their sources.",
    mounts=("dashboards", "figures", "datasets", "metrics"),
)
LOAD, PUBLISH = "dashboard.load", "dashboard.publish"
LARGEST_FILE = 50_000_000


@hookimpl
def register_tables() -> Sequence[type[Any]]:
    """Return the plugin's tables."""
    from folkmoot_dashboard.models import Dataset, Metric, Observation, Version

    return Dataset, Version, Metric, Observation


@hookimpl
def register_permissions() -> Sequence[Permission]:
    """Return what roles may do with figures."""
    return (
        Permission(name=LOAD, title=N_("Load figures"), roles=("publisher", "author", "analyst")),
        Permission(name=PUBLISH, title=N_("Publish figures"), roles=("publisher",)),
    )


@hookimpl
def register_routes() -> Sequence[Route]:
    """Return the public pages and files."""
    from folkmoot_dashboard import pages

    chosen = ("metric", "period", "breakdown", "geo", "view")
    return (
        Route(path="/dashboards", endpoint=pages.dashboards, permission=PUBLIC),
        Route(path="/dashboards/{slug:str}", endpoint=pages.dashboard, permission=PUBLIC, query=chosen),
        Route(
            path="/figures/{id:str}",
            endpoint=pages.figure_file,
            permission=PUBLIC,
            suffixes=("svg", "csv", "json"),
            blocks=False,
        ),
        Route(path="/datasets/{slug:str}", endpoint=pages.dataset, permission=PUBLIC, suffixes=("csv",)),
        Route(
            path="/datasets/{slug:str}/versions/{number:str}",
            endpoint=pages.dataset,
            permission=PUBLIC,
            suffixes=("csv",),
        ),
    )


@hookimpl
def register_admin_routes() -> Sequence[Route]:
    """Return the staff pages."""
    from folkmoot_dashboard import admin

    return (
        Route(path="/admin/dashboard", endpoint=admin.datasets, permission=LOAD, cached=False),
        Route(
            path="/admin/dashboard/{slug:str}/versions/{number:str}/publish",
            endpoint=admin.publish,
            permission=PUBLISH,
            methods=("POST",),
            cached=False,
        ),
    )


@hookimpl
def register_api_routes() -> Sequence[ApiRoute]:
    """Return the JSON calls."""
    from folkmoot_dashboard import api

    return (
        ApiRoute(
            path="/datasets",
            method="POST",
            endpoint=api.create_dataset,
            permission=LOAD,
            body=api.DatasetIn,
            answer=api.DatasetOut,
            status=201,
            summary="Create a dataset",
        ),
        ApiRoute(
            path="/datasets/{slug:str}/versions",
            method="POST",
            endpoint=api.load_version,
            permission=LOAD,
            form=True,
            answer=api.VersionOut,
            status=201,
            max_body=LARGEST_FILE,
            idempotent=True,
            summary="Load a version of a dataset: rows as JSON, or a CSV file",
        ),
        ApiRoute(
            path="/datasets/{slug:str}/versions/{version:str}/publish",
            method="POST",
            endpoint=api.publish,
            permission=PUBLISH,
            answer=api.VersionOut,
            summary="Publish a version of a dataset",
        ),
        ApiRoute(
            path="/datasets/{slug:str}/observations",
            endpoint=api.observations,
            permission=PUBLIC,
            answer=api.ObservationPage,
            query=("metric", "geo", "from", "to", "cursor", "limit"),
            summary="Read what is published of a dataset",
        ),
        ApiRoute(
            path="/metrics",
            endpoint=api.metrics,
            permission=PUBLIC,
            answer=api.MetricPage,
            summary="List the metrics of published datasets",
        ),
    )


@hookimpl
def register_nav() -> Sequence[NavItem]:
    """Return the site's link."""
    return (NavItem(label=N_("Dashboards"), path="/dashboards", order=30),)


@hookimpl
def register_admin_nav() -> Sequence[NavItem]:
    """Return the console's link."""
    return (NavItem(label=N_("Datasets"), path="/admin/dashboard", order=50, permission=LOAD),)


@hookimpl
def register_blocks() -> Sequence[Block]:
    """Return the home page's headline."""
    from folkmoot_dashboard import pages

    return (Block(slot="home", name="figures", template="dashboard/home.html", load=pages.home_block, order=30),)


@hookimpl
def register_search_sources() -> Sequence[SearchSource]:
    """Return what lists the published dashboards."""
    from folkmoot_dashboard import pages

    return (SearchSource(name="dashboards", title=N_("Dashboard"), load=pages.search_entries, order=30),)


@hookimpl
def register_personal_data() -> Sequence[PersonalData]:
    """Return what the plugin's tables hold about people."""
    from folkmoot_dashboard.privacy import personal_data

    return personal_data()


@hookimpl
def register_commands() -> Sequence[Command]:
    """Return the command group."""

    def load() -> Any:
        from folkmoot_dashboard.commands import dashboard

        return dashboard

    return (Command(name="dashboard", summary="Figures: load them, and see how fresh they are.", load=load),)


@hookimpl
def seed_demo() -> Sequence[Seed]:
    """Return the demo's figures."""
    from folkmoot_dashboard.demo import fill

    return (Seed(name="adult social care and dementia figures", run=fill, order=30),)
