"""Settings: every fault at once, with a suggestion; secrets never in the file."""

from pathlib import Path

import pytest

from folkmoot.kernel.settings import load
from folkmoot.spec.errors import ConfigurationFaults

GOOD = """
[site]
slug = "occs"
name = "Engage"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "folkmoot.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str, **environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationFaults) as caught:
        load(write(folder, text), environ)
    return caught.value.faults


def test_the_least_that_is_needed_is_a_slug_and_a_name(tmp_path: Path) -> None:
    settings = load(write(tmp_path, GOOD), {}).settings
    assert (settings.site.slug, settings.database.url) == ("occs", "sqlite:///data/folkmoot.db")


def test_unknown_keys_are_faults_with_a_suggestion(tmp_path: Path) -> None:
    found = faults(tmp_path, GOOD + 'contact_mail = "x@y.z"\n[databas]\nurl = "x"\n')
    assert sorted(found) == [
        "databas is not a setting. Did you mean “database”?",
        "site.contact_mail is not a setting. Did you mean “contact_email”?",
    ]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, '[site]\nslug = "No Good"\nbrand_colour = "teal"\n')
    assert [fault.split(":")[0].split(" ")[0] for fault in found] == ["site.slug", "site.name", "site.brand_colour"]


def test_the_environment_goes_over_the_file_and_is_named_as_the_origin(tmp_path: Path) -> None:
    environ = {"FOLKMOOT_DATABASE__URL": "sqlite:///other.db"}
    configuration = load(write(tmp_path, GOOD), environ)
    assert configuration.settings.database.url == "sqlite:///other.db"
    origins = configuration.origins
    assert origins["database.url"] == "environment"
    assert origins["site.slug"] == "folkmoot.toml"
    assert origins["mail.backend"] == "default"


def test_a_secret_may_come_from_a_file_that_the_environment_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 40 + "\n")
    configuration = load(write(tmp_path, GOOD), {"FOLKMOOT_SECRET_KEY_FILE": str(secret)})
    assert configuration.secret_key() == "s" * 40


def test_a_secret_in_the_configuration_file_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, 'secret_key = "abc"\n' + GOOD) == (
        "secret_key holds a secret: set FOLKMOOT_SECRET_KEY instead.",
    )


def test_an_unknown_variable_of_ours_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD, FOLKMOOT_DATABSE__URL="x") == (
        "FOLKMOOT_DATABSE__URL is not a setting. Did you mean “DATABASE”?",
    )


def test_broken_toml_is_one_sentence(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "[site\n")
    assert fault.startswith("folkmoot.toml cannot be read: ")


def test_a_database_that_is_not_known_is_refused(tmp_path: Path) -> None:
    configuration = load(write(tmp_path, GOOD), {"FOLKMOOT_DATABASE__URL": "mysql://x/y"})
    with pytest.raises(ConfigurationFaults, match=r"database\.url must start with sqlite:/// or postgresql://"):
        configuration.database_urls()


def test_postgresql_needs_a_url_for_each_role(tmp_path: Path) -> None:
    configuration = load(write(tmp_path, GOOD), {"FOLKMOOT_DATABASE__URL": "postgresql://app@x/y"})
    with pytest.raises(ConfigurationFaults) as caught:
        configuration.database_urls()
    assert [fault.partition(" ")[0] for fault in caught.value.faults] == ["database.owner_url", "database.system_url"]


def test_a_missing_secret_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationFaults, match="--make-secret-key"):
        load(write(tmp_path, GOOD), {}).secret_key()
