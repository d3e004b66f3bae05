"""Another site knows nothing of this site's publications."""

import pytest

from folkmoot.testing import Client, Instance, read_html

FOLKMOOT_PLUGINS = ("publication",)
PUBLIC = ["", "/read/first-things", "/recommendations", "/recommendations.csv", "/recommendations/1"]


@pytest.mark.parametrize("rest", PUBLIC)
async def test_the_other_site_answers_as_if_nothing_were_there(
    instance: Instance, published: Client, rest: str
) -> None:
    other = instance.client(instance.other_site)
    here = await instance.client().get(f"/publications/report{rest}")
    foreign = await other.get(f"/publications/report{rest}")
    missing = await other.get(f"/publications/absent{rest}")
    assert (here.status_code, foreign.status_code, missing.status_code) == (200, 404, 404)
    assert len(foreign.content) == len(missing.content)
    assert read_html(foreign.text).one("main").text == read_html(missing.text).one("main").text


async def test_lists_home_search_and_the_site_map_of_the_other_site_are_empty(
    instance: Instance, published: Client
) -> None:
    await instance.work()
    other = instance.client(instance.other_site)
    assert (await other.get("/publications.json")).json()["items"] == []
    for path in ("/", "/publications", "/search?q=thing", "/sitemap.xml"):
        text = (await other.get(path)).text
        assert "The report" not in text
        assert "/publications/report" not in text
    assert "/publications/report/recommendations/45" in (await instance.client().get("/sitemap.xml")).text


@pytest.mark.parametrize(
    ("method", "rest"),
    [("GET", ""), ("POST", "/publish"), ("GET", "/recommendations"), ("PUT", "/recommendations/1")],
)
async def test_a_token_of_the_other_site_finds_nothing(
    instance: Instance, published: Client, method: str, rest: str
) -> None:
    other = await instance.api(site=instance.other_site)
    sent = {"text": "x"} if method == "PUT" else {"override_reason": "x"}
    body = None if method == "GET" else sent
    foreign = await other.request(method, f"/api/v1/publications/report{rest}", json=body)
    missing = await other.request(method, f"/api/v1/publications/absent{rest}", json=body)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["detail"] == missing.json()["detail"]


@pytest.mark.parametrize("rest", ["", "/edit", "/read/first-things", "/recommendations"])
async def test_staff_of_the_other_site_find_nothing(instance: Instance, published: Client, rest: str) -> None:
    other = await instance.staff_client(site=instance.other_site)
    foreign = await other.get(f"/admin/publication/report{rest}")
    missing = await other.get(f"/admin/publication/absent{rest}")
    assert foreign.status_code == missing.status_code == 404
    assert len(foreign.content) == len(missing.content)


async def test_both_sites_may_use_one_address_and_count_their_own(
    instance: Instance, published: Client, body: dict[str, str]
) -> None:
    other = await instance.api(site=instance.other_site)
    await other.post("/api/v1/publications", json={**body, "title": "Another report"})
    await other.put("/api/v1/publications/report/recommendations/1", json={"text": "Other", "theme": "Press"})
    await other.post("/api/v1/publications/report/publish", json={"override_reason": "A test."})
    answer = (await other.get("/api/v1/publications/report/recommendations")).json()
    assert (answer["total"], answer["facets"]["theme"]) == (1, [{"key": "press", "label": "Press", "count": 1}])
    here = (await published.get("/api/v1/publications/report/recommendations")).json()
    assert here["total"] == 45
