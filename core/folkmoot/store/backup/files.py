"""Files as a backup sees them: which rows name them, and where their content comes from and goes to."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from uuid import UUID

import sqlalchemy as sa

from folkmoot.store.backup.values import Values
from folkmoot.store.files.models import FileState
from folkmoot.store.files.storage import Storage

# The one table whose rows name stored content, and the states of a row whose content is there.
FILE, CONTENT = "core_file", "sha256"
HELD = frozenset({FileState.WAITING, FileState.CLEAN})

Named = tuple[UUID, str]


def named_in(table: sa.Table, line: bytes) -> Named | None:
    """Return the site and the hash of the content that a row names."""
    if table.name != FILE:
        return None
    row = json.loads(line)
    return (UUID(row["site_id"]), str(row[CONTENT])) if row["state"] in HELD else None


def named_by(table: sa.Table, rows: Iterable[Values]) -> Iterator[Named]:
    """Yield the site and the hash of each content that rows name."""
    if table.name == FILE:
        yield from ((row["site_id"], row[CONTENT]) for row in rows if row["state"] in HELD)


async def keep(storage: Storage, named: Named, content: Iterable[bytes]) -> None:
    """Keep content for a site, unless it is there."""
    if await storage.find(*named) is None:
        await storage.put(named[0], _stream(content))


async def _stream(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def forget_all(storage: Storage, site_id: UUID) -> int:
    """Delete everything that is kept for a site; return how many files there were."""
    found = [sha256 async for sha256, _ in storage.list(site_id)]
    for sha256 in found:
        await storage.delete(site_id, sha256)
    return len(found)
