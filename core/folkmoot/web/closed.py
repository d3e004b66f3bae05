"""What a site answers that an operator has closed: one page in its language, whatever was asked for."""

import json
from dataclasses import dataclass

from folkmoot.sites.directory import SiteFacts
from folkmoot.web.addresses import Address
from folkmoot.web.platform import Platform

GONE = "deleted"
AGAIN_SECONDS = {"suspended": b"3600", "restoring": b"120"}
_NOT_KEPT = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True)
class Closed:
    """An answer, ready to send."""

    status: int
    body: bytes
    kind: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def closed_answer(platform: Platform, site: SiteFacts, address: Address) -> Closed:
    """Return what a closed site answers: 410 when it will not come back, else 503 with when to try again."""
    standing = platform.closed[site.id]
    status = 410 if standing == GONE else 503
    headers: tuple[tuple[bytes, bytes], ...] = (_NOT_KEPT,)
    if standing in AGAIN_SECONDS:
        headers = (_NOT_KEPT, (b"retry-after", AGAIN_SECONDS[standing]))
    if address.path.startswith("/api/"):
        return Closed(status, _problem(status, address.path), b"application/problem+json", headers)
    template = platform.pages.environment.get_template("closed.html")
    html = template.render(
        site=site,
        gone=standing == GONE,
        locale=address.locale,
        asset=platform.static.address,
    )
    return Closed(status, html.encode(), b"text/html; charset=utf-8", headers)


def _problem(status: int, path: str) -> bytes:
    detail = "This site has been closed." if status == 410 else "This site is closed for now. Try again later."
    body = {"type": "about:blank", "title": "Closed", "status": status, "detail": detail, "instance": path}
    return json.dumps(body).encode()
