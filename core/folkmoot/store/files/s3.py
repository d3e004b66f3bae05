"""Files in a bucket, of Amazon's or of anything else that speaks S3. The client is loaded when it is first needed."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from folkmoot.store.files.errors import NO_ROOM, ContentMissing, StorageUnavailable
from folkmoot.store.files.local import FULL, PIECE
from folkmoot.store.files.storage import Kept, Source, key_of

if TYPE_CHECKING:
    from obstore.store import S3Store

# One request moves so much; each has its own patience, so that a slow line costs time and no file.
PART, SPAN = 5 * 1024 * 1024, 2 * 1024 * 1024
PATIENCE = 20.0


class S3Storage:
    """A bucket, or all below a prefix in it.

    :param endpoint: the server's address, when it is not Amazon's
    :param access_key_id: empty for what the surroundings give: variables of AWS, or the machine's role
    :param patience: how many seconds a request may take, and for how long it is tried again
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint: str = "",
        region: str = "",
        access_key_id: str = "",
        secret_access_key: str = "",
        patience: float = PATIENCE,
    ) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._options = {
            "endpoint": endpoint,
            "region": region,
            "access_key_id": access_key_id,
            "secret_access_key": secret_access_key,
        }
        self._patience = patience

    @cached_property
    def _store(self) -> "S3Store":
        from obstore.store import S3Store

        options: dict[str, Any] = {name: value for name, value in self._options.items() if value}
        patience = timedelta(seconds=self._patience)
        return S3Store(
            self.bucket,
            **options,
            virtual_hosted_style_request=not options.get("endpoint"),
            client_options={
                "allow_http": options.get("endpoint", "").startswith("http://"),
                "timeout": patience,
                "connect_timeout": timedelta(seconds=min(5.0, self._patience)),
            },
            retry_config={
                "max_retries": 3,
                "retry_timeout": patience,
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=2),
                    "base": 2,
                },
            },
        )

    def _key(self, site_id: UUID, sha256: str) -> str:
        return self.prefix + key_of(site_id, sha256)

    async def put(self, site_id: UUID, source: Source) -> tuple[str, int]:
        """Keep the bytes of a file or a stream, and return their SHA-256 and size."""
        import obstore

        async with _as_file(source) as (path, sha256, size):
            key = self._key(site_id, sha256)
            with _told():
                await obstore.put_async(self._store, key, path, chunk_size=PART, max_concurrency=2)
                kept = await obstore.head_async(self._store, key)
            if kept["size"] != size:
                raise StorageUnavailable
        return sha256, size

    async def read(self, site_id: UUID, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes in pieces, from ``start`` up to but without ``end``; each piece is a request of its own."""
        import obstore

        held = await self.find(site_id, sha256)
        if held is None:
            raise ContentMissing
        key, stop = self._key(site_id, sha256), held.size if end is None else min(end, held.size)
        for at in range(start, stop, SPAN):
            with _told():
                part = await obstore.get_range_async(self._store, key, start=at, end=min(at + SPAN, stop))
            view = memoryview(part)
            for offset in range(0, len(view), PIECE):
                yield bytes(view[offset : offset + PIECE])

    async def find(self, site_id: UUID, sha256: str) -> Kept | None:
        """Return size and time of what is kept, or ``None``."""
        import obstore

        try:
            with _told(missing=True):
                kept = await obstore.head_async(self._store, self._key(site_id, sha256))
        except FileNotFoundError:
            return None
        return Kept(kept["size"], kept["last_modified"])

    async def delete(self, site_id: UUID, sha256: str) -> None:
        """Delete the bytes; what is not there is deleted already."""
        import obstore

        # S3 does not mind what is missing: a 404 here says that the bucket itself is not there.
        with _told():
            await obstore.delete_async(self._store, self._key(site_id, sha256))

    async def list(self, site_id: UUID) -> AsyncIterator[tuple[str, int]]:
        """Yield SHA-256 and size of everything that is kept for a site."""
        import obstore

        pages = obstore.list(self._store, prefix=f"{self.prefix}{site_id}/").__aiter__()
        while True:
            with _told():
                page = await anext(pages, None)
            if page is None:
                return
            for each in page:
                yield each["path"].rpartition("/")[2], each["size"]

    async def tidy(self, before: datetime) -> int:  # noqa: ARG002 (the interface's signature)
        """Return 0: parts of uploads that never ended are for the bucket's own lifecycle rule to remove."""
        return 0


@asynccontextmanager
async def _as_file(source: Source) -> AsyncIterator[tuple[Path, str, int]]:
    """Give bytes as a file with hash and size: a key that is a hash is known only when all has been read."""
    if isinstance(source, Path):
        with _told():
            sha256, size = await asyncio.to_thread(_measure, source)
        yield source, sha256, size
        return
    with _told():
        file = await asyncio.to_thread(_temporary)
    try:
        seen, size = hashlib.sha256(), 0
        async for piece in source:
            seen.update(piece)
            size += len(piece)
            with _told():
                await asyncio.to_thread(file.write, piece)
        with _told():
            await asyncio.to_thread(file.flush)
        yield Path(file.name), seen.hexdigest(), size
    finally:
        with _told():
            file.close()


def _temporary() -> IO[bytes]:
    return tempfile.NamedTemporaryFile(prefix="folkmoot-")


def _measure(path: Path) -> tuple[str, int]:
    seen, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            seen.update(piece)
            size += len(piece)
    return seen.hexdigest(), size


@contextmanager
def _told(*, missing: bool = False) -> Iterator[None]:
    """Turn what the client says into what a person can be told.

    :param missing: whether that a file is not there is the caller's own affair
    """
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        if missing:
            raise
        raise StorageUnavailable from error
    except OSError as error:
        raise (StorageUnavailable(NO_ROOM) if error.errno in FULL else StorageUnavailable()) from error
    except (BaseError, ValueError) as error:
        raise StorageUnavailable from error
