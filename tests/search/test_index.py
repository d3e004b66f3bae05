"""The index follows what is published: found when the job has been there, gone at once when it is withdrawn."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from shelves import Shop, book
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from folkmoot.sites.models import Site
from folkmoot.sites.service import switch_plugin
from folkmoot.store.jobs.models import DEAD, JobRow
from folkmoot.store.search import INDEX_JOB, SearchRow
from folkmoot.testing import Client, Instance
from folkmoot.web import search_index

FOLKMOOT_PLUGINS = ("publication", "consultation")


async def found(client: Client, text: str = "care") -> list[str]:
    """Return what the page of results and the call both find."""
    page = await client.page(f"/search?q={text}")
    shown = [each.text for lists in page.all("ul", "fm-results") for each in lists.all("h3")]
    items = (await client.get(f"/api/v1/search?q={text}")).json()["items"]
    assert [item["title"] for item in items] == shown
    return sorted(shown)


async def test_what_is_published_is_found_when_the_job_has_been_there(
    instance: Instance, client: Client, shop: Shop
) -> None:
    assert await found(client) == []
    await shop.publish(book("Care at home"), book("Roads"))
    assert await found(client) == []
    await instance.work()
    # The page without results had been kept.
    assert await found(client) == ["Care at home"]


async def test_what_is_withdrawn_is_not_found_in_the_same_instant(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await shop.publish(book("Care at home"), book("Care of roads"))
    await instance.work()
    assert len(await found(client)) == 2
    await shop.publish(book("Care of roads"))
    assert await found(client) == ["Care of roads"]
    assert (await client.get("/api/v1/search/suggest?q=care")).json()["items"] == [
        {"title": "Care of roads", "path": "/books/care-of-roads", "kind": "Book"}
    ]
    await instance.work()
    assert await found(client) == ["Care of roads"]


async def test_the_check_is_what_keeps_the_withdrawn_away(
    instance: Instance, client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin without it shows what the test above forbids."""
    await shop.publish(book("Care at home"))
    await instance.work()
    monkeypatch.setattr(search_index.Doubts, "_is_fresh", lambda *_: True)
    await shop.publish()
    assert await found(client) == ["Care at home"]


