"""Which backend the settings ask for, and what it lacks."""

import re
from collections.abc import Iterator
from pathlib import Path

from folkmoot.kernel.settings import MailSection
from folkmoot.mail.backends.outcomes import Backend
from folkmoot.spec.errors import ConfigurationFaults

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\Z")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TEMPLATE_ID = re.compile(rf"{UUID}\Z")
API_KEY = re.compile(rf".*{UUID}-{UUID}\Z")


def backend_faults(settings: MailSection) -> list[str]:
    """Return what the chosen backend lacks, a sentence each."""
    return list({"console": _console, "smtp": _smtp, "notify": _notify}[settings.backend](settings))


def _console(settings: MailSection) -> Iterator[str]:
    if not ADDRESS.match(settings.sender):
        yield "mail.sender must be an email address."


def _smtp(settings: MailSection) -> Iterator[str]:
    if settings.sender == MailSection.model_fields["sender"].default or not ADDRESS.match(settings.sender):
        yield "mail.sender must be the email address that messages come from."
    if not settings.host:
        yield "mail.host must name the mail server, because mail.backend is “smtp”."
    if bool(settings.username) != bool(settings.password):
        yield "mail.username and FOLKMOOT_MAIL__PASSWORD go together: set both or neither."
    if settings.password and settings.security == "none":
        yield "mail.security must be “starttls” or “tls”: a password is not sent where others can read it."


def _notify(settings: MailSection) -> Iterator[str]:
    if not API_KEY.match(settings.notify_api_key):
        yield "FOLKMOOT_MAIL__NOTIFY_API_KEY must be an API key as GOV.UK Notify shows it: name, service id and secret."
    if not TEMPLATE_ID.match(settings.notify_template_id):
        yield "mail.notify_template_id must be the id of the GOV.UK Notify template with ((subject)) and ((body))."
    if not settings.notify_url.startswith("https://") and not settings.notify_url.startswith("http://127.0.0.1:"):
        yield "mail.notify_url must start with https://."
    if settings.receipts_key and len(settings.receipts_key) < 16:
        yield "FOLKMOOT_MAIL__RECEIPTS_KEY must be at least 16 characters."


def open_backend(settings: MailSection, folder: Path) -> Backend:
    """Return the backend that the settings ask for; raises ``ConfigurationFaults`` with all that it lacks.

    :param folder: where the console backend puts messages
    """
    faults = backend_faults(settings)
    if faults:
        raise ConfigurationFaults(faults)
    if settings.backend == "smtp":
        from folkmoot.mail.backends.smtp import SmtpBackend

        return SmtpBackend(settings)
    if settings.backend == "notify":
        from folkmoot.mail.backends.notify import NotifyBackend

        return NotifyBackend(settings)
    from folkmoot.mail.backends.console import ConsoleBackend

    return ConsoleBackend(folder)
