"""A site goes out, comes in elsewhere, and goes out again: the same bytes, on either database and across."""

import json
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from comparing import Start, count, lines_of, manifest_of, sums
from sqlmodel import select

from folkmoot.accounts.models import ApiToken, SignInLink, User, UserSession
from folkmoot.accounts.service import create_link, create_user
from folkmoot.kernel.settings import SiteSection
from folkmoot.sites.models import Site
from folkmoot.sites.moving import Names
from folkmoot.sites.service import create_site, find_site
from folkmoot.spec.errors import Refused
from folkmoot.store.backup import snapshot
from folkmoot.store.backup.faults import UnusableFile
from folkmoot.store.files.models import FileRow, FileState
from folkmoot.testing import Instance
from folkmoot.web import operations

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


async def export(instance: Instance, path: Path, slug: str = "occs") -> Path:
    await operations.back_up(instance.platform, path, slug, str)
    return path


async def bring_in(instance: Instance, path: Path, **names: str) -> str:
    return await operations.import_one(instance.platform, path, Names(**names), tell=str)


async def keep_file(instance: Instance, content: bytes) -> str:
    """Put a file into the first site, as an upload that was found clean."""
    store = operations.store_of(instance.platform)
    assert store.files is not None

    async def pieces():  # type: ignore[no-untyped-def]
        yield content

    sha256, size = await store.files.put(instance.site.id, pieces())
    async with instance.desk().writing() as session:
        row = FileRow(sha256=sha256, size=size, name="plan.pdf", content_type="application/pdf", state=FileState.CLEAN)
        row.created_at = instance.clock.now()
        session.add(row)
        await session.commit()
    return sha256


@pytest.mark.parametrize("elsewhere", ["same", "other"])
async def test_exported_imported_and_exported_again_is_identical(
    fullest: Instance, start: Start, tmp_path: Path, elsewhere: str
) -> None:
    await keep_file(fullest, b"%PDF-1.7 the plan" * 1000)
    first = await export(fullest, tmp_path / "first.zip")
    where = fullest.database if elsewhere == "same" else OTHER[fullest.database]
    empty = await start(database=where)
    neighbour = empty.other_site.id
    before = {key: value for key, value in (await sums(empty)).items() if key[1] == str(neighbour)}
    assert await bring_in(empty, first) == "occs"
    second = await export(empty, tmp_path / "second.zip")
    rows = sum(part["rows"] for part in manifest_of(first)["tables"].values())
    print(f"export: {fullest.database} -> {where}: rows {rows}, identical: {first.read_bytes() == second.read_bytes()}")
    assert first.read_bytes() == second.read_bytes()
    assert rows > 1_000
    after = {key: value for key, value in (await sums(empty)).items() if key[1] == str(neighbour)}
    assert before == after


async def test_the_same_content_is_the_same_file(full: Instance, tmp_path: Path) -> None:
    one, two = await export(full, tmp_path / "one.zip"), await export(full, tmp_path / "two.zip")
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600


async def test_the_imported_site_is_served_and_searched(full: Instance, start: Start, tmp_path: Path) -> None:
    first = await export(full, tmp_path / "first.zip")
    empty = await start()
    await bring_in(empty, first)
    await empty.work()
    client = empty.client(empty.site)
    home = await client.page("/")
    assert "Visiting in care homes" in home.text
    found = await client.page("/search?q=visiting")
    assert "Visiting in care homes" in found.one("main").text


async def test_no_key_of_anybody_is_in_the_file_of_a_site(full: Instance, tmp_path: Path) -> None:
    async with full.platform.database.system_writing() as session:
        await create_user(
            session,
            "kim@example.org",
            site_id=full.site.id,
            role="publisher",
            password="a long enough phrase",
            at=full.clock.now(),
        )
        await create_link(session, "kim@example.org", site_id=full.site.id, at=full.clock.now())
    path = await export(full, tmp_path / "site.zip")
    async with full.platform.database.system_reading() as session:
        secrets = [user.password_hash for user in (await session.exec(select(User))).all() if user.password_hash]
        for model in (UserSession, SignInLink, ApiToken):
            secrets += [row.secret_hash for row in (await session.exec(select(model))).all()]
    assert len(secrets) >= 5
    with zipfile.ZipFile(path) as archive:
        whole = b"\n".join(archive.read(name) for name in archive.namelist())
        assert b"without passwords" in archive.read("README.txt")
    assert [secret for secret in secrets if secret.encode() in whole] == []
    assert "kim@example.org" in {row["email"] for row in lines_of(path, "core_membership")}
    assert b'"slug":"parent"' not in whole


