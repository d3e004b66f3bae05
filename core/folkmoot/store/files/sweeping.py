"""Deleting bytes that no row needs, and putting right what was broken off in the middle."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from folkmoot.store.files.keeping import SCAN, Keeping, forget
from folkmoot.store.files.models import HOLDING, FileRow, FileState
from folkmoot.store.jobs.queue import enqueue

# An upload, or a restore that puts bytes before rows, has ended long before.
UNFINISHED = timedelta(days=1)
# Whoever deletes bytes has done so or has died long before.
LEFT = timedelta(hours=1)
FILES = (FileState.WAITING, FileState.CLEAN)
UNSCANNED = timedelta(hours=1)


@dataclass(slots=True)
class Swept:
    """What a sweep found.

    :param orphans: bytes that no row needed, deleted
    :param unfinished: uploads that never ended, forgotten
    :param missing: content that rows name and that is not there: nothing can be done but restoring a backup
    """

    orphans: int = 0
    unfinished: int = 0
    missing: list[str] = field(default_factory=list)


async def drop(keeping: Keeping, site_id: UUID, sha256: str, *, mark: UUID | None = None) -> bool:
    """Delete the bytes of a content unless a row needs them, and say whether they were deleted.

    :param mark: the row of whoever began to delete them and did not end
    """
    if mark is None:
        mark = await _mark(keeping, site_id, sha256)
    needed = sha256 in await _named(keeping, site_id, HOLDING, sha256)
    if not needed:
        # If this fails the mark stays, and the next sweep goes on from here.
        await keeping.storage.delete(site_id, sha256)
    await forget(keeping, site_id, mark)
    return not needed


async def sweep(keeping: Keeping, site_id: UUID, *, older_than: timedelta = UNFINISHED) -> Swept:
    """Put a site's files in order. Doing it again changes nothing.

    :param older_than: how long ago bytes without a row must have been put down to be deleted
    """
    swept = Swept()
    now = keeping.clock.now()
    for row in await _old(keeping, site_id, FileState.ARRIVING, now - UNFINISHED):
        await forget(keeping, site_id, row.id)
        swept.unfinished += 1
    for row in await _old(keeping, site_id, FileState.LEAVING, now - LEFT):
        await drop(keeping, site_id, row.sha256, mark=row.id)
    await _ask_again(keeping, site_id, now)
    # The storage has a clock of its own.
    before = datetime.now(UTC) - older_than
    await keeping.storage.tidy(before)
    files = await _named(keeping, site_id, FILES)
    held = await _named(keeping, site_id, (*HOLDING, FileState.LEAVING))
    there: set[str] = set()
    async for sha256, _ in keeping.storage.list(site_id):
        there.add(sha256)
        if sha256 not in held and await _is_old(keeping, site_id, sha256, before):
            swept.orphans += await drop(keeping, site_id, sha256)
    swept.missing = sorted((files & await _named(keeping, site_id, FILES)) - there)
    return swept


async def _mark(keeping: Keeping, site_id: UUID, sha256: str) -> UUID:
    row = FileRow(
        sha256=sha256,
        size=0,
        name="",
        content_type="",
        state=FileState.LEAVING,
        created_at=keeping.clock.now(),
    )
    async with keeping.database.writing(site_id) as session:
        session.add(row)
        await session.commit()
    return row.id


async def _named(keeping: Keeping, site_id: UUID, states: tuple[FileState, ...], sha256: str | None = None) -> set[str]:
    query = select(FileRow.sha256).where(col(FileRow.state).in_(states)).distinct()
    if sha256 is not None:
        query = query.where(FileRow.sha256 == sha256)
    async with keeping.database.reading(site_id) as session:
        return set((await session.exec(query)).all())


async def _old(keeping: Keeping, site_id: UUID, state: FileState, before: datetime) -> list[FileRow]:
    query = select(FileRow).where(FileRow.state == state, FileRow.created_at < before)
    async with keeping.database.reading(site_id) as session:
        return list((await session.exec(query)).all())


async def _is_old(keeping: Keeping, site_id: UUID, sha256: str, before: datetime) -> bool:
    kept = await keeping.storage.find(site_id, sha256)
    return kept is not None and kept.changed_at <= before


async def _ask_again(keeping: Keeping, site_id: UUID, now: datetime) -> None:
    """Ask anew for what no job scans any more: its job has been given up, or was asked for before a restore."""
    waiting = await _old(keeping, site_id, FileState.WAITING, now - UNSCANNED)
    if not waiting:
        return
    async with keeping.database.writing(site_id) as session:
        for row in waiting:
            await enqueue(session, SCAN, {"file": str(row.id)}, at=now, key=str(row.id))
        await session.commit()
