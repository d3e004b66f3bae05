"""The staff page on which recommendations are imported, with a report of every row."""

import asyncio
from typing import Any

from litestar import Response

from folkmoot.api import Forbidden, Request, Unprocessable, console_page
from folkmoot_publication import catalogue
from folkmoot_publication.admin import may, problems_of
from folkmoot_publication.findings import refusals, say, warnings
from folkmoot_publication.forms import table_from_form
from folkmoot_publication.pages import described
from folkmoot_publication.recommendation_service import Kept, keep_recommendations
from folkmoot_publication.spreadsheet import Sheet, read_recommendations


async def import_form(request: Request) -> Response[str]:
    """Show the form that takes a file or pasted rows."""
    return await _page(request)


async def import_table(request: Request) -> Response[str]:
    """Keep the good rows, and report the others by number."""
    pasted = ""
    try:
        text, pasted = await table_from_form(request)
        sheet = await asyncio.to_thread(read_recommendations, text)
        kept = await _keep(request, sheet) if sheet.rows else Kept(0, 0, 0)
    except Unprocessable as error:
        return await _page(request, problems=problems_of(request, error), pasted=pasted)
    except Forbidden as error:
        return await _page(request, problems=[("", request.words.gettext(str(error)))], pasted=pasted, status=403)
    told = (say(finding, request.words.gettext) for finding in refusals(sheet.findings))
    refused = [sentence[:1].upper() + sentence[1:] for sentence in told]
    return await _page(
        request,
        problems=[("report", sentence) for sentence in refused],
        pasted=pasted if refused else "",
        kept=kept,
        noticed=[say(finding, request.words.gettext) for finding in warnings(sheet.findings)],
    )


async def _keep(request: Request, sheet: Sheet) -> Kept:
    async with request.writing() as session:
        return await keep_recommendations(
            session,
            request.part("slug"),
            sheet.rows,
            actor=request.who.actor,
            now=request.now(),
            may_publish=may(request, "publish"),
        )


async def _page(
    request: Request,
    *,
    problems: list[tuple[str, str]] | None = None,
    pasted: str = "",
    status: int = 422,
    **report: Any,
) -> Response[str]:
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"), drafts=True)
    return await console_page(
        request,
        "publication/admin_recommendations.html",
        status=status if problems else 200,
        **described(listed),
        problems=problems or [],
        pasted=pasted,
        kept=report.get("kept"),
        noticed=report.get("noticed", []),
    )