async def test_people_come_by_email_and_cannot_sign_in_until_they_ask(
    full: Instance, start: Start, tmp_path: Path
) -> None:
    at = full.clock.now()
    async with full.platform.database.system_writing() as session:
        await create_user(session, "ann@example.org", site_id=full.site.id, role="author", password=None, at=at)
        await create_user(session, "bob@example.org", site_id=full.site.id, role="viewer", password=None, at=at)
    path = await export(full, tmp_path / "site.zip")
    empty = await start()
    async with empty.platform.database.system_writing() as session:
        here = await create_user(
            session,
            "ann@example.org",
            site_id=empty.other_site.id,
            role="administrator",
            password="her own old phrase",
            at=at,
        )
    await bring_in(empty, path)
    async with empty.platform.database.system_reading() as session:
        people = {user.email: user for user in (await session.exec(select(User))).all()}
    assert people["ann@example.org"].id == here.id
    assert people["ann@example.org"].password_hash == here.password_hash
    assert people["bob@example.org"].password_hash == ""
    path_back = await export(empty, tmp_path / "back.zip")
    roles = {row["email"]: row["role"] for row in lines_of(path_back, "core_membership")}
    assert (roles["ann@example.org"], roles["bob@example.org"]) == ("author", "viewer")


async def test_another_name_is_given_on_the_way_in(full: Instance, start: Start, tmp_path: Path) -> None:
    path = await export(full, tmp_path / "site.zip")
    empty = await start()
    assert await bring_in(empty, path, slug="moved", host="moved.example.org", parent="parent") == "moved"
    shown = await operations.show(empty.platform, "moved")
    assert shown["hosts"] == ["moved.example.org", "moved.localhost"]
    assert (await empty.client(empty._named("moved")).get("/")).status_code == 200
    async with empty.platform.database.system_reading() as session:
        assert (await find_site(session, "moved")).parent_id == empty.other_site.id


async def test_what_is_here_already_is_refused(full: Instance, start: Start, tmp_path: Path) -> None:
    path = await export(full, tmp_path / "site.zip")
    before = await sums(full)
    with pytest.raises(Refused, match="This site is here already, as occs"):
        await bring_in(full, path)
    with pytest.raises(Refused, match="This site is here already, as occs"):
        await bring_in(full, path, slug="moved")
    assert await sums(full) == before
    used = await start(filled=True)
    with pytest.raises(Refused, match="There is another site called occs: name this one with --slug"):
        await bring_in(used, path)
    async with used.platform.database.system_writing() as session:
        taken = SiteSection(slug="taken", name="Taken", host="moved.example.org")
        await create_site(session, taken, plugins=(), at=used.clock.now())
    with pytest.raises(Refused, match=r"Another site answers at moved\.example\.org: choose another with --host"):
        await bring_in(used, path, slug="moved", host="moved.example.org")
    with pytest.raises(Refused, match="The slug must be"):
        await bring_in(used, path, slug="Not a slug")


async def test_a_backup_of_everything_is_not_imported_and_a_site_is_not_restored_as_everything(
    full: Instance, start: Start, tmp_path: Path
) -> None:
    await operations.back_up(full.platform, tmp_path / "all.zip", None, str)
    site = await export(full, tmp_path / "site.zip")
    empty = await start()
    with pytest.raises(UnusableFile, match="holds a whole instance: use “folkmoot restore”"):
        await bring_in(empty, tmp_path / "all.zip")
    with pytest.raises(UnusableFile, match="holds one site: use “folkmoot site import”"):
        await operations.restore_all(empty.platform, site, replace=False, tell=str)


