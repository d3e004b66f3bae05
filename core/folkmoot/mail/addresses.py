"""Email addresses: as they are stored, as staff see them."""

import hashlib
import hmac
import re
from uuid import UUID

from folkmoot.mail.words import N_
from folkmoot.spec.errors import Fault, Unprocessable

# No spaces, control characters or anything else that has a meaning in headers or in SMTP commands.
ADDRESS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}\Z")
LONGEST = 254
FOUND = re.compile(r"[^\s<>\"'=:;,]+@[^\s<>\"',;:]+")


def normal_address(text: str) -> str:
    """Return an address as it is stored; raises ``Unprocessable`` when it is none, or holds what a header cannot."""
    # Not stripped of line breaks: an address that has one was not typed by a person.
    local, _, domain = text.strip(" \t").lower().rpartition("@")
    try:
        # A domain with other letters than the Latin ones is stored as mail systems write it.
        address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        address = ""
    if len(address) > LONGEST or not ADDRESS.match(address) or ".." in address:
        raise Unprocessable([Fault("email", N_("Enter an email address, such as name@example.org."))])
    return address


def address_key(site_id: UUID, address: str) -> str:
    """Return what an address is recognised by without being kept: another one on every site.

    It is not keyed with the instance's secret: it must outlive a change of that, and a move of the site.
    """
    return hmac.new(site_id.bytes, address.encode(), hashlib.sha256).hexdigest()[:32]


def masked(address: str) -> str:
    """Return an address as staff see it: ``a…@example.org``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def without_addresses(text: str) -> str:
    """Return a text, such as what a mail server said, with a sign in place of each address in it."""
    return FOUND.sub("(address)", " ".join(text.split()))
