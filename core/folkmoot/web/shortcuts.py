"""Shortcuts to the page cache: how a request is written leads straight to the entry that answered it before.

Nothing is decided here: the entry behind a shortcut is still held against its version and its time, and a shortcut
holds for one version of the directory of sites only.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from folkmoot.web.page_cache import Key

MOST = 4_096
LONGEST = 500

Way = tuple[Any, ...]


def way_of(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], directory: int) -> Way:
    """Return everything by which an anonymous request to read a page is told from another."""
    return (
        directory,
        headers.get(b"host"),
        scope.get("scheme"),
        scope["path"],
        scope["query_string"],
        headers.get(b"accept-encoding"),
    )


class Shortcuts:
    """Ways to keys of the page cache, with whose page it is. When there are too many, all are forgotten."""

    def __init__(self) -> None:
        self._known: dict[Way, tuple[Key, UUID, str | None]] = {}

    def find(self, way: Way) -> tuple[Key, UUID, str | None] | None:
        """Return the key, the site and the plugin that a request led to before."""
        return self._known.get(way)

    def keep(self, way: Way, key: Key, site_id: UUID, plugin: str | None) -> None:
        """Remember where a request led, unless it is so long that many of its kind would fill the memory."""
        if sum(len(part) for part in way[1:] if part) > LONGEST:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[way] = (key, site_id, plugin)
