"""Submissions: durable before the receipt is shown, once for each idempotency key, read back with their answers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.forms.definition import FormDefinition
from folkmoot.forms.models import Draft, Submission
from folkmoot.forms.question_types import Answer as AnswerValue
from folkmoot.kernel.ids import new_id, new_reference
from folkmoot.spec.errors import Clash
from folkmoot.store.scoping import SiteSession
from folkmoot.store.writer import Change, Row

PAGE = 500
TRIES = 3


class Receiver(Protocol):
    """The site that a submission is for."""

    @property
    def id(self) -> UUID:
        """The site's id."""

    @property
    def reference_prefix(self) -> str:
        """What references start with."""


class Place(Protocol):
    """Where a submission arrives: a request, or a desk."""

    @property
    def site(self) -> Receiver:
        """The site."""

    def now(self) -> datetime:
        """Return the instant."""

    def reading(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session of the site for reading."""

    async def submit(self, change: Change) -> None:
        """Return when the change is on the disk."""


@dataclass(frozen=True, slots=True)
class LiveForm:
    """The version of a form that answers are taken to."""

    form_id: UUID
    version_id: UUID
    definition: FormDefinition


@dataclass(frozen=True, slots=True)
class Sending:
    """How a submission came in.

    :param key: the idempotency key: the same key is the same submission
    :param confidential: the respondent's reasons for confidentiality
    :param draft_id: the draft that it was, forgotten with it
    """

    key: str
    channel: str = "web"
    language: str = "en"
    confidential: str = ""
    draft_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the respondent gets."""

    id: UUID
    reference: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission with its answers by question."""

    submission: Submission
    answers: dict[str, AnswerValue]


async def submit_answers(
    place: Place, form: LiveForm, answers: Mapping[str, AnswerValue], sending: Sending, *, event: str
) -> Receipt:
    """Save a submission and return its receipt, or the receipt that its idempotency key had before.

    :param answers: as ``validate`` gave them
    :raises Busy: when too much waits to be saved; nothing was saved
    """
    for attempt in range(TRIES):
        receipt = Receipt(new_id(), new_reference(place.site.reference_prefix), place.now())
        try:
            await place.submit(_change(place.site.id, form, answers, sending, receipt, event))
        except Clash:
            async with place.reading() as session:
                before = await find_receipt(session, form.form_id, sending.key)
            if before is not None:
                return before
            # Two references in a thousand million million are alike: try another.
            if attempt == TRIES - 1:
                raise
            continue
        return receipt
    raise AssertionError("unreachable")


def _change(
    site_id: UUID, form: LiveForm, answers: Mapping[str, AnswerValue], sending: Sending, receipt: Receipt, event: str
) -> Change:
    submission = Row.of(
        Submission,
        site_id,
        id=receipt.id,
        form_id=form.form_id,
        form_version_id=form.version_id,
        reference=receipt.reference,
        idempotency_key=sending.key,
        channel=sending.channel,
        language=sending.language,
        confidential=sending.confidential,
        answers=dict(answers),
        received_at=receipt.received_at,
    )
    draft_table: sa.Table = Draft.__table__  # type: ignore[attr-defined]
    forget = ((draft_table, site_id, sending.draft_id),) if sending.draft_id else ()
    return Change(site_id, (submission,), event=event, object_id=receipt.id, note=sending.channel, forget=forget)


async def find_receipt(session: SiteSession, form_id: UUID, key: str) -> Receipt | None:
    """Return the receipt of what was submitted under a key."""
    query = select(Submission).where(Submission.form_id == form_id, Submission.idempotency_key == key)
    found = (await session.exec(query)).first()
    return Receipt(found.id, found.reference, found.received_at) if found else None


async def count_submissions(session: SiteSession, form_id: UUID) -> int:
    """Return how many submissions a form has."""
    return (
        await session.exec(select(sa.func.count()).select_from(Submission).where(Submission.form_id == form_id))
    ).one()


async def find_sent(session: SiteSession, form: LiveForm, submission_id: UUID) -> Sent | None:
    """Return one submission with its answers."""
    submission = await session.get(Submission, (session.site_id, submission_id))
    if submission is None or submission.form_id != form.form_id:
        return None
    return Sent(submission, in_order(form.definition, submission.answers))


async def list_sent(
    session: SiteSession, form: LiveForm, *, after: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> Sequence[Sent]:
    """Return submissions with their answers, oldest first, from behind the one named."""
    query = select(Submission).where(Submission.form_id == form.form_id)
    if after is not None:
        query = query.where(behind(after))
    query = query.order_by(col(Submission.received_at), col(Submission.id)).limit(limit)
    found = (await session.exec(query)).all()
    return [Sent(submission, in_order(form.definition, submission.answers)) for submission in found]


def behind(after: tuple[datetime, UUID]) -> sa.ColumnElement[bool]:
    """Return the condition of coming later than a submission, which is named by its instant and its id."""
    at, last = after
    bound = sa.tuple_(
        sa.bindparam(None, at, type_=Submission.__table__.c.received_at.type),  # type: ignore[attr-defined]
        sa.bindparam(None, last, type_=sa.Uuid()),
    )
    return sa.tuple_(col(Submission.received_at), col(Submission.id)) > bound


async def all_sent(session: SiteSession, form: LiveForm) -> AsyncIterator[Sent]:
    """Yield every submission with its answers, oldest first, a page at a time."""
    after = None
    while True:
        found = await list_sent(session, form, after=after)
        for sent in found:
            yield sent
        if len(found) < PAGE:
            return
        after = (found[-1].submission.received_at, found[-1].submission.id)


def in_order(definition: FormDefinition, answers: Mapping[str, AnswerValue]) -> dict[str, AnswerValue]:
    """Return answers in the order of the form: PostgreSQL keeps them in one of its own."""
    return {key: answers[key] for key in definition.fields if key in answers}
