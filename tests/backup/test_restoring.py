"""Everything put back into an empty instance; one site set back to yesterday while its neighbours go on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from comparing import Start, count, lines_of, sums
from sqlmodel import col, select

from folkmoot.accounts.models import Membership, User
from folkmoot.accounts.service import create_user
from folkmoot.audit.chain import first_broken
from folkmoot.audit.models import AuditEntry
from folkmoot.forms.models import FormVersion, Submission
from folkmoot.mail.models import Message
from folkmoot.sites import moving
from folkmoot.sites.models import Operation, Site
from folkmoot.spec.errors import Refused
from folkmoot.store.backup import removing
from folkmoot.store.backup.faults import UnusableFile
from folkmoot.store.backup.rules import rewinding, tables_of
from folkmoot.testing import Instance
from folkmoot.web import operations
from folkmoot.web.application import lineages

# What belongs to the instance as a whole and moves with what is done: pages made anew, notes of operators, people.
MOVING = ("core_directory_version", "core_operation", "core_schedule", "core_user")


class PowerCut(Exception):
    """What nobody expects."""


async def yesterday(instance: Instance, path: Path) -> Path:
    await operations.back_up(instance.platform, path, None, str)
    return path


async def set_back(instance: Instance, path: Path, slug: str = "occs") -> None:
    await operations.restore_one(instance.platform, path, slug, tell=str, settle=0)


async def harm(instance: Instance) -> None:
    """Do what an accident does: answers gone, a title overwritten, a consultation that nobody asked for."""
    from folkmoot_consultation.models import Consultation

    async with instance.desk().writing() as session:
        await session.exec(sa.delete(Submission))
        for found in (await session.exec(select(Consultation))).all():
            found.title = "Overwritten"
            session.add(found)
        await session.commit()


def of_site(found: dict[tuple[str, str], str], site_id: UUID) -> dict[str, str]:
    return {table: value for (table, site), value in found.items() if site == str(site_id)}


def set_back_tables(instance: Instance) -> list[str]:
    tables = rewinding(tables_of(lineages(instance.platform.registry)))
    derived = {"core_job", "core_search_entry", "core_search_state"}
    return [table.name for table in tables if table.name not in derived]


async def test_everything_comes_back_elsewhere(full: Instance, start: Start, tmp_path: Path) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    local = (*MOVING[:2], "core_user_session", "core_sign_in_link", "core_page_version", "core_job", "core_audit_entry")
    before = await sums(full, but=local)
    empty = await start()
    # The second site of an instance for tests stands in the way: a new instance has only its first.
    async with empty.platform.database.system_writing() as session:
        await session.delete(await session.get_one(Site, empty.other_site.id))
        await session.commit()
    rows = await operations.restore_all(empty.platform, path, replace=False, tell=str)
    print(f"restore: {full.database}: rows {rows}, tables and sites that differ 0")
    after = await sums(empty, but=local)
    assert {key: value for key, value in after.items() if before.get(key) != value} == {}
    assert before.keys() - after.keys() == set()
    again = await yesterday(empty, tmp_path / "again.zip")
    assert lines_of(again, "core_form_submission") == lines_of(path, "core_form_submission")
    assert (await empty.client(empty.site).get("/consultations")).status_code == 200


async def test_an_instance_that_holds_something_is_left_alone_unless_told(full: Instance, tmp_path: Path) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    before = await sums(full)
    with pytest.raises(Refused, match=r"This instance is not empty: it has 2 sites, 2 accounts and \d+ rows") as caught:
        await operations.restore_all(full.platform, path, replace=False, tell=str)
    assert "add --replace" in str(caught.value)
    assert await sums(full) == before
    await harm(full)
    await operations.restore_all(full.platform, path, replace=True, tell=str)
    kept = set_back_tables(full)
    after = await sums(full)
    assert {k: v for k, v in after.items() if k[0] in kept} == {k: v for k, v in before.items() if k[0] in kept}


async def test_parents_and_children_come_back_whatever_their_order(start: Start, tmp_path: Path) -> None:
    instance = await start()
    async with instance.platform.database.system_writing() as session:
        first = await session.get_one(Site, instance.site.id)
        # The first site was made first: its parent comes after it in the file.
        first.parent_id = instance.other_site.id
        session.add(first)
        await session.commit()
    path = await yesterday(instance, tmp_path / "all.zip")
    await operations.restore_all(instance.platform, path, replace=True, tell=str)
    async with instance.platform.database.system_reading() as session:
        assert (await session.get_one(Site, instance.site.id)).parent_id == instance.other_site.id


async def test_one_site_is_set_back_and_no_row_of_another_changes(full: Instance, tmp_path: Path) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    before = await sums(full, but=MOVING)
    await harm(full)
    damaged = await sums(full, but=MOVING)
    assert of_site(before, full.other_site.id) == of_site(damaged, full.other_site.id)
    await set_back(full, path)
    after = await sums(full, but=MOVING)
    ours = set_back_tables(full)
    assert {t: v for t, v in of_site(after, full.site.id).items() if t in ours} == {
        t: v for t, v in of_site(before, full.site.id).items() if t in ours
    }
    assert of_site(after, full.other_site.id) == of_site(before, full.other_site.id)
    tables = len(of_site(before, full.other_site.id))
    print(f"restore of one site: neighbour's tables {tables}, changed by checksum 0")


async def test_a_twin_that_touches_a_neighbour_is_found_out(
    full: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin deletes by table and forgets whose rows they are."""
    path = await yesterday(full, tmp_path / "all.zip")
    before = await sums(full, but=MOVING)

    async def everybodys(database: Any, tables: Any, site_id: UUID) -> int:
        async with database.system_writing() as session:
            for table in reversed(tables):
                await (await session.connection()).execute(sa.delete(table))
            await session.commit()
        return 0

    monkeypatch.setattr(moving, "remove_rows", everybodys)
    await set_back(full, path)
    after = await sums(full, but=MOVING)
    assert of_site(after, full.other_site.id) != of_site(before, full.other_site.id)


