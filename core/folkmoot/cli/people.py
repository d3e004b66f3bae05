"""``folkmoot user`` and ``folkmoot token``: who may do what."""

import re
import sys
from datetime import timedelta

import click

from folkmoot.spec.errors import Fault, NotFound, Unprocessable

DAYS = re.compile(r"([1-9][0-9]{0,3})d\Z")


@click.group()
def user() -> None:
    """People with accounts."""


@user.command(epilog="Example: folkmoot user create sam@example.org --site occs --role administrator")
@click.argument("email")
@click.option("--site", "slug", help="The site (default: the only one).")
@click.option("--role", required=True, help="administrator, publisher, author, analyst, moderator, viewer or member.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
def create(email: str, slug: str | None, role: str, password_stdin: bool) -> None:
    """Create an account, or give an existing one a role on a site."""
    from folkmoot.accounts.service import create_user
    from folkmoot.web.desk import Desk, at_desk

    password = sys.stdin.readline().rstrip("\n") if password_stdin else None

    async def work(desk: Desk) -> None:
        async with desk.platform.database.system_writing() as session:
            await create_user(session, email, site_id=desk.site.id, role=role, password=password, at=desk.now())

    at_desk(slug, work)
    click.echo(f"{email.strip().lower()} is {role} now.")


@user.command(epilog="Example: folkmoot user link sam@example.org")
@click.argument("email")
@click.option("--site", "slug", help="The site to sign in to (default: one that the person is a member of).")
@click.option("--base", default="http://localhost:8000", show_default=True, help="How the site is reached.")
def link(email: str, slug: str | None, base: str) -> None:
    """Print a link that signs a person in once, within an hour."""
    from folkmoot.accounts.service import create_link
    from folkmoot.web.desk import choose_site, on_platform
    from folkmoot.web.platform import Platform

    async def work(platform: Platform) -> str:
        site_id = choose_site(platform, slug).id if slug else None
        async with platform.database.system_writing() as session:
            secret, _ = await create_link(session, email, site_id=site_id, at=platform.clock.now())
        return secret

    click.echo(f"{base.rstrip('/')}/sign-in/{on_platform(work)}")


@click.group()
def token() -> None:
    """Keys for programs."""


@token.command(name="create", epilog="Example: folkmoot token create --site occs --permissions '*' --expires 90d")
@click.option("--site", "slug", help="The site (default: the only one).")
@click.option("--permissions", required=True, help="Names separated by commas, or * for all.")
@click.option("--expires", help="After how many days it ends, such as 90d (default: never).")
def create_token(slug: str | None, permissions: str, expires: str | None) -> None:
    """Create a token and print it, this once, alone on the last line."""
    from folkmoot.accounts import service
    from folkmoot.web.desk import Desk, at_desk

    days = DAYS.match(expires) if expires else None
    if expires and not days:
        raise Unprocessable([Fault("expires", "--expires takes a number of days, such as 90d.")])
    wanted = [name.strip() for name in permissions.split(",") if name.strip()]

    async def work(desk: Desk) -> str:
        known = {owned.item.name for owned in desk.platform.registry.permissions} | {"*"}
        unknown = [name for name in wanted if name not in known]
        if unknown or not wanted:
            raise NotFound(f"There is no permission called {', '.join(unknown) or 'nothing'}.")
        async with desk.platform.database.system_writing() as session:
            return await service.create_token(
                session,
                site_id=desk.site.id,
                permissions=wanted,
                at=desk.now(),
                expires=timedelta(days=int(days[1])) if days else None,
            )

    secret = at_desk(slug, work)
    click.echo("Keep this token safe: it is shown only now.", err=True)
    click.echo(secret)
