"""What is done with files outside of requests, as jobs: each may be done again, and then changes nothing."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from folkmoot.spec.errors import FolkmootError
from folkmoot.store.files.keeping import Keeping
from folkmoot.store.files.scanning import scan
from folkmoot.store.files.sweeping import drop, sweep


class Shared(Protocol):
    """What the process shares."""

    keeping: Keeping


class Work(Protocol):
    """A job as it is run: the site, and what it was asked for with."""

    platform: Shared
    site: Any
    arguments: Mapping[str, Any]


class ContentLost(FolkmootError):
    """Rows name content that is not there."""


async def scan_file(work: Work) -> None:
    """Have the scanner look at a file."""
    await scan(work.platform.keeping, work.site.id, UUID(work.arguments["file"]))


async def drop_file(work: Work) -> None:
    """Delete the bytes of a content that no file needs any more."""
    await drop(work.platform.keeping, work.site.id, work.arguments["sha256"])


async def sweep_files(work: Work) -> None:
    """Put a site's files in order; fails, so that staff see it, when content is missing."""
    swept = await sweep(work.platform.keeping, work.site.id)
    if swept.missing:
        raise ContentLost(f"The content of {len(swept.missing)} files is missing: restore it from a backup.")
