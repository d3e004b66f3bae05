"""The addresses of the plugin: public pages, staff pages, calls of the JSON API."""

from collections.abc import Sequence
from functools import partial

from folkmoot.api import PUBLIC, ApiRoute, Route
from folkmoot_publication import admin, api, pages, recommendation_admin, recommendation_pages
from folkmoot_publication.forms import NewPublication, RecommendationChange

LARGEST = 6_000_000


def public() -> Sequence[Route]:
    """Return the pages that readers see."""
    one = "/publications/{slug:str}"
    return (
        Route(path="/publications", endpoint=pages.publications, permission=PUBLIC, suffixes=("json", "csv")),
        Route(path=one, endpoint=pages.publication, permission=PUBLIC),
        Route(path=f"{one}/read/{{chapter:str}}", endpoint=pages.chapter, permission=PUBLIC),
        Route(
            path=f"{one}/recommendations",
            endpoint=recommendation_pages.recommendations,
            permission=PUBLIC,
            query=recommendation_pages.QUERY,
            suffixes=("json", "csv"),
        ),
        Route(
            path=f"{one}/recommendations/{{ref:str}}", endpoint=recommendation_pages.recommendation, permission=PUBLIC
        ),
    )


def staff() -> Sequence[Route]:
    """Return the pages of staff."""
    start, one = "/admin/publication", "/admin/publication/{slug:str}"
    route = partial(Route, cached=False, blocks=False, max_body=LARGEST)
    writes = partial(route, permission="publication.write")
    reads = partial(route, permission="publication.read_drafts")
    post = ("POST",)
    return (
        reads(path=start, endpoint=admin.publications),
        writes(path=f"{start}/new", endpoint=admin.new_form),
        writes(path=f"{start}/new", endpoint=admin.create, methods=post),
        reads(path=one, endpoint=admin.overview),
        writes(path=f"{one}/edit", endpoint=admin.edit_form),
        writes(path=f"{one}/edit", endpoint=admin.rewrite, methods=post),
        reads(path=f"{one}/read/{{chapter:str}}", endpoint=admin.preview),
        route(path=f"{one}/publish", endpoint=admin.publish, methods=post, permission="publication.publish"),
        writes(path=f"{one}/recommendations", endpoint=recommendation_admin.import_form),
        writes(path=f"{one}/recommendations", endpoint=recommendation_admin.import_table, methods=post),
    )


def calls() -> Sequence[ApiRoute]:
    """Return the calls of the JSON API."""
    start, one = "/publications", "/publications/{slug:str}"
    listing = ("cursor", "limit")
    return (
        ApiRoute(
            path=start,
            endpoint=api.create,
            method="POST",
            permission="publication.write",
            status=201,
            body=NewPublication,
            form=True,
            max_body=LARGEST,
            summary="Create a draft publication from Markdown",
        ),
        ApiRoute(path=start, endpoint=api.publications, permission=PUBLIC, query=listing, summary="List publications"),
        ApiRoute(path=one, endpoint=api.publication, permission=PUBLIC, summary="A publication with its contents"),
        ApiRoute(
            path=f"{one}/publish",
            endpoint=api.publish,
            method="POST",
            permission="publication.publish",
            summary="Publish a draft",
        ),
        ApiRoute(
            path=f"{one}/recommendations",
            endpoint=api.recommendations,
            permission=PUBLIC,
            query=("theme", "status", *listing),
            summary="List recommendations with facets",
        ),
        ApiRoute(
            path=f"{one}/recommendations/{{ref:str}}",
            endpoint=api.put_recommendation,
            method="PUT",
            permission="publication.write",
            body=RecommendationChange,
            summary="Add or change a recommendation",
        ),
    )
