"""Everything that the running process shares: built once at boot, handed to each request."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from folkmoot.accounts.throttle import Throttle
from folkmoot.audit.chain import AuditChain
from folkmoot.kernel.clock import Clock
from folkmoot.kernel.registry import Registry
from folkmoot.kernel.settings import Configuration
from folkmoot.mail.backends import open_backend
from folkmoot.mail.keys import Keys
from folkmoot.sites import service as sites
from folkmoot.sites.directory import Directory
from folkmoot.sites.lifecycle import closed_sites
from folkmoot.sites.versions import Versions, open_versions
from folkmoot.spec.descriptors import ApiRoute, Route
from folkmoot.spec.errors import Busy
from folkmoot.store.database import open_database
from folkmoot.store.files.keeping import Keeping
from folkmoot.store.files.scanner import Scanner
from folkmoot.store.files.storage import open_storage
from folkmoot.web.counts import Counts
from folkmoot.web.duties import duties
from folkmoot.web.log import log
from folkmoot.web.page_cache import PageCache
from folkmoot.web.static import StaticFiles

if TYPE_CHECKING:
    from folkmoot.web.render import Pages

T = TypeVar("T")
REMEMBERED = 1_000
DEFAULT_BODY = 1_000_000
# How often the directory is read again because it changed while it was read.
LOOKS = 3


class Platform:
    """The process's own things. ``open`` and ``close`` bracket the time in which it answers."""

    def __init__(self, configuration: Configuration, registry: Registry, clock: Clock) -> None:
        self.configuration = configuration
        self.registry = registry
        self.clock = clock
        self.secret_key = configuration.secret_key()
        self.database = open_database(configuration.database_urls(), configuration.settings.database.pool)
        self.files = open_storage(configuration)
        self.keeping = _keeping(self)
        self.cache = PageCache()
        self.counts = Counts(self.database, clock)
        self.static = StaticFiles()
        self.throttle = Throttle()
        # Of people who ask for emails, by where they ask from: an office shares one address.
        self.askers = Throttle(tries=40)
        self.mail = open_backend(configuration.settings.mail, configuration.folder / "data" / "mail")
        self.mail_keys = Keys(self.secret_key)
        self.mounts = _mounts(registry)
        self.duties = duties(registry)
        self.trusted_proxies = frozenset(configuration.settings.server.trusted_proxies)
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.unknown_host = b""
        self.failure_pages: dict[str, bytes] = {}
        # Sites that an operator has closed, with their standing.
        self.closed: dict[UUID, str] = {}
        self.pages: Pages
        self._queries = _queries(registry)
        self._limits = _limits(registry)
        self._remembered: dict[tuple[Any, ...], tuple[int, Any]] = {}
        self.versions: Versions
        self._opened = False

    async def open(self) -> None:
        """Open the database, keep the first site as the configuration has it, and learn all sites."""
        self.versions = await open_versions(self.database)
        self._opened = True
        self.directory = Directory(self.configuration.settings.site.slug, self.versions.directory)
        self.database.writer.chain = AuditChain(self.clock)
        await self.database.open()
        names = [plugin.name for plugin in self.registry.active]
        async with self.database.system_writing() as session:
            wanted = self.configuration.settings.site
            await sites.keep_first_site(session, wanted, plugins=names, at=self.clock.now())
        await self.load_directory()

    async def close(self) -> None:
        """Save what waits, and let go of the database."""
        await self.counts.close()
        await self.database.close()
        if self._opened:
            await self.versions.close()
            self._opened = False

    def failure_page(self, locale: str) -> bytes:
        """Return the page of a failure, made at boot so that nothing more can fail."""
        return self.failure_pages.get(locale) or self.failure_pages["en"]

    async def load_directory(self) -> None:
        """Learn all sites anew; while the database is away, what was known holds, and a second later it is tried again.

        The request that finds the directory stale is anybody's: what it is told about the database is for its page.
        """
        try:
            await self._load_directory()
        except Busy:
            if not self.directory.all():
                raise
            log.error("sites could not be read")

    async def _load_directory(self) -> None:
        # First which are closed: a shortcut to a page holds for one directory.
        for _ in range(LOOKS):
            before = self.versions.directory()
            async with self.database.system_reading() as session:
                self.closed = await closed_sites(session)
            async with self.database.system_reading() as session:
                await self.directory.load(session)
            if self.directory.version == before:
                break

    def is_ready(self) -> bool:
        """Say whether the database answers."""
        return self.versions.alive()

    def declared_query(self, plugin: str | None) -> frozenset[str]:
        """Return the query parameters that any page of a plugin (or of core) has declared."""
        return self._queries.get(plugin or "core", frozenset())

    def body_limit(self, path: str) -> int:
        """Return how many bytes may be sent to an address."""
        return next((limit for start, limit in self._limits if path.startswith(start)), DEFAULT_BODY)

    async def remember(self, site_id: UUID, plugin: str, key: tuple[Any, ...], load: Callable[[], Awaitable[T]]) -> T:
        """Return what ``load`` gives, kept until the plugin's pages on the site change."""
        version = self.versions.pages(site_id, plugin)
        whole = (site_id, plugin, *key)
        kept = self._remembered.get(whole)
        if kept is not None and kept[0] == version:
            value: T = kept[1]
            return value
        value = await load()
        if len(self._remembered) >= REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[whole] = (version, value)
        return value


def _keeping(platform: Platform) -> Keeping:
    files = platform.configuration.settings.files
    scanner = Scanner(files.scanner) if files.scanner else None
    return Keeping(platform.database, platform.files, platform.clock, files.quota_mb * 1_000_000, scanner)


def _mounts(registry: Registry) -> Mapping[str, str]:
    own = {plugin.name: plugin.name for plugin in registry.active}
    return {**own, **registry.mounts}


def _queries(registry: Registry) -> dict[str, frozenset[str]]:
    queries: dict[str, frozenset[str]] = {}
    for owned in registry.routes:
        queries[owned.plugin] = queries.get(owned.plugin, frozenset()) | frozenset(owned.item.query)
    return queries


def _limits(registry: Registry) -> list[tuple[str, int]]:
    """Return what addresses start with and the limit that goes with it, longest first.

    Routes with the usual limit are among them: a generous one must not reach over to the addresses below it.
    """
    found = [(_fixed_part(o.item), o.item.max_body) for o in (*registry.routes, *registry.admin_routes)]
    found += [(f"/api/v1{_fixed_part(o.item)}", o.item.max_body) for o in registry.api_routes]
    limits: dict[str, int] = {}
    for start, limit in found:
        limits[start] = max(limit, limits.get(start, 0))
    return sorted(limits.items(), key=lambda pair: -len(pair[0]))


def _fixed_part(route: Route | ApiRoute) -> str:
    return route.path.partition("{")[0]
