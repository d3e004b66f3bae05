"""Mail that came back: reading a delivery status notification (RFC 3464). A pure function of its bytes."""

import re
from dataclasses import dataclass
from email import policy
from email.message import Message as Part
from email.parser import BytesParser
from uuid import UUID

from folkmoot.mail.addresses import without_addresses
from folkmoot.mail.letters import read_reference

STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
# A full mailbox and a refusal as a matter of policy do not mean that there is no such mailbox.
NOT_THE_MAILBOX = re.compile(r"5\.(?:2\.2|7\.\d+)")


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a notification says of one of our messages.

    :param failed: whether delivery has been given up; a delay is none of our business
    :param hard: whether there is no such mailbox
    :param reason: what the mail system said, without addresses
    """

    site_id: UUID
    message_id: UUID
    failed: bool
    hard: bool
    reason: str


def read_bounce(content: bytes) -> Bounce | None:
    """Return what a notification says, or ``None`` when it is none, or not about a message of ours."""
    message = BytesParser(policy=policy.compat32).parsebytes(content)
    parts = list(message.walk())
    reported = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    named = next((found for found in map(_our_reference, parts) if found), None)
    if reported is None or named is None or not isinstance(reported.get_payload(), list):
        return None
    fields = [block for block in reported.get_payload() if isinstance(block, Part) and block.get("Action")]
    if not fields:
        return None
    block = fields[0]
    action, status = str(block["Action"]).strip().lower(), STATUS.match(str(block.get("Status", "")).strip())
    failed = action == "failed"
    permanent = failed and status is not None and status[1] == "5"
    hard = permanent and status is not None and not NOT_THE_MAILBOX.match(status[0])
    said = f"{status[0] if status else ''} {block.get('Diagnostic-Code', '')}".strip() or action
    return Bounce(*named, failed, hard, without_addresses(said)[:280])


def _our_reference(part: Part) -> tuple[UUID, UUID] | None:
    """Return the site and message that a part names by the Message-ID of what was sent."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        payload = part.get_payload(decode=True)
        headers = BytesParser(policy=policy.compat32).parsebytes(payload if isinstance(payload, bytes) else b"")
        return read_reference(str(headers.get("Message-ID", "")))
    if kind == "message/rfc822":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        return read_reference(str(inner.get("Message-ID", ""))) if isinstance(inner, Part) else None
    return None
