"""Asking for work, in the transaction that causes it: kept if and only if the caller commits."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import event as database_event
from sqlmodel import select

from folkmoot.store.jobs.models import QUEUED, JobRow
from folkmoot.store.scoping import SiteSession, SyncSiteSession
from folkmoot.store.writer import Row

# The job that hands an event to everyone who listens for it.
EVENT = "core.event"
# Told after a commit of this process that asked for work, so that a worker here need not look for it.
on_asked: set[Callable[[], object]] = set()


async def enqueue(
    session: SiteSession,
    name: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    at: datetime,
    key: str = "",
    run_at: datetime | None = None,
) -> UUID:
    """Ask for a job in a writing session, and return its id; it starts after the caller's commit.

    :param name: the name of a registered ``Job``
    :param arguments: what JSON can hold; ids rather than what they stand for, and nothing personal
    :param key: while a job of that name and key waits, asking again changes nothing and returns its id
    :param run_at: not before this instant (default: ``at``)
    """
    if key:
        query = select(JobRow).where(JobRow.name == name, JobRow.key == key, JobRow.state == QUEUED)
        waiting = (await session.exec(query)).first()
        if waiting is not None:
            return waiting.id
    job = JobRow(name=name, key=key, arguments=dict(arguments or {}), run_at=run_at or at, created_at=at)
    session.add(job)
    await session.flush()
    session.sync_session.info["asked"] = True
    return job.id


async def emit(session: SiteSession, event: str, values: Mapping[str, Any] | None = None, *, at: datetime) -> UUID:
    """Say in a writing session that something happened; after the commit everyone who listens hears of it.

    :param event: such as ``consultation.closed``
    """
    return await enqueue(session, EVENT, {"event": event, "values": dict(values or {})}, at=at)


def event_row(site_id: UUID, event: str, values: Mapping[str, Any], *, at: datetime) -> Row:
    """Return an event as a row of a ``Change``, for what the writer saves."""
    arguments = {"event": event, "values": dict(values)}
    return Row.of(JobRow, site_id, **row_values(EVENT, arguments, at=at))


async def hand_out(
    session: SiteSession, event_job: UUID, names: Iterable[str], values: Mapping[str, Any], *, at: datetime
) -> None:
    """Ask for one job of each name that hears of an event; doing it again for the same event adds nothing."""
    for name in names:
        # The id follows from the event and the listener, so the same one cannot be asked for twice.
        job_id = uuid5(event_job, name)
        if await session.get(JobRow, (session.site_id, job_id)) is None:
            session.add(JobRow(id=job_id, name=name, arguments=dict(values), run_at=at, created_at=at))
    await session.flush()
    session.sync_session.info["asked"] = True


def row_values(
    name: str, arguments: Mapping[str, Any], *, at: datetime, key: str = "", run_at: datetime | None = None
) -> dict[str, Any]:
    """Return every column of a new job but its keys, for rows that are inserted without the model."""
    return {
        "name": name,
        "key": key,
        "arguments": dict(arguments),
        "state": QUEUED,
        "run_at": run_at or at,
        "worker": "",
        "attempts": 0,
        "done": 0,
        "total": 0,
        "sentence": "",
        "error": "",
        "result": "",
        "created_at": at,
    }


@database_event.listens_for(SyncSiteSession, "after_commit")
def _tell(session: Any) -> None:
    if session.info.pop("asked", False):
        for listener in tuple(on_asked):
            listener()
