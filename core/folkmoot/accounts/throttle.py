"""Slows guessing down: at most ten tries in five minutes for one key, kept in memory of the one web process."""

import time
from collections import OrderedDict, deque

TRIES = 10
SECONDS = 300.0
KEYS = 10_000


class Throttle:
    """Counts tries by key (an email address on a site)."""

    def __init__(self, *, tries: int = TRIES) -> None:
        self._most = tries
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def allow(self, key: str) -> bool:
        """Count a try, and say whether it may go on."""
        now = time.monotonic()
        tries = self._tries.setdefault(key, deque(maxlen=self._most))
        self._tries.move_to_end(key)
        while len(self._tries) > KEYS:
            self._tries.popitem(last=False)
        if len(tries) == self._most and now - tries[0] < SECONDS:
            return False
        tries.append(now)
        return True

    def clear(self, key: str) -> None:
        """Forget the tries of a key: somebody got in."""
        self._tries.pop(key, None)
