"""The page of results: what was found, by kind, twenty at a time."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Response
from markupsafe import Markup

from folkmoot.spec.descriptors import SearchSource
from folkmoot.store.scoping import SiteSession
from folkmoot.store.search import PAGE, Hit, Results, Scope, next_change, search
from folkmoot.web.render import page
from folkmoot.web.request import Request
from folkmoot.web.search_index import Doubts

LONGEST_QUERY = 200
# Pages that are named in the pagination, on each side of this one.
BESIDE = 1


async def search_page(request: Request) -> Response[str]:
    """Search what is published on this site, by kind, a page at a time."""
    query = query_of(request)
    names = kinds(request)
    kind = str(request.query_params.get("kind", ""))
    kind = kind if kind in names else ""
    async with request.reading() as session:
        results, number = await _page(request, session, query, kind)
        request.fresh_until(await next_change(session, request.now()))
    pages = -(-results.total // PAGE)
    return await page(
        request,
        "search.html",
        query=query,
        said=query.strip('"“”„«» '),
        searched=bool(query),
        kind=kind,
        total=results.total,
        capped=results.capped,
        hits=[_shown(request, hit, names) for hit in results.hits],
        facets=_facets(request, results, names, query, kind),
        number=number,
        pages=pages,
        pagination=_pagination(request, query, kind, number, pages),
    )


def query_of(request: Request) -> str:
    """Return what somebody typed, cut to a length that anything sensible has."""
    return str(request.query_params.get("q", ""))[:LONGEST_QUERY].strip()


def kinds(request: Request) -> Mapping[str, str]:
    """Return the sources of the plugins that are on, with what one thing of each is called."""
    sources: Sequence[tuple[str, SearchSource]] = [(o.plugin, o.item) for o in request.platform.registry.search_sources]
    return {s.name: request.words.gettext(s.title) for plugin, s in sources if plugin in request.site.plugins}


def scope_of(request: Request, session: SiteSession) -> Scope:
    """Return who looks and at what; what the index may have wrong is held against its source."""
    return Scope(request.site.plugins, request.locale, request.now(), Doubts(request, session).settle)


async def _page(request: Request, session: SiteSession, query: str, kind: str) -> tuple[Results, int]:
    number = _number(str(request.query_params.get("page", "")))
    scope = scope_of(request, session)
    wanted = (kind,) if kind else ()
    results = await search(session, query, scope, kinds=wanted, skip=(number - 1) * PAGE)
    last = max(1, -(-results.total // PAGE))
    if number > last:
        number = last
        results = await search(session, query, scope, kinds=wanted, skip=(number - 1) * PAGE)
    return results, number


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _shown(request: Request, hit: Hit, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": hit.marked_title,
        "href": request.href(hit.path),
        "excerpt": hit.excerpt or Markup(""),
        "kind": names.get(hit.source, ""),
        "part_of": hit.part_of,
        "locale": "" if hit.locale == request.locale else hit.locale,
        "updated_at": hit.updated_at,
    }


def _facets(
    request: Request, results: Results, names: Mapping[str, str], query: str, kind: str
) -> list[tuple[str, str, int, bool]]:
    """Return ``(label, href, count, chosen)`` for everything and for each kind that has some, or is chosen."""
    found = [(name, label) for name, label in names.items() if results.kinds.get(name) or name == kind]
    if len(found) < 2 and not kind:
        return []
    everything = [("", request.words.gettext("Everything"))]
    counts = {"": sum(results.kinds.values()), **results.kinds}
    return [
        (label, address(request, query, name), counts.get(name, 0), name == kind) for name, label in everything + found
    ]


def address(request: Request, query: str, kind: str = "", number: int = 1) -> str:
    """Return the address of a page of results."""
    values = {"q": query, "kind": kind, "page": str(number) if number > 1 else ""}
    return f"{request.href('/search')}?{urlencode({name: value for name, value in values.items() if value})}"


def _pagination(request: Request, query: str, kind: str, number: int, pages: int) -> dict[str, Any] | None:
    """Return what GOV.UK's macro draws: the first, the last and the pages around this one."""
    if pages < 2:
        return None
    named = [n for n in range(1, pages + 1) if n in {1, pages} or abs(n - number) <= BESIDE]
    items: list[dict[str, Any]] = []
    for before, n in zip([0, *named], named, strict=False):
        if n - before > 1:
            items.append({"ellipsis": True})
        label = request.words.gettext("Page %(number)s") % {"number": n}
        item = {"number": n, "href": address(request, query, kind, n), "visuallyHiddenText": label}
        items.append({**item, "current": n == number})
    ways = {"previous": number - 1, "next": number + 1}
    links = {way: {"href": address(request, query, kind, n)} for way, n in ways.items() if 1 <= n <= pages}
    return {"items": items, **links}
