"""A site is closed, opened again, and deleted when its time of grace is over: of it nothing is left."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from comparing import count, sums
from sqlmodel import select

from folkmoot.sites.models import Operation, Site
from folkmoot.spec.errors import Refused
from folkmoot.store.backup.removing import Pace
from folkmoot.store.files.local import LocalStorage
from folkmoot.store.jobs.models import JobRow
from folkmoot.store.jobs.queue import enqueue
from folkmoot.testing import Client, Instance
from folkmoot.web import operations

ADDRESSES = ("/", "/cy/", "/consultations", "/admin", "/sign-in", "/search?q=x", "/nothing-there", "/robots.txt")


async def change(instance: Instance, slug: str, action: str, **given: Any) -> None:
    await operations.change_standing(instance.platform, slug, action, **{"reason": "", **given})


async def everything(instance: Instance) -> dict[str, list[Any]]:
    """Return every value of every table that the database has, also of tables that no model knows."""
    async with instance.platform.database.system_reading() as session:
        connection = await session.connection()
        names = await connection.run_sync(lambda c: sa.inspect(c).get_table_names())
        readable = [name for name in names if instance.database == "sqlite" or not name.startswith("fts_")]
        found = {}
        for name in readable:
            rows = (await connection.execute(sa.text(f'select * from "{name}"'))).all()
            found[name] = [str(value) for row in rows for value in row]
    return found


async def test_a_suspended_site_says_so_at_every_address_and_others_go_on(full: Instance) -> None:
    client, staff = full.client(), await full.staff_client()
    assert (await client.get("/consultations")).status_code == 200
    await change(full, "occs", "suspend", reason="moving")
    for visitor in (client, staff):
        for path in ADDRESSES:
            answer = await visitor.get(path)
            assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store"), path
            assert answer.headers["retry-after"] == "3600"
            assert "content-security-policy" in answer.headers
            assert "strict-transport-security" in answer.headers
            assert "set-cookie" not in answer.headers
    assert (await client.post("/consultations/visiting-in-care-homes/respond/1")).status_code == 503
    assert (await full.client(full.other_site).get("/")).status_code == 200
    for path in ("/-/live", "/-/ready", full.platform.static.address("site.css")):
        assert (await client.get(path)).status_code == 200, path
    call = await (await full.api()).get("/api/v1/consultations")
    assert (call.status_code, call.headers["content-type"]) == (503, "application/problem+json")
    assert (await client.head("/")).content == b""


async def test_the_page_is_in_the_readers_language_and_says_what_to_do(full: Instance) -> None:
    await change(full, "occs", "suspend")
    client = full.client()
    english = await client.page("/", status=503)
    assert english.one("h1").text == "This site is closed for now"
    assert english.one("html").get("lang") == "en"
    assert english.one("a").get("href") == f"mailto:{full.site.contact_email}"
    welsh = await client.page("/cy/consultations", status=503)
    assert welsh.one("h1").text == "Mae’r safle hwn ar gau am y tro"
    assert welsh.one("html").get("lang") == "cy"


async def test_resumed_it_is_as_it_was(full: Instance) -> None:
    client = full.client()
    before = (await client.get("/consultations")).content
    await change(full, "occs", "suspend")
    await change(full, "occs", "resume")
    assert (await client.get("/consultations")).content == before
    with pytest.raises(Refused, match="The site occs is open already"):
        await change(full, "occs", "resume")
    actions = [each["action"] for each in (await operations.show(full.platform, "occs"))["operations"]]
    assert actions == ["resume", "suspend"]


async def test_a_draft_is_a_draft_again(full: Instance) -> None:
    async with full.platform.database.system_writing() as session:
        site = await session.get_one(Site, full.other_site.id)
        site.status = "draft"
        session.add(site)
        await session.commit()
    await change(full, "parent", "suspend")
    assert (await operations.show(full.platform, "parent"))["status"] == "suspended"
    await change(full, "parent", "resume")
    assert (await operations.show(full.platform, "parent"))["status"] == "draft"


async def test_work_of_a_closed_site_waits_without_being_counted_as_tried(full: Instance) -> None:
    from folkmoot.store.search import INDEX_JOB

    await full.work()
    async with full.desk().writing() as session:
        job_id = await enqueue(session, INDEX_JOB, at=full.clock.now(), key="test")
        await session.commit()
    await change(full, "occs", "suspend")

    async def job() -> JobRow:
        async with full.desk().reading() as session:
            return await session.get_one(JobRow, (full.site.id, job_id))

    for _ in range(12):
        await full.work()
        full.clock.move(minutes=6)
    waiting = await job()
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    await change(full, "occs", "resume")
    await full.work()
    assert (await job()).state == "done"


async def test_a_site_marked_for_deletion_is_gone_and_can_come_back_within_its_grace(full: Instance) -> None:
    client = full.client(full.other_site)
    assert (await client.get("/")).status_code == 200
    before = await sums(full)
    await change(full, "parent", "delete", days=30)
    answer = await client.get("/")
    assert (answer.status_code, "retry-after" in answer.headers) == (410, False)
    assert "This site has been closed" in answer.text
    full.clock.move(days=29)
    await full.work()
    await change(full, "parent", "resume")
    assert (await client.get("/")).status_code == 200
    full.clock.move(days=60)
    await full.work()
    after = await sums(full)
    assert {key: value for key, value in before.items() if key[0] == "core_form_submission"} == {
        key: value for key, value in after.items() if key[0] == "core_form_submission"
    }


async def put_file(instance: Instance, content: bytes) -> None:
    store = operations.store_of(instance.platform)
    assert store.files is not None

    async def pieces() -> Any:
        yield content

    for site in (instance.site, instance.other_site):
        await store.files.put(site.id, pieces())


async def test_after_the_grace_nothing_of_the_site_is_left_and_the_others_are_unchanged(full: Instance) -> None:
    site_id = full.other_site.id
    people = await count(full, "core_user")
    await put_file(full, b"of both")
    await full.work()
    await change(full, "parent", "delete", days=30)
    held = await everything(full)
    marks = {site_id.hex, str(site_id)}
    tables = [name for name, values in held.items() if any(mark in value for value in values for mark in marks)]
    assert len(tables) > 10
    full.clock.move(days=31)
    ours = {k: v for k, v in (await sums(full)).items() if k[1] == str(full.site.id) and k[0] not in MOVING}
    await full.work()
    assert [site.slug for site in full.platform.directory.all()] == ["occs"]
    after = await everything(full)
    left = {
        name: value
        for name, values in after.items()
        for value in values
        if any(mark in value for mark in marks) and name != "core_operation"
    }
    print(f"site deletion: {full.database}: tables with rows before {len(tables)}, rows left {len(left)}")
    assert left == {}
    # One of the two was on that site alone; the other is on the first.
    assert (people, await count(full, "core_user")) == (2, 1)
    storage = operations.store_of(full.platform).files
    assert isinstance(storage, LocalStorage)
    folder = storage.root / str(site_id)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert [path for path in (storage.root / str(full.site.id)).rglob("*") if path.is_file()] != []
    now = {k: v for k, v in (await sums(full)).items() if k[1] == str(full.site.id) and k[0] not in MOVING}
    assert {table for (table, _), value in ours.items() if now.get((table, str(full.site.id))) != value} == set()
    async with full.platform.database.system_reading() as session:
        done = (await session.exec(select(Operation).order_by(sa.desc("id")))).all()
    assert next((row.action, row.about_slug, row.about_id) for row in done) == ("deleted", "parent", site_id)


# What the nightly work of the first site itself changes.
MOVING = {
    "core_user_session",
    "core_job",
    "core_search_state",
    "core_page_version",
    "core_audit_entry",
    "core_retention_run",
}


async def test_a_deletion_that_broke_off_goes_on_the_next_night(
    full: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.store.backup import removing

    await change(full, "parent", "delete", days=0)
    remove, calls = removing._remove_some, iter(range(1_000))

    async def stop(*given: Any) -> int:
        if next(calls) > 12:
            raise ZeroDivisionError
        return await remove(*given)

    with monkeypatch.context() as patch:
        patch.setattr(removing, "_remove_some", stop)
        with pytest.raises(ZeroDivisionError):
            await operations.delete_for_good(full.platform, full.other_site.id)
    assert (await full.client(full.other_site).get("/")).status_code == 410
    full.clock.move(days=1)
    await full.work()
    assert [site.slug for site in full.platform.directory.all()] == ["occs"]


async def test_a_twin_that_forgets_a_table_is_found_out(full: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin leaves one table to the database's cascade and has taken the cascade away."""
    site_id = full.other_site.id

    async def only_rows(platform: Any, of: Any) -> None:
        store = operations.store_of(platform)
        kept = [t for t in operations.of_a_site(store.tables) if t.name != "core_audit_entry"]
        await operations.remove_rows(platform.database, kept, of)

    monkeypatch.setattr(operations, "delete_for_good", only_rows)
    await operations.delete_for_good(full.platform, site_id)
    held = await everything(full)
    assert any(mark in value for mark in (site_id.hex, str(site_id)) for value in held["core_audit_entry"])


