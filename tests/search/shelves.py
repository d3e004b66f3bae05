"""Things to be found, made short."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from folkmoot.kernel.registry import Owned
from folkmoot.sites.service import touch
from folkmoot.spec.descriptors import SearchEntry, SearchSource
from folkmoot.store.scoping import SiteSession
from folkmoot.store.search import Results
from folkmoot.testing import Instance

Fill = Callable[..., Awaitable[None]]
Ask = Callable[..., Awaitable[Results]]
PLUGIN, SOURCE = "library", "books"


def book(
    title: str, text: str = "", *, summary: str = "", locale: str = "en", key: str = "", **facts: object
) -> SearchEntry:
    """Return an entry whose path and key follow from its title."""
    path = f"/books/{key or title.lower().replace(' ', '-')}"
    return SearchEntry(title=title, path=path, summary=summary, text=text, locale=locale, key=key, **facts)  # type: ignore[arg-type]


def titles(results: Results) -> list[str]:
    """Return the titles of what was found, in order."""
    return [hit.title for hit in results.hits]


class Shop:
    """A plugin's published things: what it says of them, and how often it was asked.

    It stands in for the plugin publication, which the instance has on; it has two sources.
    """

    plugin = "publication"

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.entries: dict[str, list[SearchEntry]] = {"books": [], "leaflets": []}
        self.broken: set[str] = set()
        self.asked = 0
        registry = instance.platform.registry
        sources = [
            SearchSource(name=name, title=title, load=partial(self._load, name))
            for name, title in (("books", "Book"), ("leaflets", "Leaflet"))
        ]
        owned = tuple(Owned(self.plugin, source) for source in sources)
        instance.platform.registry = replace(registry, search_sources=owned)

    async def _load(self, name: str, session: SiteSession, now: datetime) -> list[SearchEntry]:
        self.asked += 1
        if name in self.broken:
            raise LookupError("the shelf has fallen down")
        return self.entries[name] if session.site_id == self.instance.site.id else []

    async def publish(self, *entries: SearchEntry, source: str = "books") -> None:
        """Make these what is published, as a service does it: in one transaction with the touch."""
        self.entries[source] = list(entries)
        async with self.instance.desk().writing() as session:
            await touch(session, session.site_id, self.plugin, at=self.instance.clock.now())
            await session.commit()
