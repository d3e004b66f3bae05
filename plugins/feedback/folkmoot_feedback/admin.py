"""Staff pages: the list of reports, counts for each page, and marking as done."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response

from folkmoot.api import N_, Request, console_page, csv_file, redirect
from folkmoot_feedback import service
from folkmoot_feedback.export import COLUMNS, as_row
from folkmoot_feedback.models import State
from folkmoot_feedback.service import Filters

ON_PAGE = 50
STATES = {
    State.NEW: N_("To look at"),
    State.HELD: N_("Held back"),
    State.DONE: N_("Done"),
    State.COUNTED: N_("Counted only"),
    State.SPAM: N_("Spam"),
}
USEFUL = {"yes": N_("Useful"), "no": N_("Not useful"), "problem": N_("Problem reported")}


async def reports(request: Request) -> Response[Any]:
    """Show what was said, newest first; as a file, everything that the filter lets through."""
    query = {name: str(request.query_params.get(name, "")) for name in ("useful", "path", "state")}
    filters = Filters(**query)
    async with request.reading() as session:
        if request.suffix == "csv":
            rows = await service.list_reports(session, filters)
            return csv_file(COLUMNS, [as_row(row) for row in rows], name="feedback.csv")
        before = _cursor(str(request.query_params.get("before", "")))
        found = list(await service.list_reports(session, filters, before=before, limit=ON_PAGE + 1))
    shown = found[:ON_PAGE]
    last = shown[-1] if len(found) > ON_PAGE else None
    more = f"{last.received_at.isoformat()}_{last.id.hex}" if last else ""
    chosen = {name: value for name, value in query.items() if value}
    return await console_page(
        request,
        "feedback/reports.html",
        reports=shown,
        filters=filters,
        states=[(state.value, request.words.gettext(title)) for state, title in STATES.items()],
        uses=[(key, request.words.gettext(title)) for key, title in USEFUL.items()],
        next=f"{request.href('/admin/feedback')}?{urlencode({**chosen, 'before': more})}" if more else None,
        file=f"{request.href('/admin/feedback')}.csv?{urlencode(chosen)}",
        may_act="feedback.act" in request.who.permissions,
        query=urlencode(chosen),
    )


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    at, _, row_id = text.partition("_")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, UUID(row_id)) if instant.tzinfo else None
    except ValueError:
        return None


async def page_counts(request: Request) -> Response[str]:
    """Show what was said about each page in 7, 30 and 90 days."""
    async with request.reading() as session:
        counts = await service.count_pages(session, request.now())
    return await console_page(request, "feedback/counts.html", counts=counts, periods=service.PERIODS)


async def done(request: Request) -> Response[str]:
    """Mark a report as done, and go back to the list as it was filtered."""
    values = await request.values("useful", "path", "state")
    async with request.writing() as session:
        await service.mark_done(session, request.part("id"), actor=request.who.actor, now=request.now())
    chosen = {name: value for name, value in values.items() if value}
    return redirect(request, f"/admin/feedback?{urlencode(chosen)}" if chosen else "/admin/feedback")
