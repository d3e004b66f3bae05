"""``folkmoot mail``: try whether mail leaves, and take what came back."""

from typing import BinaryIO

import click


@click.group()
def mail() -> None:
    """Emails: try the settings, take bounces."""


@mail.command(epilog="Example: folkmoot mail test sam@example.org")
@click.argument("address")
@click.option("--site", "slug", help="The site whose name it carries (default: the only one).")
def test(address: str, slug: str | None) -> None:
    """Send one test email now, and say what came of it."""
    from folkmoot.kernel.ids import new_id
    from folkmoot.mail.addresses import normal_address
    from folkmoot.mail.letters import Letter, reference_of
    from folkmoot.web.desk import Desk, at_desk
    from folkmoot.web.mailing import sender_of, write_mail

    async def work(desk: Desk) -> str:
        locale = desk.site.locales[0]
        written = write_mail(desk.platform, desk.site, "mail/test.txt", locale=locale, origin="", values={})
        sender = sender_of(desk.platform, desk.site)
        await desk.platform.mail.send(
            Letter(
                reference=reference_of(desk.site.id, new_id()),
                address=normal_address(address),
                subject=written.subject,
                body=written.body,
                locale=locale,
                at=desk.now(),
                sender=sender.address,
                sender_name=sender.name,
                reply_to=sender.reply_to,
            )
        )
        return desk.platform.mail.name

    click.echo(f"Sent by the backend {at_desk(slug, work)}.")


@mail.command(epilog="Example: folkmoot mail bounce - < notification.eml")
@click.argument("file", type=click.File("rb"))
def bounce(file: BinaryIO) -> None:
    """Take a delivery status notification from FILE, or from standard input: the mail server pipes it here."""
    from folkmoot.mail.bounces import read_bounce
    from folkmoot.mail.receipts import keep_bounce
    from folkmoot.web.desk import on_platform
    from folkmoot.web.platform import Platform

    found = read_bounce(file.read(MOST_BYTES))

    async def work(platform: Platform) -> bool:
        if found is None or found.site_id not in {site.id for site in platform.directory.all()}:
            return False
        async with platform.database.writing(found.site_id) as session:
            return await keep_bounce(session, found, at=platform.clock.now())

    # Not a failure: a mail server that is told of one would send the notification again.
    known = found is not None and on_platform(work)
    click.echo("Kept." if known else "This is no notification about an email of ours.")


MOST_BYTES = 5_000_000
