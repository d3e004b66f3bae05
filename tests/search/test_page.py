"""The page of results and the calls: what a person and a program get."""

import pytest
from shelves import Shop, book

from folkmoot.testing import Client, Instance

FOLKMOOT_PLUGINS = ("publication",)


async def stock(instance: Instance, shop: Shop, number: int = 45) -> None:
    """Many books and one leaflet about care."""
    await shop.publish(*[book(f"Care {n}", summary="Caring for people", part_of="The library") for n in range(number)])
    await shop.publish(book("A leaflet on care"), source="leaflets")
    await instance.work()


async def test_hits_are_shown_with_what_they_are_and_with_their_words_marked(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await stock(instance, shop, 1)
    page = await client.page("/search?q=care")
    assert page.one("main").all("h2")[0].text == "2 results for “care”"
    hit = next(each for each in page.one("ul", "fm-results").all("li") if "Care 0" in each.text)
    assert hit.one("a").get("href") == "/books/care-0"
    assert [mark.text for mark in hit.all("mark")] == ["Care", "Caring"]
    assert "Book" in hit.text
    assert "The library" in hit.text


async def test_kinds_are_links_with_counts_and_the_chosen_one_says_so(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await stock(instance, shop, 3)
    page = await client.page("/search?q=care")
    kinds = page.one("nav", "fm-kinds")
    assert [item.text for item in kinds.all("li")] == ["Everything 4", "Book 3", "Leaflet 1"]
    chosen = await client.page(kinds.all("a")[2].get("href"))
    assert chosen.one("main").all("h2")[0].text == "1 result for “care”"
    assert [link.text for link in chosen.one("nav", "fm-kinds").all("a") if link.get("aria-current")] == ["Leaflet"]
    # Searching again stays among leaflets.
    assert next(field.get("value") for field in chosen.all("input") if field.get("name") == "kind") == "leaflets"


async def test_pages_of_twenty_lead_to_one_another(instance: Instance, client: Client, shop: Shop) -> None:
    await stock(instance, shop)
    address, titles = "/search?q=care", []
    for number in (1, 2, 3):
        page = await client.page(address)
        titles += [heading.text for heading in page.one("ul", "fm-results").all("h3")]
        pages = page.one("nav", "govuk-pagination")
        assert [link.text.strip() for link in pages.all("a") if link.get("aria-current")] == [str(number)]
        following = [link for link in pages.all("a") if link.get("rel") == "next"]
        address = following[0].get("href") if following else ""
    assert address == ""
    assert len(set(titles)) == 46


@pytest.mark.parametrize("number", ["0", "-1", "99", "999999999999", "x", "1.5", "٣", ""])
async def test_a_page_that_is_not_there_is_one_that_is(
    instance: Instance, client: Client, shop: Shop, number: str
) -> None:
    await stock(instance, shop, 25)
    page = await client.page(f"/search?q=care&page={number}")
    assert len(page.one("ul", "fm-results").all("h3")) == (6 if number == "99" else 20)


async def test_no_results_say_what_to_do_and_a_kind_without_any_leads_to_everything(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await stock(instance, shop, 1)
    nothing = await client.page("/search?q=zymurgy&kind=leaflets")
    assert nothing.one("main").all("h2")[0].text == "No results for “zymurgy”"
    assert "/search?q=zymurgy" in [link.get("href") for link in nothing.one("main").all("a")]
    assert "check the spelling" in nothing.one("main").text
    unknown = await client.page("/search?q=care&kind=no-such-kind")
    assert unknown.one("main").all("h2")[0].text == "2 results for “care”"


async def test_nothing_that_was_published_or_typed_becomes_markup(
    instance: Instance, client: Client, shop: Shop
) -> None:
    evil = '<script>alert("care")</script><img src=x onerror=alert(1)>'
    await shop.publish(book(f"Care {evil}", f"care {evil}", summary=f"care {evil}", part_of=evil, key="evil"))
    await instance.work()
    for query in ("care", "script", "alert", evil, '"><svg onload=alert(1)>'):
        answer = await client.get("/search", params={"q": query, "kind": evil, "page": evil})
        assert answer.status_code == 200
        for text in ("<script>alert", "<img src=x", "<svg onload"):
            assert text not in answer.text
        for item in (await client.get("/api/v1/search", params={"q": query})).json()["items"]:
            assert "<" not in item["excerpt"].replace("<mark>", "").replace("</mark>", "")


async def test_welsh_readers_get_welsh_first_and_english_marked_as_such(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await shop.publish(
        book("Care plan", key="plan"), book("Cynllun care", key="plan", locale="cy"), book("Care", key="only")
    )
    await instance.work()
    page = await client.page("/cy/search?q=care")
    links = {link.text: link.get("lang") for link in page.one("ul", "fm-results").all("a")}
    assert links == {"Cynllun care": "", "Care": "en"}
    assert "/cy/books/plan" in [link.get("href") for link in page.one("ul", "fm-results").all("a")]
    assert "ganlyniad ar gyfer “care”" in page.one("main").all("h2")[0].text


async def test_the_page_is_kept_by_what_it_declares_and_dropped_when_the_index_moves(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await stock(instance, shop, 1)
    made = instance.platform.cache.made
    for address in ("/search?q=care", "/search?q=care&utm=1", "/search?utm=2&q=care"):
        await client.page(address)
    assert instance.platform.cache.made == made + 1
    await client.page("/search?q=care&page=2")
    await client.page("/search?q=care&kind=books")
    assert instance.platform.cache.made == made + 3
    await shop.publish(book("New care"))
    await instance.work()
    assert "New <mark>care</mark>" in (await client.get("/search?q=care")).text


async def test_the_call_gives_pages_with_facets_until_the_last(instance: Instance, client: Client, shop: Shop) -> None:
    await stock(instance, shop)
    first = (await client.get("/api/v1/search?q=care&limit=40")).json()
    assert (first["total"], first["more"], len(first["items"])) == (46, False, 40)
    assert first["facets"] == {
        "kind": [{"key": "books", "label": "Book", "count": 45}, {"key": "leaflets", "label": "Leaflet", "count": 1}]
    }
    last = (await client.get(f"/api/v1/search?q=care&limit=40&cursor={first['next']}")).json()
    assert (len(last["items"]), last["next"]) == (6, None)
    assert len({item["path"] for page in (first, last) for item in page["items"]}) == 46
    nothing = (await client.get("/api/v1/search")).json()
    assert nothing == {"items": [], "total": 0, "more": False, "facets": {"kind": []}, "next": None}


@pytest.mark.parametrize("query", ["cursor=x", "cursor=-1", "limit=0", "limit=x", "limit=9999999", "kind=no-such"])
async def test_the_call_says_what_it_cannot_read(client: Client, query: str) -> None:
    answer = await client.get(f"/api/v1/search?q=care&{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == query.partition("=")[0]
