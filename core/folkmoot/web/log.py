"""Structured logs on standard error: a line of JSON an event, with request id and site, without personal data."""

import asyncio
import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

# What follows these is a secret: whoever has it may do what the link does.
SECRET_PATHS = ("/sign-in/", *(f"/subscriptions/{verb}/" for verb in ("confirm", "manage", "unsubscribe")))


MOST_WAITING = 100


class JsonLines(logging.Formatter):
    """An event with its facts as one line of JSON, so that several threads can write without mixing."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        facts: dict[str, Any] = dict(getattr(record, "facts", {}))
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        stamp = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        line = {**facts, "event": record.getMessage(), "level": record.levelname.lower(), "timestamp": stamp}
        return json.dumps(line, default=str)


class _StandardError(logging.Handler):
    """Writes to standard error as it is at the time: tests put another in its place.

    The lines of one turn of the event loop are written together: each write lets another thread take the interpreter's
    lock, and getting it back costs more than the line.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line until the loop's turn is over; without a loop, write it."""
        self._waiting.append(self.format(record))
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        if len(self._waiting) == 1:
            loop.call_soon(self.flush)
        elif record.levelno >= logging.ERROR or len(self._waiting) >= MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        lines, self._waiting = self._waiting, []
        if lines:
            sys.stderr.write("\n".join(lines) + "\n")
            sys.stderr.flush()


class Log:
    """Writes events with facts, through the standard library's logger ``folkmoot``."""

    def __init__(self) -> None:
        self._logger = logging.getLogger("folkmoot")
        self._logger.propagate = False
        handler = _StandardError()
        handler.setFormatter(JsonLines())
        self._logger.addHandler(handler)

    def info(self, event: str, **facts: Any) -> None:
        """Write what happened in the ordinary course."""
        self._write(logging.INFO, event, facts, None)

    def error(self, event: str, *, exc_info: BaseException | None = None, **facts: Any) -> None:
        """Write what went wrong, with the traceback of the exception that is given."""
        self._write(logging.ERROR, event, facts, exc_info)

    def _write(self, level: int, event: str, facts: dict[str, Any], failure: BaseException | None) -> None:
        # Made here, not by the logger: it would look for the calling line, which costs more than all the rest.
        exc_info = (type(failure), failure, failure.__traceback__) if failure else None
        made = {"name": "folkmoot", "levelno": level, "levelname": logging.getLevelName(level), "msg": event}
        self._logger.handle(logging.makeLogRecord({**made, "facts": facts, "exc_info": exc_info}))


log = Log()


def loggable(path: str) -> str:
    """Return a path without the secret of a link."""
    for start in SECRET_PATHS:
        if path.startswith(start):
            return f"{start}…"
    return path
