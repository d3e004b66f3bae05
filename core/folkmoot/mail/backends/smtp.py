"""SMTP: one connection a message, within a deadline, and what the server's answers mean.

A message may arrive twice: when the connection is lost after the text and before the answer, or when the process ends
between the answer and the commit that records it, nobody can say whether it was taken, and it is sent again with the
same Message-ID. It is never lost.
"""

import asyncio
import contextlib
import re
import ssl
from typing import TYPE_CHECKING

from folkmoot.kernel.settings import MailSection
from folkmoot.mail.backends.outcomes import NotNow, RefusedForGood
from folkmoot.mail.letters import Letter, as_email

if TYPE_CHECKING:
    import aiosmtplib

# Answers to RCPT that are about the mailbox (RFC 5321, 4.2.3) …
NO_MAILBOX = frozenset({550, 551, 553})
# … unless the enhanced status says that it is full, or that this is a matter of policy (RFC 3463, X.2.2 and X.7).
NOT_THE_MAILBOX = re.compile(r"5\.(?:2\.2|7\.\d+)\b")


class SmtpBackend:
    """Hands messages to one mail server."""

    name = "smtp"

    def __init__(self, settings: MailSection) -> None:
        self._settings = settings
        self._deadline = settings.timeout * 4

    async def send(self, letter: Letter) -> str:
        """Send one message; what is wrong with the connection or our sign-in can be put right: that is retried."""
        import aiosmtplib

        message = as_email(letter)
        client = self._client()
        try:
            async with asyncio.timeout(self._deadline):
                await client.connect()
                await client.send_message(message, sender=letter.sender, recipients=[letter.address])
            await _leave(client)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _of_the_recipient(error.recipients[0]) from None
        except aiosmtplib.SMTPDataError as error:
            raise _of_the_message(error) from None
        except aiosmtplib.SMTPResponseException as error:
            raise NotNow(f"The mail server refused us: {error.code} {error.message}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ssl.SSLError) as error:
            raise NotNow(
                f"The mail server could not be reached, or stopped answering ({type(error).__name__})."
            ) from None
        finally:
            client.close()
        return letter.message_id

    def _client(self) -> "aiosmtplib.SMTP":
        import aiosmtplib

        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port or {"tls": 465, "starttls": 587, "none": 25}[settings.security],
            username=settings.username or None,
            password=settings.password or None,
            timeout=settings.timeout,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            local_hostname=settings.sender.rpartition("@")[2],
        )


async def _leave(client: "aiosmtplib.SMTP") -> None:
    """Say goodbye. The message has been taken: what happens now must not have it sent again."""
    import aiosmtplib

    with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        await client.quit(timeout=2)


def _of_the_recipient(error: "aiosmtplib.SMTPRecipientRefused") -> NotNow | RefusedForGood:
    said = f"{error.code} {error.message}"
    if error.code < 500:
        return NotNow(f"The mail server did not take the message yet: {said}")
    bounced = error.code in NO_MAILBOX and not NOT_THE_MAILBOX.search(error.message)
    return RefusedForGood(f"The mail server refused the address: {said}", bounced=bounced)


def _of_the_message(error: "aiosmtplib.SMTPDataError") -> NotNow | RefusedForGood:
    said = f"{error.code} {error.message}"
    if error.code < 500:
        return NotNow(f"The mail server did not take the message yet: {said}")
    return RefusedForGood(f"The mail server refused the message: {said}")
