"""The worker: takes jobs that are due from the database, and does them, several at once."""

import asyncio
import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from folkmoot.kernel.ids import new_secret
from folkmoot.store.jobs import claims, queue
from folkmoot.store.jobs.claims import EVERY, NOBODY, Claim, LeaseLost, Names
from folkmoot.web.duties import Duty
from folkmoot.web.log import log
from folkmoot.web.performing import Settle, perform
from folkmoot.web.platform import Platform
from folkmoot.web.schedules import Schedules

LEASE = timedelta(seconds=60)
LIGHT, HEAVY = "light", "heavy"
QUEUES = (LIGHT, HEAVY)
HANDS = 4
LOOK_EVERY_SECONDS = 1.0
# Starting up comes first: the first page is waited for, a schedule is not.
FIRST_SCHEDULES_SECONDS = 5.0
STOP_SECONDS = 5.0


def names_of(known: dict[str, Duty], queues: Iterable[str]) -> Names:
    """Return which jobs belong to the queues: what takes a processor for long is ``heavy``, all else is ``light``."""
    chosen = set(queues)
    heavy = frozenset(name for name, duty in known.items() if duty.heavy)
    if chosen == set(QUEUES):
        return EVERY
    return Names(heavy, only=chosen == {HEAVY})


class Worker:
    """Does jobs of all sites. ``drain`` does what is due and ends; ``run`` goes on until ``stop``."""

    def __init__(
        self,
        platform: Platform,
        *,
        queues: Iterable[str] = QUEUES,
        lease: timedelta = LEASE,
        hands: int = HANDS,
    ) -> None:
        self.platform = platform
        self.lease = lease
        self.hands = hands
        self.name = f"{os.getpid()}-{new_secret()[:12]}"
        self.names = names_of(platform.duties, queues)
        self.schedules = Schedules(platform)
        self._served = NOBODY
        self._stopping = False
        self._asked = asyncio.Event()
        self._busy: set[asyncio.Task[int]] = set()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to ``run`` beside whatever else this process does."""
        self._loop = asyncio.ensure_future(self.run())

    async def drain(self) -> int:
        """Do what is due, one job after the other, until nothing is; return how many were begun."""
        begun = 0
        settle: Settle | None = None
        while True:
            claim = await self._next(settle)
            if claim is None:
                return begun
            begun += 1
            # There may be more: another hand can take it.
            self._asked.set()
            settle = await perform(self.platform, claim, self.lease)

    async def _next(self, settle: Settle | None) -> Claim | None:
        """Say how the last job ended and take the next one, in one transaction: one commit a job."""
        now = self.platform.clock.now()
        async with self.platform.database.system_writing(shared=True) as session:
            if settle is not None:
                try:
                    await settle(session)
                except (LeaseLost, IntegrityError) as error:
                    # Somebody else has it, or will have it when the lease has run out.
                    log.error("job not settled", worker=self.name, error=type(error).__name__)
            claim = None
            if not self._stopping:
                until = now + self.lease
                claim = await claims.claim(
                    session, worker=self.name, now=now, until=until, after=self._served, names=self.names
                )
            await session.commit()
        if claim is not None:
            self._served = claim.site_id
        return claim

    async def run(self) -> None:
        """Do jobs as they come due, until ``stop``: at once when this process asked for them, else within a second."""
        queue.on_asked.add(self._asked.set)
        schedules_from = asyncio.get_running_loop().time() + FIRST_SCHEDULES_SECONDS
        try:
            while not self._stopping:
                self._asked.clear()
                try:
                    if asyncio.get_running_loop().time() >= schedules_from:
                        await self.schedules.look()
                    await self._look()
                except Exception as error:
                    # A database that is away comes back; a worker that has ended does not.
                    log.error("worker could not look for jobs", error=type(error).__name__)
                await self._rest()
        finally:
            queue.on_asked.discard(self._asked.set)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_SECONDS):
                await self._asked.wait()
        except TimeoutError:
            pass

    async def _look(self) -> None:
        if self.platform.directory.stale():
            await self.platform.load_directory()
        if len(self._busy) >= self.hands:
            return
        async with self.platform.database.system_reading() as session:
            due = await claims.next_due(session, self.names)
        if due is not None and due <= self.platform.clock.now():
            hand = asyncio.ensure_future(self.drain())
            self._busy.add(hand)
            hand.add_done_callback(self._put_down)

    def _put_down(self, hand: asyncio.Task[int]) -> None:
        self._busy.discard(hand)
        if not hand.cancelled() and (error := hand.exception()) is not None:
            log.error("worker failed between jobs", error=type(error).__name__)

    async def stop(self) -> None:
        """Take no more jobs, and wait a few seconds for those in hand; the lease of what is not done then runs out."""
        self._stopping = True
        self._asked.set()
        if self._busy:
            await asyncio.wait(self._busy, timeout=STOP_SECONDS)
        for hand in (left := list(self._busy)):
            hand.cancel()
        waited: list[Any] = [*left, *([self._loop] if self._loop else [])]
        await asyncio.gather(*waited, return_exceptions=True)
