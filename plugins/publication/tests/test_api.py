"""The JSON API."""

import pytest

from folkmoot.testing import Client, Instance

FOLKMOOT_PLUGINS = ("publication",)
ALL = "/api/v1/publications"
RECOMMENDATIONS = f"{ALL}/report/recommendations"


async def test_a_publication_is_created_from_json_with_its_chapters(api: Client, body: dict[str, str]) -> None:
    answer = await api.post(ALL, json=body)
    assert answer.status_code == 201
    created = answer.json()
    assert (created["slug"], created["state"], created["published_at"]) == ("report", "draft", None)
    assert [(c["number"], c["slug"]) for c in created["chapters"]] == [("1", "first-things"), ("2", "last-things")]


async def test_a_publication_is_created_from_a_markdown_file(api: Client, body: dict[str, str]) -> None:
    fields = {name: body[name] for name in ("slug", "title")}
    answer = await api.post(ALL, data=fields, files={"file": ("report.md", body["markdown"].encode("utf-8-sig"))})
    assert answer.status_code == 201, answer.text
    assert [c["slug"] for c in answer.json()["chapters"]] == ["first-things", "last-things"]


async def test_an_unknown_field_beside_the_file_is_refused(api: Client, body: dict[str, str]) -> None:
    answer = await api.post(ALL, data={**body, "colour": "red"}, files={"file": ("report.md", b"Text.")})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "colour")


@pytest.mark.parametrize("content", [b"PK\x03\x04 a Word file", b"%PDF-1.7", b""])
async def test_a_file_of_another_kind_is_refused_with_one_sentence(api: Client, content: bytes) -> None:
    answer = await api.post(ALL, data={"slug": "report", "title": "T"}, files={"file": ("report.docx", content)})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 1


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"slug": "No good"}, "slug"),
        ({"title": " "}, "title"),
        ({"kind": "novel"}, "kind"),
        ({"markdown": ""}, "markdown"),
        ({"markdown": "# Title alone"}, "markdown"),
        ({"colour": "red"}, "colour"),
        ({"title": 5}, "title"),
    ],
)
async def test_what_is_wrong_is_named_by_its_field(
    api: Client, body: dict[str, object], change: dict[str, object], where: str
) -> None:
    answer = await api.post(ALL, json={**body, **change})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert [error["where"] for error in answer.json()["errors"]] == [where]
    assert (await api.get(ALL)).json()["items"] == []


async def test_malformed_bodies_are_refused(api: Client) -> None:
    assert (await api.post(ALL, content=b"{")).status_code == 400
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert (await api.post(ALL, content=b"--x\r\nnot a part", headers=broken)).status_code in {400, 422}
    assert (await api.post(ALL, content=b"x" * 6_100_000)).status_code == 413


async def test_permission_comes_before_validation(instance: Instance, client: Client) -> None:
    reader = await instance.api(["publication.read_drafts"])
    for method, path in (("POST", ALL), ("POST", f"{ALL}/report/publish"), ("PUT", f"{RECOMMENDATIONS}/1")):
        assert (await client.request(method, path, content=b"{")).status_code == 401
        assert (await reader.request(method, path, content=b"{")).status_code == 403


async def test_drafts_are_for_tokens_that_may_read_them(
    instance: Instance, api: Client, client: Client, body: dict[str, str]
) -> None:
    await api.post(ALL, json=body)
    reader = await instance.api(["publication.read_drafts"])
    writer = await instance.api(["publication.publish"])
    assert [item["slug"] for item in (await reader.get(ALL)).json()["items"]] == ["report"]
    for nobody in (client, writer):
        assert (await nobody.get(ALL)).json() == {"items": [], "next": None}
        missing = (await nobody.get(f"{ALL}/absent")).json()
        draft = (await nobody.get(f"{ALL}/report")).json()
        assert draft["detail"] == missing["detail"]
        assert draft["status"] == 404


