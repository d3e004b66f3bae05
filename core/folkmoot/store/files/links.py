"""Links to private files: signed for one file of one site, one way of showing it and some time."""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlencode
from uuid import UUID

PURPOSE = b"folkmoot: links to private files"
VALID_FOR = timedelta(minutes=15)
PARAMETERS = ("expires", "as", "signature")


class Signed(Enum):
    """What a signature says."""

    NOT = "not"
    EXPIRED = "expired"
    HOLDS = "holds"


def file_path(file_id: UUID, query: str = "") -> str:
    """Return the address of a file."""
    return f"/files/{file_id}" + (f"?{query}" if query else "")


def signed_path(
    secret_key: str, site_id: UUID, file_id: UUID, *, now: datetime, valid_for: timedelta, download: bool
) -> str:
    """Return the address of a private file that opens it for some time, to whoever has the address."""
    expires = int((now + valid_for).timestamp())
    way = "download" if download else "view"
    signature = _sign(secret_key, site_id, file_id, expires, way)
    return file_path(file_id, urlencode({"expires": expires, "as": way, "signature": signature}))


def check(
    secret_key: str, site_id: UUID, file_id: UUID, *, expires: str, way: str, signature: str, now: datetime
) -> Signed:
    """Say whether a signature is ours, for this file of this site, and whether its time is over."""
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12 and signature.isascii()):
        return Signed.NOT
    expected = _sign(secret_key, site_id, file_id, int(expires), way)
    if not hmac.compare_digest(expected, signature):
        return Signed.NOT
    return Signed.HOLDS if now.timestamp() < int(expires) else Signed.EXPIRED


def _sign(secret_key: str, site_id: UUID, file_id: UUID, expires: int, way: str) -> str:
    # A key of its own, so that nothing else we sign can be taken for a link.
    key = hmac.new(secret_key.encode(), PURPOSE, hashlib.sha256).digest()
    text = "\n".join((site_id.hex, file_id.hex, str(expires), way))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
