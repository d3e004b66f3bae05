"""Which unsafe requests are a site's own: by what browsers say of where a request comes from, without tokens.

``Sec-Fetch-Site`` is believed first, then ``Origin``, then ``Referer``. A request with none of them does not come
from a browser that would carry somebody's cookie along, and is let through only when nobody is signed in.
"""

from collections.abc import Mapping

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_own(method: str, headers: Mapping[str, str], origin: str, *, signed_in: bool) -> bool:
    """Say whether a request may be carried out.

    :param headers: ``sec-fetch-site``, ``origin`` and ``referer`` where they were sent
    :param origin: the site's own, such as ``https://engage.example.org``
    """
    if method in SAFE_METHODS:
        return True
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    sent = headers.get("origin")
    if sent is not None:
        return sent == origin
    referer = headers.get("referer")
    if referer:
        return referer == origin or referer.startswith(f"{origin}/")
    return not signed_in
