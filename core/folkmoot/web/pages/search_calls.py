"""Search for programs, and for what is still being typed."""

from datetime import datetime

from pydantic import BaseModel

from folkmoot.spec.errors import Fault, Unprocessable
from folkmoot.store.search import PAGE, search, suggest
from folkmoot.web.pages.search import kinds, query_of, scope_of
from folkmoot.web.request import Request

MOST_ITEMS = 100


class Found(BaseModel):
    """One thing; ``excerpt`` is HTML, in which ``mark`` stands around what was looked for."""

    title: str
    path: str
    kind: str
    locale: str
    summary: str
    part_of: str
    excerpt: str
    updated_at: datetime | None


class Kind(BaseModel):
    """How many of a kind there are, whatever kind was asked for."""

    key: str
    label: str
    count: int


class SearchAnswer(BaseModel):
    """A page of what was found; ``more`` says that ``total`` and the counts are of the best matches only."""

    items: list[Found]
    total: int
    more: bool
    facets: dict[str, list[Kind]]
    next: str | None


class Suggestion(BaseModel):
    """A title, and where it leads."""

    title: str
    path: str
    kind: str


class SuggestAnswer(BaseModel):
    """At most eight titles."""

    items: list[Suggestion]


async def search_call(request: Request) -> SearchAnswer:
    """Answer what is found."""
    names, wanted = kinds(request), str(request.query_params.get("kind", ""))
    skip, limit = _number(request, "cursor", 0), _number(request, "limit", PAGE)
    if wanted and wanted not in names:
        raise Unprocessable([Fault("kind", "“kind” must be one of the keys that the facets have.")])
    chosen = (wanted,) if wanted else ()
    async with request.reading() as session:
        scope = scope_of(request, session)
        results = await search(session, query_of(request), scope, kinds=chosen, skip=skip, limit=min(limit, MOST_ITEMS))
    items = [
        Found(
            title=hit.title,
            path=hit.path,
            kind=hit.source,
            locale=hit.locale,
            summary=hit.summary,
            part_of=hit.part_of,
            excerpt=str(hit.excerpt),
            updated_at=hit.updated_at,
        )
        for hit in results.hits
    ]
    reached = skip + len(items)
    return SearchAnswer(
        items=items,
        total=results.total,
        more=results.capped,
        facets={"kind": [Kind(key=k, label=names.get(k, k), count=n) for k, n in sorted(results.kinds.items())]},
        next=str(reached) if items and reached < results.total else None,
    )


async def suggest_call(request: Request) -> SuggestAnswer:
    """Answer titles for what has been typed so far."""
    names = kinds(request)
    async with request.reading() as session:
        hits = await suggest(session, query_of(request), scope_of(request, session))
    items = [Suggestion(title=hit.title, path=hit.path, kind=names.get(hit.source, hit.source)) for hit in hits]
    return SuggestAnswer(items=items)


def _number(request: Request, name: str, usual: int) -> int:
    text = str(request.query_params.get(name, ""))
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 7) or (name == "limit" and not int(text)):
        raise Unprocessable([Fault(name, f"“{name}” must be a number that an answer has given, or be left out.")])
    return int(text)
