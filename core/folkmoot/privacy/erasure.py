"""Erasing a person from a site, and doing so again when a backup has brought them back."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.privacy.access import writing
from folkmoot.privacy.declarations import Declarations
from folkmoot.privacy.mentions import text_columns
from folkmoot.privacy.models import Erasure
from folkmoot.privacy.subjects import subject_hash, subjects_in
from folkmoot.spec.descriptors import Subject
from folkmoot.store.database import Database
from folkmoot.store.scoping import SiteSession
from folkmoot.store.tables import SiteScoped

Removed = Mapping[str, int]
Seal = Callable[[SiteSession, Removed], Awaitable[None]]
ROWS = 500


async def erase_subject(
    database: Database, declarations: Declarations, subject: Subject, *, now: datetime, seal: Seal
) -> Removed:
    """Erase a person from a site and return how many rows of each declaration went; doing it again changes nothing.

    :param seal: called in the last transaction before its commit, with what was removed: for the log and the receipt
    """
    removed: dict[str, int] = {}
    erasing = [owned.item for owned in declarations if owned.item.erase]
    for declared in erasing:
        if declared.system and declared.erase:
            async with writing(database, declared, subject.site_id) as session:
                removed[declared.name] = await declared.erase(session, subject, now)
                await session.commit()
    async with database.writing(subject.site_id) as session:
        for declared in erasing:
            if not declared.system and declared.erase:
                removed[declared.name] = await declared.erase(session, subject, now)
        await _remember(session, subject_hash(subject), now)
        gone = {name: rows for name, rows in removed.items() if rows}
        await seal(session, gone)
        await session.commit()
    return gone


async def _remember(session: SiteSession, hashed: str, now: datetime) -> None:
    known = (await session.exec(select(Erasure).where(Erasure.subject_hash == hashed))).first()
    row = known or Erasure(subject_hash=hashed, at=now)
    row.at = now
    session.add(row)
    await session.flush()


async def read_erasures(session: AsyncSession) -> list[dict[str, Any]]:
    """Return all erasures of all sites, to be kept while a backup takes the place of the database."""
    return [row.model_dump() for row in (await session.exec(select(Erasure))).all()]


async def keep_erasures(session: AsyncSession, erasures: Sequence[Mapping[str, Any]]) -> None:
    """Put back, in a system session, the erasures that a restored backup does not know of, and commit."""
    known = {(row["site_id"], row["subject_hash"]) for row in await read_erasures(session)}
    sites = set((await session.exec(sa.select(SQLModel.metadata.tables["core_site"].c.id))).scalars())  # type: ignore[call-overload]
    for values in erasures:
        if (values["site_id"], values["subject_hash"]) not in known and values["site_id"] in sites:
            session.add(Erasure(**values))
    await session.commit()


async def returned_subjects(
    database: Database, models: Sequence[type[SiteScoped]], site_id: UUID, secret_key: str, others: Sequence[str] = ()
) -> list[Subject]:
    """Return the people of a site who were erased and whom its rows name again.

    Only hashes of them are known: so every address and every reference in every text of the site is held against those.

    :param others: texts of tables that belong to no one site, such as the addresses of accounts
    """
    async with database.reading(site_id) as session:
        hashes = set((await session.exec(select(Erasure.subject_hash))).all())
    if not hashes:
        return []
    found: set[Subject] = {subject for text in others for subject in subjects_in(site_id, text, secret_key)}
    for model in models:
        async for text in _texts(database, model, site_id):
            found |= subjects_in(site_id, text, secret_key)
    erased = [subject for subject in found if subject_hash(subject) in hashes]
    return sorted(erased, key=lambda subject: (subject.email, subject.reference))


async def _texts(database: Database, model: type[Any], site_id: UUID) -> AsyncIterator[str]:
    columns = [getattr(model, name) for name in text_columns(model)]
    if not columns:
        return
    after = UUID(int=0)
    while True:
        async with database.reading(site_id) as session:
            query = select(model.id, *columns).where(col(model.id) > after).order_by(col(model.id)).limit(ROWS)
            rows = (await session.exec(query)).all()
        for row in rows:
            yield "\n".join(str(value) for value in row[1:])
        if len(rows) < ROWS:
            return
        after = rows[-1][0]
