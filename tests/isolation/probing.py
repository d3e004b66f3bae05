"""The probe: asks one site for what belongs to another, by every route that the running application has.

Two findings: a *leak* (a mark of the other site stands in an answer, its headers or its redirect) and an *oracle*
(what belongs to the other site is answered in another way than what does not exist at all).
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from folkmoot.kernel.registry import Owned
from folkmoot.sites.directory import SiteFacts
from folkmoot.sites.service import touch, touch_directory
from folkmoot.store.database import open_database
from folkmoot.store.migrations.postgres import in_own_loop
from folkmoot.testing import Client, Instance
from folkmoot.web.platform import Platform

PART = re.compile(r"\{(\w+):(\w+)\}")
# What differs between any two answers: ids of requests, tokens of forms.
CHANGING = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}|\?v=\w+")
IDENTIFYING = re.compile(r"(^|_)(slug|ref|reference|id|key|code|number|secret)$")
SHORT = re.compile(r"[\w.-]{1,80}")
PROSE = re.compile(r"\S+ \S+")
METHODS_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
SAMPLE = 2
ROLES = ("administrator", "publisher", "author", "analyst", "moderator", "viewer", "member")


def mark_of(site: SiteFacts) -> str:
    """Return the mark of a site: a word that stands nowhere else."""
    return f"kanari{site.slug}{site.id.hex[-8:]}"


def scoped_tables(platform: Platform) -> list[sa.Table]:
    """Return every table whose rows belong to a site."""
    return [owned.item.__table__ for owned in platform.registry.tables]


async def mark_everything(instance: Instance, site: SiteFacts) -> None:
    """Put the site's mark into every text of its rows, and into its own name; also into slugs and references.

    It goes by the shape of values, not by names of columns, so that a new table is marked as well.
    """
    mark = mark_of(site)
    async with instance.platform.database.system_writing() as session:
        connection = await session.connection()
        for table in scoped_tables(instance.platform):
            await _mark_table(connection, table, site, mark)
        for column in ("name", "organisation", "contact_email"):
            text = f"update core_site set {column} = {column} || :mark where id = :id"
            statement = sa.text(text).bindparams(sa.bindparam("id", site.id, sa.Uuid()), mark=mark)
            await connection.execute(statement)
        for plugin in ("core", *site.plugins):
            await touch(session, site.id, plugin)
        await touch_directory(session)
        await session.commit()


async def _mark_table(connection: AsyncConnection, table: sa.Table, site: SiteFacts, mark: str) -> None:
    rows = (await connection.execute(sa.select(table).where(table.c.site_id == site.id))).mappings().all()
    for row in rows:
        changes = {
            column.name: fitting(column, marked(column.name, row[column.name], mark), mark) for column in table.c
        }
        changed = {name: value for name, value in changes.items() if value is not None}
        if changed:
            mine = (table.c.site_id == site.id) & (table.c.id == row["id"])
            await connection.execute(sa.update(table).where(mine).values(changed))


def fitting(column: sa.Column[Any], value: Any, mark: str) -> Any:
    """Return a marked value cut so that the column holds it with its mark, or ``None`` when it cannot."""
    longest = getattr(column.type, "length", None) if isinstance(value, str) else None
    if not longest or len(value) <= longest:
        return value
    # Where little of the value would be left two rows would be alike.
    return f"{value[: longest - len(mark) - 1]}-{mark}" if longest > 2 * len(mark) else None


def marked(column: str, value: Any, mark: str) -> Any:
    """Return a value with the mark in it, or ``None`` when it must stay as it is."""
    if isinstance(value, (dict, list)):
        return _marked_json(value, mark)
    if not isinstance(value, str):
        return None
    if column in {"slug", "ref", "reference"}:
        return f"{value}-{mark}"
    return f"{value} {mark}" if PROSE.search(value) and not re.match(r"\d{4}-\d\d-\d\d ", value) else None


def _marked_json(value: Any, mark: str) -> Any:
    if isinstance(value, dict):
        return {key: _marked_json(each, mark) if key != "show_if" else each for key, each in value.items()}
    if isinstance(value, list):
        return [_marked_json(each, mark) for each in value]
    return f"{value} {mark}" if isinstance(value, str) and PROSE.search(value) else value


@dataclass(frozen=True, slots=True)
class Value:
    """A part of an address: the site's own, another site's, or one that nobody has."""

    text: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that a route can be asked for."""

    method: str
    path: str
    values: tuple[Value, ...] = ()
    body: Any = None
    query: tuple[tuple[str, str], ...] = ()

    def twin(self) -> "Call":
        """The same, for something that does not exist anywhere."""
        missing = tuple(Value(_missing(each.text)) if each.foreign else each for each in self.values)
        return Call(self.method, self.path, missing, self.body, tuple((n, _missing(v)) for n, v in self.query))

    def address(self) -> str:
        texts = iter(quote(each.text, safe="") for each in self.values)
        path = PART.sub(lambda _: next(texts), self.path)
        return f"{path}?{urlencode(self.query)}" if self.query else path

    def sent(self) -> list[str]:
        """What the caller has typed: it may come back."""
        return [each.text for each in self.values] + [value for _, value in self.query]


