"""Counting views, starts and ends without cookies: in memory on the way of a request, in the database seconds later.

A request costs one look at how its browser calls itself and one addition. What has been counted is saved every few
seconds and when the process ends in order; one that is killed loses the last seconds. Nothing tells one visitor from
another: no address, no cookie, no fingerprint. What kinds of browser there were lately is known in memory, not whose.
"""

import asyncio
from collections import Counter
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.kernel.clock import Clock
from folkmoot.privacy.counting import END, LONGEST_NAME, MOST_NAMES, OTHER, START, VIEW, Name, add_counts, known_names
from folkmoot.privacy.terms import LONDON
from folkmoot.store.database import Database
from folkmoot.web.log import log

if TYPE_CHECKING:
    from folkmoot.web.request import Request

FLUSH_SECONDS = 5.0
MOST_WAITING = 5_000
# What programs call themselves that would otherwise be taken for browsers.
PROGRAMS = (b"bot", b"crawl", b"spider", b"slurp", b"headless", b"preview", b"lighthouse", b"monitor", b"archive")

Key = tuple[UUID, str, str]


@lru_cache(maxsize=256)
def is_program(agent: bytes) -> bool:
    """Say whether a visitor calls itself anything but a browser."""
    if not agent.startswith(b"Mozilla/"):
        return True
    lowered = agent.lower()
    return any(word in lowered for word in PROGRAMS)


class Counts:
    """What this process has counted and not saved yet."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: dict[Key, list[int]] = {}
        self._names: dict[tuple[date, UUID, str], set[str]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    def view(self, site_id: UUID, path: str, agent: bytes) -> None:
        """Count one view of a page."""
        if not is_program(agent):
            self.add(site_id, VIEW, path)

    def add(self, site_id: UUID, kind: str, name: str, number: int = 1) -> None:
        """Count one more, or several."""
        key = (site_id, kind, name)
        # A list of one number: looked up once, added to in place.
        waiting = self._waiting.get(key)
        if waiting is not None:
            waiting[0] += number
        elif len(self._waiting) < MOST_WAITING:
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._begin)
            self._waiting[key] = [number]

    def _begin(self) -> None:
        self._timer = None
        self._saving = asyncio.get_running_loop().create_task(self.flush())

    async def flush(self) -> None:
        """Save what was counted; what cannot be saved now waits for the next time."""
        counted, self._waiting = self._waiting, {}
        pages = {key: number for key, (number,) in counted.items() if not _is_file(key[2])}
        if not pages:
            return
        day = self._clock.now().astimezone(LONDON).date()
        try:
            async with self._database.system_writing(shared=True) as session:
                counts: Counter[Name] = Counter()
                for key, number in pages.items():
                    counts[await self._name(session, day, key)] += number
                await add_counts(session, day, counts)
        except Exception as error:
            log.error("counts not saved", waiting=len(pages), error=type(error).__name__)
            for key, number in pages.items():
                self.add(*key, number)

    async def _name(self, session: AsyncSession, day: date, key: Key) -> Name:
        """Return under which name something is counted: only so many names have a row of their own on a day."""
        site_id, kind, name = key
        names = self._names.get((day, site_id, kind))
        if names is None:
            self._names = {other: known for other, known in self._names.items() if other[0] == day}
            names = self._names[day, site_id, kind] = await known_names(session, day, kind, site_id)
        if name not in names:
            if len(names) >= MOST_NAMES or len(name) > LONGEST_NAME:
                return Name(site_id, kind, OTHER)
            names.add(name)
        return Name(site_id, kind, name)

    async def close(self) -> None:
        """Save what waits, and count no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._saving is not None:
            await self._saving
        await self.flush()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _is_file(path: str) -> bool:
    """Say whether an address is a file's: slugs of pages hold no dots."""
    return "." in path.rpartition("/")[2]


def count_start(request: "Request", journey: str) -> None:
    """Count that somebody began a journey, such as answering a consultation; staff are not counted.

    :param journey: where it is, such as ``/consultations/parks``
    """
    _count(request, START, journey)


def count_end(request: "Request", journey: str) -> None:
    """Count that somebody came to the end of a journey."""
    _count(request, END, journey)


def _count(request: "Request", kind: str, journey: str) -> None:
    if request.person is None:
        request.platform.counts.add(request.site.id, kind, journey)
