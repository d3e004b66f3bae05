"""Acknowledged means on the disk: syncs are counted, since a killed process proves nothing about the disk."""

import asyncio
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import API, PATH, answers, open_consultation
from faults.postgres_server import PostgresServer
from faults.serving import serving
from faults.syncs import STRACE, Traced, read_trace
from folkmoot.forms.models import Form
from folkmoot.kernel.ids import new_id
from folkmoot.store import postgres_writer
from folkmoot.store.postgres_writer import PostgresWriter
from folkmoot.store.writer import Change, Row
from folkmoot.testing import Instance
from folkmoot.testing.instance import START
from folkmoot.testing.postgres import run_sql

pytestmark = pytest.mark.slow
FOLKMOOT_PLUGINS = ("consultation",)
COUNT = 12


async def traced(instance: Instance, broken: str = "") -> Traced:
    """Serve under ``strace``, let a program and a person submit one after the other, and read what was called."""
    trace = instance.platform.configuration.path.with_name("trace")
    config = instance.platform.configuration.path
    with serving(config, "--no-worker", broken=broken, before=[*STRACE, str(trace)]) as server:
        await server.start()
        async with server.client() as client:
            for number in range(COUNT):
                response = await client.post(API, json={"answers": answers(f"mark-{number}")})
                assert response.status_code == 201
            kept = await client.submit(await client.page(f"{PATH}/respond/1"), answers("mark-by-hand"))
            sent = await client.submit(await client.page(f"{PATH}/check-answers"))
            assert (kept.status_code, sent.status_code) == (303, 303)
        server.stop()
    return read_trace(trace)


@pytest.mark.only_on("sqlite")
async def test_each_acknowledgement_on_sqlite_comes_after_a_sync(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_consultation(instance)
    seen = await traced(instance)
    with capsys.disabled():
        without = seen.syncs.count(0)
        print(f"\nsyncs (sqlite): acknowledged {len(seen.answers)}, syncs {sum(seen.syncs)}, without a sync {without}")
    assert seen.answers == ["201"] * COUNT + ["303"] * 2
    assert all(seen.syncs)


@pytest.mark.only_on("sqlite")
async def test_commits_that_are_left_to_the_operating_system_are_caught(instance: Instance) -> None:
    """The twin with ``synchronous=off``: everything works, a killed process loses nothing, and no sync is seen."""
    await open_consultation(instance)
    seen = await traced(instance, "skips_the_disk")
    assert len(seen.answers) == COUNT + 2
    assert not any(seen.syncs)


async def wal_syncs(mortal: PostgresServer, instance: Instance) -> int:
    """Save one change after the other by a writer of its own, and return by how much PostgreSQL's count has grown."""
    text = "select wal_sync from pg_stat_wal"
    before = await settled(mortal, text)
    writer = PostgresWriter(instance.platform.configuration.database_urls().system)
    await writer.open()
    for _ in range(COUNT):
        form_id = new_id()
        row = Row.of(Form, instance.site.id, id=form_id, owner="test", created_at=START)
        await writer.save(Change(instance.site.id, (row,), event="test.saved", object_id=form_id))
    # A connection tells its numbers when it ends.
    await writer.close()
    return await settled(mortal, text) - before


async def settled(mortal: PostgresServer, text: str) -> int:
    """Return a number of PostgreSQL's statistics once it has stopped to move."""
    seen = -1
    while seen != (now := int(run_sql(mortal.url, text)[0][0])):
        seen = now
        await asyncio.sleep(0.3)
    return seen


@pytest.mark.only_on("postgresql")
async def test_each_commit_on_postgresql_is_a_sync_of_its_log(
    mortal: PostgresServer, instance: Instance, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = await wal_syncs(mortal, instance)
    with capsys.disabled():
        print(f"\nsyncs (postgresql): acknowledged {COUNT}, syncs {syncs}")
    assert syncs >= COUNT
    # The twin whose commits do not wait.
    lazy = postgres_writer.ON_THE_DISK | {"synchronous_commit": "off"}
    monkeypatch.setattr(postgres_writer, "ON_THE_DISK", lazy)
    assert await wal_syncs(mortal, instance) < COUNT
