"""Public pages of recommendations: the list with its facets, and each one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from litestar import Response

from folkmoot.api import N_, NotFound, Request, as_response, csv_file, page
from folkmoot_publication import catalogue
from folkmoot_publication import recommendations as reading
from folkmoot_publication.models import Publication, Recommendation
from folkmoot_publication.pages import described
from folkmoot_publication.recommendations import FACETS, NO_PAGE, PAGE_LENGTH, SORTS, Filter, Term
from folkmoot_publication.records import RECOMMENDATION_COLUMNS, facets_record, recommendation_record
from folkmoot_publication.statuses import status_colour, status_label

QUERY = ("theme", "status", "sort", "page")


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks to see of a publication's recommendations."""

    filter: Filter
    sort: str
    page: int

    def query(self) -> str:
        """Return the query that leads here, empty for the plain list."""
        sort = {"sort": self.sort} if self.sort != "ref" else {}
        number = {"page": str(self.page)} if self.page > 1 else {}
        given = self.filter.active() | sort | number
        return f"?{urlencode(given)}" if given else ""

    def filtered(self, name: str, key: str) -> "View":
        """Return the first page under another choice of a facet, empty for none."""
        return replace(self, filter=replace(self.filter, **{name: key}), page=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a facet as the page shows it."""

    label: str
    count: int
    href: str
    chosen: bool


def read_view(request: Request) -> View:
    """Return what the address asks for; raises ``NotFound`` for a page that is no number."""
    asked = str(request.query_params.get("sort", ""))
    number = str(request.query_params.get("page", "1"))
    if not (number.isascii() and number.isdigit() and int(number[:9]) > 0 and len(number) < 9):
        raise NotFound(NO_PAGE)
    return View(reading.read_filter(request.query_params), asked if asked in SORTS else "ref", int(number))


async def recommendations(request: Request) -> Response[Any]:
    """List recommendations with facets counted under the other filters; also as CSV and JSON, then without pages."""
    view = read_view(request)
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"))
        publication = listed.publication
        facets = await reading.count_facets(session, publication.id, view.filter)
        total = await reading.count_matching(session, publication.id, view.filter)
        offset, limit = (0, None) if request.suffix else ((view.page - 1) * PAGE_LENGTH, PAGE_LENGTH)
        rows = await reading.list_recommendations(
            session, publication.id, view.filter, sort=view.sort, offset=offset, limit=limit
        )
    if request.suffix == "csv":
        return recommendations_csv(publication, rows)
    if request.suffix:
        items = [recommendation_record(row) for row in rows]
        return as_response({"items": items, "facets": facets_record(facets), "next": None}, 200)
    if not rows and view.page > 1:
        raise NotFound(NO_PAGE)
    return await page(
        request,
        "publication/recommendations.html",
        **described(listed),
        **_shown(request, f"/publications/{publication.slug}/recommendations", view, facets),
        rows=rows,
        total=total,
        pages=-(-total // PAGE_LENGTH),
        tag_of=tag_of(request),
    )


def _shown(request: Request, path: str, view: View, facets: dict[str, list[Term]]) -> dict[str, Any]:
    words = request.words

    def href(to: View, suffix: str = "") -> str:
        return request.href(path) + suffix + to.query()

    choices = {
        name: [
            Choice(
                _label(name, term, words.gettext),
                term.count,
                href(view.filtered(name, term.key)),
                getattr(view.filter, name) == term.key,
            )
            for term in terms
        ]
        for name, terms in facets.items()
    }
    chips = [
        (words.gettext(FACETS[name]), _chosen(name, facets[name], key, words.gettext), href(view.filtered(name, "")))
        for name, key in view.filter.active().items()
    ]
    return {
        "view": view,
        # A facet in which nothing has been given offers no choice, unless it is how the reader came here.
        "facets": {
            name: (words.gettext(title), choices[name])
            for name, title in FACETS.items()
            if name in view.filter.active() or any(term.label for term in facets[name])
        },
        "chips": chips,
        "sorts": [
            (words.gettext(title), href(replace(view, sort=name, page=1)), view.sort == name)
            for name, title in SORTS.items()
        ],
        "everything": request.href(path),
        "csv_href": href(replace(view, page=1), ".csv"),
        "json_href": href(replace(view, page=1), ".json"),
        "next_href": href(replace(view, page=view.page + 1)),
        "previous_href": href(replace(view, page=max(1, view.page - 1))),
    }


def _label(name: str, term: Term, gettext: Callable[[str], str]) -> str:
    if name == "status":
        return status_label(term.key, term.label, gettext)
    return term.label or gettext(N_("Not given"))


def _chosen(name: str, terms: Sequence[Term], key: str, gettext: Callable[[str], str]) -> str:
    """Return the label of what is filtered by; a key that nothing has is shown as it was typed."""
    return _label(name, next((term for term in terms if term.key == key), Term(key, key, 0)), gettext)


def tag_of(request: Request) -> Callable[[Recommendation], tuple[str, str]]:
    """Return what gives the words and the colour of a recommendation's tag."""
    gettext = request.words.gettext
    return lambda row: (status_label(row.status_key, row.status, gettext), status_colour(row.status_key))


def recommendations_csv(publication: Publication, rows: Sequence[Recommendation]) -> Response[bytes]:
    """Return recommendations as a CSV file that can be edited and imported again; notes are its last columns."""
    notes = list(dict.fromkeys(name for row in rows for name in row.notes))
    cells = [
        [*(recommendation_record(row)[name] for name in RECOMMENDATION_COLUMNS), *(row.notes.get(n, "") for n in notes)]
        for row in rows
    ]
    return csv_file((*RECOMMENDATION_COLUMNS, *notes), cells, name=f"{publication.slug}-recommendations.csv")


async def recommendation(request: Request) -> Response[Any]:
    """Show a recommendation and what was said to it."""
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"))
        found: Recommendation = await reading.find_recommendation(session, listed.publication.id, request.part("ref"))
        before, after = await reading.find_neighbours(session, found)
    return await page(
        request,
        "publication/recommendation.html",
        **described(listed),
        recommendation=found,
        before=before,
        after=after,
        tag_of=tag_of(request),
    )
