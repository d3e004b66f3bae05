"""Checking requests that are signed with AWS Signature Version 4, as Amazon documents it."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW_SECONDS = 15 * 60


class Denied(Exception):
    """The signature does not hold; the text is the code that S3 answers with."""


def check(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    keys: Mapping[str, str],
    *,
    region: str,
    now: datetime | None = None,
) -> None:
    """Check the signature of a request; raises ``Denied``.

    :param target: path and query as they were sent
    :param headers: by names in lower case
    :param keys: secrets by access key id
    """
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme != ALGORITHM:
        raise Denied("AccessDenied")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    try:
        key_id, day, place, service, _ = parts["Credential"].split("/")
        signed, given = parts["SignedHeaders"].split(";"), parts["Signature"]
        stamp = headers["x-amz-date"]
        payload = headers["x-amz-content-sha256"]
    except (KeyError, ValueError):
        raise Denied("AuthorizationHeaderMalformed") from None
    if key_id not in keys:
        raise Denied("InvalidAccessKeyId")
    at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(((now or datetime.now(UTC)) - at).total_seconds()) > SKEW_SECONDS or day != stamp[:8]:
        raise Denied("RequestTimeTooSkewed")
    if place != region or service != "s3" or "host" not in signed:
        raise Denied("AuthorizationHeaderMalformed")
    if any(name.startswith("x-amz-") and name not in signed for name in headers):
        raise Denied("AccessDenied")
    if payload != "UNSIGNED-PAYLOAD" and payload != hashlib.sha256(body).hexdigest():
        raise Denied("XAmzContentSHA256Mismatch")
    scope = f"{day}/{place}/{service}/aws4_request"
    wanted = _signature(keys[key_id], scope, stamp, _canonical(method, target, headers, signed, payload))
    if not hmac.compare_digest(wanted, given):
        raise Denied("SignatureDoesNotMatch")


def _canonical(method: str, target: str, headers: Mapping[str, str], signed: list[str], payload: str) -> str:
    path, _, query = target.partition("?")
    pairs = sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in parse_qsl(query, keep_blank_values=True))
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed]
    return "\n".join(
        (
            method,
            quote(unquote(path), safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in pairs),
            "".join(lines),
            ";".join(signed),
            payload,
        )
    )


def _signature(secret: str, scope: str, stamp: str, canonical: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join((ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
