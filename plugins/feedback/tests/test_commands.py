"""``folkmoot feedback export``, as it is run."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from folkmoot.cli.main import main
from folkmoot.testing import start_instance
from folkmoot_feedback import service
from folkmoot_feedback.service import Report


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation with one ordinary, one held and one spreadsheet-hostile report."""
    path = tmp_path / "instance"

    async def fill() -> None:
        instance = await start_instance(path, ("feedback",))
        desk = instance.desk()
        for text in ("Broken", "Write to jo@example.org", "=1+1"):
            await desk.submit(service.receive(desk.site.id, Report("/search", None, "", text), desk.now()))
        await instance.close()

    asyncio.run(fill())
    monkeypatch.setenv("FOLKMOOT_CONFIG", str(path / "folkmoot.toml"))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["feedback", "export", *arguments])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_csv_leaves_out_what_is_held_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--site", "occs")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert sorted(row["what_wrong"] for row in rows) == ["'=1+1", "Broken"]
    assert "1 held back and left out" in err


def test_held_reports_are_there_when_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = folder / "out.json"
    code, out, _ = run(capsys, "--site", "occs", "--format", "json", "--include-held", "-o", str(target))
    assert (code, out) == (0, "")
    rows = json.loads(target.read_text())
    assert sorted(row["what_wrong"] for row in rows) == ["=1+1", "Broken", "Write to jo@example.org"]
    assert {row["state"] for row in rows} == {"new", "held"}


def test_another_site_has_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--site", "parent", "--format", "json")[1] == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--site", "nowhere"], 1, "There is no site called nowhere."),
        ([], 1, "This instance has 2 sites: say which with --site."),
        (["--site", "occs", "--format", "xml"], 2, "xml"),
        (["--site", "occs", "-o", "/nowhere/at/all.csv"], 1, "Cannot write /nowhere/at/all.csv"),
    ],
)
def test_a_wrong_command_is_told_so_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
) -> None:
    ended, out, err = run(capsys, *arguments)
    assert ended == code
    assert sentence in err
    assert out == ""
    assert "Traceback" not in err
