"""Search tells nothing of another site: two walls, each of which holds alone, and a check that sees both fall."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from shelves import PLUGIN, Fill, book
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import with_loader_criteria

from folkmoot.store import scoping
from folkmoot.store import search as store
from folkmoot.store.search import Scope, matching
from folkmoot.store.search.expressions import Wanted, fts5
from folkmoot.store.tables import SiteScoped
from folkmoot.testing import Instance

SECRET = "zymurgy"


async def fill_both(instance: Instance, fill: Fill) -> None:
    """The neighbour's entries are the newer ones, and there are more of them."""
    await fill(book("Our care", "here"))
    await fill(*[book(f"Their care {n}", f"{SECRET} there") for n in range(30)], site=instance.other_site)


async def leaks(instance: Instance) -> list[str]:
    """Return everything that a search on the first site tells of the second."""
    scope = Scope((PLUGIN,), "en", instance.clock.now())
    told: list[str] = []
    async with instance.desk().reading() as session:
        for text in (SECRET, SECRET[:4], f'"{SECRET}"', "there", "care", "their care", instance.other_site.id.hex):
            found = await store.search(session, text, scope)
            told += [f"{text}: {hit.title}" for hit in found.hits if "Their" in hit.title]
            told += [f"{text}: {found.total}"] if found.total > 1 or found.capped else []
            told += [f"{text}: {kind} {count}" for kind, count in found.kinds.items() if count > 1]
            told += [
                f"{text}: {hit.title}" for hit in await store.suggest(session, text, scope) if "Their" in hit.title
            ]
    return told


def without_criterion(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = with_loader_criteria(SiteScoped, sa.true(), include_aliases=True)
    monkeypatch.setattr(scoping, "_criterion", lambda: everything)


def without_site_in_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    def everywhere(wanted: Wanted) -> str:
        return fts5(wanted).partition(" AND ")[2]

    monkeypatch.setattr(matching, "fts5", everywhere)


async def test_nothing_of_the_other_site_is_told(instance: Instance, fill: Fill) -> None:
    await fill_both(instance, fill)
    told = await leaks(instance)
    print(f"search: leaks {len(told)}")
    assert told == []


@pytest.mark.parametrize("twin", [without_criterion, without_site_in_the_index])
async def test_each_wall_holds_alone(
    instance: Instance, fill: Fill, monkeypatch: pytest.MonkeyPatch, twin: Any
) -> None:
    await fill_both(instance, fill)
    twin(monkeypatch)
    assert await leaks(instance) == []


@pytest.mark.only_on("sqlite")
async def test_the_check_sees_a_leak_when_both_have_fallen(
    instance: Instance, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_both(instance, fill)
    without_criterion(monkeypatch)
    without_site_in_the_index(monkeypatch)
    assert len(await leaks(instance)) > 5


@pytest.mark.only_on("postgresql")
async def test_the_check_sees_a_leak_when_the_transaction_is_of_another_site(
    instance: Instance, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_both(instance, fill)
    without_criterion(monkeypatch)
    other = str(instance.other_site.id)
    reading = instance.platform.database.reading

    class Turned:
        def __init__(self, site_id: Any) -> None:
            self.inner = reading(site_id)

        async def __aenter__(self) -> Any:
            session = await self.inner.__aenter__()
            await session.execute(sa.select(sa.func.set_config("app.site_id", other, True)))
            return session

        async def __aexit__(self, *error: Any) -> Any:
            return await self.inner.__aexit__(*error)

    monkeypatch.setattr(instance.platform.database, "reading", Turned)
    assert len(await leaks(instance)) > 5


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("statement", ["select * from fts_core_search", "delete from fts_core_search"])
async def test_the_index_itself_is_closed_to_the_role_that_serves_sites(instance: Instance, statement: str) -> None:
    async with instance.platform.database.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.exec_driver_sql(statement)


@pytest.mark.only_on("postgresql")
async def test_without_a_site_the_index_matches_nothing(instance: Instance, fill: Fill) -> None:
    await fill_both(instance, fill)
    asked = sa.text("select count(*) from fts_core_search_match('''care''', false, 'library', now(), 100)")
    for engine in (instance.platform.database.engine, instance.platform.database.system_engine):
        async with engine.connect() as connection:
            assert (await connection.execute(asked)).scalar_one() == 0


async def test_a_query_that_names_another_site_finds_nothing_of_it(instance: Instance, fill: Fill) -> None:
    """Whatever is asked for by name stands behind the session's own site."""
    await fill_both(instance, fill)
    query = store.queries.read_query(SECRET)
    wanted = replace(Wanted(instance.other_site.id, query), sources=())
    async with instance.desk().reading() as session:
        found = await matching.match(session, wanted, plugins=(PLUGIN,), now=instance.clock.now(), most=10)
    assert found == []
