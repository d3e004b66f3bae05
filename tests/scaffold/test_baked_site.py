"""A site fresh from the template, untouched: migrated, checked, tested by its own tests, and served."""

import sys
import zipfile
from email import message_from_bytes
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from folkmoot.testing import read_html
from folkmoot.testing.postgres import run_sql, server

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


def test_a_site_on_postgresql_makes_its_roles_migrates_and_is_served(
    run: Any, serve: Any, get: Any, tmp_path: Path
) -> None:
    made = run(tmp_path, "folkmoot", "new", "site", "--no-input", f"slug={POSTGRES_SLUG}", "database=postgresql")
    assert made.returncode == 0, made.stderr
    site = Path(made.stdout.strip())
    before = run(site, "folkmoot", "check")
    assert before.returncode == 1
    assert "folkmoot db roles" in before.stdout
    statements = run(site, "folkmoot", "db", "roles").stdout.splitlines()
    make_roles(statements)
    try:
        make_roles(statements)
        for command in (("folkmoot", "db", "upgrade"), ("folkmoot", "check"), ("folkmoot", "db", "check")):
            done = run(site, *command)
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        with serve(site) as address:
            assert read_html(get(address)[1]).one("h1")
    finally:
        drop_roles()


POSTGRES_SLUG = "folkmoot-test-baked"


def make_roles(statements: list[str]) -> None:
    """Do what psql does with them: what a line that ends in \\gexec selects is run as well."""
    for statement in statements:
        text, run_it, _ = statement.partition(" \\gexec")
        rows = run_sql(server(), text)
        for row in rows if run_it else ():
            run_sql(server(), row[0])


def drop_roles() -> None:
    name = POSTGRES_SLUG.replace("-", "_")
    run_sql(server(), f"drop database if exists {name} with (force)")
    for role in ("app", "owner", "system"):
        run_sql(server(), f"drop role if exists {name}_{role}")


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


def test_pip_finds_what_the_site_needs(run: Any, bake: Any, tmp_path: Path) -> None:
    site = bake(plugins="consultation,feedback")
    built = run(site, sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist")
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("/METADATA"))
        needed = {Requirement(text) for text in message_from_bytes(packed.read(name)).get_all("Requires-Dist", [])}
    ours = {requirement for requirement in needed if not requirement.marker}
    assert {requirement.name for requirement in ours} == {"folkmoot", "folkmoot-consultation", "folkmoot-feedback"}
    assert all(version(requirement.name) in requirement.specifier for requirement in ours)
