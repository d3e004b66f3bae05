"""What is looked for on the disk after a run is found when it is wrong."""

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.databases import administrator
from benchmarks.site import SUBMISSIONS, BenchSite, answers, make_site
from benchmarks.stored import Acknowledged, lost, server_faults, store_faults, sync_faults
from folkmoot.kernel.settings import load
from folkmoot.store.postgres_writer import ON_THE_DISK
from folkmoot.testing import postgres
from folkmoot.testing.instance import Client
from folkmoot.web.application import create_application

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> BenchSite:
    site = make_site(tmp_path_factory.mktemp("bench") / "site")
    asyncio.run(_submit(site, 3))
    return site


async def _submit(site: BenchSite, count: int) -> list[str]:
    import httpx

    edge: Any = create_application(load(site.folder / "folkmoot.toml", environ=site.environ))
    references = []
    await edge.platform.open()
    async with Client(transport=httpx.ASGITransport(app=edge), base_url="http://localhost") as client:
        for _ in range(count):
            response = await client.post(SUBMISSIONS, content=json.dumps({"answers": answers()}))
            assert response.status_code == 201
            references.append(response.json()["reference"])
    await edge.platform.close()
    return references


@pytest.fixture
def site(made: BenchSite, tmp_path: Path) -> BenchSite:
    copied = BenchSite(tmp_path / "site", made.plugins)
    shutil.copytree(made.folder, copied.folder)
    return copied


def change(site: BenchSite, statement: str) -> None:
    with closing(sqlite3.connect(site.database, isolation_level=None)) as connection:
        assert connection.execute(statement).rowcount == 1


def test_a_sound_store_has_no_faults(site: BenchSite) -> None:
    assert store_faults(site, Acknowledged(answered=3)) == []


def test_what_the_load_generator_did_not_wait_for_may_be_there_too(site: BenchSite) -> None:
    assert store_faults(site, Acknowledged(answered=1, unanswered=16)) == []
    assert store_faults(site, Acknowledged(answered=1, unanswered=1)) != []


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (
            "delete from core_form_submission where id = (select min(id) from core_form_submission)",
            "2 submissions are there, and 3 were acknowledged",
        ),
        (
            "update core_form_submission set answers = '{}' where id = (select min(id) from core_form_submission)",
            "1 submissions lack answers",
        ),
        (
            "update core_audit_entry set note = 'x' where sequence = (select max(sequence) from core_audit_entry)",
            "the audit log is broken at entry",
        ),
        (
            "delete from core_audit_entry where sequence = (select max(sequence) from core_audit_entry)",
            "1 submissions are not in the audit log",
        ),
    ],
)
def test_harm_done_to_the_store_is_found(site: BenchSite, harm: str, fault: str) -> None:
    change(site, harm)
    assert any(fault in found for found in store_faults(site, Acknowledged(answered=3)))


def test_a_connection_that_does_not_wait_for_the_disk_is_found(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("pragma synchronous=normal")
    assert sync_faults(connection) == ["synchronous is 1, not FULL (2)"]


def test_on_postgresql_the_same_is_found(tmp_path: Path) -> None:
    urls = postgres.empty_database()
    site = make_site(tmp_path / "site", urls)
    references = asyncio.run(_submit(site, 3))
    three = Acknowledged(answered=3)
    assert store_faults(site, three) == []
    assert lost(urls, references) == []
    harms = (
        ("update core_form_submission set answers = '{}'", "3 submissions lack answers"),
        ("update core_audit_entry set note = 'x'", "the audit log is broken at entry 1"),
        (f"delete from core_form_submission where reference = '{references[1]}'", "2 submissions are there"),
    )
    for harm, fault in harms:
        postgres.run_sql(administrator(urls), harm)
        assert any(fault in found for found in store_faults(site, three))
    assert lost(urls, references) == [references[1]]
    assert server_faults(urls.system, ON_THE_DISK) == []
    twin = ON_THE_DISK | {"synchronous_commit": "off"}
    assert server_faults(urls.system, twin) == ["synchronous_commit is off, not on"]
    postgres.drop_database(urls)
