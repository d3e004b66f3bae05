"""The ``folkmoot`` command: core's groups, and those that active plugins register."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from folkmoot.cli.backup import backup, restore
from folkmoot.cli.check import check
from folkmoot.cli.database import db
from folkmoot.cli.jobs import jobs
from folkmoot.cli.mail import mail
from folkmoot.cli.new import new
from folkmoot.cli.people import token, user
from folkmoot.cli.plugins import plugin
from folkmoot.cli.privacy import personal_data, retention
from folkmoot.cli.search import search
from folkmoot.cli.serve import demo, serve
from folkmoot.cli.sites import site
from folkmoot.cli.worker import worker
from folkmoot.spec.errors import ConfigurationFaults, FolkmootError

MOST_LINES = 3


class Commands(click.Group):
    """Core's commands first; a plugin's are looked up when core has none of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, with those of the plugins where a configuration is found."""
        return sorted({*super().list_commands(ctx), *_plugin_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing a plugin's only when it is run or described."""
        return super().get_command(ctx, cmd_name) or _plugin_commands().get(cmd_name)


def _plugin_commands() -> dict[str, click.Command]:
    from folkmoot.web.application import load
    from folkmoot.web.desk import configuration

    try:
        registry = load(configuration(), strict=False)
    except ConfigurationFaults:
        return {}
    return {owned.item.name: owned.item.load() for owned in registry.commands}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", metavar="FILE", help="The site's folkmoot.toml (default: the one in this folder).")
@click.version_option(package_name="folkmoot")
def folkmoot(config: str | None) -> None:
    """A platform for public bodies: consult, publish, show evidence, listen.

    Example: folkmoot new site && cd my-site && folkmoot serve --migrate
    """


for command in (
    new,
    serve,
    demo,
    check,
    db,
    plugin,
    site,
    user,
    token,
    jobs,
    worker,
    mail,
    backup,
    restore,
    personal_data,
    retention,
    search,
):
    folkmoot.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; a refusal is one to three plain lines on standard error, and exit status 1."""
    try:
        status: Any = folkmoot.main(arguments, standalone_mode=False)
    except click.exceptions.Abort:
        status = _say("Stopped.", 1)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except FolkmootError as error:
        status = _say(_shortened(error), 1)
    sys.exit(status if isinstance(status, int) else 0)


def _shortened(error: FolkmootError) -> str:
    lines = str(error).splitlines()
    if len(lines) > MOST_LINES:
        rest = len(lines) - MOST_LINES + 1
        lines = [*lines[: MOST_LINES - 1], f"And {rest} more: run “folkmoot check” to see all."]
    return "\n".join(lines)


def _say(text: str, status: int) -> int:
    click.echo(text, err=True)
    return status


if __name__ == "__main__":
    main()
