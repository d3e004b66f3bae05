"""What forms hold about people: answers in progress, and what was sent. Choices stay as figures; words go.

A submission is somebody's own when one whole answer is their address, or its reference is theirs. Where an address only
stands somewhere in an answer, the answer may be another person's: then the address alone is taken out of it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.forms.models import Answer, Draft, FormVersion, Submission
from folkmoot.forms.question_types import QUESTION_TYPES
from folkmoot.forms.words import N_
from folkmoot.kernel.ids import new_id, new_reference
from folkmoot.spec.descriptors import Held, Subject
from folkmoot.store.scoping import SiteSession

AT_ONCE = 500
REMOVED = "[removed]"
OWN_ANSWER = N_("An answer that was sent")
MENTION = N_("Somebody else’s answer that names the address: look at it before you hand it out")
DRAFT = N_("Answers in progress, not sent")


async def find_drafts(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return the answers in progress in which the address stands."""
    return [
        Held(title=DRAFT, key=str(draft.id), values={**draft.answers, "updated_at": draft.updated_at.isoformat()})
        for draft in await _drafts_of(session, subject)
    ]


async def erase_drafts(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Delete the answers in progress in which the address stands."""
    drafts = await _drafts_of(session, subject)
    for draft in drafts:
        await session.delete(draft)
    return len(drafts)


async def _drafts_of(session: SiteSession, subject: Subject) -> Sequence[Draft]:
    if not subject.email:
        return []
    text = sa.func.lower(sa.cast(col(Draft.answers), sa.Text))
    found = (await session.exec(select(Draft).where(sa.or_(*_in_json(text, subject.email))))).all()
    return [draft for draft in found if subject.email in json.dumps(draft.answers, ensure_ascii=False).lower()]


def _in_json(text: Any, words: str) -> list[Any]:
    # SQLite keeps JSON as it was written, with letters beyond ASCII escaped.
    escaped = json.dumps(words)[1:-1].lower()
    return [text.contains(variant, autoescape=True) for variant in dict.fromkeys((words, escaped))]


async def drafts_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many answers in progress were last touched by then."""
    query = select(sa.func.count(col(Draft.id))).where(col(Draft.updated_at) <= before)
    return (await session.exec(query)).one()


async def expire_drafts(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Delete answers in progress that were last touched by then."""
    query = select(Draft.id).where(col(Draft.updated_at) <= before).limit(AT_ONCE)
    ids = (await session.exec(query)).all()
    if ids:
        await session.exec(sa.delete(Draft).where(col(Draft.id).in_(ids)))
    return len(ids)


@dataclass(frozen=True, slots=True)
class _Sent:
    submission: Submission
    answers: tuple[Answer, ...]
    own: bool


async def find_submissions(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return what a person sent, and the answers of others in which their address stands."""
    versions = await _versions(session)
    return [
        _held(sent, versions[sent.submission.form_version_id], subject) for sent in await _sent_by(session, subject)
    ]


def _held(sent: _Sent, labels: "_Version", subject: Subject) -> Held:
    submission = sent.submission
    values: dict[str, object] = {}
    for answer in sent.answers:
        if sent.own or subject.email in answer.value.lower():
            label = labels.label(answer.question)
            values[label] = f"{values[label]}; {answer.value}" if label in values else answer.value
    if sent.own:
        values |= {"language": submission.language, "channel": submission.channel}
    if submission.confidential and (sent.own or subject.email in submission.confidential.lower()):
        values["confidential"] = submission.confidential
    values["received_at"] = submission.received_at.isoformat()
    return Held(title=OWN_ANSWER if sent.own else MENTION, key=submission.reference, values=values)


async def _sent_by(session: SiteSession, subject: Subject) -> list[_Sent]:
    ids: set[UUID] = set()
    if subject.reference:
        ids |= set((await session.exec(select(Submission.id).where(Submission.reference == subject.reference))).all())
    if subject.email:
        named = sa.func.lower(col(Answer.value)).contains(subject.email, autoescape=True)
        ids |= set((await session.exec(select(Answer.submission_id).where(named))).all())
        reasons = sa.func.lower(col(Submission.confidential)).contains(subject.email, autoescape=True)
        ids |= set((await session.exec(select(Submission.id).where(reasons))).all())
    if not ids:
        return []
    submissions = (await session.exec(select(Submission).where(col(Submission.id).in_(ids)))).all()
    order = (col(Answer.submission_id), col(Answer.position))
    answers = (await session.exec(select(Answer).where(col(Answer.submission_id).in_(ids)).order_by(*order))).all()
    return [_sent(s, [a for a in answers if a.submission_id == s.id], subject) for s in submissions]


def _sent(submission: Submission, answers: Iterable[Answer], subject: Subject) -> _Sent:
    kept = tuple(answers)
    own = submission.reference == subject.reference
    own = own or any(answer.value.strip().lower() == subject.email for answer in kept if subject.email)
    return _Sent(submission, kept, own)


async def erase_submissions(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Empty what a person sent of everything but the choices, and take their address out of others' answers."""
    versions = await _versions(session)
    found = await _sent_by(session, subject)
    for sent in found:
        if sent.own:
            await _forget(session, sent, versions[sent.submission.form_version_id])
        else:
            _take_out(session, sent, subject.email)
    await session.flush()
    return len(found)


async def _forget(session: SiteSession, sent: _Sent, version: "_Version") -> None:
    for answer in sent.answers:
        if answer.question not in version.closed:
            await session.delete(answer)
    submission = sent.submission
    # Receipts and browsers know the reference and the key: neither leads here from now on.
    submission.reference = new_reference(submission.reference.partition("-")[0])
    submission.idempotency_key = f"erased:{new_id().hex}"
    submission.confidential = ""
    session.add(submission)


def _take_out(session: SiteSession, sent: _Sent, email: str) -> None:
    for answer in sent.answers:
        answer.value = without(answer.value, email)
        session.add(answer)
    sent.submission.confidential = without(sent.submission.confidential, email)
    session.add(sent.submission)


def without(text: str, email: str) -> str:
    """Return a text with an address taken out of it, in whatever case it was typed."""
    return re.sub(re.escape(email), REMOVED, text, flags=re.IGNORECASE)


async def submissions_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many answers in words, and reasons, were received by then."""
    reasons = select(sa.func.count(col(Submission.id))).where(*_reasons(before))
    total = (await session.exec(reasons)).one()
    for version_id, version in (await _versions(session)).items():
        query = select(sa.func.count(col(Answer.id))).join(Submission, _own_answers())
        total += (await session.exec(query.where(*_in_words(version_id, version, before)))).one()
    return total


async def expire_submissions(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Delete answers in words, and reasons for confidentiality, that were received by then; choices stay."""
    for version_id, version in (await _versions(session)).items():
        query = select(Answer.id).join(Submission, _own_answers()).where(*_in_words(version_id, version, before))
        ids = (await session.exec(query.limit(AT_ONCE))).all()
        if ids:
            await session.exec(sa.delete(Answer).where(col(Answer.id).in_(ids)))
            return len(ids)
    rows = (await session.exec(select(Submission).where(*_reasons(before)).limit(AT_ONCE))).all()
    for row in rows:
        row.confidential = ""
        session.add(row)
    await session.flush()
    return len(rows)


def _own_answers() -> Any:
    return sa.and_(col(Submission.site_id) == col(Answer.site_id), col(Submission.id) == col(Answer.submission_id))


def _in_words(version_id: UUID, version: "_Version", before: datetime) -> tuple[Any, ...]:
    return (
        col(Submission.form_version_id) == version_id,
        col(Submission.received_at) <= before,
        col(Answer.question).not_in(version.closed),
    )


def _reasons(before: datetime) -> tuple[Any, ...]:
    return col(Submission.received_at) <= before, col(Submission.confidential) != ""


@dataclass(frozen=True, slots=True)
class _Version:
    """What is needed of a form's version: labels of its questions, and which of them are choices."""

    labels: Mapping[str, str]
    closed: frozenset[str]

    def label(self, key: str) -> str:
        return self.labels.get(key, key)


async def _versions(session: SiteSession) -> dict[UUID, _Version]:
    return {row.id: _version(row.definition) for row in (await session.exec(select(FormVersion))).all()}


def _version(definition: Mapping[str, Any]) -> _Version:
    # Read leniently: a definition that the engine no longer takes must not keep anybody's data from being found.
    questions = [q for page in definition.get("pages", ()) for q in page.get("questions", ())]
    labels = {q["key"]: q["label"] if isinstance(q["label"], str) else q["label"]["en"] for q in questions}
    closed = frozenset(q["key"] for q in questions if (kind := QUESTION_TYPES.get(q["type"])) and kind.closed)
    return _Version(labels, closed)
