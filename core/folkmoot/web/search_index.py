"""The index of search between what plugins publish and what people find: filled by a job, held against its sources.

``touch`` moves a plugin's page version, in the transaction that changes what is published. A source whose entries were
indexed from an older version is in doubt: until the job has been there, each hit of it must be, as it stands, among
what the source itself gives. So nothing is found that was withdrawn or redacted, not even for a second.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlmodel import select

from folkmoot.kernel.registry import Owned
from folkmoot.sites.directory import SiteFacts
from folkmoot.sites.models import PageVersion, SitePlugin
from folkmoot.sites.service import SEARCH, touch
from folkmoot.spec.descriptors import SearchEntry, SearchSource
from folkmoot.spec.errors import FolkmootError
from folkmoot.store.scoping import SiteSession
from folkmoot.store.search import (
    Candidate,
    digest_of,
    forget_others,
    indexed_versions,
    keyed,
    mark_indexed,
    reindex,
)
from folkmoot.web.log import log
from folkmoot.web.platform import Platform
from folkmoot.web.words import N_
from folkmoot.web.work import Work

Live = Mapping[tuple[str, str], str]


class SourceFailed(FolkmootError):
    """A source could not say what is published; what was indexed before has been left as it was."""


class Desk(Protocol):
    """A site, the clock, and the ways to read and write: a desk, a request or a job's work."""

    @property
    def platform(self) -> Platform:
        """What the process shares."""

    @property
    def site(self) -> SiteFacts:
        """The site."""

    def now(self) -> datetime:
        """Return the instant."""

    def reading(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session for reading."""

    def writing(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session for writing."""


async def run_index_job(work: Work) -> None:
    """Index what the job names, or everything that the site's plugins have."""
    named = work.arguments.get("plugin")
    sources = work.platform.registry.search_sources
    plugins = [named] if named else sorted({owned.plugin for owned in sources})
    failed: list[str] = []
    for plugin in plugins:
        async for _, done, total in index_plugin(work, str(plugin), failed):
            await work.progress(done, total, N_("Indexing what is published"))
    if failed:
        raise SourceFailed(f"Search could not read: {', '.join(failed)}. What was found before is still there.")


async def index_plugin(
    desk: Desk, plugin: str, failed: list[str], *, force: bool = False
) -> AsyncIterator[tuple[str, int, int]]:
    """Bring the index of a plugin's sources up to date, yielding ``(source, done, total)`` after each piece.

    One source that fails, and is named in ``failed``, keeps what it had and is no hindrance to the others. A plugin
    that is off has nothing to be found.
    """
    async with desk.reading() as session:
        version = (await page_versions(session)).get(plugin, 0)
        is_on = await session.get(SitePlugin, (desk.site.id, plugin)) is not None
    sources = [owned.item for owned in desk.platform.registry.search_sources if owned.plugin == plugin and is_on]
    async with desk.writing() as session:
        if await forget_others(session, plugin, [source.name for source in sources]):
            await touch(session, desk.site.id, SEARCH)
        await session.commit()
    for source in sources:
        try:
            entries = await _load(desk, source)
        except Exception as error:  # whatever a plugin raises must not stop its neighbours
            log.error("search source failed", source=source.name, plugin=plugin, error=type(error).__name__)
            failed.append(source.name)
            continue
        async for done, total in reindex(desk.reading, desk.writing, plugin, source.name, entries, force=force):
            yield source.name, done, total
        async with desk.writing() as session:
            await mark_indexed(session, plugin, source.name, version, at=desk.now())
            await touch(session, desk.site.id, SEARCH)
            await session.commit()


async def _load(desk: Desk, source: SearchSource) -> Sequence[SearchEntry]:
    async with desk.reading() as session:
        entries = await source.load(session, desk.now())
    # What a body writes is in its site's first language, unless it says otherwise.
    return [entry if entry.locale else replace(entry, locale=desk.site.locales[0]) for entry in entries]


async def page_versions(session: SiteSession) -> dict[str, int]:
    """Return how often the pages of each plugin on the session's site have changed."""
    rows = await session.exec(select(PageVersion).where(PageVersion.site_id == session.site_id))
    return {row.plugin: row.version for row in rows}


class Doubts:
    """Holds candidates against their sources, where the index has not followed yet."""

    def __init__(self, desk: Desk, session: SiteSession) -> None:
        self._desk = desk
        self._session = session
        self._versions: dict[str, int] | None = None
        self._indexed: dict[tuple[str, str], int] = {}

    async def settle(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the candidates that are still what they were when they were indexed."""
        if self._versions is None:
            self._versions = await page_versions(self._session)
            self._indexed = await indexed_versions(self._session)
        doubtful = {(c.plugin, c.source) for c in candidates if not self._is_fresh(c.plugin, c.source)}
        live = {pair: await self._live(*pair) for pair in doubtful}
        return [c for c in candidates if _stands(c, live)]

    def _is_fresh(self, plugin: str, source: str) -> bool:
        assert self._versions is not None
        return self._indexed.get((plugin, source)) == self._versions.get(plugin, 0)

    async def _live(self, plugin: str, source: str) -> Live:
        assert self._versions is not None
        found = _find(self._desk.platform.registry.search_sources, plugin, source)
        if found is None:
            return {}

        async def load() -> Live:
            return {key: digest_of(entry) for key, entry in keyed(await _load(self._desk, found)).items()}

        key = ("search", source, self._versions.get(plugin, 0))
        try:
            return await self._desk.platform.remember(self._desk.site.id, plugin, key, load)
        except Exception as error:  # what cannot be vouched for is not shown
            log.error("search source failed", source=source, plugin=plugin, error=type(error).__name__)
            return {}


def _find(sources: Collection[Owned[SearchSource]], plugin: str, name: str) -> SearchSource | None:
    return next((owned.item for owned in sources if (owned.plugin, owned.item.name) == (plugin, name)), None)


def _stands(candidate: Candidate, live: Mapping[tuple[str, str], Live]) -> bool:
    entries = live.get((candidate.plugin, candidate.source))
    return entries is None or entries.get((candidate.key, candidate.locale)) == candidate.digest
