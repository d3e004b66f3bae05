"""On a disk: the bytes are on it before the name is, and what the disk refuses is told in a sentence."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from folkmoot.store.files import local
from folkmoot.store.files.errors import NO_ROOM, UNREACHABLE, StorageUnavailable
from folkmoot.store.files.local import LocalStorage

SITE = uuid4()
CONTENT = b"some words " * 50_000


async def stream(content: bytes = CONTENT) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 100_000):
        yield content[at : at + 100_000]


def paths(root: Path) -> list[str]:
    return sorted(path.relative_to(root / str(SITE)).as_posix() for path in root.rglob("*") if path.is_file())


# --- the order of things: content to the disk, then the name, then the folder of the name ---


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the disk, in order."""
    seen: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def on_fsync(handle: int) -> None:
        seen.append("sync folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "sync file")
        fsync(handle)

    def on_replace(self: Path, target: Path) -> Path:
        seen.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", on_fsync)
    monkeypatch.setattr(Path, "replace", on_replace)
    return seen


def is_durable(seen: list[str]) -> bool:
    """Say whether the content was on the disk before it had its name, and then the name."""
    if "rename" not in seen:
        return False
    at = seen.index("rename")
    return "sync file" in seen[:at] and "sync folder" in seen[at:]


class NoSyncOfContent(LocalStorage):
    """A twin that trusts the system to write the content some day."""


class NoSyncOfName(LocalStorage):
    """A twin that forgets the folder."""

    def _sync(self, folder: Path) -> None:
        return


class NoRename(LocalStorage):
    """A twin that writes under the final name."""

    def _rename(self, incoming: Path, final: Path) -> None:
        final.write_bytes(incoming.read_bytes())


async def test_content_is_on_the_disk_before_its_name_and_its_name_before_anyone_is_told(
    tmp_path: Path, done: list[str]
) -> None:
    await LocalStorage(tmp_path).put(SITE, stream())
    assert is_durable(done)
    done.clear()
    source = tmp_path / "source"
    source.write_bytes(CONTENT)
    await LocalStorage(tmp_path).put(SITE, source)
    assert is_durable(done)


@pytest.mark.parametrize("twin", [NoSyncOfContent, NoSyncOfName, NoRename])
async def test_a_storage_that_leaves_a_step_out_is_caught(
    tmp_path: Path, done: list[str], monkeypatch: pytest.MonkeyPatch, twin: type[LocalStorage]
) -> None:
    if twin is NoSyncOfContent:
        monkeypatch.setattr(local, "_flush", lambda writer: writer.flush())
    await twin(tmp_path).put(SITE, stream())
    assert not is_durable(done)


KILLED = """
import asyncio, os, sys
from pathlib import Path
from uuid import UUID
from folkmoot.store.files.local import LocalStorage

async def half():
    yield b"x" * 1_000_000
    os.kill(os.getpid(), 9)

asyncio.run(LocalStorage(Path(sys.argv[1])).put(UUID(sys.argv[2]), half()))
"""


async def test_a_process_that_is_killed_in_the_middle_leaves_no_file_and_what_it_left_is_tidied(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", KILLED, tmp_path, str(SITE)], check=False)
    assert run.returncode == -9
    storage = LocalStorage(tmp_path)
    assert [each async for each in storage.list(SITE)] == []
    [left] = paths(tmp_path)
    assert left.startswith(".incoming/")
    assert await storage.tidy(datetime.now(UTC) - timedelta(days=1)) == 0
    assert await storage.tidy(datetime.now(UTC) + timedelta(days=1)) == 1
    assert paths(tmp_path) == []


# --- what a disk refuses ---


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB, where we may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=False, capture_output=True)
    yield place if made.returncode == 0 else Path("/dev/full")
    if made.returncode == 0:
        subprocess.run(["umount", "-l", place], check=True)


FULL = """
import asyncio, resource, sys
from pathlib import Path
from uuid import UUID
from folkmoot.store.files.errors import StorageUnavailable
from folkmoot.store.files.local import LocalStorage

async def main():
    storage, site = LocalStorage(Path(sys.argv[1])), UUID(sys.argv[2])
    async def words():
        for _ in range(10):
            yield b"x" * 100_000
    try:
        await storage.put(site, words())
    except StorageUnavailable as error:
        print(error)
    print([each async for each in storage.list(site)])

resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
asyncio.run(main())
"""


def test_a_file_that_the_system_does_not_let_grow_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", FULL, tmp_path, str(SITE)], check=True, capture_output=True, text=True)
    assert run.stdout.splitlines() == [NO_ROOM, "[]"]
    assert paths(tmp_path) == []


async def test_a_full_disk_is_told_and_leaves_nothing(small_disk: Path) -> None:
    if small_disk == Path("/dev/full"):
        # Where no disk can be mounted, the test before this one stands for it.
        return
    storage = LocalStorage(small_disk)
    sha256, size = await storage.put(SITE, stream(CONTENT[:100_000]))
    with pytest.raises(StorageUnavailable) as told:
        await storage.put(SITE, stream())
    assert str(told.value) == NO_ROOM
    assert [each async for each in storage.list(SITE)] == [(sha256, size)]
    assert len(paths(small_disk)) == 1


@pytest.mark.parametrize("root", ["/proc/folkmoot", "/dev/null/folkmoot"])
async def test_a_folder_that_cannot_be_written_is_told(root: str) -> None:
    storage = LocalStorage(Path(root))
    for source in (stream(), Path(__file__)):
        with pytest.raises(StorageUnavailable) as told:
            await storage.put(SITE, source)
        assert str(told.value) == UNREACHABLE
