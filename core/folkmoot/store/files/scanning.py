"""Quarantine: nobody gets a file before the scanner has said that it is clean."""

from uuid import UUID

from sqlmodel import col, select

from folkmoot.store.files.keeping import DROP, Keeping, find_file
from folkmoot.store.files.models import FileRow, FileState
from folkmoot.store.files.scanner import Verdict
from folkmoot.store.files.words import N_
from folkmoot.store.jobs.queue import enqueue
from folkmoot.store.scoping import SiteSession

INFECTED = N_("A virus was found in this file. Its content has been deleted.")
UNSCANNABLE = N_("This file is too large to be checked for viruses. Its content has been deleted.")


async def scan(keeping: Keeping, site_id: UUID, file_id: UUID) -> FileState | None:
    """Have a file looked at, and return how far it is then; ``None`` when it is not there any more.

    :raises ScannerUnavailable: when the scanner cannot say; the file goes on waiting
    """
    async with keeping.database.reading(site_id) as session:
        row = await find_file(session, file_id)
    if row is None or row.state != FileState.WAITING:
        return FileState(row.state) if row else None
    verdict = Verdict(clean=True)
    if keeping.scanner is not None:
        verdict = await keeping.scanner.scan(keeping.storage.read(site_id, row.sha256))
    async with keeping.database.writing(site_id) as session:
        return await _settle(session, file_id, verdict, keeping)


async def _settle(session: SiteSession, file_id: UUID, verdict: Verdict, keeping: Keeping) -> FileState | None:
    row = await find_file(session, file_id)
    if row is None or row.state != FileState.WAITING:
        return FileState(row.state) if row else None
    at = keeping.clock.now()
    if verdict.clean:
        _say(row, FileState.CLEAN, "", keeping)
        session.add(row)
    else:
        state, sentence = (FileState.INFECTED, INFECTED) if verdict.found else (FileState.REFUSED, UNSCANNABLE)
        # What is in this file is in every file of the same content, whenever that was looked at.
        alike = select(FileRow).where(
            FileRow.sha256 == row.sha256, col(FileRow.state).in_((FileState.WAITING, FileState.CLEAN))
        )
        for each in (await session.exec(alike)).all():
            _say(each, state, sentence, keeping)
            session.add(each)
        await enqueue(session, DROP, {"sha256": row.sha256}, at=at, key=row.sha256)
    await session.commit()
    return FileState(row.state)


def _say(row: FileRow, state: FileState, sentence: str, keeping: Keeping) -> None:
    row.state, row.sentence, row.checked_at = state, sentence, keeping.clock.now()
