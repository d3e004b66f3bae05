"""Counts of use in the database: numbers for a day and a name, and nothing of whoever was counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.kernel.ids import new_id
from folkmoot.privacy.models import UsageCount
from folkmoot.store.scoping import SiteSession

VIEW, START, END = "view", "start", "end"
OTHER = "other"
MOST_NAMES = 500
LONGEST_NAME = 300
TABLE: sa.Table = UsageCount.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """What is counted: a page of a site, or the start or end of a journey."""

    site_id: UUID
    kind: str
    name: str


async def known_names(session: AsyncSession, day: date, kind: str, site_id: UUID) -> set[str]:
    """Return the names that a site has on a day, as many as there may be."""
    wanted = (UsageCount.site_id == site_id, UsageCount.day == day, UsageCount.kind == kind)
    return set((await session.exec(select(UsageCount.name).where(*wanted).limit(MOST_NAMES + 1))).all())


async def add_counts(session: AsyncSession, day: date, counts: Mapping[Name, int]) -> None:
    """Add counts to those of a day in one statement, in a system session, and commit."""
    if not counts:
        return
    # Always in one order: two processes that add at the same time never wait for each other in a circle.
    rows = [
        {"site_id": n.site_id, "id": new_id(), "day": day, "kind": n.kind, "name": n.name, "count": counts[n]}
        for n in sorted(counts)
    ]
    connection = await session.connection()
    insert = _insert(connection.dialect.name).values(rows)
    keys = [TABLE.c.site_id, TABLE.c.day, TABLE.c.kind, TABLE.c.name]
    total = TABLE.c.count + insert.excluded.count
    await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_={"count": total}))
    await session.commit()


def _insert(dialect: str) -> Any:
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(TABLE)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(TABLE)


@dataclass(frozen=True, slots=True)
class JourneyUse:
    """How often a journey was begun and finished."""

    name: str
    started: int
    finished: int

    @property
    def rate(self) -> int | None:
        """How many of a hundred who began finished; ``None`` when nobody began."""
        return min(100, round(100 * self.finished / self.started)) if self.started else None


async def count_days(session: SiteSession, until: date, days: int) -> list[tuple[date, int]]:
    """Return the views of each day, also of those without any, the oldest first."""
    since = until - timedelta(days=days - 1)
    total = sa.func.sum(col(UsageCount.count))
    query = select(col(UsageCount.day), total).where(UsageCount.kind == VIEW, *_between(since, until))
    found = dict((await session.exec(query.group_by(col(UsageCount.day)))).all())
    return [(day, int(found.get(day, 0))) for day in (since + timedelta(days=n) for n in range(days))]


async def count_pages(session: SiteSession, until: date, days: int, *, limit: int = 50) -> Sequence[tuple[str, int]]:
    """Return the pages that were read most, with how often."""
    counted = (await _sums(session, (VIEW,), until, days)).items()
    ordered = sorted(((name, number) for (_, name), number in counted), key=lambda pair: (-pair[1], pair[0]))
    return ordered[:limit]


async def count_journeys(session: SiteSession, until: date, days: int) -> list[JourneyUse]:
    """Return how often each journey was begun and finished."""
    sums = await _sums(session, (START, END), until, days)
    names = sorted({name for _, name in sums})
    return [JourneyUse(name, sums.get((START, name), 0), sums.get((END, name), 0)) for name in names]


async def _sums(session: SiteSession, kinds: Sequence[str], until: date, days: int) -> dict[tuple[str, str], int]:
    since = until - timedelta(days=days - 1)
    query = select(UsageCount.kind, UsageCount.name, sa.func.sum(col(UsageCount.count)))
    query = query.where(col(UsageCount.kind).in_(kinds), *_between(since, until))
    rows = (await session.exec(query.group_by(col(UsageCount.kind), col(UsageCount.name)))).all()
    return {(kind, name): int(number) for kind, name, number in rows}


def _between(since: date, until: date) -> tuple[Any, Any]:
    return col(UsageCount.day) >= since, col(UsageCount.day) <= until