async def test_without_a_time_of_grace_it_is_gone_at_once(full: Instance) -> None:
    await operations.delete_now(full.platform, "parent", reason="a test", settle=0)
    assert (await full.client(full.site).get("/")).status_code == 200
    assert [site.slug for site in full.platform.directory.all()] == ["occs"]
    with pytest.raises(Refused, match=r"occs is the site of folkmoot\.toml"):
        await operations.delete_now(full.platform, "occs", reason="", settle=0)


async def test_what_must_not_be_deleted_is_refused(full: Instance) -> None:
    with pytest.raises(Refused, match=r"occs is the site of folkmoot\.toml"):
        await change(full, "occs", "delete", days=30)
    async with full.platform.database.system_writing() as session:
        site = await session.get_one(Site, full.site.id)
        site.parent_id = full.other_site.id
        session.add(site)
        await session.commit()
    with pytest.raises(Refused, match="parent is the parent of occs: delete those first"):
        await change(full, "parent", "delete", days=30)


async def test_another_process_hears_of_it(full: Instance, tmp_path: Path) -> None:
    """A second process on the same database, as the command line is one, closes the site for this one."""
    from folkmoot.web.application import build_platform

    client: Client = full.client(full.other_site)
    assert (await client.get("/")).status_code == 200
    other = build_platform(full.platform.configuration, full.platform.registry, full.clock)
    await other.open()
    try:
        await operations.change_standing(other, "parent", "suspend", reason="")
    finally:
        await other.close()
    import asyncio

    for _ in range(40):
        if (await client.get("/")).status_code == 503:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it still answers after four seconds")


def test_pieces_are_as_large_as_the_machine_writes_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from folkmoot.store.backup import removing

    now = 0.0
    monkeypatch.setattr(removing.time, "perf_counter", lambda: now)
    pace, sizes = Pace(), []
    for seconds in (0.001, 0.3, 10.0, 0.03):
        pace.start()
        now += seconds
        pace.stop()
        sizes.append(pace.rows)
    assert sizes == [400, 40, 10, 10]


async def test_counts_of_a_closed_site_do_not_grow(full: Instance) -> None:
    await change(full, "occs", "suspend")
    before = await count(full, "core_count")
    await full.client().get("/")
    assert await count(full, "core_count") == before
