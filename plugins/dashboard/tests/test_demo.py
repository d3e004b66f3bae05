"""The demo's figures: real, by region and local authority, and by district."""

from folkmoot.testing import Instance
from folkmoot_dashboard import catalogue
from folkmoot_dashboard.demo import fill

FOLKMOOT_PLUGINS = ("dashboard",)


async def test_filling_twice_adds_nothing_and_every_figure_can_be_drawn(instance: Instance) -> None:
    for _ in range(2):
        await fill(instance.desk())
    async with instance.desk().reading() as session:
        published = await catalogue.list_published(session)
    assert [(one.dataset.slug, len(one.versions)) for one in published] == [
        ("adult-social-care", 1),
        ("dementia-diagnosis", 1),
    ]
    client = instance.client()
    for one in published:
        assert one.dataset.source_name
        for metric in one.metrics:
            for key, _label in one.periods(metric):
                address = f"/dashboards/{one.dataset.slug}?metric={metric.key}&period={key}"
                assert len((await client.page(address)).one("tbody").all("tr")) >= 9
    districts = await client.page("/dashboards/dementia-diagnosis?geo=E12000008")
    assert len(districts.one("tbody").all("tr")) > 60
