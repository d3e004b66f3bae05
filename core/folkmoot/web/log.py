"""Structured logs on standard error: a line of JSON an event, with request id and site, without personal data."""

import json
import sys
import traceback
from datetime import UTC, datetime
from typing import Any


class Log:
    """Writes events. Every fact must be something that JSON knows, or it is written as its text."""

    def info(self, event: str, **facts: Any) -> None:
        """Write what happened in the ordinary course."""
        self._write("info", event, facts)

    def error(self, event: str, *, exc_info: BaseException | bool | None = None, **facts: Any) -> None:
        """Write what went wrong, with the traceback of the exception that is given or is being handled."""
        if exc_info:
            failure = exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1]
            facts["exception"] = "".join(traceback.format_exception(failure)) if failure else ""
        self._write("error", event, facts)

    def _write(self, level: str, event: str, facts: dict[str, Any]) -> None:
        stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = json.dumps({**facts, "event": event, "level": level, "timestamp": stamp}, default=str)
        # In one piece, since several threads may write. Standard error is looked up here because tests put another.
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


log = Log()


def loggable(path: str) -> str:
    """Return a path without the secret of a one-time link."""
    return "/sign-in/…" if path.startswith("/sign-in/") else path
