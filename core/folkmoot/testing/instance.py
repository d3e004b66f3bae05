"""A running instance in the test's own process: two sites, clients for people and for programs."""

import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
import jinja2

from folkmoot.accounts import service as accounts
from folkmoot.kernel.settings import Configuration, DatabaseUrls, SiteSection, load
from folkmoot.sites.directory import SiteFacts
from folkmoot.sites.service import create_site
from folkmoot.testing.html import Element, form_fields, read_html
from folkmoot.web.application import create_application, lineages
from folkmoot.web.application import load as load_registry
from folkmoot.web.desk import Desk
from folkmoot.web.edge import Edge
from folkmoot.web.platform import Platform

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FIRST, SECOND = "occs", "parent"
CONFIGURATION = """\
[site]
slug = "occs"
name = "Engage OCCS"
organisation = "Office for Community Care Standards"
kind = "executive-ndpb"
brand_colour = "#00625a"
locales = ["en", "cy"]
contact_email = "engage@occs.example"
[plugins]
active = {plugins}
"""


class FrozenClock:
    """A clock that tests move."""

    def __init__(self, start: datetime = START) -> None:
        self.instant = start

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant

    def move(self, **amount: float) -> None:
        """Move by days, hours, minutes, seconds."""
        self.instant += timedelta(**amount)


class Client(httpx.AsyncClient):
    """A browser without JavaScript, or a program: redirects are shown, not followed."""

    async def page(self, path: str, *, status: int = 200) -> Element:
        """Fetch a page, and return it read; fails when it answers another status."""
        response = await self.get(path)
        assert response.status_code == status, f"{path}: {response.status_code} {response.text[:300]}"
        return read_html(response.text)

    async def follow(self, response: httpx.Response) -> httpx.Response:
        """Go where a redirect points, as a browser does, until there is a page."""
        for _ in range(5):
            if response.status_code not in {301, 302, 303, 307, 308}:
                return response
            response = await self.get(urljoin(str(response.url), response.headers["location"]))
        raise AssertionError("more than five redirects")

    async def submit(
        self, page: Element, values: Mapping[str, str | Sequence[str]] | None = None, *, form: Element | None = None
    ) -> httpx.Response:
        """Fill in the form of a page and send it, as a browser would; the answer may be a redirect."""
        chosen = form or _main_form(page)
        given = dict(values or {})
        fields = [(name, value) for name, value in form_fields(chosen) if name not in given]
        for name, value in given.items():
            fields += [(name, value)] if isinstance(value, str) else [(name, one) for one in value]
        action = chosen.get("action") or page.attributes.get("path", "")
        return await self.post(
            action,
            content=urlencode(fields),
            headers={
                "content-type": "application/x-www-form-urlencoded",
                "sec-fetch-site": "same-origin",
                "origin": f"{self.base_url.scheme}://{self.base_url.host}",
            },
        )


def _main_form(page: Element) -> Element:
    main = (page.all("main") or [page])[0]
    forms = [form for form in main.all("form") if form.get("method", "get").lower() == "post"]
    assert len(forms) == 1, f"{len(forms)} forms in the main part of the page: say which"
    return forms[0]


class Instance:
    """A running instance with the sites ``site`` and ``other_site``, both with all its plugins on."""

    def __init__(self, edge: Edge, clock: FrozenClock) -> None:
        self.edge = edge
        self.clock = clock
        self._clients: list[Client] = []

    @property
    def platform(self) -> Platform:
        """What the process shares."""
        return self.edge.platform

    @property
    def database(self) -> str:
        """The kind of its database: ``sqlite`` or ``postgresql``."""
        return self.platform.database.dialect

    @property
    def site(self) -> SiteFacts:
        """The first site."""
        return self._named(FIRST)

    @property
    def other_site(self) -> SiteFacts:
        """The second site, the first one's neighbour in every test of isolation."""
        return self._named(SECOND)

    def _named(self, slug: str) -> SiteFacts:
        return next(site for site in self.platform.directory.all() if site.slug == slug)

    def desk(self, site: SiteFacts | None = None) -> Desk:
        """Return a desk at a site, for services and seeds."""
        return Desk(self.platform, site or self.site)

    def client(self, site: SiteFacts | None = None, **options: Any) -> Client:
        """Return an anonymous client of a site."""
        # Failures come back as the page that a person would see, not as exceptions of the test.
        transport = httpx.ASGITransport(app=self.edge, raise_app_exceptions=False)  # type: ignore[arg-type]
        host = (site or self.site).slug
        client = Client(transport=transport, base_url=f"https://{host}.localhost", **options)
        self._clients.append(client)
        return client

    async def staff_client(self, role: str = "administrator", site: SiteFacts | None = None) -> Client:
        """Return a client that has signed in with a role; each call is another person."""
        chosen = site or self.site
        email = f"{role}-{secrets.token_hex(4)}@example.org"
        async with self.platform.database.system_writing() as session:
            user = await accounts.create_user(
                session, email, site_id=chosen.id, role=role, password=None, at=self.clock.now()
            )
            secret = await accounts.start_session(session, user.id, site_id=chosen.id, at=self.clock.now(), replaces="")
        return self.client(chosen, cookies={"__Host-folkmoot": secret})

    async def api(self, permissions: Sequence[str] = ("*",), site: SiteFacts | None = None) -> Client:
        """Return a client with an API token."""
        chosen = site or self.site
        async with self.platform.database.system_writing() as session:
            token = await accounts.create_token(
                session, site_id=chosen.id, permissions=permissions, at=self.clock.now(), expires=None
            )
        return self.client(chosen, headers={"authorization": f"Bearer {token}"})

    async def close(self) -> None:
        """Close clients and database."""
        for client in self._clients:
            await client.aclose()
        await self.platform.close()
        if self.database == "postgresql":
            from folkmoot.testing.postgres import drop_database

            drop_database(self.platform.configuration.database_urls())

    async def work(self) -> int:
        """Do all jobs of all sites that are due by the frozen clock, until none is, and return how many were begun."""
        from sqlmodel import select

        from folkmoot.sites.models import Site
        from folkmoot.web.worker import Worker

        worker = Worker(self.platform)
        async with self.platform.database.system_reading() as session:
            made_at = min((await session.exec(select(Site.created_at))).all())
        await worker.schedules.look(since=made_at)
        return await worker.drain()


