"""The demo's publication."""

from folkmoot.testing import Client, Instance
from folkmoot_publication.demonstration import SLUG, seed_publication

FOLKMOOT_PLUGINS = ("publication",)


async def test_the_demo_publishes_five_chapters_and_forty_recommendations_once(
    instance: Instance, client: Client
) -> None:
    for _ in range(2):
        await seed_publication(instance.desk())
    items = (await client.get("/api/v1/publications")).json()["items"]
    assert [item["slug"] for item in items] == [SLUG]
    assert items[0]["recommendations"] >= 40
    whole = (await client.get(f"/api/v1/publications/{SLUG}")).json()
    assert len(whole["chapters"]) >= 5
    for chapter in whole["chapters"]:
        await client.page(f"/publications/{SLUG}/read/{chapter['slug']}")


async def test_every_demo_recommendation_has_theme_owner_response_and_status(
    instance: Instance, client: Client
) -> None:
    await seed_publication(instance.desk())
    rows = (await client.get(f"/publications/{SLUG}/recommendations.json")).json()["items"]
    for row in rows:
        assert all(row[name] for name in ("title", "text", "theme", "subtheme", "owner", "response", "status")), row
    assert {row["status"] for row in rows} == {
        "Accepted",
        "Accepted in part",
        "Accepted in principle",
        "Not accepted",
        "Under consideration",
    }


async def test_the_demo_text_counts_its_recommendations_right(instance: Instance, client: Client) -> None:
    await seed_publication(instance.desk())
    rows = (await client.get(f"/publications/{SLUG}/recommendations.json")).json()["items"]
    first = await client.page(f"/publications/{SLUG}/read/why-there-was-a-review")
    assert f"made {len(rows)} recommendations" in first.one("main").text
    last = await client.page(f"/publications/{SLUG}/read/holding-each-other-to-account")
    assert "do not accept three recommendations" in last.one("main").text
    assert sum(row["status"] == "Not accepted" for row in rows) == 3
