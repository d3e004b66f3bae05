"""The JSON calls: create, load, publish, and read what is published."""

from datetime import datetime
from typing import Any

from litestar.datastructures import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from folkmoot.api import Clash, Fault, Malformed, NotFound, Refused, Request, SiteSession, Unprocessable, read_body
from folkmoot_dashboard import catalogue, service
from folkmoot_dashboard.catalogue import Wanted
from folkmoot_dashboard.loading import prepare_version
from folkmoot_dashboard.models import Version
from folkmoot_dashboard.reading import Observed, read_file, read_records
from folkmoot_dashboard.service import Facts

PAGE = 1_000
MOST_ON_PAGE = 10_000
KEY_LIMIT = 200


class DatasetIn(BaseModel):
    """A dataset to create."""

    model_config = ConfigDict(extra="forbid")

    slug: str
    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2_000)
    source_name: str = Field(default="", max_length=200)
    source_url: str = Field(default="", max_length=500)
    licence: str = Field(default="", max_length=200)


class DatasetOut(BaseModel):
    """A dataset."""

    slug: str
    title: str
    source_name: str
    source_url: str
    licence: str


class RowsIn(BaseModel):
    """A version as rows: the keys of each are the columns of the CSV file."""

    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, str | int | float | None]] = Field(min_length=1)
    notes: str = Field(default="", max_length=2_000)


class VersionOut(BaseModel):
    """A version of a dataset."""

    dataset: str
    version: str
    rows: int
    created_at: datetime
    published_at: datetime | None


class ObservationOut(BaseModel):
    """One value, as text exactly as in the file; ``null`` where there is none, and then the marks say why."""

    metric: str
    geography: str
    period: str
    value: str | None
    marks: list[str]


class ObservationPage(BaseModel):
    """A page of observations; ``next`` goes into ``cursor``."""

    items: list[ObservationOut]
    next: str | None


class MetricOut(BaseModel):
    """A metric that a published dataset has."""

    key: str
    name: str
    unit: str
    decimals: int


class MetricPage(BaseModel):
    """All metrics."""

    items: list[MetricOut]
    next: str | None


async def create_dataset(request: Request, body: DatasetIn) -> DatasetOut:
    """Create an empty dataset."""
    async with request.writing() as session:
        facts = Facts(**body.model_dump())
        made = await service.create_dataset(session, facts, actor=request.who.actor, now=request.now())
    return DatasetOut(**made.model_dump(include=set(DatasetOut.model_fields)))


async def load_version(request: Request) -> VersionOut:
    """Load a version from JSON rows or a CSV file; the same ``Idempotency-Key`` gives the same answer."""
    slug, key = request.part("slug"), request.headers.get("idempotency-key") or None
    if key and len(key) > KEY_LIMIT:
        raise Unprocessable([Fault("Idempotency-Key", f"“Idempotency-Key” must be {KEY_LIMIT} characters or fewer.")])
    async with request.reading() as session:
        if earlier := await _loaded_before(session, slug, key):
            return _version_out(slug, earlier)
    observed, notes = await _observed(request)
    async with request.reading() as session:
        loaded = await prepare_version(
            session, Facts(slug=slug), observed, actor=request.who.actor, now=request.now(), notes=notes, key=key
        )
    try:
        await request.submit(loaded.change)
    except Clash:
        # Another load of this dataset was faster; when it was this very call, the answer is its answer.
        async with request.reading() as session:
            if earlier := await _loaded_before(session, slug, key):
                return _version_out(slug, earlier)
        raise Refused(service.AT_ONCE) from None
    return VersionOut(
        dataset=slug, version=loaded.number, rows=loaded.rows, created_at=request.now(), published_at=None
    )


async def _loaded_before(session: SiteSession, slug: str, key: str | None) -> Version | None:
    """Return what was loaded under an ``Idempotency-Key``; raises ``NotFound`` when there is no such dataset."""
    dataset = await service.find_dataset(session, slug)
    if dataset is None:
        raise NotFound(service.NO_DATASET)
    versions = await service.list_versions(session, dataset.id) if key else ()
    return next((version for version in versions if version.idempotency_key == key), None)


def _version_out(slug: str, version: Version) -> VersionOut:
    return VersionOut(
        dataset=slug,
        version=version.number,
        rows=version.rows,
        created_at=version.created_at,
        published_at=version.published_at,
    )


async def _observed(request: Request) -> tuple[list[Observed], str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/csv":
        return read_file(await request.body()), ""
    if kind == "multipart/form-data":
        form = await request.fields()
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Unprocessable([Fault("file", "Send the CSV file in a field called “file”.")])
        return read_file(await file.read()), str(form.get("notes", ""))[:2_000]
    if kind != "application/json":
        raise Malformed("Send JSON, or a CSV file as text/csv or multipart/form-data.")
    body: RowsIn = read_body(RowsIn, await request.body())
    columns = list(dict.fromkeys(name for row in body.rows for name in row))
    records = [(at, {name: _text(value) for name, value in row.items()}) for at, row in enumerate(body.rows, 2)]
    return read_records(columns, records), body.notes


def _text(value: str | float | None) -> str:
    return "" if value is None else str(value)


async def publish(request: Request) -> VersionOut:
    """Publish a version."""
    slug = request.part("slug")
    async with request.writing() as session:
        version = await service.publish_version(
            session, slug, request.part("version"), actor=request.who.actor, now=request.now()
        )
    return _version_out(slug, version)


async def observations(request: Request) -> dict[str, Any]:
    """Return what is published of a dataset, in the order of the file."""
    query = {name: str(value) for name, value in request.query_params.items()}
    wanted = Wanted(query.get("metric", ""), query.get("geo", ""), query.get("from", ""), query.get("to", ""))
    limit, after = _number(query, "limit", PAGE), _number(query, "cursor", 0)
    if not 1 <= limit <= MOST_ON_PAGE:
        raise Unprocessable([Fault("limit", f"“limit” must be from 1 to {MOST_ON_PAGE:,}.")])
    async with request.reading() as session:
        published = await catalogue.find_published(session, request.part("slug"))
        found = await catalogue.observations(session, published, wanted, after=after, limit=limit + 1)
        metrics = await catalogue.metric_keys(session)
    items = [
        {
            "metric": metrics[one.metric_id].key,
            "geography": one.geography_code,
            "period": one.period_label,
            "value": one.value,
            "marks": one.marks,
            **({"dimensions": one.dimensions} if one.dimensions else {}),
        }
        for one in found[:limit]
    ]
    return {"items": items, "next": str(found[limit - 1].position) if len(found) > limit else None}


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Unprocessable([Fault(name, f"“{name}” must be a whole number.")])
    return int(text)


async def metrics(request: Request) -> dict[str, Any]:
    """Return the metrics of published datasets, by key."""
    async with request.reading() as session:
        published = await catalogue.list_published(session)
    found = {metric.key: metric for one in published for metric in one.metrics}
    items = [
        {"key": key, "name": found[key].name, "unit": found[key].unit, "decimals": found[key].decimals}
        for key in sorted(found)
    ]
    return {"items": items, "next": None}
