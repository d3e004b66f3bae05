"""Queueing what schedules ask for: once for each instant, however many workers look, and over restarts.

A schedule has one row for the whole instance. Whoever moves its ``last_at`` on queues the jobs of all sites in the same
transaction. Instants that passed while nothing ran are made up for by one job, not by one each.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.kernel.ids import new_id
from folkmoot.store.jobs.claims import TABLE
from folkmoot.store.jobs.models import JobRow, Schedule
from folkmoot.store.jobs.queue import row_values

# Of one schedule at most one job of a site waits or runs.
KEY = "schedule"


async def known_schedules(session: AsyncSession, names: Iterable[str], *, since: datetime) -> Mapping[str, datetime]:
    """Return how far each schedule is, and commit; one that was never seen begins with ``since``."""
    known = {row.name: row.last_at for row in await session.exec(select(Schedule))}
    new = {name: since for name in names if name not in known}
    session.add_all(Schedule(name=name, last_at=at) for name, at in new.items())
    await session.commit()
    return {**known, **new}


async def queue_scheduled(
    session: AsyncSession, name: str, *, instant: datetime, sites: Iterable[UUID], at: datetime
) -> int:
    """Queue the jobs of a schedule for an instant, commit, and return how many; none when another worker was first."""
    moved = sa.update(Schedule).where(col(Schedule.name) == name, col(Schedule.last_at) < instant)
    if (await session.exec(moved.values(last_at=instant))).rowcount != 1:
        return 0
    busy = await session.exec(
        select(JobRow.site_id).where(col(JobRow.finished_at).is_(None), JobRow.name == name, JobRow.key == KEY)
    )
    wanted = set(sites) - set(busy.all())
    rows = [
        {"site_id": site_id, "id": new_id(), **row_values(name, {}, at=at, key=KEY, run_at=instant)}
        for site_id in sorted(wanted)
    ]
    if rows:
        await (await session.connection()).execute(sa.insert(TABLE), rows)
    await session.commit()
    return len(rows)
