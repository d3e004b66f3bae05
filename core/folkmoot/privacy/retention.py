"""What goes because its time has come: a site's terms, one run of all declarations, and the log of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from folkmoot.privacy.access import reading, writing
from folkmoot.privacy.declarations import Declarations
from folkmoot.privacy.models import Retention, RetentionRun
from folkmoot.privacy.terms import is_sound, limit
from folkmoot.privacy.words import N_
from folkmoot.spec.descriptors import PersonalData, Term
from folkmoot.spec.errors import Fault, NotFound, Unprocessable
from folkmoot.store.database import Database
from folkmoot.store.scoping import SiteSession

MOST_ROUNDS = 100_000
SHOWN = 100
UNSOUND = N_("Enter a whole number of days, months or years, from 1 day to 100 years.")
NO_TERM = N_("There is nothing of that name that is kept for a set time.")


@dataclass(frozen=True, slots=True)
class Expired:
    """What a run removed of one declaration, or would remove."""

    name: str
    before: datetime
    removed: int


async def site_terms(session: SiteSession, declarations: Declarations) -> dict[str, Term]:
    """Return for how long a site keeps what, by the names of declarations with a term."""
    own = {row.name: Term(years=row.years, months=row.months, days=row.days) for row in await _own(session)}
    return {o.item.name: own.get(o.item.name, o.item.kept_for) for o in declarations if o.item.kept_for}


async def _own(session: SiteSession) -> Sequence[Retention]:
    return (await session.exec(select(Retention))).all()


async def set_term(session: SiteSession, declarations: Declarations, name: str, term: Term) -> None:
    """Set a site's own term for what a declaration names; the caller commits.

    :raises NotFound: when no declaration of that name has a term
    :raises Unprocessable: when the term is shorter than a day or longer than a century
    """
    if name not in {owned.item.name for owned in declarations if owned.item.kept_for}:
        raise NotFound(NO_TERM)
    if not is_sound(term):
        raise Unprocessable([Fault("term", UNSOUND)])
    row = (await session.exec(select(Retention).where(Retention.name == name))).first() or Retention(name=name)
    row.years, row.months, row.days = term.years, term.months, term.days
    session.add(row)
    await session.flush()


async def run_retention(
    database: Database, declarations: Declarations, site_id: UUID, now: datetime, *, dry: bool = False
) -> list[Expired]:
    """Remove what a site has kept for its term, a few hundred rows at a time, each with its entry in the log.

    :param dry: only count
    """
    async with database.reading(site_id) as session:
        terms = await site_terms(session, declarations)
    expired = []
    for owned in declarations:
        declared = owned.item
        if declared.name in terms:
            before = limit(now, terms[declared.name])
            rows = await (_count if dry else _expire)(database, declared, site_id, now, before)
            expired.append(Expired(declared.name, before, rows))
    return expired


async def _count(database: Database, declared: PersonalData, site_id: UUID, now: datetime, before: datetime) -> int:
    if declared.due is None:
        return 0
    async with reading(database, declared, site_id) as session:
        return await declared.due(session, now, before)


async def _expire(database: Database, declared: PersonalData, site_id: UUID, now: datetime, before: datetime) -> int:
    if declared.expire is None:
        return 0
    total = 0
    entry: RetentionRun | None = None
    for _ in range(MOST_ROUNDS):
        async with writing(database, declared, site_id) as session:
            rows = await declared.expire(session, now, before)
            if rows and not declared.system:
                entry = await _log(session, entry, declared.name, before, rows, now)
            await session.commit()
        if not rows:
            break
        total += rows
    if total and declared.system:
        async with database.writing(site_id) as session:
            await _log(session, None, declared.name, before, total, now)
            await session.commit()
    return total


async def _log(
    session: SiteSession, entry: RetentionRun | None, source: str, before: datetime, rows: int, now: datetime
) -> RetentionRun:
    """Note in the same transaction what was removed: one entry for a run, which grows."""
    kept = await session.get(RetentionRun, (session.site_id, entry.id)) if entry else None
    kept = kept or RetentionRun(source=source, before=before, removed=0, at=now)
    kept.removed += rows
    session.add(kept)
    await session.flush()
    return kept


async def list_runs(session: SiteSession) -> Sequence[RetentionRun]:
    """Return the newest entries of the log."""
    order = (col(RetentionRun.at).desc(), col(RetentionRun.id).desc())
    return (await session.exec(select(RetentionRun).order_by(*order).limit(SHOWN))).all()
