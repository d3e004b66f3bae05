"""A file that is damaged, or made to harm, is refused in one sentence, and nothing is changed."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from comparing import PLUGINS, sums

from folkmoot.sites.moving import Names
from folkmoot.store.backup import package
from folkmoot.store.backup.archive import DATE
from folkmoot.store.backup.faults import UnusableFile
from folkmoot.testing import Instance
from folkmoot.web import operations

FOLKMOOT_PLUGINS = PLUGINS
Parts = dict[str, bytes]
TABLE = "tables/core_site_host.jsonl"


def pack(path: Path, parts: Parts, *, level: int = 6) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, DATE), content, zipfile.ZIP_DEFLATED)


def unpack(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def agree(parts: Parts) -> Parts:
    """Make the manifest say what the parts are, as whoever makes a file to harm would."""
    import hashlib

    manifest = json.loads(parts["manifest.json"])
    others = {name: content for name, content in parts.items() if name != "manifest.json"}
    manifest["members"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in others.items()
    }
    for name in manifest["tables"]:
        manifest["tables"][name]["rows"] = others.get(f"tables/{name}.jsonl", b"").count(b"\n")
    return {**others, "manifest.json": json.dumps(manifest).encode()}


def in_manifest(change: Callable[[Any], object]) -> Callable[[Parts], Parts]:
    def changed(parts: Parts) -> Parts:
        manifest = json.loads(parts["manifest.json"])
        change(manifest)
        return {**parts, "manifest.json": json.dumps(manifest).encode()}

    return changed


def in_row(**values: Any) -> Callable[[Parts], Parts]:
    def changed(parts: Parts) -> Parts:
        row = json.loads(parts[TABLE].splitlines()[0])
        return agree({**parts, TABLE: json.dumps({**row, **values}).encode() + b"\n"})

    return changed


def without(name: str) -> Callable[[Parts], Parts]:
    return lambda parts: {key: value for key, value in parts.items() if key != name}


def forgotten(parts: Parts) -> Parts:
    kept = without("tables/core_form.jsonl")(parts)
    return agree(in_manifest(lambda m: m["tables"].pop("core_form"))(kept))


def revision(name: str, value: str) -> Callable[[Parts], Parts]:
    return in_manifest(lambda manifest: manifest["revisions"].update({name: value}))


FAULTS: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "no manifest": (without("manifest.json"), "is no backup or export of Folkmoot: it has no manifest.json"),
    "a manifest of others": (lambda p: {**p, "manifest.json": b"[1]"}, "manifest.json cannot be read"),
    "a manifest that is half": (lambda p: {**p, "manifest.json": b'{"format": 1'}, "manifest.json cannot be read"),
    "a deep manifest": (lambda p: {**p, "manifest.json": b"[" * 200_000}, "manifest.json cannot be read"),
    "a later format": (in_manifest(lambda m: m.update(format=2)), "has format 2 and this version of Folkmoot reads"),
    "an older instance": (revision("core", "core_0001"), "at core_0001 and this instance is at core_00"),
    "a plugin not here": (revision("ghost", "ghost_0001"), "has rows of ghost, which is not active here"),
    "a missing member": (without(TABLE), "'tables/core_site_host.jsonl' is missing"),
    "another member": (lambda p: {**p, "tables/extra.jsonl": b""}, "'tables/extra.jsonl' is not in the manifest"),
    "a way out": (lambda p: agree({**p, "../../etc/passwd": b"x"}), "'../../etc/passwd' is no name of a part"),
    "a way from the root": (lambda p: agree({**p, "/etc/passwd": b"x"}), "is no name of a part of ours"),
    "a long name": (lambda p: agree({**p, "tables/" + "a" * 9_000: b""}), "is no name of a part of ours"),
    "a wrong hash": (lambda p: {**p, TABLE: p[TABLE].replace(b"localhost", b"lokalhost")}, "is not what was written"),
    "a file that is another": (lambda p: agree({**p, "files/" + "0" * 64: b"x"}), "is not what was written"),
    "a table that is not here": (lambda p: agree({**p, "tables/core_ghost.jsonl": b""}), "no table 'core_ghost' here"),
    "a table of no part": (in_manifest(lambda m: m["tables"].update(core_x={"rows": 0, "columns": {}})), "no table"),
    "a table forgotten": (forgotten, "the table core_form is missing"),
    "another column": (
        in_manifest(lambda m: m["tables"]["core_form"]["columns"].update(colour="text")),
        "core_form has a column 'colour' unlike here",
    ),
    "another kind": (
        in_manifest(lambda m: m["tables"]["core_form"]["columns"].update(id="text")),
        "core_form has a column 'id' unlike here",
    ),
    "a row with another column": (in_row(colour="red"), "row 1 of core_site_host: it has the columns colour, host"),
    "a row of another kind": (in_row(site_id=7), "row 1 of core_site_host: its site_id is not of the kind uuid"),
    "a row that is no row": (lambda p: agree({**p, TABLE: b"[]\n"}), "row 1 of core_site_host: it is not an object"),
    "a row that is no JSON": (lambda p: agree({**p, TABLE: b"{\n"}), "row 1 of core_site_host: it is not JSON"),
    "a row without an end": (
        lambda p: agree({**p, TABLE: p[TABLE][:-1]}),
        "tables/core_site_host.jsonl cannot be read",
    ),
    "fewer rows": (in_manifest(lambda m: m["tables"]["core_site_host"].update(rows=9)), "and the manifest says 9"),
    "no site": (lambda p: agree({**p, "tables/core_site.jsonl": b""}), "the site itself is missing"),
}


@pytest.fixture
async def sound(instance: Instance, tmp_path: Path) -> Path:
    path = tmp_path / "sound.zip"
    await operations.back_up(instance.platform, path, "parent", str)
    return path


async def refused(instance: Instance, path: Path) -> str:
    before = await sums(instance)
    with pytest.raises(UnusableFile) as caught:
        await operations.import_one(instance.platform, path, Names(), tell=str)
    assert await sums(instance) == before
    sentence = str(caught.value)
    assert sentence.endswith(" Nothing was changed.")
    assert "\n" not in sentence
    return sentence


async def test_each_fault_is_one_sentence_and_nothing_is_changed(
    instance: Instance, sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = unpack(sound)
    for name, (change, sentence) in FAULTS.items():
        path = tmp_path / "faulty.zip"
        pack(path, change(parts))
        assert sentence in await refused(instance, path), name
    print(f"damaged files: {len(FAULTS)} kinds, taken 0")


async def test_a_file_that_was_cut_short_is_refused_wherever(instance: Instance, sound: Path, tmp_path: Path) -> None:
    whole = sound.read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        path = tmp_path / "cut.zip"
        path.write_bytes(whole[:length])
        assert "cannot be read" in await refused(instance, path)
    assert "There is no file" in await refused(instance, tmp_path / "nowhere.zip")


async def test_a_flipped_byte_is_noticed_or_harmless(instance: Instance, sound: Path, tmp_path: Path) -> None:
    """Every hundredth byte, turned over: the file is refused, or it holds the same (a date in the zip's own lists)."""
    whole, parts = sound.read_bytes(), unpack(sound)
    store = operations.store_of(instance.platform)
    noticed = harmless = 0
    for at in range(0, len(whole), 101):
        path = tmp_path / "flipped.zip"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            with package.open_package(path) as opened:
                opened.check(store.tables, store.lineages)
        except UnusableFile:
            noticed += 1
        else:
            assert unpack(path) == parts
            harmless += 1
    print(f"flipped bytes: noticed {noticed}, harmless {harmless}, taken 0")
    assert noticed > harmless


async def test_a_file_made_to_fill_the_memory_is_refused_before_it_is_unpacked(
    instance: Instance, sound: Path, tmp_path: Path
) -> None:
    parts = unpack(sound)
    line = json.dumps({"host": "x" * (70 << 20), "site_id": None}).encode() + b"\n"
    bomb = tmp_path / "bomb.zip"
    pack(bomb, agree({**parts, TABLE: line}), level=9)
    assert bomb.stat().st_size < 200_000
    assert "is made to fill a memory or a disk" in await refused(instance, bomb)


async def test_a_line_that_never_ends_is_refused(
    instance: Instance, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "LONGEST_LINE", 1_000)
    path = tmp_path / "long.zip"
    pack(path, in_row(host="x" * 2_000)(unpack(sound)))
    assert "tables/core_site_host.jsonl cannot be read" in await refused(instance, path)


async def test_two_parts_of_one_name_are_refused(instance: Instance, sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    shutil.copy(sound, path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match=re.escape("Duplicate name")):
        archive.writestr("README.txt", "another")
    assert "it has two parts of one name" in await refused(instance, path)


async def test_what_the_database_does_not_take_is_a_sentence_and_nothing_of_it_stays(
    instance: Instance, sound: Path, tmp_path: Path
) -> None:
    """Rows that only the database can refuse: the same host twice, restored as everything."""
    everything = tmp_path / "all.zip"
    await operations.back_up(instance.platform, everything, None, str)
    parts = unpack(everything)
    double = agree({**parts, TABLE: parts[TABLE] + parts[TABLE].splitlines(keepends=True)[0]})
    pack(tmp_path / "double.zip", double)
    before = await sums(instance)
    with pytest.raises(UnusableFile, match="The database does not take rows of core_site_host"):
        await operations.restore_all(instance.platform, tmp_path / "double.zip", replace=True, tell=str)
    assert await sums(instance) == before
