"""What readers see of a publication."""

import csv
import io

import pytest

from folkmoot.testing import Client, Instance, read_html

FOLKMOOT_PLUGINS = ("publication",)


async def test_what_is_published_is_listed_on_its_page_at_home_and_in_search(
    instance: Instance, published: Client, client: Client
) -> None:
    await instance.work()
    for path in ("/publications", "/", "/search?q=report"):
        page = await client.page(path)
        assert "/publications/report" in [link.get("href") for link in page.one("main").all("a")], path


async def test_the_list_is_json_and_csv_as_well(published: Client, client: Client) -> None:
    answer = (await client.get("/publications.json")).json()
    assert answer["next"] is None
    [item] = answer["items"]
    assert (item["slug"], item["state"], item["recommendations"]) == ("report", "published", 45)
    rows = list(csv.DictReader(io.StringIO((await client.get("/publications.csv")).text.lstrip("\ufeff"))))
    assert [row["slug"] for row in rows] == ["report"]


async def test_a_publication_shows_summary_date_contents_and_recommendations(published: Client, client: Client) -> None:
    page = await client.page("/publications/report")
    main = page.one("main")
    assert main.one("h1").text == "The report"
    assert "Published 2 November 2026" in main.text
    assert "45 recommendations" in main.text
    links = [link.get("href") for link in main.all("a")]
    assert "/publications/report/read/first-things" in links
    assert "/publications/report/read/first-things#section-a-section" in links


async def test_each_paragraph_has_its_number_as_a_link_to_itself(published: Client, client: Client) -> None:
    page = await client.page("/publications/report/read/last-things")
    paragraph = page.one(id="para-1.12")
    assert paragraph.one("a").get("href") == "#para-1.12"
    assert "A typed number" in paragraph.text
    assert page.one("main").all("script") == []
    assert page.one("table").all("td")[1].text == "5"


async def test_a_chapter_leads_to_its_neighbours_and_to_the_contents(published: Client, client: Client) -> None:
    first = await client.page("/publications/report/read/first-things")
    assert [link.get("href") for link in first.all("a", rel="next")] == ["/publications/report/read/last-things"]
    assert first.all("a", rel="prev") == []
    current = [e.text for e in first.one("main").walk() if e.get("aria-current") == "page"]
    assert current == ["1. First things"]


async def test_anchors_of_the_contents_are_on_the_chapters_page(published: Client, client: Client) -> None:
    page = await client.page("/publications/report/read/first-things")
    ids = [element.get("id") for element in page.walk() if element.get("id")]
    assert "section-a-section" in ids
    assert len(ids) == len(set(ids))


async def test_the_same_pages_are_there_in_welsh(published: Client, client: Client) -> None:
    page = await client.page("/cy/publications/report/read/first-things")
    assert page.one("html").get("lang") == "cy"
    assert page.one("article").get("lang") == "en"


@pytest.mark.parametrize("rest", ["", "/read/first-things", "/recommendations", "/recommendations/1"])
async def test_a_draft_answers_exactly_as_what_does_not_exist(
    instance: Instance, api: Client, client: Client, body: dict[str, str], rest: str
) -> None:
    missing = await client.get(f"/publications/report{rest}")
    await api.post("/api/v1/publications", json=body)
    await api.put("/api/v1/publications/report/recommendations/1", json={"text": "Do it."})
    draft = await client.get(f"/publications/report{rest}")
    assert draft.status_code == missing.status_code == 404
    assert read_html(draft.text).one("main").text == read_html(missing.text).one("main").text
    assert len(draft.content) == len(missing.content)


async def test_search_home_and_the_site_map_know_no_drafts(
    instance: Instance, api: Client, client: Client, body: dict[str, str]
) -> None:
    await api.post("/api/v1/publications", json=body)
    await api.put("/api/v1/publications/report/recommendations/1", json={"text": "Do a thing."})
    await instance.work()
    for path in ("/", "/search?q=report", "/search?q=thing", "/sitemap.xml", "/publications", "/publications.csv"):
        assert "/publications/report" not in (await client.get(path)).text, path
    await api.post("/api/v1/publications/report/publish", json={"override_reason": "A test."})
    await instance.work()
    assert "/publications/report/recommendations/1" in (await client.get("/search?q=thing")).text


@pytest.mark.parametrize("path", ["/publications/report/read/nowhere", "/publications/report/recommendations/99"])
async def test_what_a_publication_does_not_have_is_not_found(published: Client, client: Client, path: str) -> None:
    await client.page(path, status=404)


async def test_text_before_the_first_chapter_and_text_without_headings_have_names(
    api: Client, client: Client, body: dict[str, str]
) -> None:
    texts = {"before": "# T\n\nForeword.\n\n## One\n\nText.", "bare": "Text alone."}
    for slug, markdown in texts.items():
        await api.post("/api/v1/publications", json={**body, "slug": slug, "markdown": markdown})
        await api.post(f"/api/v1/publications/{slug}/publish", json={"override_reason": "A test."})
    for slug, labels in (("before", ["T", "1. One"]), ("bare", ["1. The report"])):
        page = await client.page(f"/publications/{slug}")
        assert [link.text for link in page.one("main").all("a")] == labels


async def test_search_finds_what_a_chapter_and_a_recommendation_say_and_where(
    instance: Instance, published: Client, client: Client
) -> None:
    await instance.work()
    items = (await client.get("/api/v1/search?q=report")).json()["items"]
    kinds = {item["kind"] for item in items}
    assert "publications" in kinds
    chapters = (await client.get("/api/v1/search?q=first&kind=chapters")).json()["items"]
    assert [item["path"] for item in chapters] == ["/publications/report/read/first-things"]
    for item in (*items, *chapters):
        assert (await client.get(item["path"])).status_code == 200
