"""Files on a disk: written under another name, brought to the disk, then renamed into place."""

import asyncio
import contextlib
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, ParamSpec, Protocol, TypeVar
from uuid import UUID

from folkmoot.kernel.ids import new_id
from folkmoot.store.files.errors import NO_ROOM, ContentMissing, StorageUnavailable
from folkmoot.store.files.storage import Kept, Source, key_of

P = ParamSpec("P")
T = TypeVar("T")
PIECE = 256 * 1024
INCOMING = ".incoming"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Hash(Protocol):
    """What ``hashlib.sha256`` gives."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """Return the hash of what was taken."""


class LocalStorage:
    """A folder with a folder for each site. A file that has its name is whole, and its bytes are on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, site_id: UUID, sha256: str) -> Path:
        """Return where bytes are or would be."""
        return self.root / key_of(site_id, sha256)

    async def put(self, site_id: UUID, source: Source) -> tuple[str, int]:
        """Keep the bytes of a file or a stream, and return their SHA-256 and size."""
        incoming = self.root / str(site_id) / INCOMING / new_id().hex
        seen = hashlib.sha256()
        try:
            await _thread(self._make_folder, incoming.parent)
            if isinstance(source, Path):
                size = await _thread(_copy, source, incoming, seen)
            else:
                size = await _take(source, incoming, seen)
            await _thread(self._place, incoming, site_id, seen.hexdigest())
        finally:
            with contextlib.suppress(OSError):
                incoming.unlink(missing_ok=True)
        return seen.hexdigest(), size

    def _place(self, incoming: Path, site_id: UUID, sha256: str) -> None:
        final = self.path(site_id, sha256)
        self._make_folder(final.parent)
        self._rename(incoming, final)
        # The name itself is on the disk only when its folder is.
        self._sync(final.parent)

    def _make_folder(self, folder: Path) -> None:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o750, exist_ok=True)
            self._sync(each.parent)

    def _rename(self, incoming: Path, final: Path) -> None:
        incoming.replace(final)

    def _sync(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    async def read(self, site_id: UUID, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes in pieces, from ``start`` up to but without ``end``."""
        path = self.path(site_id, sha256)
        try:
            with _told(missing=True):
                file = await asyncio.to_thread(path.open, "rb", buffering=0)
        except FileNotFoundError:
            raise ContentMissing from None
        try:
            await _thread(file.seek, start)
            left = None if end is None else max(0, end - start)
            while left is None or left > 0:
                piece = await _thread(file.read, PIECE if left is None else min(PIECE, left))
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                yield piece
        finally:
            file.close()

    async def find(self, site_id: UUID, sha256: str) -> Kept | None:
        """Return size and time of what is kept, or ``None``."""
        path = self.path(site_id, sha256)
        try:
            with _told(missing=True):
                found = await asyncio.to_thread(path.stat)
        except FileNotFoundError:
            return None
        return Kept(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    async def delete(self, site_id: UUID, sha256: str) -> None:
        """Delete the bytes; what is not there is deleted already."""
        path = self.path(site_id, sha256)
        await _thread(path.unlink, missing_ok=True)

    async def list(self, site_id: UUID) -> AsyncIterator[tuple[str, int]]:
        """Yield SHA-256 and size of everything that is kept for a site, one folder after another."""
        folder = self.root / str(site_id)
        for name in await _thread(_names, folder):
            for sha256, size in await _thread(_files, folder / name):
                yield sha256, size

    async def tidy(self, before: datetime) -> int:
        """Remove what writes that never ended left behind before an instant; return how many there were."""
        return await _thread(self._tidy, before.timestamp())

    def _tidy(self, before: float) -> int:
        removed = 0
        for path in self.root.glob(f"*/{INCOMING}/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed


def _copy(source: Path, target: Path, seen: Hash) -> int:
    with source.open("rb") as reader, _new(target) as writer:
        size = 0
        while piece := reader.read(PIECE):
            seen.update(piece)
            writer.write(piece)
            size += len(piece)
        _flush(writer)
    return size


async def _take(source: Source, target: Path, seen: Hash) -> int:
    assert not isinstance(source, Path)
    writer = await _thread(_new, target)
    size = 0
    try:
        async for piece in source:
            seen.update(piece)
            await _thread(writer.write, piece)
            size += len(piece)
        await _thread(_flush, writer)
    finally:
        with contextlib.suppress(OSError):
            writer.close()
    return size


def _new(path: Path) -> BinaryIO:
    """Open a new file that only we may read, without a buffer: what is written has been handed over."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    return os.fdopen(handle, "wb")


def _flush(writer: BinaryIO) -> None:
    writer.flush()
    os.fsync(writer.fileno())


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and len(entry.name) == 2)
    except FileNotFoundError:
        return []


def _files(folder: Path) -> list[tuple[str, int]]:
    found = []
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):
            found.append((entry.name, entry.stat().st_size))
    return sorted(found)


async def _thread(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Do blocking work in a thread; what the system refuses is told in a sentence."""
    with _told():
        return await asyncio.to_thread(work, *given, **named)


@contextmanager
def _told(*, missing: bool = False) -> Iterator[None]:
    """Turn what the system says into what a person can be told.

    :param missing: whether that a file is not there is the caller's own affair
    """
    try:
        yield
    except FileNotFoundError as error:
        if missing:
            raise
        raise StorageUnavailable from error
    except OSError as error:
        raise (StorageUnavailable(NO_ROOM) if error.errno in FULL else StorageUnavailable()) from error