async def test_a_word_that_is_redacted_is_found_nowhere_and_shown_nowhere_at_once(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await shop.publish(book("Care", "said by Jo Bloggs", key="one"))
    await instance.work()
    await shop.publish(book("Care", "said by [redacted]", key="one"))
    for text in ("bloggs", "care"):
        assert "Bloggs" not in (await client.get(f"/search?q={text}")).text.replace(f"“{text}”", "")
        assert await found(client, text) == []
    await instance.work()
    assert (await found(client, "bloggs"), await found(client)) == ([], ["Care"])
    async with instance.desk().reading() as session:
        rows = (await session.exec(select(SearchRow))).all()
    assert not any("bloggs" in repr(row.model_dump()).lower() for row in rows)


async def test_only_what_has_changed_is_written(instance: Instance, shop: Shop) -> None:
    async def rows() -> dict[str, object]:
        async with instance.desk().reading() as session:
            return {row.title: row.id for row in (await session.exec(select(SearchRow))).all()}

    await shop.publish(book("Care"), book("Roads"))
    await instance.work()
    before = await rows()
    await shop.publish(book("Care"), book("Roads", "and bridges"), book("Paths"))
    await instance.work()
    after = await rows()
    assert (before["Care"] == after["Care"], before["Roads"] == after["Roads"], len(after)) == (True, False, 3)
    await instance.work()
    assert await rows() == after


async def test_changes_in_a_row_ask_for_one_job(instance: Instance, shop: Shop) -> None:
    for number in range(4):
        await shop.publish(book(f"Care {number}"))
    query = select(JobRow).where(JobRow.name == INDEX_JOB, col(JobRow.finished_at).is_(None))
    async with instance.desk().reading() as session:
        assert len((await session.exec(query)).all()) == 1


async def test_a_plugin_that_is_off_is_not_found_at_once_and_found_again_when_it_is_on(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await shop.publish(book("Care"))
    await instance.work()

    async def switch(*, on: bool) -> None:
        async with instance.platform.database.system_writing() as session:
            site = await session.get(Site, instance.site.id)
            assert site is not None
            await switch_plugin(session, site, shop.plugin, on=on, at=instance.clock.now())
        await instance.platform.load_directory()

    await switch(on=False)
    assert await found(client) == []
    await instance.work()
    async with instance.desk().reading() as session:
        assert (await session.exec(select(SearchRow))).all() == []
    await switch(on=True)
    assert await found(client) == []
    await instance.work()
    assert await found(client) == ["Care"]


async def test_a_source_that_fails_keeps_what_it_had_and_hinders_nobody(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await shop.publish(book("Care in a book"))
    await shop.publish(book("Care in a leaflet"), source="leaflets")
    await instance.work()
    shop.broken.add("books")
    await shop.publish(book("Care in a leaflet"), book("More care"), source="leaflets")
    await instance.work()
    # Nothing vouches for what the broken source had, so it is not shown; it is still there, for when that recovers.
    assert await found(client) == ["Care in a leaflet", "More care"]
    for _ in range(20):
        instance.clock.move(days=1)
        await instance.work()
    async with instance.desk().reading() as session:
        query = select(JobRow).where(JobRow.name == INDEX_JOB, JobRow.state == DEAD)
        dead = (await session.exec(query)).all()
        assert len((await session.exec(select(SearchRow).where(SearchRow.source == "books"))).all()) == 1
    assert dead
    assert all("books" in job.error and "fallen" not in job.error for job in dead)
    tasks = await (await instance.staff_client()).page("/admin")
    assert "set aside" in tasks.one("main").text
    shop.broken.clear()
    await shop.publish(book("Care in a book"))
    await instance.work()
    assert await found(client) == ["Care in a book", "Care in a leaflet", "More care"]


async def test_a_source_that_fails_while_nothing_has_changed_does_not_matter(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await shop.publish(book("Care"))
    await instance.work()
    shop.broken.add("books")
    asked = shop.asked
    assert await found(client) == ["Care"]
    assert shop.asked == asked


async def test_what_is_scheduled_is_found_from_the_instant_on_without_any_job(
    instance: Instance, client: Client, shop: Shop
) -> None:
    await shop.publish(book("Care", shown_from=instance.clock.now() + timedelta(seconds=30)))
    await instance.work()
    assert await found(client) == []
    assert "/books/care" not in (await client.get("/sitemap.xml")).text
    instance.clock.move(seconds=31)
    assert (await client.get("/api/v1/search?q=care")).json()["total"] == 1


async def test_at_night_everything_is_looked_at_again(instance: Instance, client: Client, shop: Shop) -> None:
    shop.entries["books"] = [book("Care")]
    await instance.work()
    instance.clock.move(days=1)
    await instance.work()
    assert await found(client) == ["Care"]


async def test_drafts_are_never_found_and_what_the_plugins_publish_is(instance: Instance, client: Client) -> None:
    api = await instance.api()
    text = "# Homes\n\nZymurgy is the last word."
    draft = {"slug": "plan", "title": "A zymurgy plan", "markdown": text}
    assert (await api.post("/api/v1/publications", json=draft)).status_code == 201
    await instance.work()
    assert await found(client, "zymurgy") == []
    reason = {"override_reason": "A test."}
    assert (await api.post("/api/v1/publications/plan/publish", json=reason)).status_code == 200
    await instance.work()
    assert await found(client, "zymurgy") == ["A zymurgy plan", "Homes"]
    for item in (await client.get("/api/v1/search?q=zymurgy")).json()["items"]:
        assert (await client.get(item["path"])).status_code == 200


@pytest.mark.only_on("sqlite")
async def test_the_index_of_sqlite_holds_what_the_rows_hold(instance: Instance, shop: Shop) -> None:
    await shop.publish(*[book(f"Care {n}", f"word{n}") for n in range(90)])
    await instance.work()
    await shop.publish(*[book(f"Care {n}", f"other{n}") for n in range(40, 100)])
    await instance.work()
    checks = "insert into fts_core_search (fts_core_search, rank) values ('integrity-check', 1)"
    async with instance.platform.database.system_writing() as session:
        await session.exec(sa.text(checks))
        await session.exec(sa.text("delete from core_site where slug = 'parent'"))
        await session.exec(sa.text("delete from core_search_entry where title = 'Care 50'"))
        await session.exec(sa.text("update core_search_entry set title_terms = 'bridg' where title = 'Care 51'"))
        await session.exec(sa.text(checks))


@pytest.mark.only_on("sqlite")
async def test_the_check_of_the_index_would_find_it_out_of_step(instance: Instance, shop: Shop) -> None:
    await shop.publish(book("Care"))
    await instance.work()
    async with instance.platform.database.system_writing() as session:
        await session.exec(sa.text("drop trigger core_search_entry_changed"))
        await session.exec(sa.text("update core_search_entry set title_terms = 'bridg'"))
        with pytest.raises(DatabaseError, match="malformed"):
            await session.exec(
                sa.text("insert into fts_core_search (fts_core_search, rank) values ('integrity-check', 1)")
            )


async def test_removing_a_site_removes_it_from_the_index(instance: Instance, shop: Shop) -> None:
    await shop.publish(book("Care"))
    await instance.work()
    count = "select count(*) from fts_core_search"
    if instance.platform.database.dialect == "sqlite":
        count = "select count(*) from fts_core_search where fts_core_search match 'care'"
    assert await scalar(instance, count) == 1
    async with instance.platform.database.system_writing() as session:
        await session.exec(sa.text("delete from core_search_entry"))
        await session.commit()
    assert await scalar(instance, count) == 0


async def scalar(instance: Instance, query: str) -> int:
    """Ask the index itself: on PostgreSQL as its owner, since nobody else may."""
    if instance.platform.database.dialect == "postgresql":
        from folkmoot.testing.postgres import run_sql

        return int(run_sql(instance.platform.configuration.database_urls().owner, query)[0][0])
    async with instance.platform.database.system_reading() as session:
        return int((await session.exec(sa.text(query))).scalar_one())
