"""What forms hold about people: answers in progress, and what was sent. Choices stay as figures; words go.

A submission is somebody's own when one whole answer is their address, or its reference is theirs. Where an address only
stands somewhere in an answer, the answer may be another person's: then the address alone is taken out of it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.forms.models import Draft, FormVersion, Submission
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
    own: bool


async def find_submissions(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return what a person sent, and the answers of others in which their address stands."""
    versions = await _versions(session)
    return [
        _held(sent, versions[sent.submission.form_version_id], subject) for sent in await _sent_by(session, subject)
    ]


def _held(sent: _Sent, labels: "_Version", subject: Subject) -> Held:
    submission = sent.submission
    values: dict[str, object] = {
        labels.label(question): "; ".join(_texts(answer))
        for question, answer in submission.answers.items()
        if sent.own or any(subject.email in text.lower() for text in _texts(answer))
    }
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
        answers = _in_json(sa.func.lower(sa.cast(col(Submission.answers), sa.Text)), subject.email)
        reasons = sa.func.lower(col(Submission.confidential)).contains(subject.email, autoescape=True)
        ids |= set((await session.exec(select(Submission.id).where(sa.or_(*answers, reasons)))).all())
    if not ids:
        return []
    found = (await session.exec(select(Submission).where(col(Submission.id).in_(ids)))).all()
    return [_Sent(submission, _is_own(submission, subject)) for submission in found]


def _is_own(submission: Submission, subject: Subject) -> bool:
    texts = [text for answer in submission.answers.values() for text in _texts(answer)]
    named = bool(subject.email) and any(text.strip().lower() == subject.email for text in texts)
    return named or submission.reference == subject.reference


def _texts(answer: str | list[str]) -> list[str]:
    return [answer] if isinstance(answer, str) else answer


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
    submission = sent.submission
    submission.answers = version.choices(submission.answers)
    # Receipts and browsers know the reference and the key: neither leads here from now on.
    submission.reference = new_reference(submission.reference.partition("-")[0])
    submission.idempotency_key = f"erased:{new_id().hex}"
    submission.confidential = ""
    session.add(submission)


def _take_out(session: SiteSession, sent: _Sent, email: str) -> None:
    submission = sent.submission
    submission.answers = {
        question: without(answer, email) if isinstance(answer, str) else [without(one, email) for one in answer]
        for question, answer in submission.answers.items()
    }
    submission.confidential = without(submission.confidential, email)
    session.add(submission)


def without(text: str, email: str) -> str:
    """Return a text with an address taken out of it, in whatever case it was typed."""
    return re.sub(re.escape(email), REMOVED, text, flags=re.IGNORECASE)


async def submissions_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many submissions that were received by then still hold answers in words, or reasons."""
    total = 0
    for version_id, version in (await _versions(session)).items():
        query = select(sa.func.count(col(Submission.id))).where(*_in_words(version_id, version, before))
        total += (await session.exec(query)).one()
    return total


async def expire_submissions(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Delete answers in words, and reasons for confidentiality, that were received by then; choices stay."""
    for version_id, version in (await _versions(session)).items():
        query = select(Submission).where(*_in_words(version_id, version, before)).limit(AT_ONCE)
        rows = (await session.exec(query)).all()
        for row in rows:
            row.answers, row.confidential = version.choices(row.answers), ""
            session.add(row)
        await session.flush()
        if rows:
            return len(rows)
    return 0


def _in_words(version_id: UUID, version: "_Version", before: datetime) -> tuple[Any, ...]:
    """Return the conditions of old submissions that hold words; the database tells, not a look at each."""
    words = [col(Submission.answers)[key].as_string().is_not(None) for key in sorted(version.open)]
    return (
        col(Submission.form_version_id) == version_id,
        col(Submission.received_at) <= before,
        sa.or_(col(Submission.confidential) != "", *words),
    )


@dataclass(frozen=True, slots=True)
class _Version:
    """What is needed of a form's version: labels of its questions, and which of them are choices."""

    labels: Mapping[str, str]
    closed: frozenset[str]

    @property
    def open(self) -> frozenset[str]:
        """The keys of questions that are answered in words."""
        return frozenset(self.labels) - self.closed

    def label(self, key: str) -> str:
        return self.labels.get(key, key)

    def choices(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers that are choices: figures, and no words of anybody's."""
        return {question: answer for question, answer in answers.items() if question in self.closed}


async def _versions(session: SiteSession) -> dict[UUID, _Version]:
    return {row.id: _version(row.definition) for row in (await session.exec(select(FormVersion))).all()}


def _version(definition: Mapping[str, Any]) -> _Version:
    # Read leniently: a definition that the engine no longer takes must not keep anybody's data from being found.
    questions = [q for page in definition.get("pages", ()) for q in page.get("questions", ())]
    labels = {q["key"]: q["label"] if isinstance(q["label"], str) else q["label"]["en"] for q in questions}
    closed = frozenset(q["key"] for q in questions if (kind := QUESTION_TYPES.get(q["type"])) and kind.closed)
    return _Version(labels, closed)
