"""Reading very many submissions: some hundreds at a time, each time in a session of its own.

Memory stays as it is however many there are, and no connection is held while whoever gets them takes their time.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlmodel import col, select

from folkmoot.forms.models import Submission
from folkmoot.forms.question_types import Answer as AnswerValue
from folkmoot.forms.submissions import LiveForm, behind
from folkmoot.store.scoping import SiteSession

# A page takes the event loop some ten milliseconds.
PAGE = 500


class Readable(Protocol):
    """Where submissions can be read: a request, or a desk."""

    def reading(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session of the site for reading."""


class SentRow(NamedTuple):
    """A submission as it is exported, its answers in no order."""

    id: UUID
    reference: str
    received_at: datetime
    channel: str
    language: str
    confidential: str
    answers: dict[str, AnswerValue]


async def sent_rows(place: Readable, form: LiveForm) -> AsyncIterator[list[SentRow]]:
    """Yield every submission with its answers, oldest first, a page at a time."""
    after: tuple[datetime, UUID] | None = None
    while True:
        async with place.reading() as session:
            found = (await session.exec(_page(form.form_id, after))).all()
        yield [SentRow(*row) for row in found]
        if len(found) < PAGE:
            return
        after = (found[-1].received_at, found[-1].id)


def _page(form_id: UUID, after: tuple[datetime, UUID] | None) -> Any:
    # Columns and not models: no session need keep track of what is only read.
    query: Any = select(*(getattr(Submission, name) for name in SentRow._fields)).where(Submission.form_id == form_id)
    if after is not None:
        query = query.where(behind(after))
    return query.order_by(col(Submission.received_at), col(Submission.id)).limit(PAGE)
