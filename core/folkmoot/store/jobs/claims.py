"""Who does a job, and until when: one statement gives it to one worker, and only that worker can say how it ended.

A worker holds a job by a lease, which it renews while it works. When it has gone, the lease runs out and another takes
the job over; from then on the first is fenced off, should it come back: ``attempts`` has moved on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.spec.errors import FolkmootError
from folkmoot.store.jobs.models import DEAD, DONE, QUEUED, RUNNING, JobRow

TABLE: sa.Table = JobRow.__table__  # type: ignore[attr-defined]


class LeaseLost(FolkmootError):
    """Another worker has taken the job over: what this one still does of it no longer counts."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job as its worker took it. ``worker`` and ``attempts`` together are what fences a worker off."""

    site_id: UUID
    id: UUID
    name: str
    arguments: Mapping[str, Any]
    worker: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Names:
    """Which jobs a worker takes: all but those named, or (``only``) those named alone."""

    named: frozenset[str] = frozenset()
    only: bool = False

    def condition(self, column: sa.Column[str]) -> sa.ColumnElement[bool]:
        """Return the condition on the name of a job."""
        names = sorted(self.named)
        return column.in_(names) if self.only else column.not_in(names) if names else sa.true()


EVERY = Names()


def _open(table: sa.FromClause, names: Names) -> list[sa.ColumnElement[bool]]:
    return [table.c.finished_at.is_(None), names.condition(table.c.name)]  # type: ignore[arg-type]


def _first(names: Names, after: str) -> sa.Select[Any]:
    job = TABLE.alias()
    found = (
        sa.select(job.c.site_id, job.c.id)
        .where(*_open(job, names), job.c.run_at <= sa.bindparam("now"), job.c.site_id > sa.bindparam(after))
        .order_by(job.c.site_id, job.c.run_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return sa.select(found.subquery())


@cache
def _claim(names: Names) -> sa.Update:
    # The first job of the next site, else of the first one; the second is looked for only where there is no first.
    pick = sa.union_all(_first(names, "after"), _first(names, "start")).limit(1)
    # “=” and not “in”: the database must not look for a second one while it updates the first.
    chosen = sa.tuple_(TABLE.c.site_id, TABLE.c.id).op("=")(pick.scalar_subquery())
    values = {"state": RUNNING, "worker": sa.bindparam("by"), "run_at": sa.bindparam("until")}
    return (
        sa.update(TABLE)
        .where(chosen)
        .values(**values, attempts=TABLE.c.attempts + 1)
        .returning(TABLE.c.site_id, TABLE.c.id, TABLE.c.name, TABLE.c.arguments, TABLE.c.worker, TABLE.c.attempts)
    )


NOBODY = UUID(int=0)


async def claim(
    session: AsyncSession,
    *,
    worker: str,
    now: datetime,
    until: datetime,
    after: UUID = NOBODY,
    names: Names = EVERY,
) -> Claim | None:
    """Take the next job that is due, of whatever site, until an instant; the caller commits.

    Sites take turns: the next one after the site that was served last comes first, however much another one has asked
    for. Within a site the job that has waited longest comes first.
    """
    connection = await session.connection()
    values = {"by": worker, "now": now, "until": until, "after": after, "start": NOBODY}
    found = (await connection.execute(_claim(names), values)).first()
    return Claim(*found) if found else None


async def next_due(session: AsyncSession, names: Names = EVERY) -> datetime | None:
    """Return the instant from which the first job may be taken: the one question that a worker asks while it rests."""
    found: datetime | None = (await (await session.connection()).execute(_next_due(names))).scalar()
    return found


@cache
def _next_due(names: Names) -> sa.Select[Any]:
    return sa.select(sa.func.min(TABLE.c.run_at, type_=TABLE.c.run_at.type)).where(*_open(TABLE, names))


@cache
def _held() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        TABLE.c.site_id == sa.bindparam("of_site"),
        TABLE.c.id == sa.bindparam("of_id"),
        TABLE.c.state == RUNNING,
        TABLE.c.worker == sa.bindparam("by"),
        TABLE.c.attempts == sa.bindparam("of_attempt"),
    )


def _who(claimed: Claim) -> dict[str, Any]:
    return {
        "of_site": claimed.site_id,
        "of_id": claimed.id,
        "by": claimed.worker,
        "of_attempt": claimed.attempts,
    }


async def change(session: AsyncSession, claimed: Claim, **values: Any) -> None:
    """Change a job that one holds; the caller commits.

    :raises LeaseLost: when another has taken it over
    """
    connection = await session.connection()
    changed = await connection.execute(sa.update(TABLE).where(*_held()).values(**values), _who(claimed))
    if changed.rowcount != 1:
        raise LeaseLost("Another worker has taken this work over.")


async def finish(session: AsyncSession, claimed: Claim, *, at: datetime, **said: Any) -> None:
    """Say that a job is done."""
    await change(session, claimed, state=DONE, finished_at=at, worker="", error="", **said)


async def set_aside(session: AsyncSession, claimed: Claim, *, at: datetime, error: str, **said: Any) -> None:
    """Give a job up, with a sentence for staff, who may have it tried again."""
    await change(session, claimed, state=DEAD, finished_at=at, worker="", error=error[:1000], **said)


async def put_back(session: AsyncSession, claimed: Claim, *, run_at: datetime, error: str, **said: Any) -> None:
    """Have a job tried again later."""
    # Meanwhile somebody may have asked for the same again. Both are kept then: the other one goes on under the key.
    other = TABLE.alias()
    again = sa.exists().where(
        other.c.site_id == TABLE.c.site_id,
        other.c.name == TABLE.c.name,
        other.c.key == TABLE.c.key,
        other.c.state == QUEUED,
    )
    key = sa.case((again, ""), else_=TABLE.c.key)
    async with session.begin_nested():
        await change(session, claimed, state=QUEUED, key=key, run_at=run_at, worker="", error=error[:1000], **said)


async def hold(session: AsyncSession, claimed: Claim) -> None:
    """Make sure that a job is still one's own until the session's transaction ends.

    On PostgreSQL this locks its row, which whoever takes over would have to lock; on SQLite a session that writes is
    alone as it is.

    :raises LeaseLost: when another has taken it over
    """
    query = (
        select(JobRow.id)
        .where(
            JobRow.site_id == claimed.site_id,
            JobRow.id == claimed.id,
            JobRow.state == RUNNING,
            JobRow.worker == claimed.worker,
            JobRow.attempts == claimed.attempts,
        )
        .with_for_update()
    )
    if (await session.exec(query)).first() is None:
        raise LeaseLost("Another worker has taken this work over.")
