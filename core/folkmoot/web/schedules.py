"""Looks, a few times a minute, whether schedules have come due, and queues their jobs on the sites that want them."""

from datetime import datetime
from uuid import UUID

from folkmoot.kernel.registry import CORE, Owned
from folkmoot.spec.descriptors import Job
from folkmoot.store.jobs.cron import latest
from folkmoot.store.jobs.schedules import known_schedules, queue_scheduled
from folkmoot.web.log import log
from folkmoot.web.platform import Platform

RUNNING_SITES = frozenset({"live", "draft"})


class Schedules:
    """The schedules of all active plugins, and how far this process knows each to be."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.jobs = [owned for owned in platform.registry.jobs if owned.item.schedule]
        self._last: dict[str, datetime] = {}
        self._looked_at: datetime | None = None

    async def look(self, since: datetime | None = None) -> None:
        """Queue what has come due; cheap where nothing has, as no schedule is finer than a minute.

        :param since: from when a schedule counts that was never seen before (default: now)
        """
        now = self.platform.clock.now()
        minute = now.replace(second=0, microsecond=0)
        if minute == self._looked_at:
            return
        if not self._last:
            names = [owned.item.name for owned in self.jobs]
            async with self.platform.database.system_writing() as session:
                self._last = dict(await known_schedules(session, names, since=since or now))
        for owned in self.jobs:
            await self._look_at(owned, now)
        self._looked_at = minute

    async def _look_at(self, owned: Owned[Job], now: datetime) -> None:
        name = owned.item.name
        try:
            instant = latest(owned.item.schedule, now)
        except ValueError as error:
            log.error("schedule not understood", job=name, error=type(error).__name__)
            return
        if instant is None or instant <= self._last[name]:
            return
        async with self.platform.database.system_writing() as session:
            queued = await queue_scheduled(session, name, instant=instant, sites=self._sites(owned.plugin), at=now)
        self._last[name] = instant
        log.info("schedule", job=name, due=instant.isoformat(), queued=queued)

    def _sites(self, plugin: str) -> list[UUID]:
        return [
            site.id
            for site in self.platform.directory.all()
            if site.status in RUNNING_SITES
            and site.id not in self.platform.closed
            and (plugin == CORE or plugin in site.plugins)
        ]