async def test_work_that_was_running_waits_and_what_is_done_stays_behind(full: Instance, tmp_path: Path) -> None:
    from folkmoot.store.jobs.models import JobRow

    now, states = full.clock.now(), ("queued", "running", "running", "done", "dead")
    async with full.desk().writing() as session:
        for number, (state, key) in enumerate(zip(states, ("a", "a", "b", "", ""), strict=True)):
            job = JobRow(name="feedback.test", key=key, state=state, run_at=now, created_at=now, sentence=str(number))
            job.worker = "w" if state == "running" else ""
            job.finished_at = now if state in {"done", "dead"} else None
            session.add(job)
        await session.commit()
    rows = [
        row for row in lines_of(await export(full, tmp_path / "s.zip"), "core_job") if row["name"] == "feedback.test"
    ]
    assert {(row["sentence"], row["state"], row["worker"]) for row in rows} == {
        ("0", "queued", ""),
        ("2", "queued", ""),
        ("4", "dead", ""),
    }


async def test_an_import_that_broke_off_is_closed_and_goes_on_when_begun_again(
    full: Instance, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await export(full, tmp_path / "site.zip")
    empty = await start()
    from folkmoot.sites import moving

    async def stop(*given: object, **named: object) -> None:
        raise ZeroDivisionError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(moving, "load_people", stop)
        with pytest.raises(ZeroDivisionError):
            await bring_in(empty, path)
    await empty.platform.load_directory()
    assert (await empty.client(empty.site).get("/")).status_code == 503
    with pytest.raises(Refused, match="half restored"):
        await operations.change_standing(empty.platform, "occs", "resume", reason="")
    with pytest.raises(Refused, match="half restored"):
        await export(empty, tmp_path / "half.zip")
    await bring_in(empty, path)
    assert (await empty.client(empty.site).get("/")).status_code == 200
    assert (await export(empty, tmp_path / "second.zip")).read_bytes() == path.read_bytes()


async def test_a_twin_that_forgets_a_table_is_found_out(
    full: Instance, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin writes an export without answers: the file itself says that it is damaged."""
    from folkmoot.store.backup import taking

    with monkeypatch.context() as patch:
        whole = taking.in_export
        forgotten = "core_form_submission"
        patch.setattr(taking, "in_export", lambda tables: [t for t in whole(tables) if t.name != forgotten])
        path = await export(full, tmp_path / "twin.zip")
    empty = await start()
    with pytest.raises(UnusableFile, match="the table core_form_submission is missing"):
        await bring_in(empty, path)


async def test_a_twin_that_orders_by_chance_is_found_out(
    full: Instance, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await export(full, tmp_path / "first.zip")
    empty = await start()
    await bring_in(empty, path)
    with monkeypatch.context() as patch:
        patch.setattr(snapshot.Snapshot, "_key", lambda self, table: [c.desc() for c in table.primary_key])
        twin = await export(empty, tmp_path / "twin.zip")
    assert twin.read_bytes() != path.read_bytes()


async def test_a_file_of_an_instance_with_more_plugins_is_refused(full: Instance, app: object, tmp_path: Path) -> None:
    path = await export(full, tmp_path / "site.zip")
    less = await app(plugins=("consultation", "publication", "feedback"))  # type: ignore[operator]
    with pytest.raises(
        UnusableFile, match=r"has rows of dashboard, which is not active here: add it to plugins\.active"
    ):
        await bring_in(less, path)
    assert await count(less, "core_form") == 0


async def test_a_file_from_before_a_plugin_was_there_is_taken(app: object, start: Start, tmp_path: Path) -> None:
    less: Instance = await app(plugins=("feedback",))  # type: ignore[operator]
    path = await export(less, tmp_path / "site.zip")
    assert json.loads(json.dumps(manifest_of(path)["revisions"])).keys() == {"core", "feedback"}
    more = await start()
    await bring_in(more, path)
    async with more.platform.database.system_reading() as session:
        assert await session.get(Site, UUID(manifest_of(path)["sites"][0]["id"])) is not None
