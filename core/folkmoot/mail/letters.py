"""A message as it leaves: its headers and its text. A pure function of what is in the row and on the site."""

import re
import textwrap
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from folkmoot.spec.errors import Fault, Unprocessable

if TYPE_CHECKING:
    from email.message import EmailMessage

CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
LONGEST_SUBJECT = 200
MESSAGE_ID = re.compile(r"<?([0-9a-f]{32})\.([0-9a-f]{32})@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything that a backend needs to send one message.

    :param reference: the same however often it is tried: ``<message>.<site>``, in hexadecimal
    :param again: whether it was tried before, so that it may have arrived already
    :param sender: the address it comes from
    :param sender_name: the site's name
    :param unsubscribe: the address that ends the subscription with one click, or empty
    """

    reference: str
    address: str
    subject: str
    body: str
    locale: str
    at: datetime
    sender: str
    sender_name: str
    reply_to: str = ""
    unsubscribe: str = ""
    again: bool = False

    @property
    def message_id(self) -> str:
        """The Message-ID header: mail systems that get it twice can tell."""
        return f"<{self.reference}@{self.sender.rpartition('@')[2]}>"


def reference_of(site_id: UUID, message_id: UUID) -> str:
    """Return the reference of a message, by which its receipts and bounces name it."""
    return f"{message_id.hex}.{site_id.hex}"


def read_reference(text: str) -> tuple[UUID, UUID] | None:
    """Return the site and the message that a reference or a Message-ID names."""
    found = MESSAGE_ID.match(f"{text.strip()}@")
    return (UUID(found[2]), UUID(found[1])) if found else None


def check_header(where: str, text: str) -> str:
    """Return a text that goes into a header; raises ``Unprocessable`` when it could start another one."""
    if CONTROL.search(text):
        raise Unprocessable([Fault(where, "This must be one line of text, without control characters.")])
    return text


def check_subject(text: str) -> str:
    """Return a subject, shortened when it is too long for a list of mail."""
    subject = check_header("subject", text.strip(" "))
    if not subject:
        raise Unprocessable([Fault("subject", "An email needs a subject.")])
    return textwrap.shorten(subject, LONGEST_SUBJECT, placeholder="…")


def as_email(letter: Letter) -> "EmailMessage":
    """Return the message for SMTP (RFC 5322), with the headers of RFC 8058 where it can be unsubscribed from."""
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime

    message = EmailMessage(policy=SMTP)
    local, _, domain = letter.sender.rpartition("@")
    message["From"] = Address(check_header("sender", letter.sender_name), local, domain)
    message["To"] = check_header("address", letter.address)
    message["Subject"] = check_header("subject", letter.subject)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        message["Reply-To"] = check_header("reply_to", letter.reply_to)
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{check_header('unsubscribe', letter.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Precedence"] = "bulk"
    message.set_content(letter.body, cte="quoted-printable")
    message["Content-Language"] = letter.locale
    return message
