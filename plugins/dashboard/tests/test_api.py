"""Figures by program: create, load, publish, read."""

import asyncio
from typing import Any

import pytest

from folkmoot.testing import Client, Instance

from .conftest import Load

FOLKMOOT_PLUGINS = ("dashboard",)
ROWS = [
    {"period": "2020-21", "geography_code": "E12000001", "metric": "ASC1", "value": "7.60"},
    {"period": "2021-22", "geography_code": "E12000001", "metric": "ASC1", "value": 7.5},
    {"period": "2021-22", "geography_code": "E12000002", "metric": "ASC1", "value": None},
]
CSV = "period,geography_code,metric,value\n2021-22,E12000001,ASC1,7.5\n"
URL = "/api/v1/datasets/care"


async def create(api: Client) -> None:
    assert (await api.post("/api/v1/datasets", json={"slug": "care", "title": "Care"})).status_code == 201


async def test_a_dataset_goes_from_nothing_to_read(api: Client, client: Client) -> None:
    await create(api)
    loaded = await api.post(f"{URL}/versions", json={"rows": ROWS})
    assert loaded.status_code == 201
    assert (loaded.json()["version"], loaded.json()["rows"], loaded.json()["published_at"]) == ("1.0", 3, None)
    assert (await client.get(f"{URL}/observations")).status_code == 404
    published = await api.post(f"{URL}/versions/1.0/publish")
    assert published.status_code == 200
    answer = (await client.get(f"{URL}/observations")).json()
    assert answer == {
        "items": [
            {"metric": "asc1", "geography": "E12000001", "period": "2020-21", "value": "7.60", "marks": []},
            {"metric": "asc1", "geography": "E12000001", "period": "2021-22", "value": "7.5", "marks": []},
            {"metric": "asc1", "geography": "E12000002", "period": "2021-22", "value": None, "marks": ["x"]},
        ],
        "next": None,
    }
    metrics = (await client.get("/api/v1/metrics")).json()["items"]
    assert metrics == [{"key": "asc1", "name": "ASC1", "unit": "", "decimals": 2}]


@pytest.mark.parametrize(
    ("query", "periods"),
    [
        ("metric=asc1", 3),
        ("metric=ASC1&geo=E12000001", 2),
        ("geo=E12000009", 0),
        ("from=2021-22", 2),
        ("to=2020-21", 1),
        ("from=2020-21&to=2021-22", 3),
        ("from=2020-04-01&to=2020-04-30", 1),
        ("metric=&geo=&from=&to=", 3),
    ],
)
async def test_observations_are_filtered(api: Client, client: Client, query: str, periods: int) -> None:
    await create(api)
    await api.post(f"{URL}/versions", json={"rows": ROWS})
    await api.post(f"{URL}/versions/1.0/publish")
    assert len((await client.get(f"{URL}/observations?{query}")).json()["items"]) == periods


