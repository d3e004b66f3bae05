"""One person, planted wherever a site can hold somebody; and where their address stands, looked up by brute force."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import select

from folkmoot.accounts import service as accounts
from folkmoot.forms.models import Draft, Form
from folkmoot.mail.addresses import address_key, masked
from folkmoot.mail.models import ACTIVE, Message, Subscription, Suppression
from folkmoot.privacy.complaints import Complaining, receive
from folkmoot.sites.directory import SiteFacts
from folkmoot.spec.descriptors import Subject
from folkmoot.store.files.keeping import Keeping, Wanted, keep, take_in
from folkmoot.store.jobs.queue import enqueue
from folkmoot.testing import Instance
from folkmoot.testing.postgres import run_sql

PLUGINS = ("consultation", "publication", "dashboard", "feedback")
EMAIL = "zenobia.quillfeather@somewhere.example"
WORDS = "Quillfeather"
OTHER = "somebody.else@elsewhere.example"
QUESTIONS: list[dict[str, Any]] = [
    {"key": "agree", "type": "single", "label": "Do you agree?", "options": [{"key": "yes", "label": "Yes"}]},
    {"key": "why", "type": "long_text", "label": "Why?"},
    {"key": "email", "type": "text", "label": "Email address"},
]
BODY: dict[str, Any] = {
    "slug": "bins",
    "title": f"Bins ({EMAIL})",
    "summary": f"How often? Ask {EMAIL}, says Zenobia.",
    "opens_at": "2026-01-01T09:00:00+00:00",
    "closes_at": "2026-12-01T23:59:00+00:00",
    "form": {"pages": [{"title": "One", "questions": QUESTIONS}]},
}
MARKDOWN = f"# Report\n\n## First\n\nWrite to {EMAIL} about this.\n"


@dataclass(frozen=True, slots=True)
class Planted:
    """Who was planted, and where they were answered."""

    instance: Instance
    subject: Subject
    reference: str


async def plant(instance: Instance) -> Planted:
    """Put the person into every place of the first site."""
    site = instance.site
    reference = await _submissions(instance, site)
    await _published(instance, site)
    await _rows(instance, site)
    await _account(instance, site)
    await _file(instance, site)
    await _feedback(instance, site)
    await instance.work()
    subject = Subject(site_id=site.id, email=EMAIL, secret_key=instance.platform.secret_key)
    return Planted(instance, subject, reference)


async def _submissions(instance: Instance, site: SiteFacts) -> str:
    api, url = await instance.api(site=site), "/api/v1/consultations/bins"
    assert (await api.post("/api/v1/consultations", json=BODY)).status_code == 201
    assert (await api.post(f"{url}/publish", json={"override_reason": "A test."})).status_code == 200
    own = {"agree": "yes", "why": f"I, Zenobia {WORDS}, have my reasons.", "email": EMAIL.upper()}
    others = {"agree": "yes", "why": f"Ask {EMAIL.title()}: she knows.", "email": OTHER}
    public = instance.client(site)
    answer = await public.post(f"{url}/submissions", json={"answers": own})
    assert answer.status_code == 201, answer.text
    assert (await public.post(f"{url}/submissions", json={"answers": others})).status_code == 201
    return str(answer.json()["reference"])


async def _published(instance: Instance, site: SiteFacts) -> None:
    api = await instance.api(site=site)
    body = {"slug": "report", "title": "The report", "summary": "In short.", "kind": "report", "markdown": MARKDOWN}
    assert (await api.post("/api/v1/publications", json=body)).status_code == 201
    answer = await api.post("/api/v1/publications/report/publish", json={"override_reason": "A test."})
    assert answer.status_code == 200, answer.text


async def _rows(instance: Instance, site: SiteFacts) -> None:
    desk, now = instance.desk(site), instance.clock.now()
    async with desk.writing() as session:
        form = (await session.exec(select(Form.id))).first()
        assert form is not None
        session.add(Draft(form_id=form, secret_hash="a" * 64, answers={"email": EMAIL, "why": WORDS}, updated_at=now))
        said = Complaining(name=f"Zenobia {WORDS}", contact=EMAIL, what_happened="My answer was shown to others.")
        await receive(session, said, now=now, prefix=site.reference_prefix)
        session.add(
            Message(
                address=EMAIL,
                subject="Thank you",
                body=f"Dear Zenobia {WORDS}",
                locale="en",
                template="confirm",
                created_at=now,
            )
        )
        key = address_key(site.id, EMAIL)
        session.add(
            Subscription(
                address=EMAIL,
                address_key=key,
                topic="consultations",
                locale="en",
                origin="https://occs.localhost",
                state=ACTIVE,
                confirm_hash="b" * 64,
                confirm_until=now + timedelta(days=7),
                unsubscribe_hash="c" * 64,
                created_at=now,
            )
        )
        shown = masked(EMAIL)
        session.add(Suppression(address_key=key, shown=shown, reason="550 no such mailbox", created_at=now))
        await enqueue(session, "core.nothing", {"to": EMAIL}, at=now, run_at=now + timedelta(days=300))
        await session.commit()


async def _account(instance: Instance, site: SiteFacts) -> None:
    now = instance.clock.now()
    async with instance.platform.database.system_writing() as session:
        user = await accounts.create_user(session, EMAIL, site_id=site.id, role="viewer", password=None, at=now)
        await accounts.start_session(session, user.id, site_id=site.id, at=now, replaces="")
        await accounts.create_link(session, EMAIL, site_id=site.id, at=now)


async def _file(instance: Instance, site: SiteFacts) -> None:
    platform, desk = instance.platform, instance.desk(site)
    keeping = Keeping(platform.database, platform.files, platform.clock, quota=10**9)
    content = io.BytesIO(f"From Zenobia {WORDS}\n".encode())
    row = await take_in(keeping, site.id, content, name=f"{EMAIL}.txt", wanted=Wanted(purpose="letter"))
    async with desk.writing() as session:
        await keep(session, row.id, scanned=False, at=instance.clock.now())
        await session.commit()


async def _feedback(instance: Instance, site: SiteFacts) -> None:
    sent = {"path": "/", "useful": False, "what_wrong": f"I am {EMAIL} ({WORDS}) and it does not work."}
    assert (await instance.client(site).post("/api/v1/feedback/page", json=sent)).status_code == 201


async def rows_naming(instance: Instance, words: str, site: SiteFacts | None = None) -> dict[str, int]:
    """Return how many rows of each table name somebody, found without any declaration: as the text of whole rows."""
    tables = sorted({*sa_tables(instance)})
    found: dict[str, int] = {}
    async with instance.platform.database.system_reading() as session:
        for name, columns in tables:
            whole = sa.func.lower(sa.cast(sa.text(f'"{name}"'), sa.Text)) if instance.database == "postgresql" else None
            if whole is None:
                joined = " || ' ' || ".join(f"coalesce(cast(\"{c}\" as text), '')" for c in columns)
                whole = sa.func.lower(sa.text(f"({joined})"))
            query = sa.select(sa.func.count()).select_from(sa.text(f'"{name}"')).where(whole.like(f"%{words.lower()}%"))
            if site is not None and "site_id" in columns:
                query = query.where(sa.column("site_id", sa.Uuid()) == site.id)
            number = (await (await session.connection()).execute(query)).scalar_one()
            if number:
                found[name] = number
    return found


def sa_tables(instance: Instance) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every table of core and the plugins, with its columns."""
    from sqlmodel import SQLModel

    owners = ("core", *(plugin.name for plugin in instance.platform.registry.active))
    for name, table in SQLModel.metadata.tables.items():
        if name.startswith(tuple(f"{owner}_" for owner in owners)):
            yield name, tuple(column.name for column in table.columns)


