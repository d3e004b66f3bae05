"""Disk and bucket keep the same promises: whole or not at all, by content, apart for each site."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from folkmoot.store.files.errors import ContentMissing
from folkmoot.store.files.storage import Storage, key_of

SITE, OTHER = uuid4(), uuid4()
BIG = bytes(range(256)) * 50_000


async def stream(content: bytes, piece: int = 100_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), piece):
        yield content[at : at + piece]


async def read(storage: Storage, sha256: str, *span: int) -> bytes:
    return b"".join([piece async for piece in storage.read(SITE, sha256, *span)])


@pytest.mark.parametrize("content", [b"", b"x", BIG], ids=["nothing", "a byte", "13 MB"])
async def test_what_was_put_is_read_whole_and_in_parts(storage: Storage, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "source"
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    assert await storage.put(SITE, stream(content)) == (sha256, len(content))
    assert await storage.put(SITE, path) == (sha256, len(content))
    assert await read(storage, sha256) == content
    assert await read(storage, sha256, 3, 3 + 6_000_000) == content[3 : 3 + 6_000_000]
    assert await read(storage, sha256, len(content)) == b""
    kept = await storage.find(SITE, sha256)
    assert kept is not None
    assert (kept.size, abs(kept.changed_at - datetime.now(UTC)).total_seconds() < 60) == (len(content), True)
    assert [each async for each in storage.list(SITE)] == [(sha256, len(content))]


async def test_pieces_are_small_however_large_the_file_is(storage: Storage) -> None:
    sha256, _ = await storage.put(SITE, stream(BIG))
    assert max([len(piece) async for piece in storage.read(SITE, sha256)]) <= 256 * 1024


async def test_equal_bytes_of_two_sites_are_apart(storage: Storage) -> None:
    sha256, _ = await storage.put(SITE, stream(b"the same"))
    await storage.put(OTHER, stream(b"the same"))
    await storage.delete(SITE, sha256)
    assert await storage.find(SITE, sha256) is None
    assert await storage.find(OTHER, sha256) is not None


async def test_what_is_not_there_is_missing_and_deleted_already(storage: Storage) -> None:
    sha256 = "0" * 64
    assert await storage.find(SITE, sha256) is None
    await storage.delete(SITE, sha256)
    with pytest.raises(ContentMissing):
        await read(storage, sha256)
    assert [each async for each in storage.list(SITE)] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "A" * 64, "0" * 63 + "/"])
def test_a_name_that_is_no_hash_is_no_key(name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        key_of(SITE, name)


async def test_a_reader_sees_all_or_nothing_while_a_file_is_put(storage: Storage) -> None:
    sha256 = hashlib.sha256(BIG).hexdigest()
    go_on = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield BIG[:6_000_000]
        await go_on.wait()
        yield BIG[6_000_000:]

    putting = asyncio.create_task(storage.put(SITE, slowly()))
    for _ in range(20):
        await asyncio.sleep(0.01)
        assert await storage.find(SITE, sha256) is None
        assert [each async for each in storage.list(SITE)] == []
    go_on.set()
    await putting
    assert len(await read(storage, sha256)) == len(BIG)


async def test_a_source_that_breaks_off_leaves_nothing(storage: Storage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield BIG[:6_000_000]
        raise ConnectionError("the visitor has gone")

    with pytest.raises(ConnectionError):
        await storage.put(SITE, broken())
    assert [each async for each in storage.list(SITE)] == []


async def test_the_same_at_once_is_kept_once(storage: Storage) -> None:
    put = await asyncio.gather(*(storage.put(SITE, stream(BIG[:300_000])) for _ in range(8)))
    assert len(set(put)) == 1
    assert [each async for each in storage.list(SITE)] == [put[0]]