@pytest.mark.parametrize(
    "query", ["metric=no", "geo=E99999999", "from=then", "to=2022-13", "limit=0", "limit=x", "cursor=-1"]
)
async def test_a_query_that_cannot_be_is_refused(api: Client, client: Client, query: str) -> None:
    await create(api)
    await api.post(f"{URL}/versions", json={"rows": ROWS})
    await api.post(f"{URL}/versions/1.0/publish")
    response = await client.get(f"{URL}/observations?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["where"] == query.partition("=")[0]


async def test_pages_follow_one_another_without_gaps(client: Client, load: Load) -> None:
    rows = "".join(f"{1900 + n},E12000001,M,{n}\n" for n in range(25))
    await load("period,geography_code,metric,value\n" + rows)
    seen, cursor = [], ""
    while cursor is not None:
        answer = (await client.get(f"{URL}/observations?limit=10&cursor={cursor}")).json()
        seen += [item["value"] for item in answer["items"]]
        cursor = answer["next"]
    assert seen == [str(n) for n in range(25)]


@pytest.mark.parametrize("kind", ["multipart", "text/csv"])
async def test_a_file_is_taken_as_well(api: Client, kind: str) -> None:
    await create(api)
    if kind == "multipart":
        response = await api.post(f"{URL}/versions", files={"file": ("a.csv", CSV.encode(), "text/csv")})
    else:
        response = await api.post(f"{URL}/versions", content=CSV.encode(), headers={"content-type": kind})
    assert response.status_code == 201
    assert response.json()["rows"] == 1


async def test_the_same_key_gives_the_same_answer(api: Client) -> None:
    await create(api)
    headers = {"idempotency-key": "k"}
    first = await api.post(f"{URL}/versions", json={"rows": ROWS}, headers=headers)
    second = await api.post(f"{URL}/versions", json={"rows": ROWS}, headers=headers)
    assert first.json() == second.json()
    other = await api.post(f"{URL}/versions", json={"rows": ROWS})
    assert other.json()["version"] == "1.1"


async def test_many_loads_at_once_each_get_an_answer_and_the_same_key_one_version(api: Client) -> None:
    await create(api)
    headers = {"idempotency-key": "k"}
    same = await asyncio.gather(*(api.post(f"{URL}/versions", json={"rows": ROWS}, headers=headers) for _ in range(8)))
    assert {answer.status_code for answer in same} == {201}
    assert {answer.json()["version"] for answer in same} == {"1.0"}
    others = await asyncio.gather(*(api.post(f"{URL}/versions", json={"rows": ROWS}) for _ in range(8)))
    assert {answer.status_code for answer in others} <= {201, 409}
    numbers = [answer.json()["version"] for answer in others if answer.status_code == 201]
    assert len(numbers) == len(set(numbers)) > 0


async def test_a_version_that_lacks_what_was_published_gets_a_new_first_number(api: Client) -> None:
    await create(api)
    await api.post(f"{URL}/versions", json={"rows": ROWS})
    await api.post(f"{URL}/versions/1.0/publish")
    more = [*ROWS, {**ROWS[0], "geography_code": "E12000003"}]
    assert (await api.post(f"{URL}/versions", json={"rows": more})).json()["version"] == "1.1"
    assert (await api.post(f"{URL}/versions", json={"rows": ROWS[:2]})).json()["version"] == "2.0"


async def test_an_older_version_does_not_come_back(api: Client) -> None:
    await create(api)
    for _ in range(2):
        await api.post(f"{URL}/versions", json={"rows": ROWS})
    assert (await api.post(f"{URL}/versions/1.1/publish")).status_code == 200
    assert (await api.post(f"{URL}/versions/1.0/publish")).status_code == 409


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"rows": []}, "rows"),
        ({}, "rows"),
        ({"rows": [{"period": "2021"}]}, "geography_code"),
        ({"rows": [{**ROWS[0], "value": "seven"}]}, "row 2"),
        ({"rows": [{**ROWS[0], "geography_code": "E1"}]}, "row 2"),
        ({"rows": [ROWS[0], ROWS[0]]}, "row 3"),
    ],
)
async def test_a_bad_row_is_named_and_nothing_is_stored(api: Client, body: dict[str, Any], where: str) -> None:
    await create(api)
    response = await api.post(f"{URL}/versions", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["where"] == where
    assert (await api.post(f"{URL}/versions/1.0/publish")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [{"slug": "Care", "title": "a"}, {"slug": "care"}, {"slug": "", "title": "a"}, {"slug": "a", "title": ""},
     {"slug": "a", "title": "a", "source_url": "javascript:alert(1)"}, {"slug": "a", "title": "a", "more": 1}],
)  # fmt: skip
async def test_a_dataset_that_breaks_a_rule_is_refused(api: Client, body: dict[str, Any]) -> None:
    assert (await api.post("/api/v1/datasets", json=body)).status_code == 422


async def test_a_slug_is_taken_once(api: Client, instance: Instance) -> None:
    await create(api)
    assert (await api.post("/api/v1/datasets", json={"slug": "care", "title": "Care"})).status_code == 422
    neighbour = await instance.api(site=instance.other_site)
    assert (await neighbour.post("/api/v1/datasets", json={"slug": "care", "title": "Care"})).status_code == 201


async def test_a_foreign_dataset_answers_as_a_missing_one(api: Client, instance: Instance) -> None:
    await create(api)
    await api.post(f"{URL}/versions", json={"rows": ROWS})
    neighbour = await instance.api(site=instance.other_site)
    answers = [
        (await neighbour.post(f"/api/v1/datasets/{slug}{rest}", json={"rows": ROWS})).json()["detail"]
        for slug in ("care", "missing")
        for rest in ("/versions", "/versions/1.0/publish")
    ]
    assert set(answers) == {"There is no such dataset."}


async def test_who_may_not_is_told_before_the_body_is_read(instance: Instance, client: Client) -> None:
    reader = await instance.api(["feedback.read"])
    loader = await instance.api(["dashboard.load"])
    for path in ("/api/v1/datasets", f"{URL}/versions"):
        assert (await client.post(path, content=b"{")).status_code == 401
        assert (await reader.post(path, content=b"{")).status_code == 403
    assert (await loader.post(f"{URL}/versions/1.0/publish")).status_code == 403


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "multipart/form-data", "image/png"])
async def test_a_body_that_cannot_be_read_is_refused(api: Client, kind: str) -> None:
    await create(api)
    response = await api.post(f"{URL}/versions", content=b"{\x00", headers={"content-type": kind})
    assert response.status_code in {400, 422}
    assert response.headers["content-type"].startswith("application/problem+json")
