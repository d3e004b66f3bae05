"""The settings of mail: what a backend lacks is said before anything runs; secrets stay out of the file."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from faults.notify import API_KEY, TEMPLATE
from faults.smtp import NOBODY, SmtpSink

from folkmoot.cli.main import folkmoot
from folkmoot.kernel.settings import MailSection, load
from folkmoot.mail.backends import backend_faults, open_backend
from folkmoot.spec.errors import ConfigurationFaults, FolkmootError
from folkmoot.testing.instance import write_configuration

SMTP = {"backend": "smtp", "sender": "a@occs.example", "host": "mx.example"}
NOTIFY = {"backend": "notify", "notify_api_key": API_KEY, "notify_template_id": TEMPLATE}


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({}, []),
        ({"sender": "nobody"}, ["mail.sender"]),
        (SMTP, []),
        ({"backend": "smtp"}, ["mail.sender", "mail.host"]),
        ({**SMTP, "username": "occs"}, ["mail.username"]),
        ({**SMTP, "username": "occs", "password": "p", "security": "none"}, ["mail.security"]),
        ({**SMTP, "username": "occs", "password": "p"}, []),
        (NOTIFY, []),
        ({"backend": "notify"}, ["FOLKMOOT_MAIL__NOTIFY_API_KEY", "mail.notify_template_id"]),
        ({**NOTIFY, "notify_url": "http://notify.example"}, ["mail.notify_url"]),
        ({**NOTIFY, "receipts_key": "short"}, ["FOLKMOOT_MAIL__RECEIPTS_KEY"]),
    ],
)
def test_what_a_backend_lacks_is_named(facts: dict[str, Any], named: list[str]) -> None:
    faults = backend_faults(MailSection(**facts))
    assert [fault.split()[0] for fault in faults] == named
    if faults:
        with pytest.raises(ConfigurationFaults):
            open_backend(MailSection(**facts), Path())
    else:
        assert open_backend(MailSection(**facts), Path()).name == facts.get("backend", "console")


@pytest.mark.parametrize("name", ["password", "notify_api_key", "receipts_key"])
def test_a_secret_in_the_file_is_a_fault_and_one_in_a_file_of_its_own_is_not(tmp_path: Path, name: str) -> None:
    path = tmp_path / "folkmoot.toml"
    plain = '[site]\nslug = "occs"\nname = "Engage"\n'
    path.write_text(f'{plain}[mail]\n{name} = "hunter2"\n')
    variable = f"FOLKMOOT_MAIL__{name.upper()}"
    with pytest.raises(ConfigurationFaults) as caught:
        load(path, {})
    assert caught.value.faults == (f"mail.{name} holds a secret: set {variable} instead.",)
    path.write_text(plain)
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    assert getattr(load(path, {f"{variable}_FILE": str(secret)}).settings.mail, name) == "hunter2"


def test_check_names_what_is_missing_and_shows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_configuration(tmp_path, [])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOLKMOOT_MAIL__BACKEND", "smtp")
    monkeypatch.setenv("FOLKMOOT_MAIL__PASSWORD", "hunter2 hunter2")
    said = CliRunner().invoke(folkmoot, ["check", "--explain"])
    assert said.exit_code == 1
    for sentence in backend_faults(MailSection(backend="smtp", password="hunter2")):
        assert sentence in said.output
    assert "hunter2" not in said.output
    assert "mail.password = '(secret)'" in said.output


def migrated(folder: Path) -> None:
    write_configuration(folder, [])
    assert CliRunner().invoke(folkmoot, ["db", "upgrade"]).exit_code == 0


def test_the_console_writes_a_file_and_prints_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    migrated(tmp_path)
    said = CliRunner().invoke(folkmoot, ["mail", "test", "sam@example.org"])
    assert said.exit_code == 0
    [written] = (tmp_path / "data" / "mail").glob("*.eml")
    assert "Sent by the backend console.\n" in said.output
    assert str(written) in said.output
    assert "sam@example.org" not in said.output
    assert b"To: sam@example.org" in written.read_bytes()
    assert (tmp_path / "data" / "mail").stat().st_mode & 0o077 == 0


def test_the_command_says_why_a_test_email_was_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    migrated(tmp_path)

    async def run() -> Any:
        async with SmtpSink() as sink:
            sink.script = {"sam@example.org": [NOBODY]}
            for name, value in {**SMTP, "host": "127.0.0.1", "port": sink.port, "security": "none"}.items():
                monkeypatch.setenv(f"FOLKMOOT_MAIL__{name.upper()}", str(value))
            return await asyncio.to_thread(CliRunner().invoke, folkmoot, ["mail", "test", "sam@example.org"])

    said = asyncio.run(run())
    assert isinstance(said.exception, FolkmootError)
    assert "550 5.1.1" in str(said.exception)
