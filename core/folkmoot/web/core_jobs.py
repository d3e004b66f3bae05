"""Core's own jobs: handing events on, and tidying up after jobs that are done."""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.kernel.registry import CORE
from folkmoot.spec.descriptors import Job
from folkmoot.store.jobs.models import DONE, JobRow
from folkmoot.store.jobs.queue import EVENT, hand_out
from folkmoot.web.words import N_
from folkmoot.web.work import Work

KEPT = timedelta(days=30)
CHUNK = 500


async def hand_event_on(work: Work) -> None:
    """Ask for a job of each listener on a plugin that is on for the site, all in one transaction."""
    event, values = work.arguments["event"], work.arguments["values"]
    heard_by = [
        owned.item.name
        for owned in work.platform.registry.listeners
        if owned.item.event == event and (owned.plugin == CORE or owned.plugin in work.site.plugins)
    ]
    async with work.writing() as session:
        await hand_out(session, work.job_id, heard_by, values, at=work.now())
        await session.commit()


async def tidy_jobs(work: Work) -> None:
    """Delete jobs that were done more than thirty days ago; retention deletes what was set aside."""
    old = select(JobRow.id).where(JobRow.state == DONE, col(JobRow.finished_at) < work.now() - KEPT).limit(CHUNK)
    while True:
        async with work.writing() as session:
            ids = (await session.exec(old)).all()
            await session.exec(sa.delete(JobRow).where(col(JobRow.id).in_(ids)))
            await session.commit()
        if len(ids) < CHUNK:
            return


JOBS = (
    Job(name=EVENT, title=N_("Tell other parts of the site what has happened"), run=hand_event_on),
    Job(name="core.tidy_jobs", title=N_("Delete work that was done a month ago"), run=tidy_jobs, schedule="40 3 * * *"),
)
