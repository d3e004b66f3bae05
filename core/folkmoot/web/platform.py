"""Everything that the running process shares: built once at boot, handed to each request."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from folkmoot.accounts.throttle import Throttle
from folkmoot.audit.chain import AuditChain
from folkmoot.kernel.clock import Clock
from folkmoot.kernel.registry import Registry
from folkmoot.kernel.settings import Configuration
from folkmoot.sites import service as sites
from folkmoot.sites.directory import Directory, Versions
from folkmoot.spec.descriptors import ApiRoute, Route
from folkmoot.store.database import Database, connect
from folkmoot.web.page_cache import PageCache
from folkmoot.web.static import StaticFiles

if TYPE_CHECKING:
    from folkmoot.web.render import Pages

T = TypeVar("T")
REMEMBERED = 1_000
DEFAULT_BODY = 1_000_000


class Platform:
    """The process's own things. ``open`` and ``close`` bracket the time in which it answers."""

    def __init__(self, configuration: Configuration, registry: Registry, clock: Clock) -> None:
        self.configuration = configuration
        self.registry = registry
        self.clock = clock
        self.secret_key = configuration.secret_key()
        self.database = Database(configuration.database_url())
        self.cache = PageCache()
        self.static = StaticFiles()
        self.throttle = Throttle()
        self.mounts = _mounts(registry)
        self.trusted_proxies = frozenset(configuration.settings.server.trusted_proxies)
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.unknown_host = b""
        self.failure_pages: dict[str, bytes] = {}
        self.pages: Pages
        self._queries = _queries(registry)
        self._limits = _limits(registry)
        self._remembered: dict[tuple[Any, ...], tuple[int, Any]] = {}
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the database, keep the first site as the configuration has it, and learn all sites."""
        self._connection = connect(self.database.path)
        self.versions = Versions(self._connection)
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
        await self.database.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def failure_page(self, locale: str) -> bytes:
        """Return the page of a failure, made at boot so that nothing more can fail."""
        return self.failure_pages.get(locale) or self.failure_pages["en"]

    async def load_directory(self) -> None:
        """Learn all sites anew."""
        async with self.database.system_reading() as session:
            await self.directory.load(session)

    def is_ready(self) -> bool:
        """Say whether the database answers."""
        try:
            self.versions.directory()
        except sqlite3.Error:
            return False
        return True

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
