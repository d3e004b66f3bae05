"""The same post sent again at once (a double click, a reload) counts once.

What is remembered is a hash in the memory of the one web process, for seconds: no address of anybody is stored.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from folkmoot.api import digest

WINDOW = timedelta(seconds=10)
MOST = 20_000


class RecentPosts:
    """Hashes of the last posts, oldest first."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def is_first(self, now: datetime, *parts: str) -> bool:
        """Remember a post, and say whether it is the first of its kind within the window."""
        key = digest("\n".join(parts))
        while self._seen and (len(self._seen) > MOST or now - next(iter(self._seen.values())) > WINDOW):
            self._seen.popitem(last=False)
        if key in self._seen and now - self._seen[key] <= WINDOW:
            return False
        self._seen[key] = now
        self._seen.move_to_end(key)
        return True

    def forget(self, *parts: str) -> None:
        """Forget a post that could not be saved, so that it may be sent again."""
        self._seen.pop(digest("\n".join(parts)), None)
