"""Subject access finds every planted row; erasure leaves none: in rows, bytes, files, the index of search, the log."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from planting import EMAIL, OTHER, WORDS, Planted, rows_naming, traces
from sqlmodel import select

from folkmoot.audit.chain import first_broken
from folkmoot.audit.models import AuditEntry
from folkmoot.forms.models import Submission
from folkmoot.privacy.declarations import faults
from folkmoot.spec.descriptors import Subject
from folkmoot.testing import Instance
from folkmoot.web import privacy_desk
from folkmoot.web.application import load


async def missed(planted: Planted) -> list[str]:
    """Return the tables in which the address stands, and of which subject access says nothing."""
    instance = planted.instance
    found = await privacy_desk.look_up(instance.desk(), planted.subject)
    told = {place.declared.name: place for place in found}
    spoken = {table: owned.item for owned in instance.platform.registry.personal_data for table in owned.item.tables}
    lacking = []
    for table, rows in (await rows_naming(instance, EMAIL, instance.site)).items():
        place = told.get(spoken[table].name)
        held = len(place.held) if place else 0
        if held < rows:
            lacking.append(table)
    return lacking


async def test_subject_access_finds_every_planted_row(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    rows = await rows_naming(planted.instance, EMAIL, planted.instance.site)
    found = await privacy_desk.look_up(planted.instance.desk(), planted.subject)
    with capsys.disabled():
        places = {place.declared.name: len(place.held) for place in found}
        missing = await missed(planted)
        print(
            f"\nsubject access on {planted.instance.database}: {sum(rows.values())} rows in {len(rows)} tables name "
            f"the address, {sum(places.values())} things told in {len(places)} places, tables missed {len(missing)}"
        )
    assert len(rows) >= 12
    assert missing == []
    text = json.dumps(privacy_desk.as_json(found), default=str)
    assert text.lower().count(EMAIL) >= len(rows)
    assert WORDS in text
    # Known by a keyed hash only.
    assert "550 no such mailbox" in text


async def test_somebody_elses_answer_is_told_by_what_names_the_person_alone(planted: Planted) -> None:
    found = await privacy_desk.look_up(planted.instance.desk(), planted.subject)
    sent = next(place for place in found if place.declared.name == "core.submissions")
    own, other = sorted(sent.held, key=lambda held: held.key != planted.reference)
    assert own.key == planted.reference
    assert set(own.values) >= {"Do you agree?", "Why?", "Email address", "received_at"}
    assert set(other.values) == {"Why?", "received_at"}
    assert OTHER not in str(other)


async def test_a_reference_finds_what_was_sent_under_it_and_nothing_else(planted: Planted) -> None:
    desk = planted.instance.desk()
    found = await privacy_desk.look_up(desk, privacy_desk.whom(desk, f" {planted.reference.lower()} "))
    assert [(place.declared.name, [held.key for held in place.held]) for place in found] == [
        ("core.submissions", [planted.reference])
    ]


def without(registry: Any, name: str, **changes: Any) -> Any:
    """Return a registry in which one declaration has been changed: a broken twin."""
    changed = tuple(
        replace(owned, item=replace(owned.item, **changes)) if owned.item.name == name else owned
        for owned in registry.personal_data
    )
    assert changed != registry.personal_data
    return replace(registry, personal_data=changed)


async def nothing(session: Any, subject: Subject) -> list[Any]:
    return []


async def none(session: Any, subject: Subject, now: Any) -> int:
    return 0


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "name", ["feedback.pages", "core.jobs", "core.drafts", "core.search", "publication.publications"]
)
async def test_a_twin_that_misses_a_table_is_caught(planted: Planted, name: str) -> None:
    platform = planted.instance.platform
    platform.registry = without(platform.registry, name, find=nothing)
    lacking = await missed(planted)
    print("twin:", name, lacking)
    assert lacking


async def erased(planted: Planted) -> list[str]:
    """Erase the person, let all jobs run, and return where they still stand."""
    await privacy_desk.erase(planted.instance.desk(), planted.subject)
    await planted.instance.work()
    left: list[str] = await traces(planted.instance, EMAIL, WORDS)
    return left


async def test_erasure_leaves_nothing_in_rows_bytes_files_index_or_log(
    planted: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await traces(planted.instance, EMAIL, WORDS)
    left = await erased(planted)
    output = capsys.readouterr()
    with capsys.disabled():
        where = "raw bytes and files" if planted.instance.database == "sqlite" else "rows as text and files"
        print(f"\nerasure on {planted.instance.database}: {where}: traces before {len(before)}, after {len(left)}")
    assert before
    assert left == []
    assert await privacy_desk.look_up(planted.instance.desk(), planted.subject) == []
    assert EMAIL not in (output.out + output.err).lower()
    async with planted.instance.desk().reading() as session:
        assert await first_broken(session) is None


@pytest.mark.only_on("sqlite")
async def test_a_twin_that_leaves_the_row_of_search_is_caught(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Search would learn of the change by itself, from the plugin that changed: so the twin tells it nothing either."""

    async def silent(*_: Any, **__: Any) -> None:
        return

    platform = planted.instance.platform
    platform.registry = without(platform.registry, "core.search", erase=none)
    monkeypatch.setattr(privacy_desk, "touch", silent)
    left = await erased(planted)
    print("twin: search", left)
    assert left


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("name", ["core.files", "feedback.pages", "core.submissions", "core.accounts"])
async def test_a_twin_that_leaves_something_is_caught(planted: Planted, name: str) -> None:
    platform = planted.instance.platform
    platform.registry = without(platform.registry, name, erase=none)
    left = await erased(planted)
    print("twin:", name, left)
    assert left


