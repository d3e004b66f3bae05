"""Links in mail that need no login: signed with the instance's secret key, each for one purpose on one site."""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

SIZE = 16


class Keys:
    """Makes and reads tokens. A token of one site, or for one purpose, is nothing elsewhere."""

    def __init__(self, secret_key: str) -> None:
        self._secret = secret_key.encode()

    def _seal(self, purpose: str, site_id: UUID, what: bytes) -> bytes:
        text = b"\n".join((b"folkmoot.mail", purpose.encode(), site_id.bytes, what))
        return hmac.new(self._secret, text, hashlib.sha256).digest()[:SIZE]

    def unsubscribe_token(self, site_id: UUID, subscription_id: UUID) -> str:
        """Return the token that ends a subscription; it does not expire."""
        return _text(subscription_id.bytes + self._seal("unsubscribe", site_id, subscription_id.bytes))

    def read_unsubscribe_token(self, site_id: UUID, token: str) -> tuple[UUID, bool] | None:
        """Return the subscription that a token names and whether this key signed it, or ``None`` if it is no token."""
        data = _bytes(token)
        if len(data) != 2 * SIZE:
            return None
        named = UUID(bytes=data[:SIZE])
        return named, hmac.compare_digest(data[SIZE:], self._seal("unsubscribe", site_id, named.bytes))

    def manage_token(self, site_id: UUID, address_key: str, until: datetime) -> str:
        """Return the token that shows all subscriptions of an address until an instant."""
        what = bytes.fromhex(address_key) + int(until.timestamp()).to_bytes(5, "big")
        return _text(what + self._seal("manage", site_id, what))

    def read_manage_token(self, site_id: UUID, token: str) -> tuple[str, datetime] | None:
        """Return the address's key and the instant of expiry, or ``None`` when this key did not sign it here."""
        data = _bytes(token)
        what, seal = data[:-SIZE], data[-SIZE:]
        if len(data) != 2 * SIZE + 5 or not hmac.compare_digest(seal, self._seal("manage", site_id, what)):
            return None
        return what[:SIZE].hex(), datetime.fromtimestamp(int.from_bytes(what[SIZE:], "big"), UTC)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(token: str) -> bytes:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
