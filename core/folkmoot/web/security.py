"""Headers that every response carries, errors included."""

import base64
import hashlib
import re

INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def script_hashes(page: bytes) -> tuple[str, ...]:
    """Return the CSP hash of each inline script of a page; GOV.UK's template has exactly one."""
    scripts = dict.fromkeys(INLINE_SCRIPT.findall(page))
    return tuple(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)


def security_headers(hashes: tuple[str, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers, with a content security policy that knows the layout's inline script and no other."""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(hashes)}".rstrip(),
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    return (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    )