async def test_pages_that_were_kept_show_what_was_restored(full: Instance, tmp_path: Path) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    client = full.client()
    await harm(full)
    assert "Overwritten" in (await client.page("/consultations")).text
    await set_back(full, path)
    page = await client.page("/consultations")
    assert "Overwritten" not in page.text
    assert "Visiting in care homes" in page.text


async def test_the_log_goes_on_and_says_what_was_done(full: Instance, tmp_path: Path) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    await harm(full)
    client = await full.staff_client()
    assert (await client.get("/admin")).status_code == 200
    entries = await count(full, "core_audit_entry", full.site.id)
    async with full.desk().reading() as session:
        sound = await first_broken(session)
    await set_back(full, path)
    async with full.desk().reading() as session:
        assert await first_broken(session) == sound
        last = (await session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence).desc()))).first()
        assert last is not None
        assert (last.action, last.note, last.sequence) == ("core.site_restored", "from all.zip", entries + 1)
    shown = await operations.show(full.platform, "occs")
    assert shown["operations"][0]["action"] == "restore"
    # Whoever was signed in still is.
    assert (await client.get("/admin")).status_code == 200


async def test_who_was_shut_out_since_stays_out_and_who_came_in_stays_in(full: Instance, tmp_path: Path) -> None:
    at = full.clock.now()
    async with full.platform.database.system_writing() as session:
        gone = await create_user(session, "gone@example.org", site_id=full.site.id, role="author", password=None, at=at)
    path = await yesterday(full, tmp_path / "all.zip")
    async with full.platform.database.system_writing() as session:
        await session.delete(await session.get_one(Membership, (full.site.id, gone.id)))
        await session.commit()
    async with full.platform.database.system_writing() as session:
        await create_user(session, "new@example.org", site_id=full.site.id, role="author", password=None, at=at)
    await set_back(full, path)
    async with full.platform.database.system_reading() as session:
        query = select(User.email).join(Membership, col(Membership.user_id) == User.id)
        people = set((await session.exec(query.where(Membership.site_id == full.site.id))).all())
    assert "new@example.org" in people
    assert "gone@example.org" not in people


async def test_mail_that_was_sent_since_is_not_sent_again(full: Instance, tmp_path: Path) -> None:
    message = Message(address="a@example.org", subject="s", body="b", locale="en", template="t")
    message.created_at = full.clock.now()
    async with full.desk().writing() as session:
        session.add(message)
        await session.commit()
        message_id = message.id
    path = await yesterday(full, tmp_path / "all.zip")
    assert lines_of(path, "core_mail")[0]["state"] == "queued"
    async with full.desk().writing() as session:
        sent = await session.get_one(Message, (full.site.id, message_id))
        sent.state = "sent"
        session.add(sent)
        await session.commit()
    await set_back(full, path)
    async with full.desk().reading() as session:
        assert [row.state for row in (await session.exec(select(Message))).all()] == ["sent"]


