"""A backup is of one instant, whatever is written meanwhile, and is there whole or not at all."""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from comparing import PLUGINS, lines_of, manifest_of

from folkmoot.forms.models import Form, FormVersion, Submission
from folkmoot.spec.errors import Refused
from folkmoot.store.backup import archive, taking
from folkmoot.store.backup.snapshot import Snapshot
from folkmoot.store.writer import Change, Row
from folkmoot.testing import Instance
from folkmoot.web import operations

FOLKMOOT_PLUGINS = PLUGINS


async def a_form(instance: Instance) -> FormVersion:
    async with instance.desk().writing() as session:
        form = Form(owner="test", created_at=instance.clock.now())
        session.add(form)
        await session.flush()
        version = FormVersion(form_id=form.id, definition={}, created_at=instance.clock.now())
        session.add(version)
        await session.commit()
    return version


async def submit(instance: Instance, version: FormVersion, reference: str) -> None:
    site_id = instance.site.id
    submission = Row.of(
        Submission,
        site_id,
        form_id=version.form_id,
        form_version_id=version.id,
        reference=reference,
        idempotency_key=reference,
        channel="web",
        language="en",
        confidential="",
        answers=dict.fromkeys("abc", "yes"),
        received_at=instance.clock.now(),
    )
    row_id = submission.values["id"]
    await instance.desk().submit(Change(site_id, (submission,), event="test", object_id=row_id))


def broken(path: Path) -> list[str]:
    """Return what does not fit together in a backup: submissions without their entry in the log, or the other way."""
    sent = {row["id"] for row in lines_of(path, "core_form_submission") if len(row["answers"]) == 3}
    there = {row["id"] for row in lines_of(path, "core_form_submission")}
    logged = {row["object_id"] for row in lines_of(path, "core_audit_entry") if row["action"] == "test"}
    return sorted((there - sent) | (there ^ logged))


async def take_while_writing(instance: Instance, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a backup, and send a submission after each table that is read."""
    version = await a_form(instance)
    await submit(instance, version, "BEFORE")
    whole, number = taking._write_table, iter(range(1_000))

    async def and_write(*given: Any) -> Any:
        part = await whole(*given)
        await submit(instance, version, f"DURING-{next(number)}")
        return part

    monkeypatch.setattr(taking, "_write_table", and_write)
    await operations.back_up(instance.platform, path, None, str)
    assert next(number) > 20


async def test_what_is_written_meanwhile_is_not_in_it(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.zip"
    await take_while_writing(instance, path, monkeypatch)
    assert [row["reference"] for row in lines_of(path, "core_form_submission")] == ["BEFORE"]
    assert broken(path) == []


async def test_a_twin_without_a_snapshot_is_found_out(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin looks at each table at another instant: rows are in it whose parents, or whose children, are not."""

    @asynccontextmanager
    async def apart(database: Any) -> AsyncIterator[Snapshot]:
        # On PostgreSQL each statement of a usual transaction has an instant of its own.
        async with database.system_engine.connect() as connection:
            yield Snapshot(connection)

    monkeypatch.setattr(taking, "open_snapshot", apart)
    if instance.database == "sqlite":
        # Our engine begins by itself: the twin ends each transaction as soon as it is begun.
        begin = Snapshot._rows

        async def rows(self: Snapshot, query: Any) -> Any:
            await self._connection.rollback()
            async for row in begin(self, query):
                yield row

        monkeypatch.setattr(Snapshot, "_rows", rows)
    path = tmp_path / "twin.zip"
    await take_while_writing(instance, path, monkeypatch)
    found = broken(path)
    print(f"backup: the twin without a snapshot has {len(found)} broken rows")
    assert found


async def test_the_reader_keeps_nobody_from_writing(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each submission of ``take_while_writing`` has returned before the backup goes on: nobody waited for it."""
    await take_while_writing(instance, tmp_path / "b.zip", monkeypatch)
    async with instance.platform.database.system_reading() as session:
        sent = (await session.exec(sa.select(sa.func.count()).select_from(Submission))).scalar_one()  # type: ignore[call-overload]
    assert sent > 20


async def test_a_file_that_is_there_is_not_written_over(instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_text("yesterday's")
    with pytest.raises(Refused, match=r"There is a file .* already"):
        await operations.back_up(instance.platform, path, None, str)
    assert path.read_text() == "yesterday's"


async def test_a_file_that_came_into_being_meanwhile_is_not_written_over(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.zip"
    give = archive._give_name

    def somebody_else_first(part: Path, final: Path) -> None:
        final.write_text("somebody else's")
        give(part, final)

    monkeypatch.setattr(archive, "_give_name", somebody_else_first)
    with pytest.raises(Refused, match=r"There is a file .* already"):
        await operations.back_up(instance.platform, path, None, str)
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["b.zip"]
    assert path.read_text() == "somebody else's"


@pytest.mark.parametrize("room", [0, 2_000, 20_000])
async def test_a_full_disk_is_a_sentence_and_no_half_file(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    create = archive._created

    def full(path: Path) -> Any:
        stream = create(path)

        class Small:
            def write(self, data: bytes) -> int:
                if stream.tell() + len(data) > room:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return stream.write(data)

            def __getattr__(self, name: str) -> Any:
                return getattr(stream, name)

            def __enter__(self) -> Any:
                return self

            def __exit__(self, *given: object) -> None:
                stream.close()

        return Small()

    monkeypatch.setattr(archive, "_created", full)
    for owned in instance.platform.registry.seeds:
        await owned.item.run(instance.desk())
    with pytest.raises(Refused, match=r"There is no room for .*: free some, or write it to another disk"):
        await operations.back_up(instance.platform, tmp_path / "b.zip", None, str)
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == []


async def test_a_folder_that_is_not_there_is_a_sentence(instance: Instance, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be written: No such file or directory"):
        await operations.back_up(instance.platform, tmp_path / "no" / "b.zip", None, str)


async def test_the_manifest_says_what_made_it_and_what_is_in_it(instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    await operations.back_up(instance.platform, path, None, str)
    manifest = manifest_of(path)
    assert (manifest["format"], manifest["kind"]) == (1, "instance")
    assert [site["slug"] for site in manifest["sites"]] == ["occs", "parent"]
    assert manifest["revisions"].keys() == {"core", *PLUGINS}
    assert manifest["left_out"] == manifest["missing"] == []
    assert path.stat().st_mode & 0o777 == 0o600


async def test_sessions_and_links_are_in_no_backup(instance: Instance, tmp_path: Path) -> None:
    await instance.staff_client()
    path = tmp_path / "b.zip"
    await operations.back_up(instance.platform, path, None, str)
    names = manifest_of(path)["tables"].keys()
    assert not {"core_user_session", "core_sign_in_link"} & names
    assert {"core_user", "core_membership", "core_api_token"} <= names
