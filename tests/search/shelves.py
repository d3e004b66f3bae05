"""Things to be found, made short."""

from collections.abc import Awaitable, Callable

from folkmoot.spec.descriptors import SearchEntry
from folkmoot.store.search import Results

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
