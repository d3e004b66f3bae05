"""Taking files in, and letting them go, so that no row is without its bytes and no bytes are deleted that a row needs.

A file is announced by a row (``arriving``) before its bytes are put down, and becomes a file in the transaction of
whoever asked for it. Bytes are deleted behind a row that says so (``leaving``). Each side commits its own row before it
looks for the other's, so that at least one of them sees the other, on either database and from any process.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.kernel.clock import Clock
from folkmoot.spec.errors import NotFound
from folkmoot.store.database import Database
from folkmoot.store.files.errors import LEAVING, NO_ROOM_ON_SITE, StorageUnavailable, UploadRefused
from folkmoot.store.files.inspecting import inspect
from folkmoot.store.files.kinds import Group
from folkmoot.store.files.models import CORE, HOLDING, SHOWN, FileRow, FileState
from folkmoot.store.files.scanner import Scanner
from folkmoot.store.files.storage import Storage
from folkmoot.store.files.words import N_
from folkmoot.store.jobs.queue import enqueue
from folkmoot.store.scoping import SiteSession

PIECE = 256 * 1024
WAIT_SECONDS, LOOK_SECONDS = 5.0, 0.1
SCAN, DROP, SWEEP = "core.scan_file", "core.drop_file", "core.sweep_files"
NO_FILE = N_("There is no such file.")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What files are kept with.

    :param quota: how many bytes a site may keep
    :param scanner: who looks at each file before anyone gets it; without one, files are clean at once
    """

    database: Database
    storage: Storage
    clock: Clock
    quota: int
    scanner: Scanner | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of an upload, and what it is for.

    :param purpose: what it is for, such as ``consultation document``
    :param allowed: groups of kinds that are taken; anything when empty
    :param largest: bytes
    :param owner: the plugin whose file it is
    :param public: whether anyone may have it, without a link that is signed
    """

    purpose: str
    allowed: Sequence[Group] = ()
    largest: int = 10_000_000
    owner: str = CORE
    public: bool = False


async def take_in(
    keeping: Keeping, site_id: UUID, file: BinaryIO, *, name: str, declared: str = "", wanted: Wanted
) -> FileRow:
    """Look at a file, and put its bytes down. It becomes a file only with ``keep``; otherwise it is swept away.

    :param declared: the content type that came with it, or empty
    :raises UploadRefused: with the one sentence that says why it is not taken
    :raises StorageUnavailable: when the bytes cannot be put down
    """
    size = await asyncio.to_thread(file.seek, 0, 2)
    kind = await asyncio.to_thread(
        inspect, file, size, name=name, declared=declared, allowed=wanted.allowed, largest=wanted.largest
    )
    row = FileRow(
        sha256=await asyncio.to_thread(_hash, file),
        size=size,
        name=kind.name,
        content_type=kind.content_type,
        state=FileState.ARRIVING,
        owner=wanted.owner,
        purpose=wanted.purpose,
        public=wanted.public,
        created_at=keeping.clock.now(),
    )
    await _add(keeping, site_id, row)
    try:
        await _refuse_over_quota(keeping, site_id)
        await _wait_for_leaving(keeping, site_id, row.sha256)
        kept = await keeping.storage.put(site_id, _pieces(file))
        if kept != (row.sha256, row.size):
            raise StorageUnavailable
    except BaseException:
        await asyncio.shield(forget(keeping, site_id, row.id))
        raise
    return row


async def keep(session: SiteSession, file_id: UUID, *, scanned: bool, at: datetime) -> FileRow:
    """Make a file of what was taken in, in the caller's transaction; raises ``NotFound`` when it has been swept away.

    :param scanned: whether there is a scanner, which it then waits for
    """
    query = select(FileRow).where(FileRow.id == file_id, FileRow.state == FileState.ARRIVING)
    row = (await session.exec(query)).first()
    if row is None:
        raise NotFound(NO_FILE)
    row.state = FileState.WAITING if scanned else FileState.CLEAN
    session.add(row)
    if scanned:
        await enqueue(session, SCAN, {"file": str(row.id)}, at=at, key=str(row.id))
    await session.flush()
    return row


async def delete_file(session: SiteSession, file_id: UUID, *, at: datetime) -> FileRow:
    """Delete a file in the caller's transaction; its bytes go after the commit, when no other row needs them."""
    row = await find_file(session, file_id)
    if row is None:
        raise NotFound(NO_FILE)
    await session.delete(row)
    await enqueue(session, DROP, {"sha256": row.sha256}, at=at, key=row.sha256)
    await session.flush()
    return row


async def find_file(session: SiteSession, file_id: UUID) -> FileRow | None:
    """Return a file of the session's site, however far it is."""
    query = select(FileRow).where(FileRow.id == file_id, col(FileRow.state).in_(SHOWN))
    return (await session.exec(query)).first()


async def list_files(session: SiteSession, *, before: UUID | None = None, limit: int = 100) -> Sequence[FileRow]:
    """Return the newest files of a site, or those before one of them."""
    query = select(FileRow).where(col(FileRow.state).in_(SHOWN)).order_by(col(FileRow.id).desc()).limit(limit)
    if before is not None:
        query = query.where(FileRow.id < before)
    return (await session.exec(query)).all()


async def count_removed(session: SiteSession) -> int:
    """Return how many files lost their content because of what was in it, and are still listed."""
    removed = (FileState.INFECTED, FileState.REFUSED)
    query = select(sa.func.count(col(FileRow.id))).where(col(FileRow.state).in_(removed))
    return (await session.exec(query)).one()


async def usage(session: SiteSession) -> int:
    """Return how many bytes a site keeps: what several files have in common counts once."""
    bytes_of_each = select(FileRow.sha256, FileRow.size).where(col(FileRow.state).in_(HOLDING)).distinct().subquery()
    total = (await session.exec(select(sa.func.coalesce(sa.func.sum(bytes_of_each.c.size), 0)))).one()
    return int(total)


async def forget(keeping: Keeping, site_id: UUID, row_id: UUID) -> None:
    """Take back a row that is no file: one that did not arrive, or that has left."""
    async with keeping.database.writing(site_id) as session:
        query = select(FileRow).where(FileRow.id == row_id, col(FileRow.state).not_in(SHOWN))
        row = (await session.exec(query)).first()
        if row is not None:
            await session.delete(row)
            await session.commit()


async def _add(keeping: Keeping, site_id: UUID, row: FileRow) -> None:
    async with keeping.database.writing(site_id) as session:
        session.add(row)
        await session.commit()


async def _refuse_over_quota(keeping: Keeping, site_id: UUID) -> None:
    async with keeping.database.reading(site_id) as session:
        if await usage(session) > keeping.quota:
            raise UploadRefused(NO_ROOM_ON_SITE)


async def _wait_for_leaving(keeping: Keeping, site_id: UUID, sha256: str) -> None:
    """Wait while bytes of this content are being deleted: they are put down anew afterwards."""
    for _ in range(round(WAIT_SECONDS / LOOK_SECONDS)):
        async with keeping.database.reading(site_id) as session:
            query = select(FileRow.id).where(FileRow.sha256 == sha256, FileRow.state == FileState.LEAVING).limit(1)
            if (await session.exec(query)).first() is None:
                return
        await asyncio.sleep(LOOK_SECONDS)
    raise StorageUnavailable(LEAVING)


def _hash(file: BinaryIO) -> str:
    file.seek(0)
    seen = hashlib.sha256()
    while piece := file.read(PIECE):
        seen.update(piece)
    return seen.hexdigest()


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    await asyncio.to_thread(file.seek, 0)
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece
