"""What feedback holds about people: what they wrote. Once that is gone, their yes or no still counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, func, select

from folkmoot.api import N_, SiteSession
from folkmoot.api.privacy import PUBLIC_TASK, Held, PersonalData, Subject, Term, naming
from folkmoot_feedback.models import PageFeedback, State

AT_ONCE = 500
TITLE = N_("What somebody said about a page")


def personal_data() -> Sequence[PersonalData]:
    """Return what feedback holds."""
    return (
        PersonalData(
            name="feedback.pages",
            title=N_("Feedback about pages"),
            tables=("feedback_page_feedback",),
            what=(N_("what somebody wrote about a page, which can name people"),),
            why=N_("To make pages better"),
            basis=PUBLIC_TASK,
            kept=N_("Yes and no stay as figures; what was written goes"),
            kept_for=Term(years=2),
            find=find,
            erase=erase,
            expire=expire,
            due=due,
            order=60,
        ),
    )


async def find(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return what was said in which an address stands."""
    return [
        Held(
            title=TITLE,
            key=str(row.id),
            values={
                "path": row.path,
                "what_doing": row.what_doing,
                "what_wrong": row.what_wrong,
                "received_at": row.received_at.isoformat(),
            },
        )
        for row in await _naming(session, subject)
    ]


async def _naming(session: SiteSession, subject: Subject) -> Sequence[PageFeedback]:
    if not subject.email:
        return []
    texts = (PageFeedback.path, PageFeedback.what_doing, PageFeedback.what_wrong, PageFeedback.idempotency_key)
    named = sa.or_(*(naming(col(text), subject.email) for text in texts))
    return (await session.exec(select(PageFeedback).where(named).order_by(col(PageFeedback.received_at)))).all()


async def erase(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Empty what was said in which the address stands."""
    rows = await _naming(session, subject)
    for row in rows:
        if subject.email in row.path.lower():
            row.path = "/"
        _empty(session, row)
    await session.flush()
    return len(rows)


def _empty(session: SiteSession, row: PageFeedback) -> None:
    row.what_doing = row.what_wrong = ""
    row.idempotency_key = None
    if row.state in {State.NEW, State.HELD}:
        row.state = State.COUNTED
    session.add(row)


def _old(before: datetime) -> tuple[Any, ...]:
    written = sa.or_(col(PageFeedback.what_doing) != "", col(PageFeedback.what_wrong) != "")
    return col(PageFeedback.received_at) <= before, written


async def due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many texts were received by then."""
    return (await session.exec(select(func.count(col(PageFeedback.id))).where(*_old(before)))).one()


async def expire(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Empty what was received by then."""
    rows = (await session.exec(select(PageFeedback).where(*_old(before)).limit(AT_ONCE))).all()
    for row in rows:
        _empty(session, row)
    await session.flush()
    return len(rows)
