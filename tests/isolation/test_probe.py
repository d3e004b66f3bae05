"""Nothing of one site is told on another: the probe finds nothing, and finds each twin that was made to leak."""

from typing import Any

import pytest
import sqlalchemy as sa
from probing import Probe, mark_of, scoped_tables
from sqlalchemy.orm import with_loader_criteria
from sqlmodel import select

from folkmoot.accounts import service as accounts
from folkmoot.accounts.models import ApiToken, UserSession
from folkmoot.kernel.ids import digest
from folkmoot.store import scoping
from folkmoot.store.tables import SiteScoped
from folkmoot.testing import Instance
from folkmoot.testing.postgres import run_sql
from folkmoot.web.page_cache import PageCache
from folkmoot.web.platform import Platform


async def test_every_site_shows_its_own_marks(marked: Instance) -> None:
    """Otherwise the probe would look for something that is nowhere."""
    for site in (marked.site, marked.other_site):
        client = marked.client(site)
        for path in ("/", "/consultations", "/sitemap.xml", "/api/v1/consultations", "/search?q=care"):
            assert mark_of(site) in (await client.get(path)).text, path


@pytest.mark.slow
@pytest.mark.parametrize("turned", [False, True], ids=["first site", "second site"])
async def test_nothing_of_the_other_site_is_told(
    marked: Instance, turned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = (marked.site, marked.other_site)
    probe = Probe(marked, *(reversed(sites) if turned else sites))
    await probe.run()
    with capsys.disabled():
        print(f"\n{probe.site.slug} asked for what is {probe.neighbour.slug}'s: {probe.figure}")
    registry = marked.platform.registry
    every = {o.item.path for o in (*registry.routes, *registry.admin_routes)}
    every |= {f"/api/v1{o.item.path}" for o in registry.api_routes}
    assert every - probe.answered == set()
    assert probe.requests > 500
    assert probe.leaks == []
    assert probe.oracles == []
    assert probe.failures == []


def without_criterion(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = with_loader_criteria(SiteScoped, sa.true(), include_aliases=True)
    monkeypatch.setattr(scoping, "_criterion", lambda: everything)


def cache_without_site(monkeypatch: pytest.MonkeyPatch) -> None:
    get, fetch = PageCache.get, PageCache.fetch

    def blind(key: tuple[Any, ...]) -> tuple[Any, ...]:
        return (key[1], key[2], key[-1])

    monkeypatch.setattr(PageCache, "get", lambda self, key, _, make: get(self, blind(key), 0, make))
    monkeypatch.setattr(PageCache, "fetch", lambda self, key, _, make: fetch(self, blind(key), 0, make))


def memory_without_site(monkeypatch: pytest.MonkeyPatch) -> None:
    remember = Platform.remember

    async def blind(self: Platform, site_id: Any, plugin: str, key: tuple[Any, ...], load: Any) -> Any:
        first = self.directory.all()[0].id
        return await remember(self, first, plugin, key, load)

    monkeypatch.setattr(Platform, "remember", blind)


def token_without_site(monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(session: Any, secret: str, **_: Any) -> ApiToken | None:
        found: ApiToken | None = (
            await session.exec(select(ApiToken).where(ApiToken.secret_hash == digest(secret)))
        ).first()
        return found

    monkeypatch.setattr(accounts, "find_token", find)


def session_without_site(monkeypatch: pytest.MonkeyPatch) -> None:
    find = accounts.find_session

    async def anywhere(session: Any, secret: str, *, site_id: Any, at: Any) -> Any:
        row = await session.get(UserSession, digest(secret))
        return await find(session, secret, site_id=row.site_id if row else site_id, at=at)

    monkeypatch.setattr(accounts, "find_session", anywhere)


TWINS = (without_criterion, cache_without_site, memory_without_site, token_without_site, session_without_site)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("twin", TWINS)
async def test_a_twin_that_leaks_is_caught(marked: Instance, monkeypatch: pytest.MonkeyPatch, twin: Any) -> None:
    twin(monkeypatch)
    probe = Probe(marked, marked.site, marked.other_site, stop_at_first=True)
    await probe.run(roles=())
    assert probe.leaks or probe.oracles
    print(twin.__name__, (probe.leaks + probe.oracles)[0])


@pytest.mark.only_on("postgresql")
async def test_on_postgresql_a_twin_leaks_only_without_both_walls(
    marked: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_criterion(monkeypatch)
    walls = [f"alter table {table.name} disable row level security" for table in scoped_tables(marked.platform)]
    run_sql(marked.platform.configuration.database_urls().owner, *walls)
    probe = Probe(marked, marked.site, marked.other_site, stop_at_first=True)
    await probe.run(roles=())
    assert probe.leaks or probe.oracles


@pytest.mark.only_on("sqlite")
async def test_an_answer_that_tells_a_foreign_thing_from_a_missing_one_is_caught(
    marked: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An oracle says nothing of the other site but that it has such a thing."""
    probe = Probe(marked, marked.site, marked.other_site, stop_at_first=True)
    ask = probe.send

    async def telling(client: Any, call: Any, form: Any = None) -> Any:
        answer = await ask(client, call, form)
        if any(value.foreign for value in call.values) and answer.status_code == 404:
            answer.status_code = 403
        return answer

    monkeypatch.setattr(Probe, "send", lambda self, *args: telling(*args))
    await probe.run(roles=())
    assert probe.oracles
