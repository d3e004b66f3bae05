"""How many jobs a worker does in a second, for the benchmark that sets this beside a bare loop."""

import time
from uuid import UUID

from folkmoot.kernel.registry import CORE
from folkmoot.store.jobs.queue import enqueue
from folkmoot.web.duties import Duty
from folkmoot.web.platform import Platform
from folkmoot.web.work import Work
from folkmoot.web.worker import Worker

NAME = "core.nothing"


async def _nothing(work: Work) -> None:
    """Do nothing: what is measured is everything around it."""


async def jobs_per_second(platform: Platform, site_id: UUID, count: int) -> float:
    """Ask for so many jobs that do nothing, and return how many a second one worker with one hand does.

    The platform is open, and nothing else is due on it.
    """
    platform.duties[NAME] = Duty(CORE, "Nothing", _nothing, tries=1)
    async with platform.database.writing(site_id) as session:
        for _ in range(count):
            await enqueue(session, NAME, at=platform.clock.now())
        await session.commit()
    start = time.perf_counter()
    begun = await Worker(platform).drain()
    seconds = time.perf_counter() - start
    assert begun == count, f"{begun} jobs were begun of {count}"
    return count / seconds