async def test_who_was_erased_since_is_erased_again(full: Instance, tmp_path: Path) -> None:
    from folkmoot.web.privacy_desk import erase, whom

    desk, at = full.desk(), full.clock.now()
    message = Message(address="planted@example.org", subject="s", body="b", locale="en", template="t", created_at=at)
    async with desk.writing() as session:
        sent = (await session.exec(select(Submission))).first()
        assert sent is not None
        version = await session.get_one(FormVersion, (full.site.id, sent.form_version_id))
        asked = [q for page in version.definition["pages"] for q in page["questions"] if q["type"] == "long_text"]
        sent.answers = {asked[0]["key"]: "planted@example.org"}
        session.add(sent)
        session.add(message)
        await session.commit()
    path = await yesterday(full, tmp_path / "all.zip")
    await erase(desk, whom(desk, "planted@example.org"))
    [row] = [r for r in lines_of(path, "core_form_submission") if r["id"] == str(sent.id)]
    assert "planted" in str(row["answers"])
    await set_back(full, path)
    async with desk.reading() as session:
        left = await session.get_one(Submission, (full.site.id, sent.id))
    assert "planted" not in str(left.answers)
    await operations.restore_all(full.platform, path, replace=True, tell=str)
    async with desk.reading() as session:
        left = await session.get_one(Submission, (full.site.id, sent.id))
    assert "planted" not in str(left.answers)


async def test_a_site_that_was_deleted_comes_back_with_its_people(full: Instance, tmp_path: Path) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    site_id = full.other_site.id
    content = {k: v for k, v in of_site(await sums(full), site_id).items() if k in set_back_tables(full)}
    people = await count(full, "core_membership", site_id)
    await operations.delete_for_good(full.platform, site_id)
    assert [site.slug for site in full.platform.directory.all()] == ["occs"]
    await set_back(full, path, "parent")
    assert {k: v for k, v in of_site(await sums(full), site_id).items() if k in content} == content
    assert await count(full, "core_membership", site_id) == people
    assert (await full.client(full.other_site).get("/")).status_code == 200


async def test_the_file_of_the_site_alone_will_do(full: Instance, tmp_path: Path) -> None:
    path = tmp_path / "site.zip"
    await operations.back_up(full.platform, path, "occs", str)
    before = await sums(full, but=MOVING)
    await harm(full)
    await set_back(full, path)
    after = await sums(full, but=MOVING)
    ours = set_back_tables(full)
    assert [t for t in ours if of_site(after, full.site.id).get(t) != of_site(before, full.site.id).get(t)] == []
    with pytest.raises(UnusableFile, match="has no site called parent; its sites are: occs"):
        await set_back(full, path, "parent")


@pytest.mark.parametrize("moment", ["removing", "loading", "ending"])
async def test_a_restore_that_broke_off_leaves_the_site_closed_and_goes_on_when_begun_again(
    full: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    before = await sums(full, but=MOVING)
    places: dict[str, tuple[Any, str, int]] = {
        "removing": (removing, "_remove_some", 9),
        "loading": (moving, "load_site", 0),
        "ending": (moving, "_open_again", 0),
    }
    module, name, after_calls = places[moment]
    with monkeypatch.context() as patch:
        patch.setattr(module, name, _stops(getattr(module, name), after_calls))
        with pytest.raises(PowerCut):
            await set_back(full, path)
    await full.platform.load_directory()
    assert (await full.client().get("/")).status_code == 503
    assert (await full.client(full.other_site).get("/")).status_code == 200
    with pytest.raises(Refused, match="half restored"):
        await operations.change_standing(full.platform, "occs", "resume", reason="")
    with pytest.raises(Refused, match="half restored"):
        await operations.back_up(full.platform, tmp_path / "half.zip", None, str)
    await set_back(full, path)
    after = await sums(full, but=MOVING)
    ours = set_back_tables(full)
    assert [t for t in ours if of_site(after, full.site.id).get(t) != of_site(before, full.site.id).get(t)] == []
    assert (await full.client().get("/")).status_code == 200


def _stops(work: Callable[..., Any], after: int) -> Callable[..., Any]:
    calls = iter(range(10_000))

    async def stop(*given: Any, **named: Any) -> Any:
        if next(calls) >= after:
            raise PowerCut
        return await work(*given, **named)

    return stop


async def test_what_slipped_in_meanwhile_is_noticed(
    full: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    load = moving.load_site

    async def and_somebody_writes(*given: Any, **named: Any) -> Any:
        loaded = await load(*given, **named)
        async with full.desk().writing() as session:
            sent = (await session.exec(select(Submission))).first()
            assert sent is not None
            await session.delete(sent)
            await session.commit()
        return loaded

    with monkeypatch.context() as patch:
        patch.setattr(moving, "load_site", and_somebody_writes)
        with pytest.raises(Refused, match="Something else wrote to core_form_submission meanwhile"):
            await set_back(full, path)
    await set_back(full, path)


async def test_operators_find_the_restore_of_everything_among_the_operations(full: Instance, tmp_path: Path) -> None:
    path = await yesterday(full, tmp_path / "all.zip")
    await operations.restore_all(full.platform, path, replace=True, tell=str)
    async with full.platform.database.system_reading() as session:
        done = (await session.exec(select(Operation))).all()
    assert {(row.action, row.about_slug, row.note) for row in done} == {
        ("restore", "occs", "the whole instance"),
        ("restore", "parent", "the whole instance"),
    }
