"""What is done with consultations. Each function takes a session and plain values; those that change things commit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from folkmoot.api import Fault, NotFound, Refused, SiteSession, Unprocessable, record_audit, touch
from folkmoot.api.forms import Form, FormDefinition, FormVersion, InvalidDefinition, LiveForm, parse_definition
from folkmoot_consultation.mail import plan_mail
from folkmoot_consultation.models import Consultation
from folkmoot_consultation.timing import State, state_at

PLUGIN = "consultation"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,78}[a-z0-9]\Z")
LONGEST_DOCUMENT = 2_000_000
LONGEST_RUN = timedelta(days=731)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A consultation to be made.

    :param form: the definition as JSON values (see ``folkmoot.api.forms.parse_definition``); ``None`` for no
        questions yet
    """

    slug: str
    title: str
    summary: str
    opens_at: datetime
    closes_at: datetime
    form: Mapping[str, Any] | None = None
    audience: str = ""
    minutes: int | None = None
    email: str = ""
    post: str = ""
    telephone: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """A published consultation with its form, as remembered between requests."""

    consultation: Consultation
    form: LiveForm


async def create_consultation(session: SiteSession, wanted: Wanted, *, by: str, at: datetime) -> Consultation:
    """Make a draft; raises ``Unprocessable`` with everything that is wrong."""
    faults = faults_of(wanted)
    definition = _read_form(wanted.form, faults)
    taken = select(Consultation).where(Consultation.slug == wanted.slug)
    if (await session.exec(taken)).first():
        faults.append(Fault("slug", f"There is a consultation at “{wanted.slug}” already. Choose another address."))
    if faults:
        raise Unprocessable(faults)
    form = Form(owner=PLUGIN, created_at=at)
    session.add(form)
    await session.flush()
    stored = definition.as_json() if definition else {"pages": []}
    session.add(FormVersion(form_id=form.id, number=1, definition=stored, created_at=at))
    facts = {name: getattr(wanted, name) for name in _FACTS}
    consultation = Consultation(**facts, form_id=form.id, created_by=by, created_at=at)
    session.add(consultation)
    await session.flush()
    await record_audit(session, at=at, actor=by, action="consultation.created", object_id=consultation.id)
    await session.commit()
    return consultation


_FACTS = (
    "slug",
    "title",
    "summary",
    "audience",
    "minutes",
    "email",
    "post",
    "telephone",
    "document",
    "opens_at",
    "closes_at",
)


def faults_of(wanted: Wanted) -> list[Fault]:
    """Return what is wrong with the facts of a consultation, without a look at others."""
    faults = []
    if not SLUG.match(wanted.slug):
        faults.append(
            Fault("slug", "The address must be 2 to 80 lower-case letters, digits and hyphens, such as care-standards.")
        )
    if not wanted.title.strip():
        faults.append(Fault("title", "Enter a title."))
    elif len(wanted.title) > 200:
        faults.append(Fault("title", "The title must be 200 characters or fewer."))
    if not wanted.summary.strip():
        faults.append(Fault("summary", "Enter a summary."))
    elif len(wanted.summary) > 5_000:
        faults.append(Fault("summary", "The summary must be 5,000 characters or fewer."))
    if wanted.closes_at <= wanted.opens_at:
        faults.append(Fault("closes_at", "The closing time must be after the opening time."))
    elif wanted.closes_at - wanted.opens_at > LONGEST_RUN:
        faults.append(Fault("closes_at", "A consultation can be open for two years at the most."))
    if len(wanted.document) > LONGEST_DOCUMENT:
        faults.append(Fault("document", "The document must be 2,000,000 characters or fewer."))
    if wanted.minutes is not None and not 1 <= wanted.minutes <= 600:
        faults.append(Fault("minutes", "How long it takes must be a number of minutes from 1 to 600."))
    for name, longest in (("audience", 500), ("email", 254), ("post", 500), ("telephone", 60)):
        if len(getattr(wanted, name)) > longest:
            faults.append(Fault(name, f"“{name}” must be {longest} characters or fewer."))
    return faults


def _read_form(form: Mapping[str, Any] | None, faults: list[Fault]) -> FormDefinition | None:
    if form is None:
        return None
    try:
        return parse_definition(form)
    except InvalidDefinition as error:
        faults += [Fault(f"form{fault.where}", fault.sentence) for fault in error.faults]
    return None