class _CompiledOnce(jinja2.BytecodeCache):
    """Compiled templates, kept for the whole test run."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Give what was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what has been compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_compiled = _CompiledOnce()
# Databases as they were once prepared, by what is in them: copying is quicker than making.
_prepared: dict[tuple[str, ...], bytes] = {}
FILLED = "filled"


def write_configuration(folder: Path, plugins: Sequence[str], urls: DatabaseUrls | None = None) -> Configuration:
    """Write the configuration of a test instance, and read it back.

    :param urls: of a PostgreSQL database; a SQLite file in the folder is used without
    """
    path = folder / "folkmoot.toml"
    text = CONFIGURATION.format(plugins=json.dumps(list(plugins)))
    if urls is not None:
        text += f'[database]\nurl = "{urls.app}"\nowner_url = "{urls.owner}"\nsystem_url = "{urls.system}"\npool = 5\n'
    path.write_text(text, encoding="utf-8")
    key = folder / "data" / "secret_key"
    key.parent.mkdir(exist_ok=True)
    key.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return load(path, environ={})


async def start_instance(
    folder: Path,
    plugins: Sequence[str],
    clock: FrozenClock | None = None,
    database: str = "sqlite",
    *,
    filled: bool = False,
) -> Instance:
    """Start an instance in a folder, with two sites on which the plugins are on.

    :param database: ``sqlite`` or ``postgresql``
    :param filled: whether the first site has the plugins' demo content
    """
    clock = clock or FrozenClock()
    place = _on_sqlite if database == "sqlite" else _on_postgres
    return await _open(place(_empty(folder), tuple(plugins), filled=filled), clock, filled=filled)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _on_sqlite(folder: Path, plugins: tuple[str, ...], *, filled: bool) -> Configuration:
    configuration = write_configuration(folder, plugins)
    path = Path(configuration.database_urls().path)
    key = (*plugins, FILLED) if filled else plugins
    if key not in _prepared:
        _prepare(configuration, filled=filled)
        _prepared[key] = path.read_bytes()
    path.write_bytes(_prepared[key])
    return configuration


def _on_postgres(folder: Path, plugins: tuple[str, ...], *, filled: bool) -> Configuration:
    from folkmoot.testing.postgres import fresh_database

    def prepare(urls: DatabaseUrls) -> None:
        _prepare(write_configuration(folder, plugins, urls), filled=filled)

    key = (*plugins, FILLED) if filled else plugins
    return write_configuration(folder, plugins, fresh_database(key, prepare))


def _prepare(configuration: Configuration, *, filled: bool) -> None:
    """Make the tables, and when asked to the content, by an instance of its own that is closed again."""
    from folkmoot.store.migrations import upgrade
    from folkmoot.store.migrations.postgres import in_own_loop

    upgrade(configuration.database_urls(), lineages(load_registry(configuration)))

    async def fill() -> None:
        instance = await _open(configuration, FrozenClock())
        for owned in instance.platform.registry.seeds:
            await owned.item.run(instance.desk())
        await instance.platform.close()

    if filled:
        in_own_loop(fill)


async def _open(configuration: Configuration, clock: FrozenClock, *, filled: bool = False) -> Instance:
    edge = create_application(configuration, clock=clock, bytecode=_compiled)
    await edge.platform.open()
    if not filled:
        wanted = SiteSection(slug=SECOND, name="Parent department", host=f"{SECOND}.localhost", locales=("en",))
        async with edge.platform.database.system_writing() as session:
            plugins = configuration.settings.plugins.active
            await create_site(session, wanted, plugins=plugins, at=clock.now())
        await edge.platform.load_directory()
    return Instance(edge, clock)


def path_of(response: httpx.Response) -> str:
    """Return the path and query that a redirect points to."""
    parts = urlsplit(response.headers["location"])
    return parts.path + (f"?{parts.query}" if parts.query else "")
