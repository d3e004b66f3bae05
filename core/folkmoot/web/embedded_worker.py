"""The worker inside of ``folkmoot serve``: light jobs run beside the pages, heavy ones in a child process."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from folkmoot.store.jobs import claims
from folkmoot.web.log import log
from folkmoot.web.platform import Platform
from folkmoot.web.worker import HEAVY, LEASE, LIGHT, STOP_SECONDS, Worker, names_of

# A child that could not even start will hardly do so a second later.
AFTER_FAILURE_SECONDS = 30.0


class EmbeddedWorker(Worker):
    """Does light jobs itself, and starts a process for the heavy ones, which ends when they are done."""

    def __init__(self, platform: Platform, *, lease: timedelta = LEASE) -> None:
        super().__init__(platform, queues=(LIGHT,), lease=lease)
        self.heavy = names_of(platform.duties, (HEAVY,))
        self._child: asyncio.subprocess.Process | None = None
        self._not_before = 0.0

    def command(self) -> Sequence[str]:
        """Return how the process for heavy jobs is started."""
        path = str(self.platform.configuration.path)
        worker = ("worker", "--queues", HEAVY, "--drain", "--lease", f"{self.lease.total_seconds():g}")
        return (sys.executable, "-m", "folkmoot.cli.main", "--config", path, *worker)

    async def _look(self) -> None:
        await super()._look()
        if self.heavy.named and not self._child_runs() and await self._heavy_due():
            # Its standard output is ours to keep clean; what it logs goes where our log goes.
            self._child = await asyncio.create_subprocess_exec(*self.command(), stdout=asyncio.subprocess.DEVNULL)

    def _child_runs(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._child is not None and self._child.returncode is not None:
            if self._child.returncode != 0:
                log.error("worker for heavy jobs failed", status=self._child.returncode)
                self._not_before = now + AFTER_FAILURE_SECONDS
            self._child = None
        return self._child is not None or now < self._not_before

    async def _heavy_due(self) -> bool:
        async with self.platform.database.system_reading() as session:
            due = await claims.next_due(session, self.heavy)
        return due is not None and due <= self.platform.clock.now()

    async def stop(self) -> None:
        """Stop the child as well: it gets the same few seconds for the job in hand."""
        child = self._child
        if child is not None and child.returncode is None:
            child.terminate()
        await super().stop()
        if child is None or child.returncode is not None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS + 1):
                await child.wait()
        if child.returncode is None:
            child.kill()
            await child.wait()
