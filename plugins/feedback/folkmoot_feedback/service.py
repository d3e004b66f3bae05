"""What is done with feedback about pages: receive, list, count, mark as done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select

from folkmoot.api import (
    N_,
    Change,
    Fault,
    NotFound,
    Refused,
    Row,
    SiteSession,
    Unprocessable,
    new_id,
    record_audit,
)
from folkmoot_feedback.models import TEXT_LIMIT, TRAP, PageFeedback, State
from folkmoot_feedback.personal_data import find_personal_data

TOO_LONG = {
    "what_doing": N_("“What were you doing?” must be 1,200 characters or fewer"),
    "what_wrong": N_("“What went wrong?” must be 1,200 characters or fewer"),
}
MISSING = N_("There is no such report.")
NOT_WAITING = N_("This report is not waiting for anybody.")
PERIODS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody said about a page, as it was typed."""

    path: str
    useful: bool | None = None
    what_doing: str = ""
    what_wrong: str = ""
    trapped: bool = False

    def cleaned(self) -> "Report":
        """Return it with one kind of line end, and without the control characters that no keyboard types."""
        return Report(self.path, self.useful, _clean(self.what_doing), _clean(self.what_wrong), self.trapped)

    def faults(self) -> list[Fault]:
        """Return what is wrong with it, each fault naming its field."""
        texts = {"what_doing": self.what_doing, "what_wrong": self.what_wrong}
        return [Fault(name, TOO_LONG[name]) for name, text in texts.items() if len(text) > TEXT_LIMIT]


def _clean(text: str) -> str:
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in unified if c in "\n\t" or c >= " ").strip()


def receive(site_id: UUID, report: Report, now: datetime, *, key: str | None = None) -> Change:
    """Return what saves a report; text that looks like personal data is held back, what fell into the trap is spam.

    :param key: the caller's ``Idempotency-Key``
    :raises Unprocessable: when a text is too long
    """
    report = report.cleaned()
    if faults := report.faults():
        raise Unprocessable(faults)
    found = find_personal_data(f"{report.what_doing}\n{report.what_wrong}")
    row = Row.of(
        PageFeedback,
        site_id,
        id=new_id(),
        path=report.path,
        useful=report.useful,
        what_doing=report.what_doing,
        what_wrong=report.what_wrong,
        state=_state(report, found),
        received_at=now,
        signals=([TRAP] if report.trapped else []) + found,
        idempotency_key=key,
    )
    return Change(site_id, (row,), "feedback.page_received", row.values["id"])


def _state(report: Report, found: Sequence[str]) -> State:
    if report.trapped:
        return State.SPAM
    if found:
        return State.HELD
    return State.NEW if report.what_doing or report.what_wrong else State.COUNTED


async def find_by_key(session: SiteSession, key: str) -> PageFeedback | None:
    """Return what was saved under an ``Idempotency-Key``."""
    return (await session.exec(select(PageFeedback).where(PageFeedback.idempotency_key == key))).first()


async def count_waiting(session: SiteSession) -> int:
    """Return how many reports nobody has looked at."""
    waiting = select(PageFeedback).where(PageFeedback.state == State.NEW).subquery()
    return (await session.exec(select(func.count()).select_from(waiting))).one()


@dataclass(frozen=True, slots=True)
class Filters:
    """What staff want to see: ``useful`` is ``yes``, ``no``, ``problem`` or empty; a path matches by its start."""

    useful: str = ""
    path: str = ""
    state: str = ""

    def conditions(self) -> list[Any]:
        """Return the conditions of the query; spam is shown only when it is asked for."""
        state = col(PageFeedback.state)
        found: list[Any] = [state == self.state if self.state in set(State) else state != State.SPAM]
        if self.useful in {"yes", "no"}:
            found.append(col(PageFeedback.useful).is_(self.useful == "yes"))
        elif self.useful == "problem":
            found.append(col(PageFeedback.useful).is_(None))
        if self.path:
            found.append(col(PageFeedback.path).startswith(self.path, autoescape=True))
        return found


async def list_reports(
    session: SiteSession, filters: Filters, *, before: tuple[datetime, UUID] | None = None, limit: int | None = None
) -> Sequence[PageFeedback]:
    """Return reports, newest first, after the one that ``before`` points at."""
    order = (col(PageFeedback.received_at).desc(), col(PageFeedback.id).desc())
    query = select(PageFeedback).where(*filters.conditions()).order_by(*order)
    if before is not None:
        at, row_id = before
        same = sa.and_(col(PageFeedback.received_at) == at, col(PageFeedback.id) < row_id)
        query = query.where(sa.or_(col(PageFeedback.received_at) < at, same))
    return (await session.exec(query.limit(limit) if limit else query)).all()


@dataclass(frozen=True, slots=True)
class PageCount:
    """What was said about one page in the last so many days: ``(yes, no, reports)`` by number of days."""

    path: str
    by_days: dict[int, tuple[int, int, int]]


async def count_pages(session: SiteSession, now: datetime, *, limit: int = 200) -> list[PageCount]:
    """Return the pages that people said most about in the last 90 days, spam left out."""
    recent = col(PageFeedback.received_at) > now - timedelta(days=max(PERIODS))
    said = select(PageFeedback).where(recent, col(PageFeedback.state) != State.SPAM).subquery().c
    sums = [_sum(kind, said.received_at > now - timedelta(days=days)) for days in PERIODS for kind in _kinds(said)]
    query = sa.select(said.path, *sums).group_by(said.path).order_by(func.count().desc(), said.path).limit(limit)
    rows = (await session.exec(query)).all()  # type: ignore[call-overload]
    return [
        PageCount(row[0], {days: tuple(row[1 + 3 * at : 4 + 3 * at]) for at, days in enumerate(PERIODS)})
        for row in rows
    ]


def _kinds(said: Any) -> tuple[Any, ...]:
    return said.useful.is_(True), said.useful.is_(False), sa.or_(said.what_doing != "", said.what_wrong != "")


def _sum(kind: Any, recent: Any) -> Any:
    return func.sum(sa.case((sa.and_(kind, recent), 1), else_=0))


async def mark_done(session: SiteSession, row_id: str, *, actor: str, now: datetime) -> None:
    """Mark a report as done, and commit.

    :raises NotFound: when this site has no such report
    :raises Refused: when it is not waiting
    """
    row = await session.get(PageFeedback, (session.site_id, _uuid(row_id)))
    if row is None:
        raise NotFound(MISSING)
    if row.state not in {State.NEW, State.HELD}:
        raise Refused(NOT_WAITING)
    row.state = State.DONE
    session.add(row)
    await record_audit(session, at=now, actor=actor, action="feedback.done", object_id=row.id)
    await session.commit()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(MISSING) from None
