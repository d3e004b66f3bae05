"""Which site a host means, held in memory and looked up again when the directory's version has moved."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.sites.models import Site, SiteHost, SitePlugin

LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What pages need to know of a site, frozen for the length of a request."""

    id: UUID
    slug: str
    name: str
    organisation: str
    kind: str
    status: str
    phase: str
    brand_colour: str
    locales: tuple[str, ...]
    contact_email: str
    plugins: frozenset[str]

    @property
    def short_name(self) -> str:
        """The name in small places: the slug in capitals."""
        return self.slug.upper()

    @property
    def reference_prefix(self) -> str:
        """What references start with: at most eight letters of the slug."""
        return self.slug.replace("-", "").upper()[:8]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    version: int
    by_host: dict[str, SiteFacts]
    sites: tuple[SiteFacts, ...] = ()


class Directory:
    """Hosts to sites. ``localhost`` and ``127.0.0.1`` are the first site; ``SLUG.localhost`` is any site's own."""

    def __init__(self, first: str, version: Callable[[], int]) -> None:
        self._first = first
        self._version = version
        self._snapshot = _Snapshot(-1, {})
        self._looked_at = 0.0

    def find(self, host: str) -> SiteFacts | None:
        """Return the site that answers at a host (its port is ignored), or ``None``."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return self._snapshot.by_host.get(name.lower().rstrip("."))

    @property
    def version(self) -> int:
        """The version that was loaded."""
        return self._snapshot.version

    def all(self) -> tuple[SiteFacts, ...]:
        """Return every site, in whatever status."""
        return self._snapshot.sites

    def stale(self) -> bool:
        """Say, at most once a second, whether the directory has changed since it was loaded."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_AGAIN_SECONDS:
            return False
        self._looked_at = now
        return self._version() != self._snapshot.version

    async def load(self, session: AsyncSession) -> None:
        """Read all sites anew."""
        version = self._version()
        sites = {site.id: site for site in (await session.exec(select(Site))).all()}
        on: dict[UUID, set[str]] = {site_id: set() for site_id in sites}
        for row in (await session.exec(select(SitePlugin))).all():
            on[row.site_id].add(row.plugin)
        facts = {site_id: _facts(site, frozenset(on[site_id])) for site_id, site in sites.items()}
        by_host = {row.host: facts[row.site_id] for row in (await session.exec(select(SiteHost))).all()}
        for site in facts.values():
            by_host[f"{site.slug}.localhost"] = site
            if site.slug == self._first:
                by_host |= dict.fromkeys(LOCAL, site)
        answering = {host: site for host, site in by_host.items() if site.status in {"live", "draft"}}
        self._snapshot = _Snapshot(version, answering, tuple(facts.values()))
        self._looked_at = time.monotonic()


def _facts(site: Site, plugins: frozenset[str]) -> SiteFacts:
    return SiteFacts(
        id=site.id,
        slug=site.slug,
        name=site.name,
        organisation=site.organisation,
        kind=site.kind,
        status=site.status,
        phase=site.phase,
        brand_colour=site.brand_colour,
        locales=tuple(site.locales),
        contact_email=site.contact_email,
        plugins=plugins,
    )
