"""``folkmoot dashboard``, as it is run."""

import asyncio
import json
from pathlib import Path

import pytest

from folkmoot.cli.main import main
from folkmoot.testing import start_instance

HEAD = "period,geography_code,metric,value\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation with two sites and no figures."""
    path = tmp_path / "instance"

    async def make() -> None:
        await (await start_instance(path, ("dashboard",))).close()

    asyncio.run(make())
    monkeypatch.setenv("FOLKMOOT_CONFIG", str(path / "folkmoot.toml"))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["dashboard", *arguments])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def statuses(capsys: pytest.CaptureFixture[str], site: str = "occs") -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(capsys, "status", "--site", site, "--json")[1])
    return found


def test_a_file_is_loaded_and_published(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "a.csv"
    file.write_text(HEAD + "2021-22,E12000001,ASC1,7.5\n")
    code, out, err = run(capsys, "load", str(file), "--site", "occs", "--dataset", "care", "--publish")
    assert (code, err) == (0, "")
    assert "Loaded 1 rows as version 1.0 of care" in out
    assert "No suppression was applied" in out
    [row] = statuses(capsys)
    assert (row["dataset"], row["published_version"], row["rows"]) == ("care", "1.0", 1)
    assert statuses(capsys, "parent") == []
    assert "care: version 1.0 published" in run(capsys, "status", "--site", "occs")[1]


@pytest.mark.parametrize("publish", [[], ["--publish"]])
def test_a_bad_file_stores_nothing_and_names_the_row(
    folder: Path, capsys: pytest.CaptureFixture[str], publish: list[str]
) -> None:
    file = folder / "a.csv"
    file.write_text(HEAD + "2021-22,E12000001,ASC1,7.5\n" + "2021-22,E99999999,ASC1,x\n" * 9)
    code, out, err = run(capsys, "load", str(file), "--site", "occs", "--dataset", "care", *publish)
    assert (code, out) == (1, "")
    assert err.startswith("row 3: the geography code “E99999999” is not known.")
    assert len(err.splitlines()) == 3
    assert "Nothing was stored." in err
    assert statuses(capsys) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--site", "nowhere", "--dataset", "care"], 1, "There is no site called nowhere."),
        (["--dataset", "care"], 1, "This instance has 2 sites"),
        (["--site", "occs"], 2, "--dataset"),
        (["--site", "occs", "--dataset", "Care!"], 1, "The slug must be"),
        (["--site", "occs", "--dataset", "care", "--source-url", "ftp://x"], 1, "must start with https://"),
    ],
)
def test_a_wrong_command_is_told_so(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    file = folder / "a.csv"
    file.write_text(HEAD + "2021-22,E12000001,ASC1,7.5\n")
    ended, out, err = run(capsys, "load", str(file), *arguments)
    assert (ended, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_is_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "load", str(folder / "none.csv"), "--dataset", "care")[0] == 2
