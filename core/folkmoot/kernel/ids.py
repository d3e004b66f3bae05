"""Identifiers: time-ordered UUIDs for rows, references that a person can read out, secrets for links and tokens."""

import hashlib
import os
import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

# Crockford's base 32: without I, L, O and U, so that a reference survives being read out on the phone.
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): ids sort by the time they were made."""
    return uuid7()


class _Randomness:
    """Random bytes, asked of the system for many references at a time: each time it is asked, threads change places."""

    def __init__(self) -> None:
        self._bytes = b""
        self._pid = 0

    def take(self, count: int) -> bytes:
        """Return bytes that nobody gets again, nor a process that was forked from this one."""
        if len(self._bytes) < count or self._pid != os.getpid():
            self._bytes, self._pid = os.urandom(4096), os.getpid()
        taken, self._bytes = self._bytes[:count], self._bytes[count:]
        return taken


_random = _Randomness()


def new_reference(prefix: str) -> str:
    """Return a reference such as ``OCCS-7K2M-9QXD``: 40 random bits behind a prefix of up to eight letters."""
    value = int.from_bytes(_random.take(5), "big")
    code = "".join([READABLE[(value >> shift) & 31] for shift in range(35, -5, -5)])
    return f"{prefix}-{code[:4]}-{code[4:]}"


def new_secret() -> str:
    """Return 192 random bits as text that is safe in a URL and a cookie."""
    return secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256. The secret has full entropy, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