async def test_recommendations_come_in_pages_that_hold_each_once(published: Client, client: Client) -> None:
    refs: list[str] = []
    cursor = ""
    while True:
        answer = (await client.get(RECOMMENDATIONS, params={"limit": "20", "cursor": cursor})).json()
        refs += [item["ref"] for item in answer["items"]]
        if answer["next"] is None:
            break
        cursor = answer["next"]
    assert refs == [str(number) for number in range(1, 46)]


async def test_facets_are_of_everything_that_matches_not_of_the_page(published: Client, client: Client) -> None:
    answer = (await client.get(RECOMMENDATIONS, params={"theme": "press", "limit": "1"})).json()
    assert answer["total"] == 15
    assert sum(term["count"] for term in answer["facets"]["theme"]) == 45
    assert sum(term["count"] for term in answer["facets"]["status"]) == 15
    assert {"key": "not-given", "label": "Not given", "count": 15} in answer["facets"]["theme"]


@pytest.mark.parametrize("limit", ["0", "501", "x", "-1", "9" * 30])
async def test_a_limit_out_of_range_is_refused(published: Client, client: Client, limit: str) -> None:
    answer = await client.get(RECOMMENDATIONS, params={"limit": limit})
    assert answer.status_code == 422


async def test_publications_come_in_pages_too(api: Client, body: dict[str, str]) -> None:
    for slug in ("aa", "bb", "cc"):
        await api.post(ALL, json={**body, "slug": slug})
    first = (await api.get(ALL, params={"limit": "2"})).json()
    second = (await api.get(ALL, params={"limit": "2", "cursor": first["next"]})).json()
    assert [item["slug"] for item in first["items"] + second["items"]] == ["aa", "bb", "cc"]
    assert second["next"] is None


async def test_a_recommendation_is_added_and_then_changed_in_part(published: Client, client: Client) -> None:
    path = f"{RECOMMENDATIONS}/3.4a"
    added = (await published.put(path, json={"text": "Do it. Soon.", "theme": "Press"})).json()
    assert (added["title"], added["theme"]) == ("Do it", "Press")
    changed = (await published.put(path, json={"status": "Accepted", "response": "Yes."})).json()
    assert (changed["text"], changed["status"], changed["response"]) == ("Do it. Soon.", "Accepted", "Yes.")
    page = await client.page("/publications/report/recommendations/3.4a")
    assert "Yes." in page.one("main").text


@pytest.mark.parametrize(
    ("ref", "sent", "where"),
    [
        ("46", {}, "text"),
        ("46", {"text": " "}, "text"),
        ("46", {"text": "x", "owner": "x" * 301}, "owner"),
        ("46", {"text": "x", "response": "x" * 50_001}, "response"),
        ("46", {"text": "x", "colour": "red"}, "colour"),
        ("x.csv", {"text": "x"}, "ref"),
    ],
)
async def test_a_recommendation_that_cannot_be_kept_is_refused_by_its_field(
    published: Client, ref: str, sent: dict[str, str], where: str
) -> None:
    answer = await published.put(f"{RECOMMENDATIONS}/{ref}", json=sent)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == where
    assert (await published.get(RECOMMENDATIONS)).json()["total"] == 45


async def test_a_token_that_only_writes_does_not_change_what_readers_see(instance: Instance, published: Client) -> None:
    writer = await instance.api(["publication.write"])
    answer = await writer.put(f"{RECOMMENDATIONS}/1", json={"text": "Changed"})
    assert answer.status_code == 403


async def test_what_is_not_there_is_not_found(api: Client) -> None:
    assert (await api.post(f"{ALL}/absent/publish", json={"override_reason": "x"})).status_code == 404
    assert (await api.put(f"{ALL}/absent/recommendations/1", json={"text": "x"})).status_code == 404
    assert (await api.get(f"{ALL}/absent/recommendations")).status_code == 404
