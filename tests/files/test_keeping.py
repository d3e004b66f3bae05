"""No row without its bytes, no bytes without a row, whatever comes between."""

import asyncio
import hashlib
import io
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from faults.proxy import FaultProxy
from faults.s3_server import S3Server
from filing import PDF, add, bucket, held, use
from sqlmodel import select

from folkmoot.spec.errors import NotFound
from folkmoot.store.files import keeping as services
from folkmoot.store.files import sweeping
from folkmoot.store.files.errors import LEAVING, NO_ROOM_ON_SITE, StorageUnavailable, UploadRefused
from folkmoot.store.files.keeping import Wanted, delete_file, find_file, keep, list_files, take_in, usage
from folkmoot.store.files.local import LocalStorage
from folkmoot.store.files.models import FileRow, FileState
from folkmoot.store.files.sweeping import drop, sweep
from folkmoot.testing import Instance

SHA = hashlib.sha256(PDF).hexdigest()
AT_ONCE = timedelta(0)


async def rows(instance: Instance, site: Any = None) -> list[tuple[str, str]]:
    """Return state and content of everything in the table, files or not."""
    async with instance.platform.database.reading((site or instance.site).id) as session:
        found = (await session.exec(select(FileRow).order_by(FileRow.id))).all()
    return [(row.state, row.sha256) for row in found]


async def remove(instance: Instance, row: FileRow) -> None:
    async with instance.platform.database.writing(row.site_id) as session:
        await delete_file(session, row.id, at=instance.clock.now())
        await session.commit()


async def bytes_of(instance: Instance) -> dict[str, int]:
    return await held(instance.platform.files, instance.site.id)


async def test_a_file_is_kept_privately_under_its_cleaned_name_and_what_it_is(instance: Instance) -> None:
    row = await add(instance, name="../Annual  report.PDF", purpose="evidence", owner="consultation")
    async with instance.platform.database.reading(instance.site.id) as session:
        found = await find_file(session, row.id)
    assert found is not None
    assert (found.name, found.content_type, found.size) == ("Annual report.PDF", "application/pdf", len(PDF))
    assert (found.state, found.public, found.owner, found.purpose) == ("clean", False, "consultation", "evidence")
    assert await bytes_of(instance) == {SHA: len(PDF)}


async def test_equal_files_are_kept_once_and_go_with_the_last_of_them(instance: Instance) -> None:
    first, second = await add(instance), await add(instance, name="again.pdf")
    await add(instance, site=instance.other_site)
    assert await bytes_of(instance) == {SHA: len(PDF)}
    async with instance.platform.database.reading(instance.site.id) as session:
        assert await usage(session) == len(PDF)
    await remove(instance, first)
    await instance.work()
    assert await bytes_of(instance) == {SHA: len(PDF)}
    await remove(instance, second)
    assert await bytes_of(instance) == {SHA: len(PDF)}, "bytes go after the commit, not in it"
    await instance.work()
    assert await bytes_of(instance) == {}
    assert await rows(instance) == []
    assert await held(instance.platform.files, instance.other_site.id) == {SHA: len(PDF)}


async def test_a_deletion_that_is_rolled_back_deletes_nothing(instance: Instance) -> None:
    row = await add(instance)
    async with instance.platform.database.writing(instance.site.id) as session:
        await delete_file(session, row.id, at=instance.clock.now())
    await instance.work()
    assert await bytes_of(instance) == {SHA: len(PDF)}
    assert await rows(instance) == [("clean", SHA)]


