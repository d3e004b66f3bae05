"""Finding everything that is held about one person on one site."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from folkmoot.privacy.declarations import Declarations
from folkmoot.spec.descriptors import Held, PersonalData, Subject
from folkmoot.store.database import Database


@dataclass(frozen=True, slots=True)
class Found:
    """What one declaration's tables hold about a person."""

    plugin: str
    declared: PersonalData
    held: tuple[Held, ...]


async def find_held(database: Database, declarations: Declarations, subject: Subject) -> list[Found]:
    """Return what is held about a person, declaration by declaration; those that hold nothing are left out."""
    found: list[Found] = []
    for owned in declarations:
        find = owned.item.find
        if find is None:
            continue
        async with reading(database, owned.item, subject.site_id) as session:
            held: Sequence[Held] = await find(session, subject)
        if held:
            found.append(Found(owned.plugin, owned.item, tuple(held)))
    return found


def reading(database: Database, declared: PersonalData, site_id: UUID) -> AbstractAsyncContextManager[Any]:
    """Open the session for reading that a declaration asks for."""
    return _of(site_id, database.system_reading()) if declared.system else database.reading(site_id)


def writing(database: Database, declared: PersonalData, site_id: UUID) -> AbstractAsyncContextManager[Any]:
    """Open the session for writing that a declaration asks for."""
    return _of(site_id, database.system_writing()) if declared.system else database.writing(site_id)


@asynccontextmanager
async def _of(site_id: UUID, opening: AbstractAsyncContextManager[Any]) -> AsyncIterator[Any]:
    """Tell a session of no site which site it is used for."""
    async with opening as session:
        session.info["site_id"] = site_id
        yield session
