"""A site fresh from the template, untouched: migrated, checked, tested by its own tests, and served."""

import sys
from pathlib import Path
from typing import Any

import pytest

from folkmoot.testing import read_html

pytestmark = pytest.mark.slow


@pytest.mark.journey("plugin.D2")
@pytest.mark.parametrize(
    "answers",
    [
        (),
        ("plugins=none", "languages=cy,en"),
        ('organisation=St Mary\'s & "Sons" [Ŵ]', "site_name=O’Neill's <b>", "slug=odd", "plugins=feedback"),
    ],
    ids=["the defaults", "no plugin, Welsh first", "odd names"],
)
def test_a_site_fresh_from_the_template_passes_its_own_tests(run: Any, tmp_path: Path, answers: tuple[str]) -> None:
    made = run(tmp_path, "folkmoot", "new", "site", "--no-input", *answers)
    assert made.returncode == 0, made.stderr
    site = Path(made.stdout.strip())
    for command in (
        ("folkmoot", "db", "upgrade"),
        ("folkmoot", "check"),
        (sys.executable, "-m", "ruff", "check", "--no-cache", "."),
        (sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "."),
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
    ):
        done = run(site, *command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    assert "skipped" not in done.stdout


def test_from_an_empty_folder_to_a_page(run: Any, serve: Any, get: Any, tmp_path: Path) -> None:
    assert run(tmp_path, "folkmoot", "new", "site", "--no-input").returncode == 0
    with serve(tmp_path / "my-site") as address:
        status, html = get(f"{address}/")
    assert status == 200
    assert read_html(html).one("h1").text.strip() == "My site"


def test_migrating_twice_changes_nothing(run: Any, bake: Any) -> None:
    site = bake()
    first, second = run(site, "folkmoot", "db", "upgrade"), run(site, "folkmoot", "db", "upgrade")
    assert (first.returncode, second.returncode) == (0, 0)
    assert run(site, "folkmoot", "db", "check").returncode == 0
