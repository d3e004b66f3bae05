"""Passwords: argon2id, at least twelve characters, no rules of composition (NCSC and NIST SP 800-63B advice)."""

from functools import cache
from typing import Any

SHORTEST = 12
LONGEST = 200
WELL_KNOWN = frozenset({"password1234", "123456789012", "passwordpassword", "qwertyuiopas", "letmeinletmein"})


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    return str(_hasher().hash("nobody has this password"))


def password_fault(password: str) -> str | None:
    """Return what is wrong with a new password, as a sentence, or ``None``."""
    if len(password) < SHORTEST:
        return f"Your password must be {SHORTEST} characters or more."
    if len(password) > LONGEST:
        return f"Your password must be {LONGEST} characters or fewer."
    if password.lower() in WELL_KNOWN or len(set(password)) < 4:
        return "Choose a password that is harder to guess."
    return None


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password. It takes some 50 ms: call it in a thread."""
    return str(_hasher().hash(password))


def check_password(stored: str, password: str) -> bool:
    """Say whether a password is the stored one, in the same time when nothing is stored."""
    from argon2.exceptions import VerificationError

    try:
        matches = _hasher().verify(stored or _nobody(), password[:LONGEST])
    except VerificationError:
        return False
    return bool(matches and stored)
