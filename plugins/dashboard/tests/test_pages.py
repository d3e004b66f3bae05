"""Dashboards as readers see them: the chart, the map, the table and the file never disagree."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from folkmoot.testing import Client, Element, Instance, path_of, read_html

from .conftest import Load

FOLKMOOT_PLUGINS = ("dashboard",)
REGIONS = """\
period,geography_code,metric,metric_name,unit,value
2020-21,E12000001,A,Days of care,days,1.5
2021-22,E12000001,A,Days of care,days,2.25
2021-22,E12000002,A,Days of care,days,[c]
2021-22,E12000003,A,Days of care,days,-3.75
2021-22,E92000001,A,Days of care,days,0.5
2021-22,E12000001,B,Visits,,"1,200"
"""


def values(element: Element) -> dict[str, str]:
    return {e.get("data-key"): e.get("data-value") for e in element.walk() if "data-key" in e.attributes}


async def test_the_chart_and_the_table_hold_equal_numbers(client: Client, load: Load) -> None:
    await load(REGIONS)
    page = await client.page("/dashboards/care")
    drawn, listed = values(page.one("svg")), values(page.one("table"))
    assert drawn == listed == {"E12000001": "2.25", "E12000002": "", "E12000003": "-3.75"}
    mapped = values((await client.page("/dashboards/care?view=map")).one("svg"))
    assert mapped == drawn
    file = csv.reader(io.StringIO((await client.get("/figures/care_a_2021-22.csv")).text))
    assert {row[1]: row[3] for row in list(file)[1:]} == drawn
    alone = read_html((await client.get("/figures/care_a_2021-22.svg")).text)
    assert values(alone) == drawn
    json = (await client.get("/figures/care_a_2021-22.json")).json()
    assert {point["key"]: point["exact"] for point in json["series"][0]["points"]} == drawn


async def test_one_real_measure_is_drawn_by_region(client: Client, load: Load, ascof: Path) -> None:
    content = ascof.read_bytes()
    await load(content, slug="ascof")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    code = "Code" if "Code" in rows[0] else "metric"
    period = "Financial year" if "Financial year" in rows[0] else "period"
    place = "Local authority code" if "Local authority code" in rows[0] else "geography_code"
    value = "Value" if "Value" in rows[0] else "value"
    own = {r[place]: r[value] for r in rows if r[code] == "ASC1" and r[period] == "2021-22"}
    page = await client.page("/dashboards/ascof?metric=asc1&period=2021-22")
    drawn = values(page.one("svg"))
    assert len(drawn) == 9
    assert drawn == values(page.one("table"))
    assert "Unweighted average of local authorities" in page.one("main").text
    london = [Decimal(v) for c, v in own.items() if c.startswith("E09") and v]
    assert Decimal(drawn["E12000007"]) == (sum(london) / len(london)).quantize(Decimal("0.1"))
    local = values((await client.page("/dashboards/ascof?metric=asc1&period=2021-22&geo=E12000007")).one("svg"))
    assert local == {c: v for c, v in own.items() if c.startswith("E09")}


async def test_the_sentence_says_what_is_shown(client: Client, load: Load) -> None:
    await load(REGIONS)
    page = await client.page("/dashboards/care?metric=a&period=2021-22")
    assert "Highest: 2.25 (North East). Lowest: −3.75" in page.one("main").text
    assert "1 of 3 values are missing." in page.one("main").text
    assert page.one("main").text.count("[c] confidential") == 2
    assert "Our source" in page.one("main").text
    assert "Our licence" in page.one("main").text


async def test_what_is_chosen_stands_in_the_form_and_the_address(client: Client, load: Load) -> None:
    await load(REGIONS)
    page = await client.page("/dashboards/care?metric=A&period=2020-21")
    chosen = {
        s.get("name"): [o.get("value") for o in s.all("option") if "selected" in o.attributes]
        for s in page.all("select")
    }
    assert chosen == {"metric": ["a"], "period": ["2020-21"]}
    assert values(page.one("svg")) == {"E12000001": "1.5"}


@pytest.mark.parametrize(
    "query", ["metric=nope", "period=1800", "geo=E99999999", "view=nope", "geo=../x", "breakdown=x"]
)
async def test_a_choice_that_is_not_there_shows_the_first(client: Client, load: Load, query: str) -> None:
    await load(REGIONS)
    page = await client.page(f"/dashboards/care?{query}")
    assert set(values(page.one("svg"))) == {"E12000001", "E12000002", "E12000003"}


async def test_an_area_without_values_says_so(client: Client, load: Load) -> None:
    await load("period,geography_code,metric,value\n2021,E09000001,A,1\n")
    page = await client.page("/dashboards/care?geo=E12000001")
    assert "There are no values for this choice." in page.one("main").text


async def test_a_breakdown_is_chosen_by_name(client: Client, load: Load) -> None:
    head = "period,geography_code,metric,sex,value\n"
    await load(head + "2021,E12000001,A,Female,1\n2021,E12000001,A,Male,2\n")
    page = await client.page("/dashboards/care?breakdown=sex%3A%20Male")
    assert values(page.one("svg")) == {"E12000001": "2"}
    link = next(a.get("href") for a in page.all("a") if a.get("href").endswith(".csv"))
    assert link == "/figures/care_a_2021_by-sex-male.csv"
    assert "E12000001" in (await client.get(link)).text


async def test_a_figure_without_a_suffix_leads_to_its_page(client: Client, load: Load) -> None:
    await load(REGIONS)
    response = await client.get("/figures/care_a_2021-22")
    assert path_of(response) == "/dashboards/care?metric=a&period=2021-22"


@pytest.mark.parametrize(
    "path",
    ["/dashboards/nope", "/datasets/nope", "/datasets/care/versions/9.9", "/figures/care_a_1800.svg", "/figures/x.svg",
     "/figures/care_nope_2021-22.csv", "/figures/care_a_2021-22_e99.csv", "/figures/nope_a_2021-22.csv"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(client: Client, load: Load, path: str) -> None:
    await load(REGIONS)
    assert (await client.get(path)).status_code == 404


async def test_what_is_not_published_is_seen_by_nobody(instance: Instance, client: Client, load: Load) -> None:
    await load(REGIONS, publish=False)
    for path in ("/dashboards/care", "/datasets/care", "/figures/care_a_2021-22.svg"):
        assert (await client.get(path)).status_code == 404
    assert "Care" not in (await client.page("/dashboards")).one("main").text
    assert (await client.get("/api/v1/datasets/care/observations")).status_code == 404
    assert (await client.get("/api/v1/metrics")).json()["items"] == []


async def test_another_site_sees_nothing_of_it(instance: Instance, load: Load) -> None:
    await load(REGIONS)
    await instance.work()
    neighbour = instance.client(instance.other_site)
    paths = (
        "/dashboards/care",
        "/datasets/care.csv",
        "/figures/care_a_2021-22.svg",
        "/api/v1/datasets/care/observations",
    )
    for path in paths:
        assert (await neighbour.get(path)).status_code == 404
    for path in ("/", "/dashboards", "/search?q=care", "/sitemap.xml"):
        assert "/dashboards/care" not in (await neighbour.get(path)).text
    assert (await neighbour.get("/api/v1/metrics")).json()["items"] == []


async def test_home_and_search_lead_to_it(instance: Instance, client: Client, load: Load) -> None:
    assert (await client.page("/")).all("section", "fm-block") == []
    await load(REGIONS)
    block = (await client.page("/")).one("section", "fm-block")
    assert "Highest: 2.25 (North East)" in block.text
    await instance.work()
    hit = (await client.page("/search?q=visits")).one("ul", "fm-results").one("a")
    assert hit.get("href") == "/dashboards/care"


async def test_a_new_version_takes_the_place_of_the_kept_page(client: Client, load: Load) -> None:
    await load(REGIONS)
    before = values((await client.page("/dashboards/care")).one("svg"))
    await load(REGIONS.replace("2.25", "9.5"))
    after = values((await client.page("/dashboards/care")).one("svg"))
    assert (before["E12000001"], after["E12000001"]) == ("2.25", "9.5")
    old = await client.get("/datasets/care/versions/1.0.csv")
    assert "2.25" in old.text


async def test_the_whole_file_gives_values_as_they_were(client: Client, load: Load) -> None:
    await load(REGIONS)
    text = (await client.get("/datasets/care.csv")).text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["value"] for row in rows] == ["1.5", "2.25", "", "-3.75", "0.5", "1,200"]
    assert rows[2]["marks"] == "[c]"


async def test_about_says_source_licence_and_versions(client: Client, load: Load) -> None:
    await load(REGIONS)
    await load(REGIONS)
    text = (await client.page("/datasets/care")).one("main").text
    for words in ("Our source", "Our licence", "Version 1.1", "Version 1.0", "Days of care", "geography_code"):
        assert words in text


async def test_the_page_speaks_welsh(client: Client, load: Load) -> None:
    await load(REGIONS)
    page = await client.page("/cy/dashboards/care")
    assert "Cyfnod" in page.one("main").text
    assert page.one("main").one("form").get("action") == "/cy/dashboards/care"


async def test_no_page_has_an_inline_style(client: Client, load: Load) -> None:
    await load(REGIONS)
    for path in ("/dashboards/care", "/dashboards/care?view=map", "/datasets/care"):
        page = await client.page(path)
        assert not any("style" in element.attributes or element.tag == "style" for element in page.walk())


async def test_staff_publish_a_version_once(instance: Instance, client: Client, load: Load) -> None:
    await load(REGIONS, publish=False)
    staff = await instance.staff_client("publisher")
    page = await staff.page("/admin/dashboard")
    assert (await staff.submit(page)).headers["location"] == "/admin/dashboard"
    assert (await client.get("/dashboards/care")).status_code == 200
    again = await staff.submit(page)
    assert again.status_code == 409
    assert "Version 1.0 is published already." in again.text


async def test_an_author_loads_and_does_not_publish(instance: Instance, load: Load) -> None:
    await load(REGIONS, publish=False)
    staff = await instance.staff_client("author")
    page = await staff.page("/admin/dashboard")
    assert page.one("main").all("form") == []
    response = await staff.post("/admin/dashboard/care/versions/1.0/publish", headers={"sec-fetch-site": "same-origin"})
    assert "Your role does not allow this" in response.text
    assert (await (await instance.staff_client("viewer")).get("/admin/dashboard")).status_code == 403