@pytest.mark.only_on("sqlite")
async def test_a_twin_that_does_not_overwrite_the_file_is_caught(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def idle(database: Any) -> bool:
        return True

    monkeypatch.setattr("folkmoot.privacy.scrub.scrub", idle)
    left = await erased(planted)
    print("twin: no scrub", left)
    assert left


async def test_choices_stay_as_figures_and_others_keep_their_answers(planted: Planted) -> None:
    await erased(planted)
    async with planted.instance.desk().reading() as session:
        submissions = (await session.exec(select(Submission))).all()
    assert len(submissions) == 2
    assert planted.reference not in {row.reference for row in submissions}
    own, other = sorted((row.answers for row in submissions), key=len)
    assert own == {"agree": "yes"}
    assert other == {"agree": "yes", "why": "Ask [removed]: she knows.", "email": OTHER}


async def test_erasing_twice_changes_nothing_more(planted: Planted) -> None:
    desk = planted.instance.desk()
    first = await privacy_desk.erase(desk, planted.subject)
    again = await privacy_desk.erase(desk, planted.subject)
    assert sum(first.removed.values()) > 10
    assert again.removed == {}


async def test_another_site_keeps_what_it_holds(planted: Planted) -> None:
    """The same person is somebody on both sites: each site looks at, and erases, its own."""
    instance = planted.instance
    await instance.work()
    now = instance.clock.now()
    from folkmoot.accounts import service as accounts

    async with instance.platform.database.system_writing() as session:
        other = instance.other_site.id
        await accounts.create_user(session, EMAIL, site_id=other, role="member", password=None, at=now)
    sent = {"path": "/", "useful": False, "what_wrong": f"I am {EMAIL}."}
    await instance.client(instance.other_site).post("/api/v1/feedback/page", json=sent)
    there = replace(planted.subject, site_id=instance.other_site.id)
    before = await privacy_desk.look_up(instance.desk(instance.other_site), there)
    assert {place.declared.name for place in before} == {"core.accounts", "feedback.pages"}
    await privacy_desk.erase(instance.desk(), planted.subject)
    after = await privacy_desk.look_up(instance.desk(instance.other_site), there)
    assert privacy_desk.as_json(after) == privacy_desk.as_json(before)
    await privacy_desk.erase(instance.desk(instance.other_site), there)
    await instance.work()
    assert await traces(instance, EMAIL) == []


async def test_the_log_says_that_somebody_was_looked_up_and_erased_and_not_who(planted: Planted) -> None:
    desk = planted.instance.desk()
    await privacy_desk.take_out(desk, planted.subject)
    await privacy_desk.erase(desk, planted.subject)
    async with desk.reading() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.actor == "operator"))).all()
    told = {entry.action: entry.note for entry in entries}
    assert set(told) >= {"core.personal_data_found", "core.personal_data_erased"}
    assert all(EMAIL not in entry.note for entry in entries)
    # The same person can be recognised in the log by who has the key, and by nobody else.
    notes = [told["core.personal_data_found"], told["core.personal_data_erased"].partition(",")[0]]
    assert len(set(notes)) == 1


async def test_the_copy_reads_as_a_page_and_as_data(planted: Planted) -> None:
    desk = planted.instance.desk()
    found = await privacy_desk.take_out(desk, planted.subject)
    with zipfile.ZipFile(io.BytesIO(privacy_desk.write_archive(desk, found, locale="cy"))) as archive:
        assert sorted(archive.namelist()) == ["personal-data.html", "personal-data.json"]
        page = archive.read("personal-data.html").decode()
        data = json.loads(archive.read("personal-data.json"))
    assert '<html lang="cy">' in page
    assert EMAIL in page.lower()
    assert "http" not in page.partition("</head>")[0]
    assert {place["name"] for place in data} == {place.declared.name for place in found}


async def test_every_table_is_spoken_for(everywhere: Instance) -> None:
    assert faults(everywhere.platform.registry) == []


async def test_the_check_names_a_table_of_a_plugin_that_lacks_register_personal_data(
    everywhere: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("folkmoot_feedback.plugin.register_personal_data")
    registry = load(everywhere.platform.configuration)
    (sentence,) = faults(registry)
    assert sentence.startswith("feedback: nothing says whether the table feedback_page_feedback holds personal data")


async def test_a_table_that_nobody_speaks_for_is_caught(everywhere: Instance) -> None:
    registry = everywhere.platform.registry
    for owned in registry.personal_data:
        twin = replace(registry, personal_data=tuple(o for o in registry.personal_data if o is not owned))
        assert len(faults(twin)) == len(owned.item.tables), owned.item.name
    doubled = replace(registry, personal_data=(*registry.personal_data, registry.personal_data[0]))
    assert any("Two declarations" in sentence for sentence in faults(doubled))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"basis": ""}, "names no lawful basis"),
        ({"kept": "", "kept_for": None}, "does not say how long"),
        ({"expire": None}, "nothing that removes"),
        ({"tables": ("core_form_draft", "core_nowhere")}, "which there is not"),
    ],
)
async def test_a_declaration_that_lacks_something_is_caught(
    everywhere: Instance, changes: dict[str, Any], sentence: str
) -> None:
    registry = without(everywhere.platform.registry, "core.drafts", **changes)
    assert [fault for fault in faults(registry) if sentence in fault]
