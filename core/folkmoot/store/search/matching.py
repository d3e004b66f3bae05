"""Candidates for an answer: the newest entries that match, up to a number that keeps common words cheap.

Both statements select from ``SearchRow``, and so are filtered by the session like every other; the index gives no more
than which of the site's own rows match.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.store.scoping import SiteSession
from folkmoot.store.search.expressions import Wanted, fts5, tsquery
from folkmoot.store.search.models import SearchRow

# How much of a text is looked at to rank it; what matters is said early.
RANKED_CHARACTERS = 2_000
FTS5 = sa.table("fts_core_search", sa.column("rowid", sa.Integer), sa.column("fts_core_search", sa.Text))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that matches, as far as ranking needs it."""

    id: UUID
    plugin: str
    source: str
    key: str
    locale: str
    title_terms: str
    text_terms: str
    digest: str

    @property
    def thing(self) -> tuple[str, str, str]:
        """What it is a version of, whatever the language."""
        return self.plugin, self.source, self.key


async def match(
    session: SiteSession, wanted: Wanted, *, plugins: Collection[str], now: datetime, most: int
) -> list[Candidate]:
    """Return the newest rows that match and are shown now, at most so many."""
    columns: Sequence[Any] = (
        *(SearchRow.id, SearchRow.plugin, SearchRow.source, SearchRow.key, SearchRow.locale, SearchRow.title_terms),
        *(sa.func.substr(SearchRow.text_terms, 1, RANKED_CHARACTERS), SearchRow.digest),
    )
    query: Any = sa.select(*columns).where(*visible(plugins, now)).limit(most)
    if session.get_bind().dialect.name == "postgresql":
        query = _on_postgresql(query, wanted, plugins, now, most)
    else:
        query = _on_sqlite(query, wanted)
    return [Candidate(*row) for row in await session.exec(query)]


def _on_sqlite(query: Any, wanted: Wanted) -> Any:
    joined = query.select_from(FTS5).join(SearchRow, FTS5.c.rowid == SearchRow.number)
    return joined.where(FTS5.c.fts_core_search.op("match")(fts5(wanted))).order_by(FTS5.c.rowid.desc())


def _on_postgresql(query: Any, wanted: Wanted, plugins: Collection[str], now: datetime, most: int) -> Any:
    at = sa.literal(now, sa.DateTime(timezone=True))
    matching = sa.func.fts_core_search_match(tsquery(wanted), wanted.in_title, ",".join(plugins), at, most)
    found = matching.table_valued(sa.column("id", sa.Uuid)).render_derived()
    return query.join(found, found.c.id == SearchRow.id).order_by(col(SearchRow.id).desc())


def visible(plugins: Collection[str], now: datetime) -> Iterable[Any]:
    """Return the conditions of what may be seen: of plugins that are on, and within its time."""
    start, end = col(SearchRow.shown_from), col(SearchRow.shown_until)
    yield col(SearchRow.plugin).in_(sorted(plugins))
    yield sa.or_(start.is_(None), start <= now)
    yield sa.or_(end.is_(None), end > now)


async def next_change(session: SiteSession, now: datetime) -> datetime | None:
    """Return when the clock next shows or hides an entry of the site."""
    columns = (col(SearchRow.shown_from), col(SearchRow.shown_until))
    found = [(await session.exec(select(sa.func.min(each)).where(each > now))).one() for each in columns]
    return min((instant for instant in found if instant is not None), default=None)
