"""No committed file says where a package came from or on whose machine it was made."""

import fnmatch
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written so that this file does not find itself.
TELLTALES = {
    "an index option": re.compile(r"--(?:extra-)?index[-]url\b|--find[-]links\b|--trusted[-]host\b"),
    "a registry's address": re.compile(r"pythonhosted[.]org|pypi[.]org/simple|registry[.]npmjs|registry[.]yarnpkg"),
    "a path of one machine": re.compile(r"(?<![\w.}~-])/(?:work|home|root)/[\w.]"),
}


def ignored(name: str, patterns: list[str]) -> bool:
    return name == ".git" or any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def committed_files() -> Iterator[Path]:
    """What git would keep, told without git so that an unpacked archive can be tested too."""
    lines = (ROOT / ".gitignore").read_text().splitlines()
    patterns = [Path(line).name for line in lines if line and not line.startswith("#")]
    for folder, subfolders, files in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if not ignored(name, patterns)]
        yield from (Path(folder) / name for name in files if not ignored(name, patterns))


@pytest.mark.parametrize("telltale", TELLTALES)
def test_no_committed_file_holds(telltale: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in committed_files()
        if (hit := TELLTALES[telltale].search(path.read_text(errors="ignore")))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("telltale", "text"),
    [
        ("an index option", "--extra-index" + "-url x"),
        ("a registry's address", "https://files.python" + "hosted.org/packages/a.whl"),
        ("a registry's address", "https://registry" + ".npmjs.org/sass"),
        ("a path of one machine", "-e file://" + "/ho" + "me/ann/folkmoot"),
        ("a path of one machine", 'python = "/ro' + 'ot/.venv/bin/python"'),
    ],
)
def test_the_search_would_find(telltale: str, text: str) -> None:
    assert TELLTALES[telltale].search(text)


def test_the_npm_lock_has_a_hash_for_every_package_and_no_address() -> None:
    packages = json.loads((ROOT / "core" / "assets" / "package-lock.json").read_text())["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert "node_modules/govuk-frontend" in installed
    assert [name for name, entry in installed.items() if "resolved" in entry] == []
    assert [name for name, entry in installed.items() if not entry["integrity"].startswith("sha512-")] == []
