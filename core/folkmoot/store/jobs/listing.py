"""What staff and operators see of jobs, and what they may do to one that was set aside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.spec.errors import NotFound, Refused
from folkmoot.store.jobs.models import DEAD, DONE, QUEUED, JobRow
from folkmoot.store.scoping import SiteSession

MISSING = "There is no such work here."
NOT_ASIDE = "This has not been set aside, so there is nothing to decide about it."


async def list_jobs(session: AsyncSession, state: str, *, limit: int) -> Sequence[JobRow]:
    """Return jobs in a state: those to be done in the order of their turn, those that have ended newest first."""
    ended = state in {DONE, DEAD}
    order = col(JobRow.finished_at).desc() if ended else col(JobRow.run_at)
    query = select(JobRow).where(JobRow.state == state).order_by(order, col(JobRow.id)).limit(limit)
    return (await session.exec(query)).all()


async def count_jobs(session: AsyncSession) -> dict[str, int]:
    """Return how many jobs are in each state."""
    counted = await session.exec(select(JobRow.state, sa.func.count()).group_by(JobRow.state))
    return {str(state): int(number) for state, number in counted}


async def count_set_aside(session: SiteSession) -> int:
    """Return how many jobs of the site wait for staff to decide."""
    query = select(sa.func.count()).select_from(JobRow).where(JobRow.state == DEAD)
    return int((await session.exec(query)).one())


async def find_job(session: SiteSession, job_id: UUID) -> JobRow:
    """Return a job of the site; raises ``NotFound``."""
    job = await session.get(JobRow, (session.site_id, job_id))
    if job is None:
        raise NotFound(MISSING)
    return job


async def retry_job(session: AsyncSession, job: JobRow, *, at: datetime) -> None:
    """Have a job that was set aside done again, from its first try; the caller commits.

    :raises Refused: when it was not set aside
    """
    if job.state != DEAD:
        raise Refused(NOT_ASIDE)
    same = select(JobRow.id).where(JobRow.site_id == job.site_id, JobRow.name == job.name, JobRow.state == QUEUED)
    if job.key and (await session.exec(same.where(JobRow.key == job.key))).first() is not None:
        job.key = ""
    job.sqlmodel_update({"state": QUEUED, "attempts": 0, "error": "", "run_at": at, "finished_at": None})
    session.add(job)
    await session.flush()
    session.sync_session.info["asked"] = True


async def delete_job(session: AsyncSession, job: JobRow) -> None:
    """Delete a job that was set aside; the caller commits.

    :raises Refused: when it was not set aside
    """
    if job.state != DEAD:
        raise Refused(NOT_ASIDE)
    await session.delete(job)
    await session.flush()


def facts(job: JobRow) -> dict[str, Any]:
    """Return what programs are told of a job."""
    return {
        "id": job.id,
        "name": job.name,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "sentence": job.sentence,
        "error": job.error,
        "result": job.result,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }
