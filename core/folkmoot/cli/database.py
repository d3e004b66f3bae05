"""``folkmoot db``: bring the database up to date, and see where it stands."""

import click

from folkmoot.cli.output import as_json, show_rows
from folkmoot.kernel.settings import Configuration
from folkmoot.spec.errors import NotFound, Refused


def upgrade_database(settings: Configuration) -> None:
    """Bring the database of a configuration up to date, telling each lineage on standard error."""
    from folkmoot.store.migrations import upgrade
    from folkmoot.web.application import lineages, load

    upgrade(settings.database_urls(), lineages(load(settings)), lambda line: click.echo(line, err=True))


@click.group()
def db() -> None:
    """The database's tables."""


@db.command(epilog="Example: folkmoot db upgrade")
def upgrade() -> None:
    """Bring the database up to date; doing it again changes nothing."""
    from folkmoot.web.desk import configuration, on_platform
    from folkmoot.web.platform import Platform

    upgrade_database(configuration())

    async def opened(platform: Platform) -> str:
        return platform.configuration.settings.site.slug

    # Opening the platform keeps the first site as the configuration has it.
    on_platform(opened)


@db.command(epilog="Example: folkmoot db status --json")
@as_json
def status(as_json: bool) -> None:
    """Say which migrations the database has, and which it lacks."""
    from folkmoot.store.migrations import current
    from folkmoot.web.application import lineages, load
    from folkmoot.web.desk import configuration

    settings = configuration()
    wanted = lineages(load(settings))
    has = current(settings.database_urls(), wanted)
    rows = [{"name": lineage.name, "has": has[lineage.name], "newest": lineage.head()} for lineage in wanted]
    show_rows([row | {"pending": row["has"] != row["newest"]} for row in rows], as_json=as_json)


@db.command(name="check", epilog="Example: folkmoot db check")
def check_drift() -> None:
    """Compare the database with the tables as they are written; exit 1 when they differ."""
    from folkmoot.store.migrations import drift
    from folkmoot.web.application import lineages, load
    from folkmoot.web.desk import configuration

    settings = configuration()
    urls = settings.database_urls()
    differing = [lineage.name for lineage in lineages(load(settings)) if drift(urls, lineage)]
    if differing:
        raise Refused(f"The tables of {', '.join(differing)} differ from the database: write a migration.")
    click.echo("The database is as the tables are written.")


@db.command(epilog="Example: folkmoot db roles | psql -U postgres")
def roles() -> None:
    """Print the SQL that makes PostgreSQL's three roles and the database (it holds their passwords)."""
    from folkmoot.cli.roles import role_statements
    from folkmoot.web.desk import configuration

    urls = configuration().database_urls()
    if urls.dialect == "sqlite":
        raise Refused("SQLite has no roles: this is for a database.url that starts with postgresql://.")
    for statement in role_statements(urls):
        click.echo(statement)


@db.command(epilog='Example: folkmoot db revision consultation "add audiences"')
@click.argument("name")
@click.argument("message")
def revision(name: str, message: str) -> None:
    """Write the next migration of a plugin from its tables as they now are."""
    from folkmoot.store.migrations import revise
    from folkmoot.web.application import lineages, load
    from folkmoot.web.desk import configuration

    settings = configuration()
    lineage = next((lineage for lineage in lineages(load(settings)) if lineage.name == name), None)
    if lineage is None:
        raise NotFound(f"No active plugin is called {name}.")
    number = f"{int((lineage.head() or '_0').rpartition('_')[2]) + 1:04d}"
    click.echo(revise(settings.database_urls(), lineage, number, message))
