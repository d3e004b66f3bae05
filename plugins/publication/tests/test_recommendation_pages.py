"""The list of recommendations: facets, chips, order, pages, files; and each recommendation."""

import csv
import io
import itertools
from typing import Any

import pytest

from folkmoot.testing import Client, Element

FOLKMOOT_PLUGINS = ("publication",)
LIST = "/publications/report/recommendations"


async def everything(client: Client) -> list[dict[str, Any]]:
    return list((await client.get(f"{LIST}.json")).json()["items"])


def key(label: str) -> str:
    return "-".join(label.lower().replace("&", "").split()) or "not-given"


@pytest.mark.parametrize(
    ("theme", "status"),
    [*itertools.product(["", "press", "police-press", "not-given"], ["", "accepted", "our-own-word"])],
)
async def test_facets_count_what_a_recount_under_the_other_filter_counts(
    published: Client, client: Client, theme: str, status: str
) -> None:
    answer = (await client.get(f"{LIST}.json", params={"theme": theme, "status": status})).json()
    rows = await everything(client)
    assert len(rows) == 45
    for name, other, chosen in (("theme", "status", status), ("status", "theme", theme)):
        left = [row for row in rows if not chosen or key(row[other]) == chosen]
        recount = {label: sum(key(row[name]) == label for row in left) for label in {key(row[name]) for row in left}}
        assert {term["key"]: term["count"] for term in answer["facets"][name]} == recount
    matching = [
        r for r in rows if (not theme or key(r["theme"]) == theme) and (not status or key(r["status"]) == status)
    ]
    assert [row["ref"] for row in answer["items"]] == [row["ref"] for row in matching]


async def test_every_facet_link_leads_to_as_many_as_it_says(published: Client, client: Client) -> None:
    page = await client.page(f"{LIST}?theme=press")
    for item in page.one("nav", **{"aria-labelledby": "facet-status"}).all("li"):
        [link] = item.all("a")
        said = int(item.text.rpartition("(")[2].rstrip(")"))
        assert total(await client.page(link.get("href"))) == said


def total(page: Element) -> int:
    return int(page.one("main").all("h2", "govuk-heading-m")[0].text.split()[0])


async def test_a_chip_takes_its_filter_away_and_leaves_the_other(published: Client, client: Client) -> None:
    page = await client.page(f"{LIST}?theme=press&status=accepted")
    chips = {a.text: a.get("href") for a in page.all("a") if a.text.startswith("Remove filter")}
    assert chips == {
        "Remove filter Theme: Press": f"{LIST}?status=accepted",
        "Remove filter Status: Accepted": f"{LIST}?theme=press",
    }


async def test_a_facet_in_which_nothing_was_given_is_left_out_of_the_page(
    api: Client, client: Client, body: dict[str, str]
) -> None:
    await api.post("/api/v1/publications", json=body)
    await api.put("/api/v1/publications/report/recommendations/1", json={"text": "Do it.", "theme": "Press"})
    await api.post("/api/v1/publications/report/publish", json={"override_reason": "A test."})
    page = await client.page(LIST)
    assert page.all(id="facet-theme")
    assert page.all(id="facet-status") == []


async def test_a_facet_chosen_on_a_later_page_leads_to_the_first(published: Client, client: Client) -> None:
    page = await client.page(f"{LIST}?page=3&sort=title")
    facet = page.one("nav", **{"aria-labelledby": "facet-theme"})
    assert f"{LIST}?theme=press&sort=title" in [link.get("href") for link in facet.all("a")]


async def test_a_theme_is_found_by_its_label_too(published: Client, client: Client) -> None:
    by_label = (await client.get(f"{LIST}.json", params={"theme": "Police & press"})).json()
    by_key = (await client.get(f"{LIST}.json", params={"theme": "police-press"})).json()
    assert by_label == by_key
    assert len(by_key["items"]) == 15


async def test_pages_of_twenty_hold_every_recommendation_once_in_order(published: Client, client: Client) -> None:
    refs: list[str] = []
    address: str | None = LIST
    while address:
        page = await client.page(address)
        refs += [h.text.partition(".")[0] for h in page.one("ul", "fm-results").all("h3")]
        following = page.all("a", rel="next")
        address = following[0].get("href") if following else None
    assert refs == [str(number) for number in range(1, 46)]


@pytest.mark.parametrize("number", ["4", "0", "-1", "x", "1" * 30, "٣"])
async def test_a_page_that_is_not_there_is_not_found(published: Client, client: Client, number: str) -> None:
    assert (await client.get(LIST, params={"page": number})).status_code == 404


async def test_an_unknown_order_is_the_usual_one(published: Client, client: Client) -> None:
    usual = await client.page(LIST)
    assert (await client.page(f"{LIST}?sort=shoe-size")).one("main").text == usual.one("main").text
    by_title = await client.page(f"{LIST}?sort=title")
    assert by_title.one("ul", "fm-results").all("h3")[1].text.startswith("10.")


async def test_a_filter_that_nothing_passes_says_so_and_offers_the_way_back(published: Client, client: Client) -> None:
    page = await client.page(f"{LIST}?theme=<script>")
    assert "No recommendation matches" in page.one("main").text
    assert page.one("main").all("script") == []


async def test_the_csv_holds_what_the_filter_leaves_and_no_formula(published: Client, client: Client) -> None:
    sly = {"text": "=HYPERLINK(1)", "title": "+1", "owner": "@x", "theme": "-1", "notes": {"page": "\t=1"}}
    await published.put("/api/v1/publications/report/recommendations/46", json=sly)
    text = (await client.get(f"{LIST}.csv")).text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 46
    last = rows[-1]
    assert (last["text"], last["title"], last["owner"], last["theme"]) == ("'=HYPERLINK(1)", "'+1", "'@x", "'-1")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    few = list(csv.DictReader(io.StringIO((await client.get(f"{LIST}.csv?status=accepted")).text.lstrip("\ufeff"))))
    assert {row["status"] for row in few} == {"Accepted"}


async def test_a_recommendation_shows_text_response_owner_status_and_neighbours(
    published: Client, client: Client
) -> None:
    page = await client.page(f"{LIST}/9")
    text = page.one("main").text
    for words in ("Do thing number 9. And do it well.", "We will.", "Councils", "Not accepted", "Recommendation 9"):
        assert words in text
    assert [a.get("href") for a in page.one("main").all("a") if a.get("rel")] == [f"{LIST}/8", f"{LIST}/10"]


async def test_what_people_wrote_is_never_markup(published: Client, client: Client) -> None:
    sly = {"text": "<b>bold</b> 100% {{ 7*7 }}", "status": "<i>x</i> %s", "theme": "<u>", "owner": "%(a)s"}
    await published.put("/api/v1/publications/report/recommendations/46", json=sly)
    for path in (f"{LIST}/46", f"{LIST}?page=3", f"{LIST}?status=i-x-i-s"):
        page = await client.page(path)
        assert [e.tag for e in page.one("main").walk() if e.tag in {"b", "i", "u"}] == []
        assert "<i>x</i> %s" in page.one("main").text
