"""The page cache: anonymous pages are the same bytes for everyone, so they are made once.

An entry holds its response messages ready to send. It is good for one version of the pages (see
``folkmoot.sites.directory.Versions``): a change makes it a miss, never a stale answer. When only its time has run
out, it is served once more while it is made anew.
"""

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
Key = tuple[Any, ...]
Make = Callable[[], Awaitable[tuple[list[Message], float]]]

FRESH_SECONDS = 60.0
STALE_SECONDS = 300.0
LIMIT_BYTES = 64 << 20
NOTHING: Message = {"type": "http.response.body", "body": b"", "more_body": False}


@dataclass(slots=True)
class Entry:
    """One page in one encoding, ready to send."""

    version: int
    expires: float
    stale_until: float
    etag: bytes
    start: Message
    body: Message
    not_modified: Message
    size: int
    refreshing: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making a page: an entry, or messages that only the asker may have."""

    entry: Entry | None
    messages: list[Message]


class PageCache:
    """Entries by site, path, declared query and encoding, least recently used thrown out first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._size = 0
        self._making: dict[Key, asyncio.Future[Made]] = {}
        self._refreshing: set[asyncio.Task[None]] = set()
        self.made = 0

    def fresh(self, key: Key, version: int) -> Entry | None:
        """Return an entry whose time has not run out."""
        entry = self._entries.get(key)
        if entry is None or entry.version != version or time.monotonic() >= entry.expires:
            return None
        self._entries.move_to_end(key)
        return entry

    def get(self, key: Key, version: int, make: Make) -> Entry | None:
        """Return an entry that may be sent, starting to make it anew when its time has run out."""
        entry = self._entries.get(key)
        if entry is None or entry.version != version:
            return None
        self._entries.move_to_end(key)
        now = time.monotonic()
        if now < entry.expires:
            return entry
        if now >= entry.stale_until:
            return None
        if not entry.refreshing:
            entry.refreshing = True
            task = asyncio.create_task(self._refresh(key, version, make))
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)
        return entry

    async def _refresh(self, key: Key, version: int, make: Make) -> None:
        await self._make(key, version, make)

    async def fetch(self, key: Key, version: int, make: Make) -> Made | None:
        """Make a page, once for all who ask at the same time.

        Returns ``None`` to those who waited for a page that proved not to be for everyone: they make their own.
        """
        # The version is part of what is waited for: who asks after a change must not get the page from before it.
        waiting = (*key, version)
        future = self._making.get(waiting)
        if future is not None:
            made = await asyncio.shield(future)
            return made if made.entry else None
        future = self._making[waiting] = asyncio.ensure_future(self._make(key, version, make))
        future.add_done_callback(lambda _: self._making.pop(waiting, None))
        return await asyncio.shield(future)

    async def _make(self, key: Key, version: int, make: Make) -> Made:
        messages, seconds = await make()
        self.made += 1
        if not _for_everyone(messages[0]) or seconds <= 0:
            return Made(None, messages)
        entry = _entry(messages, version, seconds, zipped=bool(key[-1]))
        self._keep(key, entry)
        return Made(entry, messages)

    def _keep(self, key: Key, entry: Entry) -> None:
        old = self._entries.pop(key, None)
        self._size += entry.size - (old.size if old else 0)
        self._entries[key] = entry
        while self._size > LIMIT_BYTES:
            _, dropped = self._entries.popitem(last=False)
            self._size -= dropped.size


def _for_everyone(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    control = headers.get(b"cache-control", b"")
    return start["status"] == 200 and b"set-cookie" not in headers and b"no-store" not in control


def _entry(messages: list[Message], version: int, seconds: float, *, zipped: bool) -> Entry:
    body = b"".join(message.get("body", b"") for message in messages[1:])
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}{"-z" if zipped else ""}"'.encode()
    body = gzip.compress(body, 6, mtime=0) if zipped else body
    shared = min(int(seconds), 10)
    own = {b"content-length", b"cache-control", b"etag", b"vary", b"x-request-id"}
    headers: Headers = [(name, value) for name, value in messages[0]["headers"] if name.lower() not in own]
    headers += [
        (b"etag", etag),
        (b"vary", b"accept-encoding, cookie"),
        (b"cache-control", f"public, max-age=0, s-maxage={shared}".encode()),
    ]
    if zipped:
        headers.append((b"content-encoding", b"gzip"))
    sized = [*headers, (b"content-length", str(len(body)).encode())]
    now = time.monotonic()
    return Entry(
        version=version,
        expires=now + seconds,
        # A page whose change is set by the clock must not be seen after it, not even once.
        stale_until=now + (STALE_SECONDS if seconds >= FRESH_SECONDS else seconds),
        etag=etag,
        start={"type": "http.response.start", "status": 200, "headers": sized},
        body={"type": "http.response.body", "body": body, "more_body": False},
        not_modified={"type": "http.response.start", "status": 304, "headers": headers},
        size=len(body) + 2000,
    )