async def traces(instance: Instance, *words: str) -> list[str]:
    """Return where any of the words stands in the raw bytes of the database and of all files of the instance.

    PostgreSQL keeps its bytes to itself: there, it is every row of every table of the database, as text.
    """
    wanted = [word.lower().encode() for word in words]
    folder = instance.platform.configuration.folder
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [str(path.relative_to(folder)) for path in files if any(w in path.read_bytes().lower() for w in wanted)]
    if instance.database == "postgresql":
        return found + _rows_of_postgres(instance, words)
    return found + _tokens_of_sqlite(instance, words)


def _rows_of_postgres(instance: Instance, words: tuple[str, ...]) -> list[str]:
    """Return the tables of the database in which a word stands, those of the indexes included."""
    owner = instance.platform.configuration.database_urls().owner
    found = []
    tables = "select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace"
    for (name,) in run_sql(owner, tables):
        text = "\n".join(row[0] for row in run_sql(owner, f'select t::text from "{name}" t')).lower()
        found += [f"{name}: {word}" for word in words if word.lower() in text]
    return found


def _tokens_of_sqlite(instance: Instance, words: tuple[str, ...]) -> list[str]:
    """Return the full-text indexes that still know a word: their bytes hold words in pieces."""
    path = instance.platform.configuration.database_urls().path
    found = []
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("select name from sqlite_master where sql like '%using fts5%'").fetchall()
        for (name,) in names:
            connection.execute(f"create virtual table temp.v_{name} using fts5vocab('main', '{name}', 'row')")
            terms = {row[0] for row in connection.execute(f"select term from temp.v_{name}")}
            found += [f"{name}: {word}" for word in words if word.lower() in terms]
    return found
