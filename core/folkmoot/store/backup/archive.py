"""The archive as it is written: in a fixed order with fixed dates, under another name until it is whole on the disk."""

import errno
import hashlib
import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from folkmoot.spec.errors import Refused
from folkmoot.store.backup.manifest import Member

# The oldest date that a zip can tell. A true one would make two archives of the same content differ.
DATE = (1980, 1, 1, 0, 0, 0)
LEVEL = 6
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Part:
    """One member while it is written: counts its bytes and hashes them."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._target.write(data)
        self._hash.update(data)
        self.bytes += len(data)

    def member(self) -> Member:
        """Return what the manifest says of it."""
        return Member(self.bytes, self._hash.hexdigest())


class Archive:
    """An archive that is being written."""

    def __init__(self, target: zipfile.ZipFile) -> None:
        self._target = target
        self._members: dict[str, Member] = {}

    @property
    def members(self) -> Mapping[str, Member]:
        """What has been written so far."""
        return self._members

    @contextmanager
    def part(self, name: str, *, packed: bool = True) -> Iterator[Part]:
        """Write one member; ``packed`` is for text: pictures and documents do not get smaller."""
        info = zipfile.ZipInfo(name, DATE)
        info.create_system = 3
        info.external_attr = 0o600 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info._compresslevel = LEVEL  # type: ignore[attr-defined]
        with self._target.open(info, "w", force_zip64=True) as stream:
            part = Part(stream)
            yield part
        self._members[name] = part.member()


@contextmanager
def new_archive(path: Path) -> Iterator[Archive]:
    """Write a new file that only its owner can read. It has its name when it is whole and on the disk, or not at all.

    :raises Refused: when there is such a file already, or the disk does not take it
    """
    if path.exists():
        raise Refused(f"There is a file {path} already: choose another name, or move it away.")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with _created(part) as stream:
            with zipfile.ZipFile(stream, "w") as target:
                yield Archive(target)
            stream.flush()
            os.fsync(stream.fileno())
        _give_name(part, path)
    except OSError as error:
        if error.errno in FULL:
            raise Refused(f"There is no room for {path}: free some, or write it to another disk.") from None
        raise Refused(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        part.unlink(missing_ok=True)


def _created(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _give_name(part: Path, path: Path) -> None:
    """Name the finished file, never over another that came into being meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise Refused(f"There is a file {path} already: choose another name, or move it away.") from None
    except OSError:
        # A file system without a second name for one file.
        part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
