"""Errors of the JSON API: problem details (RFC 9457)."""

import json
from typing import Any

from litestar import Response

from folkmoot.spec.errors import FolkmootError, Unprocessable
from folkmoot.web.request import Request

MEDIA_TYPE = "application/problem+json"


def problem(
    request: Request,
    error: FolkmootError,
    *,
    status: int | None = None,
    title: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    """Return an error as problem details; ``errors`` lists what is wrong with each part of the body."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title or error.title,
        "status": status or error.status,
        "detail": str(error),
        "instance": request.visit.path,
        "request_id": request.visit.request_id,
    }
    if isinstance(error, Unprocessable):
        body["errors"] = [{"where": fault.where, "detail": fault.sentence} for fault in error.faults]
    kept = {"cache-control": "no-store", **(headers or {})}
    if body["status"] == 401:
        kept["www-authenticate"] = "Bearer"
    return Response(json.dumps(body), status_code=body["status"], media_type=MEDIA_TYPE, headers=kept)
