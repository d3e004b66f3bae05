"""Mail that came back: real shapes of notifications, and what they do."""

from email.message import EmailMessage
from uuid import uuid4

import pytest
from click.testing import CliRunner
from mailroom import Postbox, queue, rows

from folkmoot.mail.bounces import Bounce, read_bounce
from folkmoot.mail.letters import reference_of
from folkmoot.mail.models import BOUNCED, SENT, Message, Suppression
from folkmoot.mail.receipts import keep_bounce
from folkmoot.testing import Instance

SITE, MESSAGE = uuid4(), uuid4()


def notification(
    *, status: str = "5.1.1", action: str = "failed", reference: str | None = None, headers_only: bool = False
) -> bytes:
    """Return a notification in the shape that Postfix and Exim give it (RFC 3464)."""
    named = reference if reference is not None else reference_of(SITE, MESSAGE)
    original = f"Message-ID: <{named}@occs.example>\r\nTo: sam@example.org\r\nSubject: Hello\r\n\r\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    body = original if headers_only else f"{original}Words\r\n"
    return (
        "Return-Path: <>\r\n"
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\r\n"
        "To: no-reply@occs.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI could not deliver your message.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\nArrival-Date: Mon, 2 Nov 2026 09:00:00 +0000\r\n\r\n"
        f"Final-Recipient: rfc822; sam@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} <sam@example.org>: User unknown\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{body}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_notification_names_the_message_and_why(headers_only: bool) -> None:
    bounce = read_bounce(notification(headers_only=headers_only))
    assert bounce is not None
    assert (bounce.site_id, bounce.message_id, bounce.failed, bounce.hard) == (SITE, MESSAGE, True, True)
    assert "5.1.1" in bounce.reason
    assert "sam@" not in bounce.reason


@pytest.mark.parametrize(
    ("status", "action", "failed", "hard"),
    [
        ("5.1.1", "failed", True, True),
        ("5.1.10", "Failed", True, True),
        ("5.2.2", "failed", True, False),
        ("5.7.1", "failed", True, False),
        ("4.4.1", "failed", True, False),
        ("4.4.1", "delayed", False, False),
        ("2.0.0", "delivered", False, False),
        ("", "failed", True, False),
    ],
)
def test_only_a_mailbox_that_does_not_exist_is_a_hard_bounce(
    status: str, action: str, failed: bool, hard: bool
) -> None:
    bounce = read_bounce(notification(status=status, action=action))
    assert bounce is not None
    assert (bounce.failed, bounce.hard) == (failed, hard)


def ordinary() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Lunch?"
    message.set_content("Message-ID: nothing of the kind")
    return message.as_bytes()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff" * 50, ordinary(), notification(reference="somebody-else"), notification(reference=""),
     notification().replace(b"Action: failed\r\n", b""), notification()[:400],
     b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n"],
)  # fmt: skip
def test_what_is_no_notification_of_ours_is_none(content: bytes) -> None:
    assert read_bounce(content) is None


async def test_a_hard_bounce_marks_the_message_and_suppresses_the_address_once(
    instance: Instance, postbox: Postbox
) -> None:
    await queue(instance, "sam@example.org", "kim@example.org")
    await instance.work()
    row = (await rows(instance))[0]
    bounce = Bounce(row.site_id, row.id, failed=True, hard=True, reason="5.1.1 no such user")
    for _ in range(2):
        async with instance.desk().writing() as session:
            assert await keep_bounce(session, bounce, at=instance.clock.now())
    assert [each.state for each in await rows(instance)] == [BOUNCED, SENT]
    assert [each.shown for each in await rows(instance, Suppression)] == ["s…@example.org"]


async def test_a_bounce_of_another_sites_message_is_as_a_missing_one(instance: Instance, postbox: Postbox) -> None:
    await queue(instance, "sam@example.org", site=instance.other_site)
    await instance.work()
    [row] = await rows(instance, Message, instance.other_site)
    bounce = Bounce(instance.site.id, row.id, failed=True, hard=True, reason="5.1.1")
    async with instance.desk().writing() as session:
        assert not await keep_bounce(session, bounce, at=instance.clock.now())
    assert [each.state for each in await rows(instance, Message, instance.other_site)] == [SENT]


def test_the_command_takes_a_notification_from_the_mail_server(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from folkmoot.cli.mail import bounce
    from folkmoot.testing.instance import write_configuration

    write_configuration(tmp_path, [])
    monkeypatch.chdir(tmp_path)
    from folkmoot.cli.main import folkmoot

    runner = CliRunner()
    assert runner.invoke(folkmoot, ["db", "upgrade"]).exit_code == 0
    said = runner.invoke(bounce, ["-"], input=ordinary())
    assert (said.exit_code, said.output) == (0, "This is no notification about an email of ours.\n")
    said = runner.invoke(bounce, ["-"], input=notification())
    assert (said.exit_code, said.output) == (0, "This is no notification about an email of ours.\n")
