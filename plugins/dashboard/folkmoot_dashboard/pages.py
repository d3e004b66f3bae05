"""What readers see: dashboards, datasets, and each figure as a file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response

from folkmoot.api import Request, SearchEntry, SiteSession, csv_file, download, page, redirect
from folkmoot.api.figures import MARKS, Frame, json_data, sentence, svg, table, tile_grid
from folkmoot.api.figures import csv_text as figure_csv
from folkmoot_dashboard import catalogue
from folkmoot_dashboard.catalogue import Wanted
from folkmoot_dashboard.choosing import Choice, choice_of_id, choose, figure
from folkmoot_dashboard.geography import LOCAL, REGION, geographies
from folkmoot_dashboard.values import as_decimal

VIEWS = ("chart", "table", "map")
CHART_WIDTH = 320


async def dashboards(request: Request) -> Response[str]:
    """List the dashboards."""
    async with request.reading() as session:
        published = await catalogue.list_published(session)
    return await page(request, "dashboard/list.html", published=published)


async def dashboard(request: Request) -> Response[str]:
    """Show one figure of a dataset as chart, map or table, with its sentence and its source."""
    query = {name: str(value) for name, value in request.query_params.items()}
    async with request.reading() as session:
        published = await catalogue.find_published(session, request.part("slug"))
        choice = choose(published, query)
        frame, observations = await figure(session, choice, request)
    regions = _regions({one.region_code for one in observations if one.geography_level in LOCAL})
    view = query.get("view", VIEWS[0])
    can_map = frame is not None and not choice.region and all(_on_map(point.key) for point in frame.points)
    if view not in VIEWS or (view == "map" and not can_map):
        view = VIEWS[0]
    return await page(
        request,
        "dashboard/dashboard.html",
        published=published,
        choice=choice,
        frame=frame,
        view=view,
        views=[name for name in VIEWS if name != "map" or can_map],
        regions=regions,
        address=lambda **changes: _address(request, choice, view, changes),
        **_drawn(request, choice, frame, view, regions),
    )


def _drawn(
    request: Request, choice: Choice, frame: Frame | None, view: str, regions: list[tuple[str, str]]
) -> dict[str, Any]:
    """Return what a template shows of a frame: everything from the same one, so that nothing can disagree."""
    if frame is None:
        return {}
    _ = request.words.gettext
    marks = [(mark, _(MARKS[mark])) for mark in frame.marks]
    shown: dict[str, Any] = {"sentence": sentence(frame, _), "table": table(frame, _), "marks": marks}
    if view == "chart":
        shown["drawing"] = svg(frame, "bar", _, width=CHART_WIDTH)
    elif view == "map":
        links = {code: _address(request, choice, "chart", {"geo": code}) for code, _name in regions}
        shown["drawing"] = tile_grid(frame, _, links=links, width=CHART_WIDTH)
    return shown


def _address(request: Request, choice: Choice, view: str, changes: Mapping[str, str]) -> str:
    query = {**choice.query, "view": view, **changes}
    kept = {name: value for name, value in query.items() if value and (name, value) != ("view", VIEWS[0])}
    path = request.href(f"/dashboards/{choice.published.dataset.slug}")
    return f"{path}?{urlencode(kept)}" if kept else path


def _regions(codes: set[str]) -> list[tuple[str, str]]:
    return [(code, geographies()[code].name) for code in sorted(codes)]


def _on_map(code: str) -> bool:
    return code.startswith("E12") and geographies()[code].level == REGION


async def figure_file(request: Request) -> Response[Any]:
    """Send a figure as SVG, CSV or JSON; without a suffix, lead to where it is shown."""
    async with request.reading() as session:
        choice = await choice_of_id(session, request.part("id"))
        frame, _observations = await figure(session, choice, request)
    if not request.suffix or frame is None:
        return redirect(request, f"/dashboards/{choice.published.dataset.slug}?{urlencode(choice.query)}")
    _ = request.words.gettext
    if request.suffix == "svg":
        return Response(svg(frame, "bar", _, width=CHART_WIDTH).encode(), media_type="image/svg+xml")
    if request.suffix == "csv":
        return download(figure_csv(frame, _), kind="text/csv; charset=utf-8", name=f"{choice.id}.csv")
    return Response(json_data(frame), media_type="application/json")


async def dataset(request: Request) -> Response[Any]:
    """Say where a dataset comes from and what is in it; as CSV, send all of it."""
    number = str(request.path_params["number"]) if "number" in request.path_params else None
    async with request.reading() as session:
        published = await catalogue.find_published(session, request.part("slug"), number)
        if request.suffix == "csv":
            return await _whole_file(session, published)
    return await page(request, "dashboard/dataset.html", published=published)


async def _whole_file(session: SiteSession, published: catalogue.Published) -> Response[bytes]:
    metrics = await catalogue.metric_keys(session)
    dimensions = [name for name in published.version.columns if name not in FIXED]
    columns = [*FIXED[:4], *dimensions, *FIXED[4:]]
    rows = [
        [
            one.period_label,
            one.geography_code,
            one.geography_name,
            metrics[one.metric_id].key,
            *(one.dimensions.get(name, "") for name in dimensions),
            _cell(one.value),
            "".join(f"[{mark}]" for mark in one.marks),
        ]
        for one in await catalogue.observations(session, published, Wanted())
    ]
    return csv_file(columns, rows, name=f"{published.dataset.slug}-{published.version.number}.csv")


def _cell(value: str | None) -> object:
    """Return a value as a number where its sign would make a spreadsheet-safe file take it for a formula."""
    return as_decimal(value) if value and value[0] in "+-" else value or ""


FIXED = ("period", "geography_code", "geography_name", "metric", "value", "marks")


async def home_block(request: Request) -> dict[str, Any] | None:
    """Return the headline of the newest dataset for the home page."""
    async with request.reading() as session:
        published = await catalogue.list_published(session)
        if not published:
            return None
        newest = max(published, key=lambda one: one.version.published_at or one.version.created_at)
        choice = choose(newest, {})
        frame, _observations = await figure(session, choice, request)
    words = sentence(frame, request.words.gettext) if frame else ""
    return {"published": newest, "frame": frame, "choice": choice, "sentence": words, "count": len(published)}


async def search_entries(session: SiteSession, now: datetime) -> list[SearchEntry]:  # noqa: ARG001 (the hook's)
    """Return every published dashboard."""
    return [
        SearchEntry(
            title=one.dataset.title,
            path=f"/dashboards/{one.dataset.slug}",
            summary="; ".join(metric.name for metric in one.metrics[:5]),
            text="\n".join((one.dataset.description, one.dataset.source_name, *(m.name for m in one.metrics))),
            updated_at=one.version.published_at,
        )
        for one in await catalogue.list_published(session)
    ]
