"""``folkmoot new site``, as it is typed."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_it_prints_the_folder_that_it_made(run: Any, tmp_path: Path) -> None:
    made = run(tmp_path, "folkmoot", "new", "site", "Have your say", "--no-input", "-o", "sites", "languages=en,cy")
    assert (made.returncode, made.stderr) == (0, "")
    assert Path(made.stdout.strip()).samefile(tmp_path / "sites" / "have-your-say")
    assert 'name = "Have your say"' in (tmp_path / "sites" / "have-your-say" / "folkmoot.toml").read_text()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["sulg=care"], "sulg is not asked for here. Did you mean “slug”?"),
        (["site_name=A {{ b }}"], "site_name must not hold"),
        (["host=a b", "kind=quango", "database=oracle", "brand_colour=red"], "The host must be a host name"),
    ],
)
def test_a_refusal_is_short_and_plain(run: Any, tmp_path: Path, values: list[str], sentence: str) -> None:
    refused = run(tmp_path, "folkmoot", "new", "site", "--no-input", *values)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(sentence)
    assert len(refused.stderr.splitlines()) <= 3
    assert not (tmp_path / "my-site").exists()


def test_a_folder_that_is_there_already_is_left_alone(run: Any, tmp_path: Path) -> None:
    (tmp_path / "my-site").mkdir()
    refused = run(tmp_path, "folkmoot", "new", "site", "--no-input")
    assert refused.returncode == 1
    assert refused.stderr.startswith("There is a folder my-site already")
    assert list((tmp_path / "my-site").iterdir()) == []


def test_what_is_no_value_is_wrong_usage(run: Any, tmp_path: Path) -> None:
    refused = run(tmp_path, "folkmoot", "new", "site", "Care", "--no-input", "languages")
    assert refused.returncode == 2
    assert "languages is not of the form key=value." in refused.stderr


def test_the_wheel_carries_the_whole_template(run: Any, tmp_path: Path) -> None:
    import sys

    folder = ROOT / "templates" / "cookiecutter"
    built = run(folder, sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist")
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("folkmoot_templates/site/")}
    files = [path for path in (folder / "site").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert packed == {f"folkmoot_templates/{path.relative_to(folder).as_posix()}" for path in files}