async def find_consultation(session: SiteSession, slug: str) -> Consultation:
    """Return a consultation in any state; raises ``NotFound``."""
    found = (await session.exec(select(Consultation).where(Consultation.slug == slug))).first()
    if found is None:
        raise NotFound("There is no such consultation.")
    return found


async def list_consultations(session: SiteSession) -> Sequence[Consultation]:
    """Return all, the one that closes last first."""
    return (await session.exec(select(Consultation).order_by(col(Consultation.closes_at).desc()))).all()


async def list_public(session: SiteSession, now: datetime) -> list[Consultation]:
    """Return what the public may see: open ones, those that close first at the top, then closed ones, newest first."""
    query = select(Consultation).where(col(Consultation.published_at).is_not(None), Consultation.opens_at <= now)
    found = (await session.exec(query)).all()
    open_now = [each for each in found if state_at(each, now) is State.OPEN]
    closed = [each for each in found if state_at(each, now) is State.CLOSED]
    return sorted(open_now, key=lambda c: c.closes_at) + sorted(closed, key=lambda c: c.closes_at, reverse=True)


async def newest_version(session: SiteSession, form_id: UUID) -> FormVersion:
    """Return the newest version of a form."""
    query = select(FormVersion).where(FormVersion.form_id == form_id).order_by(col(FormVersion.number).desc())
    return (await session.exec(query)).one()


async def live_form(session: SiteSession, consultation: Consultation) -> LiveForm:
    """Return the form of a consultation, ready to take answers."""
    version = await newest_version(session, consultation.form_id)
    return LiveForm(consultation.form_id, version.id, parse_definition(version.definition))


async def change_form(
    session: SiteSession, consultation: Consultation, definition: Mapping[str, Any], *, by: str, at: datetime
) -> None:
    """Put other questions in a draft; raises ``Refused`` once it is published, ``Unprocessable`` for bad questions."""
    if consultation.published_at is not None:
        raise Refused("The consultation has been published: its questions cannot change now.")
    faults: list[Fault] = []
    read = _read_form(definition, faults) if definition.get("pages") else None
    if faults:
        raise Unprocessable(faults)
    version = await newest_version(session, consultation.form_id)
    version.definition = read.as_json() if read else {"pages": []}
    session.add(version)
    # Who wrote last cannot be the second person either.
    consultation.created_by = by
    session.add(consultation)
    await record_audit(session, at=at, actor=by, action="consultation.questions_changed", object_id=consultation.id)
    await session.commit()


async def publish_consultation(
    session: SiteSession, slug: str, *, by: str, at: datetime, override_reason: str = ""
) -> Consultation:
    """Publish a draft; raises ``Refused`` when a rule stands in the way.

    Another person than the author must publish, unless a reason is given, which is recorded.
    """
    consultation = await find_consultation(session, slug)
    reason = override_reason.strip()
    if consultation.published_at is not None:
        raise Refused("The consultation has been published already.")
    if not (await newest_version(session, consultation.form_id)).definition["pages"]:
        raise Refused("The consultation has no questions yet: add at least one.")
    if consultation.closes_at <= at:
        raise Refused("The closing time has passed: a consultation must be open for some time.")
    if consultation.created_by == by and not reason:
        raise Refused("A second person must publish what you wrote, or give a reason why you publish it alone.")
    consultation.published_at = at
    consultation.published_by = by
    consultation.override_reason = reason[:1000]
    session.add(consultation)
    await record_audit(
        session, at=at, actor=by, action="consultation.published", object_id=consultation.id, note=reason[:1000]
    )
    await plan_mail(session, consultation, at=at)
    await touch(session, session.site_id, PLUGIN, at=at)
    await session.commit()
    return consultation


def add_page(definition: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with a question on a page of its own at the end."""
    return {"pages": [*definition.get("pages", ()), {"title": question["label"], "questions": [dict(question)]}]}


def without_question(definition: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a definition without a question, and without the page that it leaves empty."""
    pages = [
        {**page, "questions": [q for q in page["questions"] if q["key"] != key]} for page in definition.get("pages", ())
    ]
    return {"pages": [page for page in pages if page["questions"]]}
