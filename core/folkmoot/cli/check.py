"""``folkmoot check``: every fault at once."""

import re
import secrets
from pathlib import Path

import click

from folkmoot.kernel.settings import SECRETS, Configuration
from folkmoot.spec.errors import ConfigurationFaults, Unavailable

# What stands between the name and the host in a URL.
PASSWORD = re.compile(r"(://[^:/@]+:).+@")


@click.command(epilog="Example: folkmoot check --explain")
@click.option("--explain", is_flag=True, help="Say where each value came from.")
@click.option("--make-secret-key", is_flag=True, help="Make the secret key's file where there is none.")
def check(explain: bool, make_secret_key: bool) -> None:
    """List every fault of the configuration, the plugins and the database; exit 1 when there is any."""
    from folkmoot.web.desk import configuration

    faults: list[str] = []
    settings = None
    try:
        settings = configuration()
        if make_secret_key:
            write_secret_key(settings.folder / settings.settings.secret_key_file)
    except ConfigurationFaults as error:
        faults += error.faults
    if settings is not None:
        if explain:
            _explain(settings)
        faults += _faults(settings)
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo("Everything is in order.")


def _faults(settings: Configuration) -> list[str]:
    from folkmoot.kernel.registry import Registry
    from folkmoot.mail.backends import backend_faults
    from folkmoot.privacy.declarations import faults as declared_faults
    from folkmoot.web.application import build_app, build_platform, check_migrations, load

    faults: list[str] = []
    registry: Registry | None = None

    def attempt(step: object) -> None:
        try:
            step()  # type: ignore[operator]
        except ConfigurationFaults as error:
            faults.extend(fault for fault in error.faults if fault not in faults)
        except Unavailable as error:
            faults.append(str(error))

    attempt(settings.secret_key)
    faults += backend_faults(settings.settings.mail)
    attempt(lambda: load(settings))
    try:
        registry = load(settings, strict=False)
    except ConfigurationFaults as error:
        faults.extend(fault for fault in error.faults if fault not in faults)
    if registry is not None:
        attempt(lambda: check_migrations(settings, registry))
        faults.extend(declared_faults(registry))
        if not faults:
            attempt(lambda: build_app(build_platform(settings, registry)))
    return faults


def _explain(settings: Configuration) -> None:
    values = settings.settings.model_dump()
    for key, origin in settings.origins.items():
        value = values
        for part in key.split("."):
            value = value[part]
        shown = "(secret)" if key in SECRETS and value else value
        if isinstance(shown, str):
            shown = PASSWORD.sub(r"\1(secret)@", shown)
        click.echo(f"{key} = {shown!r}  ({origin})")
    if not settings.settings.files.scanner:
        click.echo("Advice: files are not checked for viruses. Name a scanner in files.scanner.")


def write_secret_key(path: Path) -> None:
    """Make a secret key that only its owner can read, unless there is one."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(48) + "\n", encoding="utf-8")
