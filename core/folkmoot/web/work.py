"""What a job is given to work with: a desk of its site, its arguments, and the means to say how far it is."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from folkmoot.sites.directory import SiteFacts
from folkmoot.store.jobs.claims import Claim, change, hold
from folkmoot.store.scoping import SiteSession
from folkmoot.web.desk import Desk
from folkmoot.web.platform import Platform

SAY_EVERY_SECONDS = 0.5


class Work(Desk):
    """One try of one job.

    What is written through ``writing`` is written only while the job is still this worker's: a worker that was taken
    for dead and comes back cannot write next to the one that has taken over.
    """

    def __init__(self, platform: Platform, site: SiteFacts, claim: Claim, lease: timedelta) -> None:
        super().__init__(platform, site, actor=f"job:{claim.name}")
        self.claim = claim
        self.lease = lease
        self.said: dict[str, Any] = {}
        self._inside = False
        self._next_say = 0.0

    @property
    def job_id(self) -> UUID:
        """The job's id, the same at every try: what makes something once can be named by it."""
        return self.claim.id

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What the job was asked with."""
        return self.claim.arguments

    @property
    def attempt(self) -> int:
        """Which try this is, from 1."""
        return self.claim.attempts

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SiteSession]:
        """Open a session of the site for writing; what is not committed is rolled back.

        :raises LeaseLost: when another worker has taken the job over; nothing was written
        """
        async with super().writing() as session:
            await hold(session, self.claim)
            self._inside = True
            try:
                yield session
            finally:
                self._inside = False

    async def progress(self, done: int, total: int, sentence: str = "") -> None:
        """Say how far the work is. Staff see it within a second; it may be called as often as one likes.

        :param sentence: in plain English, marked with ``N_``, without personal data
        :raises LeaseLost: when another worker has taken the job over
        """
        if self._inside:
            raise RuntimeError("progress was told inside a writing session: tell it before or after")
        self.said |= {"done": done, "total": total, "sentence": sentence[:300]}
        now = asyncio.get_running_loop().time()
        if now >= self._next_say:
            self._next_say = now + SAY_EVERY_SECONDS
            await self.renew()

    def result(self, path: str) -> None:
        """Say where what was made can be seen: a path of the site, to which the job's page leads when it is done."""
        self.said["result"] = path

    async def renew(self) -> None:
        """Keep the job for another lease, and say how far it is."""
        async with self.platform.database.system_writing(shared=True) as session:
            await change(session, self.claim, run_at=self.now() + self.lease, **self.said)
            await session.commit()
