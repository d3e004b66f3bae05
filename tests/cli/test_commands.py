"""The command line: what it does, what it prints, and how it says no."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from folkmoot.cli.main import main
from folkmoot.testing.instance import write_configuration

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    write_configuration(tmp_path, ("consultation",))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capfd.readouterr()
        return int(caught.value.code or 0), out, err

    return call


@pytest.fixture
def ready(run: Run) -> Run:
    assert run("db", "upgrade")[0] == 0
    return run


def test_without_its_tables_nothing_starts_and_one_sentence_says_why(run: Run) -> None:
    status, out, err = run("serve", "--port", "0")
    assert (status, out) == (1, "")
    assert err == (
        "The database lacks migrations of core, consultation: run “folkmoot db upgrade”, or serve --migrate.\n"
    )


def test_without_a_configuration_one_sentence_says_so(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    status, _, err = run("site", "list")
    assert status == 1
    assert err == "There is no folkmoot.toml. Make a site with “folkmoot new site”, or name its file with --config.\n"


def test_upgrading_twice_changes_nothing(ready: Run) -> None:
    assert ready("db", "upgrade")[0] == 0
    rows = json.loads(ready("db", "status", "--json")[1])
    assert [(row["name"], row["pending"]) for row in rows] == [("core", False), ("consultation", False)]
    assert ready("db", "check") == (0, "The database is as the tables are written.\n", "")


def test_check_says_that_everything_is_in_order(ready: Run) -> None:
    assert ready("check")[:2] == (0, "Everything is in order.\n")
    explained = ready("check", "--explain")[1]
    assert "database.url = 'sqlite:///data/folkmoot.db'  (default)" in explained
    assert "site.slug = 'occs'  (folkmoot.toml)" in explained


def test_check_lists_every_fault_at_once(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "folkmoot.toml"
    path.write_text(path.read_text().replace('"consultation"', '"ghost", "consultation"'))
    (tmp_path / "data" / "secret_key").unlink()
    status, out, _ = run("check")
    assert status == 1
    assert [line.split(":")[0] for line in out.splitlines()] == [
        "There is no secret key of at least 32 characters in data/secret_key",
        "ghost",
        "The database lacks migrations of core, consultation",
    ]


def test_sites_are_listed_the_first_one_first(ready: Run) -> None:
    assert ready("site", "create", "alpha", "--name", "Alpha", "--plugins", "")[0] == 0
    assert ready("site", "create", "beta", "--name", "Beta", "--parent", "occs", "--draft")[0] == 0
    sites = json.loads(ready("site", "list", "--json")[1])
    assert [site["slug"] for site in sites] == ["occs", "alpha", "beta"]
    assert sites[1] == {
        "slug": "alpha",
        "name": "Alpha",
        "host": "alpha.localhost",
        "status": "live",
        "plugins": [],
        "parent": None,
    }
    assert (sites[2]["status"], sites[2]["parent"], sites[2]["plugins"]) == ("draft", "occs", ["consultation"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("occs", "--name", "Again"), "There is a site called occs already."),
        (("other", "--name", "Other", "--host", "occs.localhost"), "Another site answers at occs.localhost."),
        (("other", "--name", "Other", "--plugins", "ghost"), "ghost is not an active plugin."),
        (("other", "--name", "Other", "--parent", "ghost"), "There is no site called ghost."),
        (("Not-a-slug", "--name", "Other"), "slug"),
    ],
)
def test_a_site_that_cannot_be_made_is_refused(ready: Run, arguments: tuple[str, ...], sentence: str) -> None:
    status, out, err = ready("site", "create", *arguments)
    assert (status, out) == (1, "")
    assert sentence in err
    assert len(err.splitlines()) <= 3


def test_people_get_accounts_and_links(ready: Run) -> None:
    assert ready("user", "create", "Sam@Example.org", "--role", "author")[1] == "sam@example.org is author now.\n"
    status, out, _ = ready("user", "link", "sam@example.org")
    assert status == 0
    assert out.startswith("http://localhost:8000/sign-in/")
    assert ready("user", "link", "nobody@example.org")[0] == 1
    assert "must be one of" in ready("user", "create", "a@b.c", "--role", "king")[2]
    assert "Enter an email address" in ready("user", "create", "nonsense", "--role", "author")[2]


def test_a_token_is_alone_on_the_last_line(ready: Run) -> None:
    status, out, _ = ready("token", "create", "--permissions", "consultation.read", "--expires", "90d")
    assert status == 0
    assert out.startswith("fm_")
    assert len(out.splitlines()) == 1
    assert ready("token", "create", "--permissions", "consultation.dance")[0] == 1
    assert ready("token", "create", "--permissions", "*", "--expires", "soon")[0] == 1


def test_plugins_are_listed_with_their_state(ready: Run) -> None:
    rows = {row["name"]: row for row in json.loads(ready("plugin", "list", "--json")[1])}
    assert rows["consultation"]["state"] == "active"
    shown = json.loads(ready("plugin", "show", "consultation", "--json")[1])
    assert "/consultations/{slug:str}" in shown["pages"]
    assert ready("plugin", "show", "ghost")[0] == 1


def test_a_plugin_is_turned_off_and_on_for_a_site(ready: Run) -> None:
    assert ready("plugin", "disable", "consultation")[1] == "consultation is off.\n"
    assert json.loads(ready("site", "list", "--json")[1])[0]["plugins"] == []
    assert ready("plugin", "enable", "consultation")[1] == "consultation is on.\n"
    assert json.loads(ready("site", "list", "--json")[1])[0]["plugins"] == ["consultation"]


def test_pending_migrations_are_a_state_of_a_plugin(run: Run) -> None:
    rows = {row["name"]: row for row in json.loads(run("plugin", "list", "--json")[1])}
    assert rows["consultation"]["state"] == "pending migrations"


def test_wrong_usage_is_status_two(ready: Run) -> None:
    assert ready("site", "create")[0] == 2
    assert ready("dance")[0] == 2


def test_a_consultation_is_made_from_a_file_and_exported(ready: Run, tmp_path: Path) -> None:
    body = {
        "slug": "bins",
        "title": "Bins",
        "summary": "How often?",
        "opens_at": "2026-01-01T09:00:00+00:00",
        "closes_at": "2027-12-01T23:59:00+00:00",
        "form": {"pages": [{"title": "One", "questions": [{"key": "often", "type": "text", "label": "How often?"}]}]},
    }
    (tmp_path / "bins.json").write_text(json.dumps(body))
    assert ready("consultation", "create", "bins.json", "--publish")[1] == "Published /consultations/bins.\n"
    assert ready("consultation", "export", "bins")[1].startswith("reference,received_at,channel,language,often,")
    exported = json.loads(ready("consultation", "export", "bins", "--format", "json")[1])
    assert exported["submissions"] == []
    assert exported["codebook"][0]["column"] == "often"
    (tmp_path / "bad.json").write_text("{")
    assert ready("consultation", "create", "bad.json")[0] == 1
    assert ready("consultation", "export", "ghost")[2] == "There is no such consultation.\n"


def test_every_command_has_an_example() -> None:
    import click

    from folkmoot.cli.main import folkmoot

    def commands(group: click.Group, before: str) -> list[tuple[str, click.Command]]:
        found: list[tuple[str, click.Command]] = []
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                found += commands(command, f"{before}{name} ")
            else:
                found.append((before + name, command))
        return found

    listed = commands(folkmoot, "folkmoot ")
    assert len(listed) > 15
    assert [name for name, command in listed if f"Example: {name}" not in (command.epilog or "")] == []