async def test_what_was_taken_in_and_not_kept_is_no_file_and_is_swept_away_with_its_bytes(instance: Instance) -> None:
    keeping, site_id = instance.platform.keeping, instance.site.id
    taken = await take_in(keeping, site_id, io.BytesIO(PDF), name="a.pdf", wanted=Wanted(purpose="test"))
    async with instance.platform.database.reading(site_id) as session:
        assert await list_files(session) == []
        assert await find_file(session, taken.id) is None
    await sweep(keeping, site_id, older_than=AT_ONCE)
    assert await rows(instance) == [("arriving", SHA)], "it may still be kept"
    instance.clock.move(days=2)
    swept = await sweep(keeping, site_id, older_than=AT_ONCE)
    assert (swept.unfinished, swept.orphans) == (1, 1)
    assert (await rows(instance), await bytes_of(instance)) == ([], {})
    with pytest.raises(NotFound):
        async with instance.platform.database.writing(site_id) as session:
            await keep(session, taken.id, scanned=False, at=instance.clock.now())


async def test_bytes_without_a_row_are_swept_once_they_are_old(instance: Instance) -> None:
    async def words() -> AsyncIterator[bytes]:
        yield b"left by a restore that broke off"

    keeping, site_id = instance.platform.keeping, instance.site.id
    sha256, _ = await keeping.storage.put(site_id, words())
    row = await add(instance)
    assert (await sweep(keeping, site_id)).orphans == 0
    assert isinstance(keeping.storage, LocalStorage)
    for kept in (sha256, row.sha256):
        os.utime(keeping.storage.path(site_id, kept), (0, 0))
    assert (await sweep(keeping, site_id)).orphans == 1
    assert await bytes_of(instance) == {SHA: len(PDF)}
    assert (await sweep(keeping, site_id)).orphans == 0


async def test_a_sweep_names_content_that_is_missing_and_staff_see_the_job_fail(instance: Instance) -> None:
    row = await add(instance)
    await instance.platform.files.delete(instance.site.id, row.sha256)
    swept = await sweep(instance.platform.keeping, instance.site.id)
    assert swept.missing == [SHA]


async def test_a_deletion_that_broke_off_is_ended_by_a_later_sweep(instance: Instance) -> None:
    class Dies(LocalStorage):
        async def delete(self, site_id: UUID, sha256: str) -> None:
            raise StorageUnavailable

    row = await add(instance)
    keeping = instance.platform.keeping
    assert isinstance(keeping.storage, LocalStorage)
    whole = keeping.storage
    await remove(instance, row)
    with pytest.raises(StorageUnavailable):
        await drop(use(instance, storage=Dies(whole.root)), instance.site.id, SHA)
    keeping = use(instance, storage=whole)
    assert await rows(instance) == [("leaving", SHA)]
    await sweep(keeping, instance.site.id)
    assert await rows(instance) == [("leaving", SHA)], "whoever began may still be at it"
    instance.clock.move(hours=2)
    await sweep(keeping, instance.site.id)
    assert (await rows(instance), await bytes_of(instance)) == ([], {})


# --- an upload and a deletion of the same content at the same time ---


