"""What core declares about search: its tables, its pages and calls, the job that keeps its index, what it holds."""

from collections.abc import Sequence
from typing import Any

from folkmoot.spec.descriptors import PUBLIC, ApiRoute, Job, Route
from folkmoot.store.search import INDEX_JOB
from folkmoot.web.words import N_

QUERY = ("q", "kind", "page")


def tables() -> Sequence[type[Any]]:
    """Return what is found, and how far the index of each source is."""
    from folkmoot.store.search import SearchRow, SearchState

    return SearchRow, SearchState


def routes() -> Sequence[Route]:
    """Return the page of results."""
    from folkmoot.web.pages import search as pages

    return (Route(path="/search", endpoint=pages.search_page, permission=PUBLIC, query=QUERY),)


def api_routes() -> Sequence[ApiRoute]:
    """Return the calls."""
    from folkmoot.web.pages import search_calls as calls

    return (
        ApiRoute(
            path="/search",
            endpoint=calls.search_call,
            permission=PUBLIC,
            summary="Search what is published on the site",
            query=("q", "kind", "cursor", "limit"),
            answer=calls.SearchAnswer,
        ),
        ApiRoute(
            path="/search/suggest",
            endpoint=calls.suggest_call,
            permission=PUBLIC,
            summary="Titles that have the words of somebody who is still typing",
            query=("q",),
            answer=calls.SuggestAnswer,
        ),
    )


def jobs() -> Sequence[Job]:
    """Return the job that follows what is published, asked for by each change and, to be safe, at night."""
    from folkmoot.web.search_index import run_index_job

    return (Job(name=INDEX_JOB, title=N_("Keep search up to date"), run=run_index_job, schedule="20 3 * * *"),)
