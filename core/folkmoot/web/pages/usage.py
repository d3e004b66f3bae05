"""The staff page of use: how often pages are read, how many journeys are begun and finished."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from litestar import Response

from folkmoot.privacy.counting import count_days, count_journeys, count_pages
from folkmoot.privacy.terms import LONDON
from folkmoot.web.downloads import csv_file
from folkmoot.web.pages.console import console_page
from folkmoot.web.request import Request
from folkmoot.web.words import N_

PERIODS = (7, 28, 84)
USUAL = 28
WEEK = 7


async def index(request: Request) -> Response[Any]:
    """Show the counts of the last days, as chart, table and sentence; as a file, the day's numbers."""
    days = _days(str(request.query_params.get("days", "")))
    until = request.now().astimezone(LONDON).date()
    async with request.reading() as session:
        by_day = await count_days(session, until, days)
        pages = await count_pages(session, until, days)
        journeys = await count_journeys(session, until, days)
    if request.suffix == "csv":
        return csv_file(("day", "views"), [(day.isoformat(), views) for day, views in by_day], name="usage.csv")
    return await console_page(
        request,
        "usage.html",
        days=days,
        periods=PERIODS,
        total=sum(views for _, views in by_day),
        pages=pages,
        journeys=journeys,
        file=f"/admin/usage.csv?days={days}",
        **_figure(request, by_day),
    )


def _days(typed: str) -> int:
    return int(typed) if typed in {str(days) for days in PERIODS} else USUAL


def _figure(request: Request, by_day: Sequence[tuple[date, int]]) -> dict[str, Any]:
    """Return the chart, the table and the sentence of the views: of days for a week, else of weeks."""
    from babel.dates import format_date

    from folkmoot.figures import Frame, Point, Series, Source, Unit, sentence, svg, table

    words, step = request.words, 1 if len(by_day) == WEEK else WEEK
    points = [
        Point(
            format_date(by_day[at][0], "d MMM", locale=request.locale),
            by_day[at][0].isoformat(),
            Decimal(sum(views for _, views in by_day[at : at + step])),
        )
        for at in range(0, len(by_day), step)
    ]
    frame = Frame(
        key="usage",
        title=words.gettext(N_("Views on each day") if step == 1 else N_("Views in each week, by its first day")),
        question="",
        unit=Unit(words.gettext(N_("views"))),
        dimension=words.gettext(N_("Day") if step == 1 else N_("Week")),
        series=(Series(words.gettext(N_("Views")), tuple(points)),),
        period=f"{points[0].label} – {format_date(by_day[-1][0], 'd MMM y', locale=request.locale)}",
        source=Source(request.site.name),
        updated=by_day[-1][0],
        over_time=True,
    )
    say = words.gettext
    return {
        "title": frame.title,
        "sentence": sentence(frame, say),
        "chart": svg(frame, "bar", say),
        "table": table(frame, say),
    }
