"""Where bytes are kept: one interface over the disk and over S3. Names are hashes of content, apart for each site.

Bytes of a name never change, so that a reader needs no lock; and they appear whole or not at all.
"""

from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID

from folkmoot.kernel.settings import Configuration
from folkmoot.spec.errors import ConfigurationFaults

Source = Path | AsyncIterable[bytes]


class Kept(NamedTuple):
    """What is known of bytes that are kept."""

    size: int
    changed_at: datetime


class Storage(Protocol):
    """Keeps bytes by site and SHA-256. Every method raises ``StorageUnavailable`` when disk or bucket do not answer."""

    async def put(self, site_id: UUID, source: Source) -> tuple[str, int]:
        """Keep the bytes of a file or a stream, and return their SHA-256 and size; twice is the same as once."""
        ...

    def read(self, site_id: UUID, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes in pieces, from ``start`` up to but without ``end``; raises ``ContentMissing``."""
        ...

    async def find(self, site_id: UUID, sha256: str) -> Kept | None:
        """Return size and time of what is kept, or ``None``."""
        ...

    async def delete(self, site_id: UUID, sha256: str) -> None:
        """Delete the bytes; what is not there is deleted already."""
        ...

    def list(self, site_id: UUID) -> AsyncIterator[tuple[str, int]]:
        """Yield SHA-256 and size of everything that is kept for a site."""
        ...

    async def tidy(self, before: datetime) -> int:
        """Remove what writes that never ended left behind before an instant; return how many there were."""
        ...


def key_of(site_id: UUID, sha256: str) -> str:
    """Return the place of bytes: ``<site>/<aa>/<sha256>``; refuses what is no hash, so that no path is made of it."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError("that is not a SHA-256")
    return f"{site_id}/{sha256[:2]}/{sha256}"


def open_storage(configuration: Configuration) -> Storage:
    """Return the storage that ``files.url`` names; nothing is opened or made before it is used.

    :raises ConfigurationFaults: when the URL is of no known kind, or what it needs is not installed
    """
    files = configuration.settings.files
    scheme, _, rest = files.url.partition(":")
    # “file:///srv/files” has an empty host; any other host would be another machine's.
    path = rest.removeprefix("//") if rest.startswith("///") else rest
    if scheme == "file" and path.strip("/") and not path.startswith("//"):
        from folkmoot.store.files.local import LocalStorage

        return LocalStorage(configuration.folder / path)
    if scheme == "s3" and rest.startswith("//") and rest.strip("/"):
        if find_spec("obstore") is None:
            raise ConfigurationFaults(
                ["files.url names a bucket, and what reads buckets is not installed: install “folkmoot[s3]”."]
            )
        from folkmoot.store.files.s3 import S3Storage

        bucket, _, prefix = rest.strip("/").partition("/")
        return S3Storage(
            bucket,
            prefix,
            endpoint=files.endpoint,
            region=files.region,
            access_key_id=files.access_key_id,
            secret_access_key=files.secret_access_key,
        )
    raise ConfigurationFaults([f"files.url must be file: and a folder, or s3://bucket/prefix; it is “{files.url}”."])
