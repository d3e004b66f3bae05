"""How a process on PostgreSQL hears that pages have changed: at once, from any process; it believes no silence."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from folkmoot.sites.service import touch, touch_directory
from folkmoot.sites.versions import PostgresVersions, Versions, open_versions
from folkmoot.store import notices
from folkmoot.store.database import open_database
from folkmoot.testing import Instance
from folkmoot.testing.postgres import run_sql, server

pytestmark = pytest.mark.only_on("postgresql")
LISTENERS = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where datname = '{}' and application_name = 'folkmoot-versions'"
)


@pytest_asyncio.fixture
async def elsewhere(instance: Instance) -> AsyncIterator[PostgresVersions]:
    """What another process of the same instance knows."""
    database = open_database(instance.platform.configuration.database_urls())
    versions = await open_versions(database)
    assert isinstance(versions, PostgresVersions)
    yield versions
    await versions.close()
    await database.close()


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.01)


async def change(instance: Instance, plugin: str = "feedback") -> None:
    async with instance.desk().writing() as session:
        await touch(session, instance.site.id, plugin)
        await session.commit()


def numbers(versions: Versions, instance: Instance) -> tuple[int, int, int]:
    ours, theirs = instance.site.id, instance.other_site.id
    return versions.pages(ours, "feedback"), versions.pages(ours, None), versions.pages(theirs, "feedback")


async def test_the_process_that_makes_a_change_knows_it_when_its_session_ends(instance: Instance) -> None:
    versions = instance.platform.versions
    before = numbers(versions, instance)
    await change(instance)
    after = numbers(versions, instance)
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert after[2] == before[2]


async def test_another_process_hears_of_it(instance: Instance, elsewhere: PostgresVersions) -> None:
    before = numbers(elsewhere, instance)
    assert numbers(elsewhere, instance) == before
    await change(instance)
    await until(lambda: numbers(elsewhere, instance) != before)
    assert numbers(elsewhere, instance)[2] == before[2]


async def test_a_change_of_the_shell_is_a_change_of_every_page_of_the_site(
    instance: Instance, elsewhere: PostgresVersions
) -> None:
    before = elsewhere.pages(instance.site.id, "feedback")
    await change(instance, "core")
    await until(lambda: elsewhere.pages(instance.site.id, "feedback") != before)


async def test_what_is_rolled_back_is_not_announced(instance: Instance, elsewhere: PostgresVersions) -> None:
    before = numbers(elsewhere, instance)
    async with instance.desk().writing() as session:
        await touch(session, instance.site.id, "feedback")
        await session.rollback()
    await change(instance, "other")
    await until(lambda: elsewhere.pages(instance.site.id, None) != before[1])
    assert elsewhere.pages(instance.site.id, "feedback") == before[0]


async def test_the_directory_is_heard_of_too(instance: Instance, elsewhere: PostgresVersions) -> None:
    before = elsewhere.directory()
    async with instance.platform.database.system_writing() as session:
        await touch_directory(session)
        await session.commit()
    await until(lambda: elsewhere.directory() != before)


async def test_a_listener_that_is_cut_off_believes_nothing_until_it_hears_again(
    instance: Instance, elsewhere: PostgresVersions
) -> None:
    before = numbers(elsewhere, instance)
    name = instance.platform.configuration.database_urls().app.rpartition("/")[2]
    run_sql(server(), LISTENERS.format(name))
    await until(lambda: not elsewhere.alive())
    # Nothing is heard now: each look is a new number, so nothing from before is served.
    assert elsewhere.pages(instance.site.id, "feedback") != elsewhere.pages(instance.site.id, "feedback")
    await change(instance)
    await until(elsewhere.alive)
    after = numbers(elsewhere, instance)
    assert after == numbers(elsewhere, instance)
    assert not set(after) & set(before)


async def test_a_notice_that_is_none_of_ours_is_not_listened_to(
    instance: Instance, elsewhere: PostgresVersions
) -> None:
    before = numbers(elsewhere, instance)
    url = instance.platform.configuration.database_urls().system
    run_sql(url, f"notify {notices.CHANNEL}, 'no such thing'", f"notify {notices.CHANNEL}, ''")
    await change(instance, "other")
    await until(lambda: elsewhere.pages(instance.site.id, None) != before[1])
    assert numbers(elsewhere, instance)[::2] == before[::2]
