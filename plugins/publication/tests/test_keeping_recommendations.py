"""A table changes what it names, and nothing else."""

import pytest

from folkmoot.api import Forbidden, NotFound
from folkmoot.testing import Client, Instance
from folkmoot_publication.recommendation_service import Kept, keep_recommendations
from folkmoot_publication.spreadsheet import read_recommendations

FOLKMOOT_PLUGINS = ("publication",)


async def keep(instance: Instance, table: str, *, slug: str = "report", may_publish: bool = True) -> Kept:
    desk = instance.desk()
    async with desk.writing() as session:
        rows = read_recommendations(table).rows
        return await keep_recommendations(session, slug, rows, actor="test", now=desk.now(), may_publish=may_publish)


async def first(client: Client) -> dict[str, object]:
    answer = (await client.get("/api/v1/publications/report/recommendations?limit=1")).json()
    return dict(answer["items"][0])


async def test_columns_that_a_table_lacks_stay_as_they_are(
    instance: Instance, api: Client, body: dict[str, str]
) -> None:
    await api.post("/api/v1/publications", json=body)
    assert await keep(instance, "ref,title,text,response,theme,page\n1,Mine,A,Yes,Press,9\n") == Kept(1, 0, 0)
    assert await keep(instance, "ref,text,status,source\n1,B,Accepted,web\n") == Kept(0, 1, 0)
    assert await first(api) == {
        "ref": "1",
        "title": "Mine",
        "text": "B",
        "theme": "Press",
        "subtheme": "",
        "part": "",
        "owner": "",
        "status": "Accepted",
        "response": "Yes",
        "notes": {"page": "9", "source": "web"},
    }


async def test_a_cell_that_was_emptied_empties_its_field(instance: Instance, api: Client, body: dict[str, str]) -> None:
    await api.post("/api/v1/publications", json=body)
    await keep(instance, "ref,text,theme,page\n1,A,Press,9\n")
    await keep(instance, "ref,text,theme,page\n1,A,,\n")
    kept = await first(api)
    assert (kept["theme"], kept["notes"]) == ("", {})
    facets = (await api.get("/api/v1/publications/report/recommendations")).json()["facets"]
    assert facets["theme"] == [{"key": "not-given", "label": "Not given", "count": 1}]


async def test_our_own_csv_read_again_changes_nothing(instance: Instance, published: Client) -> None:
    sly = {"text": "=1+1", "title": "-x", "notes": {"page": "+9"}}
    await published.put("/api/v1/publications/report/recommendations/46", json=sly)
    text = (await published.get("/publications/report/recommendations.csv")).text
    assert await keep(instance, text) == Kept(0, 0, 46)


async def test_only_publishers_change_what_is_published(instance: Instance, published: Client) -> None:
    with pytest.raises(Forbidden):
        await keep(instance, "ref,text\n1,Changed\n", may_publish=False)
    with pytest.raises(NotFound):
        await keep(instance, "ref,text\n1,Changed\n", slug="absent")
    assert str((await first(published))["text"]).startswith("Do thing number 1")
