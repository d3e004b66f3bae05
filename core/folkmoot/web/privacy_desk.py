"""What staff and commands do about personal data: each act is whole, and logged without saying whom it was about."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from folkmoot.accounts.models import Membership, User
from folkmoot.audit.chain import record
from folkmoot.kernel.ids import new_id
from folkmoot.privacy.access import Found, find_held
from folkmoot.privacy.declarations import holding
from folkmoot.privacy.erasure import Removed, erase_subject, keep_erasures, read_erasures, returned_subjects
from folkmoot.privacy.models import RequestKind, SubjectRequest
from folkmoot.privacy.requests import close_open, close_request, open_request
from folkmoot.privacy.retention import Expired, run_retention
from folkmoot.privacy.scrub import scrub
from folkmoot.privacy.subjects import read_subject, subject_hash
from folkmoot.sites.directory import SiteFacts
from folkmoot.sites.service import SHELL, touch
from folkmoot.spec.descriptors import Subject
from folkmoot.store.jobs.queue import enqueue
from folkmoot.store.scoping import SiteSession
from folkmoot.web.desk import Desk
from folkmoot.web.platform import Platform
from folkmoot.web.render import say_datetime
from folkmoot.web.words import translations

SCRUB = "core.scrub"
SHORT = 12

__all__ = ["erase", "keep_erasures", "read_erasures", "reapply_erasures", "scrub", "take_out", "whom", "write_archive"]


def whom(desk: Desk, typed: str) -> Subject:
    """Return the person that an email address or a reference means on a site; raises ``Unprocessable``."""
    return read_subject(desk.site.id, typed, desk.platform.secret_key)


async def look_up(desk: Desk, subject: Subject) -> list[Found]:
    """Return everything that the site holds about a person."""
    return await find_held(desk.platform.database, holding(desk.platform.registry), subject)


async def take_out(desk: Desk, subject: Subject, *, action: str = "core.personal_data_found") -> list[Found]:
    """Return everything that the site holds about a person, and note that somebody looked."""
    found = await look_up(desk, subject)
    async with desk.writing() as session:
        await _note(session, desk, action, subject)
        await session.commit()
    return found


async def _note(session: SiteSession, desk: Desk, action: str, subject: Subject, **facts: object) -> None:
    said = "".join(f", {name} {value}" for name, value in facts.items())
    note = f"subject {subject_hash(subject)[:SHORT]}{said}"
    await record(session, at=desk.now(), actor=desk.actor, action=action, object_id=new_id(), note=note)


async def erase(desk: Desk, subject: Subject) -> SubjectRequest:
    """Erase a person from the site; the receipt is the request that asked for it, which is closed, or a new one.

    Traces in the file are overwritten by a job, or at once by ``scrub``.
    """
    made: list[SubjectRequest] = []

    async def seal(session: SiteSession, removed: Removed) -> None:
        now, hashed = desk.now(), subject_hash(subject)
        receipt = await close_open(session, RequestKind.ERASURE, hashed, now=now, removed=removed)
        if receipt is None:
            prefix = desk.site.reference_prefix
            receipt = await open_request(session, RequestKind.ERASURE, hashed, received=now, prefix=prefix)
            await close_request(session, receipt, now=now, removed=removed)
        rows = sum(removed.values())
        await _note(session, desk, "core.personal_data_erased", subject, rows=rows, receipt=receipt.reference)
        # A page that is kept, and search, may show what is no more.
        await touch(session, desk.site.id, SHELL)
        for plugin in sorted(owners[name] for name in removed if owners[name] != SHELL):
            await touch(session, desk.site.id, plugin, at=now)
        await enqueue(session, SCRUB, at=now, key=SCRUB)
        made.append(receipt)

    declarations = holding(desk.platform.registry)
    owners = {owned.item.name: owned.plugin for owned in declarations}
    await erase_subject(desk.platform.database, declarations, subject, now=desk.now(), seal=seal)
    return made[0]


async def reapply_erasures(platform: Platform, sites: Sequence[SiteFacts] | None = None) -> int:
    """Erase again everybody whom a restored backup has brought back; returns how many there were.

    Before the restore take ``read_erasures`` from the database that is replaced, and put them into the restored one
    with ``keep_erasures``: a backup cannot know of what was erased after it.
    """
    total = 0
    for site in sites if sites is not None else platform.directory.all():
        async with platform.database.system_reading() as session:
            query = select(User.email).join(Membership, col(Membership.user_id) == User.id)
            people = (await session.exec(query.where(Membership.site_id == site.id))).all()
        models = [owned.item for owned in platform.registry.tables]
        returned = await returned_subjects(platform.database, models, site.id, platform.secret_key, people)
        desk = Desk(platform, site, actor="restore")
        for subject in returned:
            await erase(desk, subject)
        total += len(returned)
    return total


async def keep_to_terms(desk: Desk, *, dry: bool = False) -> list[Expired]:
    """Remove from the site what has been kept for its term."""
    registry, database = desk.platform.registry, desk.platform.database
    expired = await run_retention(database, holding(registry), desk.site.id, desk.now(), dry=dry)
    total = sum(each.removed for each in expired)
    if total and not dry:
        async with desk.writing() as session:
            note = f"rows {total}"
            at, who = desk.now(), desk.actor
            await record(session, at=at, actor=who, action="core.retention_run", object_id=new_id(), note=note)
            await touch(session, desk.site.id, SHELL)
            await enqueue(session, SCRUB, at=at, key=SCRUB)
            await session.commit()
    return expired


def as_json(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Return what was found as values for JSON, a place each."""
    return [
        {
            "plugin": place.plugin,
            "name": place.declared.name,
            "title": place.declared.title,
            "why": place.declared.why,
            "basis": place.declared.basis,
            "held": [
                {"title": held.title, "key": held.key, "values": dict(held.values), "files": list(held.files)}
                for held in place.held
            ],
        }
        for place in found
    ]


def write_archive(desk: Desk, found: Sequence[Found], *, locale: str) -> bytes:
    """Return a zip with what was found: to be read by people (HTML) and by programs (JSON)."""
    words = translations(locale)
    template = desk.platform.pages.environment.get_template("personal_data_copy.html")
    at = say_datetime(desk.now(), words)
    places = as_json(found)
    html = template.render(site=desk.site, locale=locale, places=places, at=at, translate=words.gettext)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry("personal-data.html", desk.now()), html)
        text = json.dumps(as_json(found), ensure_ascii=False, indent=2, default=str)
        archive.writestr(_entry("personal-data.json", desk.now()), text)
    return out.getvalue()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=(at.year, at.month, at.day, at.hour, at.minute, at.second))