async def both_at_once(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> FileRow:
    """Upload a content again while it is being deleted; the deletion waits in the worst place."""
    first = await add(instance)
    await remove(instance, first)
    deleting, go_on = asyncio.Event(), asyncio.Event()
    storage = instance.platform.keeping.storage
    assert isinstance(storage, LocalStorage)

    class Waits(LocalStorage):
        async def delete(self, site_id: UUID, sha256: str) -> None:
            deleting.set()
            await go_on.wait()
            await super().delete(site_id, sha256)

    keeping = use(instance, storage=Waits(storage.root))
    dropping = asyncio.create_task(drop(keeping, instance.site.id, SHA))
    await deleting.wait()
    adding = asyncio.create_task(add(instance, name="again.pdf"))
    await asyncio.sleep(0.3)
    go_on.set()
    await dropping
    return await adding


async def test_a_content_that_is_uploaded_again_while_it_is_deleted_is_there(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await both_at_once(instance, monkeypatch)
    assert await rows(instance) == [("clean", SHA)]
    assert await bytes_of(instance) == {row.sha256: len(PDF)}


async def test_an_upload_that_does_not_look_for_deletions_is_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_away(*_: object) -> None:
        return

    monkeypatch.setattr(services, "_wait_for_leaving", look_away)
    await both_at_once(instance, monkeypatch)
    assert await bytes_of(instance) == {}, "the twin has lost what was uploaded"


async def test_a_deletion_that_does_not_look_for_uploads_is_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(instance)
    assert not await drop(instance.platform.keeping, instance.site.id, SHA)
    monkeypatch.setattr(sweeping, "HOLDING", (FileState.LEAVING,))
    monkeypatch.setattr(sweeping, "_named", lambda *_: _nothing())
    assert await drop(instance.platform.keeping, instance.site.id, SHA)
    assert await bytes_of(instance) == {}


async def _nothing() -> set[str]:
    return set()


async def test_an_upload_does_not_wait_for_ever_for_a_deletion(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sweeping._mark(instance.platform.keeping, instance.site.id, SHA)
    monkeypatch.setattr(services, "WAIT_SECONDS", 0.2)
    with pytest.raises(StorageUnavailable) as told:
        await add(instance)
    assert str(told.value) == LEAVING
    assert await rows(instance) == [("leaving", SHA)]


# --- quota ---


async def test_a_site_that_has_used_up_its_quota_is_told_and_keeps_what_it_has(instance: Instance) -> None:
    use(instance, quota=len(PDF) + 10)
    await add(instance)
    await add(instance, name="the same does not count twice.pdf")
    with pytest.raises(UploadRefused) as told:
        await add(instance, b"words that are too many", name="a.txt")
    assert told.value.say(str) == NO_ROOM_ON_SITE
    assert await bytes_of(instance) == {SHA: len(PDF)}
    assert await rows(instance) == [("clean", SHA), ("clean", SHA)]
    await add(instance, b"words that are too many", name="a.txt", site=instance.other_site)


async def test_uploads_at_once_do_not_pass_the_quota_together(instance: Instance) -> None:
    use(instance, quota=3_000)
    made = await asyncio.gather(
        *(add(instance, bytes([65 + n]) * 1_000, name=f"{n}.txt") for n in range(8)), return_exceptions=True
    )
    kept = [one for one in made if isinstance(one, FileRow)]
    assert all(isinstance(one, FileRow | UploadRefused) for one in made)
    async with instance.platform.database.reading(instance.site.id) as session:
        assert await usage(session) == len(kept) * 1_000 <= 3_000
    assert len(await bytes_of(instance)) == len(kept)
    await add(instance, b"B" * 10, name="there is room for a little.txt") if len(kept) < 3 else None


# --- the bucket fails ---


@pytest.mark.parametrize("fault", ["refuse", "black hole", "cut", "slow", "wrong signature", "full"])
async def test_a_bucket_that_fails_is_told_and_leaves_neither_row_nor_bytes(
    instance: Instance, s3: S3Server, fault: str
) -> None:
    async with FaultProxy(s3.port) as proxy:
        storage = bucket(proxy.port, patience=0.5)
        use(instance, storage=storage)
        before = await add(instance)
        if fault == "refuse":
            await proxy.refuse()
        elif fault == "black hole":
            proxy.black_hole()
        elif fault == "cut":
            proxy.cut_after(20_000)
        elif fault == "slow":
            proxy.slow(2)
        elif fault == "wrong signature":
            s3.keys = dict.fromkeys(s3.keys, "another secret")
        else:
            s3.full = True
        with pytest.raises(StorageUnavailable):
            await add(instance, b"words " * 10_000, name="words.txt")
        assert await rows(instance) == [("clean", SHA)]
        await proxy.pass_on()
        s3.keys, s3.full = dict(S3Server().keys), False
        if fault == "black hole":
            # What nobody waited for any more may still arrive: it is nobody's, and is swept.
            await asyncio.sleep(0.2)
            await sweep(instance.platform.keeping, instance.site.id, older_than=AT_ONCE)
        assert await held(storage, instance.site.id) == {SHA: len(PDF)}
        content = b"".join([piece async for piece in storage.read(instance.site.id, before.sha256)])
        assert content == PDF
        after = await add(instance, b"words " * 10_000, name="words.txt")
        assert after.state == FileState.CLEAN