def _missing(text: str) -> str:
    try:
        held = UUID(text)
    except ValueError:
        return text if text.isdigit() else f"missing-{uuid4().hex[:12]}"
    # Of the same time, since lists go on from an id by its order, whoever's it is.
    return str(UUID(held.hex[:16] + uuid4().hex[16:]))


@dataclass(slots=True)
class Probe:
    """What was asked and found."""

    instance: Instance
    site: SiteFacts
    neighbour: SiteFacts
    stop_at_first: bool = False
    requests: int = 0
    leaks: list[str] = field(default_factory=list)
    oracles: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    _kept: dict[UUID, Mapping[str, Sequence[Any]]] = field(default_factory=dict)

    @property
    def figure(self) -> str:
        return f"leaks {len(self.leaks)}, oracles {len(self.oracles)}, requests {self.requests}"

    def done(self) -> bool:
        return self.stop_at_first and bool(self.leaks or self.oracles)

    async def run(self, roles: Sequence[str] = ("administrator", "viewer")) -> None:
        """Ask as everybody: nobody, people with a role, programs, and with the neighbour's own keys."""
        await self.warm()
        # Who changes nothing comes first: what is asked for must still be there.
        askers = [("anonymous", self.instance.client(self.site))]
        askers += [(role, await self.instance.staff_client(role, self.site)) for role in roles]
        for name, client in askers:
            await self.ask_all(name, client)
            if self.done():
                return
        await self.foreign_keys()
        await self.ask_api("token", await self.instance.api(site=self.site))

    async def warm(self) -> None:
        """Let the neighbour's visitors fill the caches with the neighbour's pages, at the addresses asked for here."""
        client = self.instance.client(self.neighbour)
        for owned in self.page_routes():
            if "GET" in owned.item.methods:
                for call in self.calls("GET", owned.item.path, every_own=True):
                    self.note(await self.send(client, call))

    def note(self, answer: httpx.Response) -> None:
        if answer.status_code >= 500:
            self.failures.append(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")

    def page_routes(self) -> list[Owned[Any]]:
        registry = self.instance.platform.registry
        return [*registry.routes, *registry.admin_routes]

    async def ask_all(self, name: str, client: Client) -> None:
        token = await form_token(client)
        for owned in self.page_routes():
            for method in owned.item.methods:
                for call in self.calls(method, owned.item.path, query=owned.item.query):
                    await self.ask(name, client, call, {"form_token": token})
                    if self.done():
                        return

    async def ask_api(self, name: str, client: Client) -> None:
        for owned in self.instance.platform.registry.api_routes:
            body = sample_of(owned.item.body) if owned.item.body else None
            for call in self.calls(owned.item.method, f"/api/v1{owned.item.path}", query=owned.item.query, body=body):
                await self.ask(name, client, call, None)
                if self.done():
                    return

    async def ask(self, name: str, client: Client, call: Call, form: Mapping[str, str] | None) -> None:
        answer = await self.send(client, call, form)
        self.note(answer)
        self.answered.add(call.path)
        where = f"{name}: {call.method} {call.address()}: {answer.status_code}"
        if mark_of(self.neighbour) in without(said(answer), call.sent()):
            self.leaks.append(where)
        if any(each.foreign for each in call.values) or call.query:
            twin = call.twin()
            other = await self.send(client, twin, form)
            if told(answer, call) != told(other, twin):
                self.oracles.append(f"{where}, and {other.status_code} for what does not exist")

    async def send(self, client: Client, call: Call, form: Mapping[str, str] | None = None) -> httpx.Response:
        self.requests += 1
        options: dict[str, Any] = {"headers": {"sec-fetch-site": "same-origin"}}
        if call.method in METHODS_WITH_BODY:
            if form is None and call.body is not None:
                options["json"] = call.body
            else:
                options["data"] = dict(form or {})
        return await client.request(call.method, call.address(), **options)

    async def foreign_keys(self) -> None:
        """A session, a token and a sign-in link of the neighbour's are nothing here, like ones that never were."""
        staff = await self.instance.staff_client("administrator", self.neighbour)
        program = await self.instance.api(site=self.neighbour)
        pairs = [
            ({"cookie": f"__Host-folkmoot={staff.cookies['__Host-folkmoot']}"}, {"cookie": "__Host-folkmoot=unknown"}),
            ({"authorization": program.headers["authorization"]}, {"authorization": "Bearer fm_unknown"}),
        ]
        registry = self.instance.platform.registry
        paths = [owned.item.path for owned in self.page_routes() if "GET" in owned.item.methods]
        paths += [f"/api/v1{owned.item.path}" for owned in registry.api_routes if owned.item.method == "GET"]
        client = self.instance.client(self.site)
        for path, (held, unknown) in itertools.product([path for path in paths if "{" not in path], pairs):
            answer, other = [await client.get(path, headers=headers) for headers in (held, unknown)]
            self.requests += 2
            if told(answer) != told(other):
                self.oracles.append(f"a key of the neighbour's: GET {path}: {answer.status_code}, {other.status_code}")
            if mark_of(self.neighbour) in said(answer):
                self.leaks.append(f"a key of the neighbour's: GET {path}")

    def calls(
        self, method: str, path: str, *, query: Sequence[str] = (), body: Any = None, every_own: bool = False
    ) -> Iterator[Call]:
        """Yield what a route is asked for: without parts as it is; with parts, at least one of them the neighbour's.

        :param every_own: the neighbour's own things, as its own visitors ask for them
        """
        parts = PART.findall(path)
        if not parts:
            yield Call(method, path, (), body)
            if method == "GET" and not every_own:
                for name in query:
                    for value in self.values(self.neighbour, path, name, "str")[:SAMPLE]:
                        yield Call(method, path, (), None, ((name, value),))
            return
        foreign = [[Value(v, True) for v in self.values(self.neighbour, path, *part)] for part in parts]
        own = [[Value(v) for v in self.values(self.site, path, *part)][:SAMPLE] for part in parts]
        choices = foreign if every_own else [f + o for f, o in zip(foreign, own, strict=True)]
        for values in itertools.product(*choices):
            if any(value.foreign for value in values):
                yield Call(method, path, values, body)

    def values(self, site: SiteFacts, path: str, name: str, kind: str) -> list[str]:
        """Return what stands for a part of an address in a site's rows, a few of each column that could be meant."""
        if kind == "int":
            return ["1"]
        plugin = self.instance.platform.mounts.get(re.sub(r"^/(admin|api/v1)", "", path).split("/")[1], "core")
        named, ids = [], []
        for table, column, texts in self._identifying(site):
            ours = table.startswith(f"{plugin}_")
            if kind != "uuid" and ours and (column == name or column.endswith(f"_{name}")):
                named += texts
            elif column == "id" and (ours or kind == "uuid"):
                ids += texts[:1]
        return list(dict.fromkeys([*named[: 2 * SAMPLE], *ids]))

    def _beside(self, site: SiteFacts) -> SiteFacts:
        return self.site if site.id == self.neighbour.id else self.neighbour

    def _identifying(self, site: SiteFacts) -> Iterator[tuple[str, str, list[str]]]:
        own, other = self._rows(site), self._rows(self._beside(site))
        for table in scoped_tables(self.instance.platform):
            for column in table.columns:
                if not IDENTIFYING.search(column.name) or column.name == "site_id":
                    continue
                # What both sites have (a version 1.0) says nothing of whose it is.
                theirs = {row[column.name] for row in other[table.name]}
                found = dict.fromkeys(row[column.name] for row in own[table.name])
                texts = [as_part(value) for value in found if value is not None and value not in theirs][:6]
                yield table.name, column.name, [text for text in texts if SHORT.fullmatch(text)]

    def _rows(self, site: SiteFacts) -> Mapping[str, Sequence[Any]]:
        """Return a site's rows by table, as they were when they were first asked for."""
        if site.id not in self._kept:
            self._kept[site.id] = in_own_loop(partial(read_rows, self.instance, site))
        return self._kept[site.id]


async def read_rows(instance: Instance, site: SiteFacts) -> Mapping[str, Sequence[Any]]:
    """Return a site's rows by table, ordered by their keys, read beside the running instance."""
    database = open_database(instance.platform.configuration.database_urls())
    async with database.system_reading() as session:
        connection = await session.connection()
        rows = {
            table.name: (
                await connection.execute(sa.select(table).where(table.c.site_id == site.id).order_by(table.c.id))
            )
            .mappings()
            .all()
            for table in scoped_tables(instance.platform)
        }
    await database.close()
    return rows


def as_part(value: Any) -> str:
    """Return a stored value as it stands in addresses."""
    text = str(value)
    return str(UUID(text)) if re.fullmatch(r"[0-9a-f]{32}", text) else text


def said(answer: httpx.Response) -> str:
    """Return everything that an answer says: body, headers, redirect."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{answer.status_code}\n{headers}\n{answer.text}"


def without(text: str, sent: Sequence[str]) -> str:
    """Return a text without what the caller has typed."""
    for value in sorted(sent, key=len, reverse=True):
        text = text.replace(quote(value, safe=""), "…").replace(value, "…")
    return text


def told(answer: httpx.Response, call: Call | None = None) -> tuple[int, str]:
    """Return what an answer tells, without what differs between any two answers."""
    location = answer.headers.get("location", "")
    text = without(f"{location}\n{answer.text}", call.sent() if call else ())
    return answer.status_code, CHANGING.sub("…", text)


async def form_token(client: Client) -> str:
    """Return the token that the forms of a signed-in person carry, empty for nobody."""
    found = re.search(r'name="form_token" value="(\w+)"', (await client.get("/account")).text)
    return found[1] if found else ""


def sample_of(model: type[Any]) -> Any:
    """Return a body that the model of a call takes, made from its schema."""
    schema = model.model_json_schema()
    return _sample(schema, schema.get("$defs", {}))


def _sample(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _sample(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], defs)
    kind = schema.get("type", "string")
    if kind == "object":
        wanted = schema.get("required", ())
        return {name: _sample(each, defs) for name, each in schema.get("properties", {}).items() if name in wanted}
    if schema.get("format") == "date-time":
        return "2026-11-02T09:00:00Z"
    return {"string": "x" * max(1, schema.get("minLength", 1)), "integer": 1, "number": 1.0, "boolean": True}.get(
        kind, []
    )
