"""What the jobs do: an entry in the audit log for each job is an effect that can be counted."""

import asyncio
from typing import Any

from sqlmodel import select

from folkmoot.api import Refused, record_audit
from folkmoot.api.jobs import Work
from folkmoot.audit.models import AuditEntry

COUNTED = "tally.counted"


async def count(work: Work) -> None:
    """Count the job, unless it has been counted; ``pause`` seconds lie before that, ``rest`` seconds after."""
    await asyncio.sleep(work.arguments.get("pause", 0))
    async with work.writing() as session:
        query = select(AuditEntry).where(AuditEntry.object_id == work.job_id)
        if (await session.exec(query)).first() is None:
            await _note(work, session)
    await asyncio.sleep(work.arguments.get("rest", 0))


async def count_carelessly(work: Work) -> None:
    """Count the job at every try, as a job must not."""
    async with work.writing() as session:
        await _note(work, session)
    await asyncio.sleep(work.arguments.get("rest", 0))


async def _note(work: Work, session: Any) -> None:
    note = str(work.arguments.get("number", ""))
    await record_audit(session, at=work.now(), actor=work.actor, action=COUNTED, object_id=work.job_id, note=note)
    await session.commit()


async def fail(work: Work) -> None:
    """Fail, with something personal in the message."""
    raise ValueError(f"sam@example.org sent {work.arguments}")


async def refuse(work: Work) -> None:
    """Break a rule of the domain."""
    raise Refused("The file has no rows: send one that has.")


async def report(work: Work) -> None:
    """Say how far it is, and where the result stands."""
    for done in range(1, 4):
        await work.progress(done, 3, "Three things are counted")
    work.result("/contact")
