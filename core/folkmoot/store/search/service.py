"""Search on one site: what matches, ranked, counted by kind, a page at a time."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from sqlmodel import col, select

from folkmoot.store.scoping import SiteSession
from folkmoot.store.search.expressions import Wanted
from folkmoot.store.search.highlighting import Highlighter
from folkmoot.store.search.matching import Candidate, match
from folkmoot.store.search.models import SearchRow
from folkmoot.store.search.queries import Query, read_query
from folkmoot.store.search.ranking import ranked

PAGE = 20
# So many are ranked at most. Words that more entries have are better told apart by another word.
CANDIDATES = 500
MOST_SUGGESTIONS = 8
SHORTEST_SUGGESTION = 3

# Says which candidates still stand as they were indexed, where that is in doubt.
Check = Callable[[Sequence[Candidate]], Awaitable[list[Candidate]]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Who looks, and at what: the plugins that are on, the reader's language, the instant."""

    plugins: Collection[str]
    locale: str
    now: datetime
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. ``marked_title`` and ``excerpt`` are HTML."""

    source: str
    path: str
    locale: str
    title: str
    summary: str
    part_of: str
    updated_at: datetime | None
    marked_title: Markup
    excerpt: Markup


@dataclass(frozen=True, slots=True)
class Results:
    """One page of an answer.

    :param total: how many there are of the kinds asked for; when ``capped`` there are more than that
    :param kinds: how many there are of each source, whatever kinds were asked for
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    capped: bool = False
    kinds: Mapping[str, int] = field(default_factory=dict)


async def search(
    session: SiteSession, text: str, scope: Scope, *, kinds: Sequence[str] = (), skip: int = 0, limit: int = PAGE
) -> Results:
    """Return what a text finds on the session's site, the best first.

    A last word that finds little is also taken for the beginning of one.
    """
    query = read_query(text)
    if not query.terms or not scope.plugins:
        return Results()
    found, capped = await _candidates(session, query, scope, ())
    if len(found) < PAGE and query.unfinished().beginning:
        query = query.unfinished()
        found, capped = await _candidates(session, query, scope, ())
    best = ranked(found, query, scope.locale)
    counted = Counter(each.source for each in best)
    if kinds and capped:
        found, capped = await _candidates(session, query, scope, tuple(kinds))
        best = ranked(found, query, scope.locale)
    chosen = [each for each in best if not kinds or each.source in kinds]
    page = chosen[skip : skip + limit]
    return Results(await _hits(session, page, query), len(chosen), capped, counted)


async def suggest(session: SiteSession, text: str, scope: Scope, *, limit: int = MOST_SUGGESTIONS) -> list[Hit]:
    """Return the things whose titles have what somebody is about to type; nothing before three letters."""
    query = read_query(text, every_word=True).unfinished()
    if len(text.strip()) < SHORTEST_SUGGESTION or not query.terms or not scope.plugins:
        return []
    wanted = Wanted(session.site_id, query, in_title=True)
    found = await _checked(await match(session, wanted, plugins=scope.plugins, now=scope.now, most=100), scope)
    return list(await _hits(session, ranked(found, query, scope.locale)[:limit], query))


async def _candidates(
    session: SiteSession, query: Query, scope: Scope, sources: tuple[str, ...]
) -> tuple[list[Candidate], bool]:
    """Return the newest matches; where there are too many, those with the words in their titles come first."""
    wanted = Wanted(session.site_id, query, sources)
    found = await match(session, wanted, plugins=scope.plugins, now=scope.now, most=CANDIDATES + 1)
    capped = len(found) > CANDIDATES
    if capped:
        titled = Wanted(session.site_id, query, sources, in_title=True)
        first = await match(session, titled, plugins=scope.plugins, now=scope.now, most=CANDIDATES)
        found = list({each.id: each for each in (*first, *found)}.values())[:CANDIDATES]
    return await _checked(found, scope), capped


async def _checked(found: list[Candidate], scope: Scope) -> list[Candidate]:
    return await scope.check(found) if scope.check and found else found


async def _hits(session: SiteSession, page: Sequence[Candidate], query: Query) -> tuple[Hit, ...]:
    if not page:
        return ()
    rows = await session.exec(select(SearchRow).where(col(SearchRow.id).in_([each.id for each in page])))
    by_id = {row.id: row for row in rows}
    highlighter = Highlighter.of(query)
    return tuple(_hit(by_id[each.id], highlighter) for each in page if each.id in by_id)


def _hit(row: SearchRow, highlighter: Highlighter) -> Hit:
    excerpt, found = highlighter.excerpt(row.summary)
    if row.body:
        body, more = highlighter.excerpt(row.body)
        excerpt = body if more > found or not row.summary else excerpt
    return Hit(
        source=row.source,
        path=row.path,
        locale=row.locale,
        title=row.title,
        summary=row.summary,
        part_of=row.part_of,
        updated_at=row.updated_at,
        marked_title=highlighter.mark(row.title),
        excerpt=excerpt,
    )
