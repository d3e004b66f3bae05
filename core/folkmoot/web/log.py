"""Structured logs on standard error: a line of JSON an event, with request id and site, without personal data."""

import sys
from typing import Any

import structlog

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    cache_logger_on_first_use=True,
)
log: Any = structlog.get_logger("folkmoot")


def loggable(path: str) -> str:
    """Return a path without the secret of a one-time link."""
    return "/sign-in/…" if path.startswith("/sign-in/") else path
