"""What the template for a site makes, and what it refuses to make."""

import ast
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from folkmoot.kernel.settings import load
from folkmoot.testing import read_html
from folkmoot.web.render import markdown

ALWAYS = {
    *(".containerignore", ".env.example", ".gitignore", "Containerfile", "Makefile", "README.md"),
    *("data/secret_key", "deploy/my-site.service", "folkmoot.toml", "pyproject.toml", "tests/test_site.py"),
}
ODD_NAMES = (
    "St Mary's & O’Neill's \"Open\" Trust",
    "Cyngor Ŵyn a Ŷd: Môn, Llŷn",
    "Office for the Long and Careful Reading of Sixty-Letter Names",
    r"C:\new\table \u0041 \\",
    "[Bracketed](https://elsewhere.example) *stars* _lines_ `code`",
    "<script>alert(1)</script> &amp; <b>",
    "100% {care} $HOME #1 'quoted'",
    "'''triple''' \"\"\"quotes\"\"\"",
)
FAULTS = {
    "organisation": ("", "The organisation must"),
    "site_name": ("a\nb", "The site name must"),
    "slug": ("9-Lives", "The slug must"),
    "host": ("engage.example.org:8000", "The host must"),
    "kind": ("quango", "The kind must"),
    "plugins": ("consultation,petitions", "There is no plugin called petitions"),
    "database": ("oracle", "The database must be sqlite or postgresql"),
    "theme": ("govuk", "The theme must"),
    "brand_colour": ("green", "The brand colour must"),
    "languages": ("en,fr", "The languages must"),
    "contact_email": ("nobody", "The contact email must"),
}


def paths(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("languages", "words"),
    [
        ("en", {"content/home.md"}),
        ("cy", {"content/home.cy.md"}),
        ("en,cy", {"content/home.md", "content/home.cy.md"}),
        ("cy, en", {"content/home.md", "content/home.cy.md"}),
    ],
)
def test_exactly_these_files_are_made(bake: Any, languages: str, words: set[str]) -> None:
    assert paths(bake(languages=languages)) == ALWAYS | words


@pytest.mark.parametrize("plugins", ["none", "consultation", "publication,consultation,feedback,dashboard"])
def test_nothing_is_left_unrendered(bake: Any, plugins: str) -> None:
    site = bake(plugins=plugins, languages="en,cy")
    unrendered = re.compile(r"\{\{|\{%|\{#|cookiecutter\b")
    assert {path for path in paths(site) if unrendered.search((site / path).read_text(encoding="utf-8"))} == set()
    assert not any(unrendered.search(path) for path in paths(site))


def test_the_secret_key_is_long_new_each_time_and_its_owners_alone(bake: Any) -> None:
    keys = [bake(slug=slug) / "data" / "secret_key" for slug in ("one-site", "other-site")]
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert {stat.S_IMODE(key.parent.stat().st_mode) for key in keys} == {0o700}
    assert all(len(key.read_text().strip()) >= 32 for key in keys)
    assert keys[0].read_text() != keys[1].read_text()
    assert "data/" in (keys[0].parents[1] / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_comes_out_as_it_was_typed(bake: Any, name: str) -> None:
    site = bake(organisation=name, site_name=name)
    settings = load(site / "folkmoot.toml", {}).settings
    assert (settings.site.name, settings.site.organisation) == (name, name)
    assert tomllib.loads((site / "pyproject.toml").read_text())["project"]["description"] == f"The site of {name}"
    ast.parse((site / "tests" / "test_site.py").read_text())
    first = read_html(str(markdown((site / "content" / "home.md").read_text()))).text
    assert " ".join(first.split()).startswith(f"{' '.join(name.split())} runs this site.")
    unit = (site / "deploy" / f"{settings.site.slug}.service").read_text()
    assert sum(line.startswith("Description=") for line in unit.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Have your say", "have-your-say"),
        ("Cyngor Ŵyn a Ŷd", "cyngor-wyn-a-yd"),
        ("2026 review of care", "review-of-care"),
        ("東京", "dong-jing"),
        ("!?", "my-site"),
        ("A " * 40, "a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a"),
    ],
)
def test_a_slug_is_made_from_the_name(bake: Any, name: str, slug: str) -> None:
    assert bake(site_name=name).name == slug


def test_the_words_name_only_what_the_chosen_plugins_do(bake: Any) -> None:
    home = (bake(plugins="publication", languages="en,cy") / "content" / "home.md").read_text()
    assert "/publications" in home
    assert "/consultations" not in home


def test_links_in_a_language_stay_in_that_language(bake: Any) -> None:
    site = bake(languages="cy,en")
    assert "(/consultations)" in (site / "content" / "home.cy.md").read_text()
    assert "(/en/consultations)" in (site / "content" / "home.md").read_text()


@pytest.mark.parametrize("key", FAULTS)
def test_an_unsound_answer_is_refused_in_a_sentence(bake: Any, capfd: Any, tmp_path: Path, key: str) -> None:
    from cookiecutter.exceptions import FailedHookException

    value, sentence = FAULTS[key]
    with pytest.raises(FailedHookException):
        bake(**{"slug": "some-site", key: value})
    said = capfd.readouterr().err
    assert said.startswith(sentence)
    assert said.count("\n") == 1
    assert not any((tmp_path / "baked").glob("*"))


def test_everything_wrong_is_said_at_once(bake: Any, capfd: Any) -> None:
    from cookiecutter.exceptions import FailedHookException

    with pytest.raises(FailedHookException):
        bake(**{key: value for key, (value, _) in FAULTS.items()})
    said = capfd.readouterr().err
    assert [sentence for _, sentence in FAULTS.values() if sentence not in said] == []
    assert said.count("\n") == 1
