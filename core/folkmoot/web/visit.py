"""What the edge knows of a request, handed through the ASGI scope to whatever answers it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from folkmoot.accounts.service import Person
from folkmoot.sites.directory import SiteFacts

if TYPE_CHECKING:
    from folkmoot.web.platform import Platform

SCOPE_KEY = "folkmoot.visit"


@dataclass(slots=True)
class Visit:
    """One request on one site.

    :param path: without the language prefix and the suffix
    :param suffix: ``json``, ``csv`` and so on when the address asked for a file, else empty
    :param refused: why an unsafe request must not be carried out, or empty
    :param head: whether only the headers of the answer are wanted
    :param fresh_until: the next instant at which the page would change by itself
    :param countable: whether the address is a public page's, whose views are counted; never one with a secret in it
    """

    platform: "Platform"
    site: SiteFacts
    locale: str
    path: str
    suffix: str
    plugin: str | None
    request_id: str
    origin: str
    secure: bool
    refused: str = ""
    fresh_until: datetime | None = None
    person: Person | None = None
    session_secret: str = ""
    blocks: bool = True
    countable: bool = False
    head: bool = False
    cookies: list[tuple[bytes, bytes]] = field(default_factory=list)


def visit_of(scope: Any) -> Visit:
    """Return the visit of an ASGI scope."""
    visit: Visit = scope[SCOPE_KEY]
    return visit
