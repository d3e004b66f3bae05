"""The one clock. Everything that depends on time takes its ``now`` from here or as an argument."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; tests freeze it."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        return datetime.now(UTC)
