"""The edge: plain ASGI around Litestar. It finds the site, guards the plugins, keeps pages, sets the headers.

It stands outside of Litestar because what it does must hold for every answer, also 404, 405 and failures, and because
a cached page must not pay for routing.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from folkmoot.kernel.ids import new_id
from folkmoot.spec.errors import TooLarge
from folkmoot.web.addresses import Address, read_address
from folkmoot.web.closed import closed_answer
from folkmoot.web.cross_site import SAFE_METHODS, is_own
from folkmoot.web.log import log, loggable
from folkmoot.web.page_cache import FRESH_SECONDS, NOTHING, Entry, Message
from folkmoot.web.platform import Platform
from folkmoot.web.security import HSTS
from folkmoot.web.shortcuts import Shortcuts, way_of
from folkmoot.web.static import StaticFile
from folkmoot.web.visit import SCOPE_KEY, Visit
from folkmoot.web.words import N_

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

WANTED = frozenset(
    {
        b"host",
        b"accept-encoding",
        b"if-none-match",
        b"cookie",
        b"authorization",
        b"content-length",
        b"origin",
        b"referer",
        b"sec-fetch-site",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"user-agent",
    }
)
SESSION_COOKIE = b"__Host-folkmoot="
OUR_COOKIES = b"__Host-folkmoot"
# Sent in pieces and in ranges, so not to be held in memory whole.
STREAMED = "/files/"
MOST_PARAMETERS = 200


class Edge:
    """The ASGI application that is served."""

    def __init__(self, app: App, platform: Platform) -> None:
        self.app = app
        self.platform = platform
        self.shortcuts = Shortcuts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand the process's life on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except _Started as failure:
            raise failure.__cause__ or failure from None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        platform = self.platform
        path: str = scope["path"]
        headers = {name: value for name, value in scope["headers"] if name in WANTED}
        if path.startswith("/-/"):
            await self._health(path, scope["method"], send)
            return
        self._trust(scope, headers)
        if platform.directory.stale():
            await platform.load_directory()
        reads = scope["method"] in {"GET", "HEAD"} and not _private(headers)
        entry = self._shortcut(scope, headers) if reads else None
        if entry is not None:
            await _send_entry(send, entry, scope["method"], headers.get(b"if-none-match", b""))
            return
        site = platform.directory.find(headers.get(b"host", b"").decode("latin-1"))
        if site is None:
            await _send(send, 404, platform.unknown_host, platform.headers, head=scope["method"] == "HEAD")
            return
        address = read_address(path, site.locales, platform.mounts)
        if path.startswith("/static/"):
            await self._static(path, site.plugins, headers, scope, send)
            return
        if site.id in platform.closed:
            await self._closed(site, address, scope, send)
            return
        visit = self._visit(scope, headers, site, address)
        if address.plugin is not None and address.plugin not in site.plugins:
            await self._run(scope, receive, send, visit, gone=True)
        elif len(address.path) > 1 and address.path.endswith("/") and scope["method"] in SAFE_METHODS:
            await self._redirect(scope, send)
        elif reads and not path.startswith("/api/") and not visit.path.startswith(STREAMED):
            await self._cached(scope, receive, send, visit, headers)
        else:
            await self._guarded(scope, receive, send, visit, headers)

    def _shortcut(self, scope: Scope, headers: dict[bytes, bytes]) -> Entry | None:
        """Return the page that answered a request written like this one, if it may still be sent."""
        platform = self.platform
        known = self.shortcuts.find(way_of(scope, headers, platform.directory.version))
        if known is None:
            return None
        key, site_id, plugin = known
        entry = platform.cache.fresh(key, platform.versions.pages(site_id, plugin))
        if entry is not None and scope["method"] == "GET":
            platform.counts.view(site_id, scope["path"], headers.get(b"user-agent", b""))
        return entry

    def _count(self, scope: Scope, visit: Visit, headers: dict[bytes, bytes], status: int) -> None:
        """Count a view of a public page by somebody who is not of the staff."""
        if status == 200 and visit.countable and scope["method"] == "GET" and visit.person is None:
            self.platform.counts.view(visit.site.id, scope["path"], headers.get(b"user-agent", b""))

    def _trust(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        client = scope.get("client")
        if not client or client[0] not in self.platform.trusted_proxies:
            return
        if b"x-forwarded-host" in headers:
            headers[b"host"] = headers[b"x-forwarded-host"]
        if headers.get(b"x-forwarded-proto") in {b"http", b"https"}:
            scope["scheme"] = headers[b"x-forwarded-proto"].decode()

    def _visit(self, scope: Scope, headers: dict[bytes, bytes], site: Any, address: Address) -> Visit:
        scheme = scope.get("scheme", "http")
        return Visit(
            platform=self.platform,
            site=site,
            locale=address.locale,
            path=address.path,
            suffix=address.suffix,
            plugin=address.plugin,
            request_id="",
            origin=f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}",
            secure=scheme == "https",
            head=scope["method"] == "HEAD",
        )

    async def _health(self, path: str, method: str, send: Send) -> None:
        ready = path == "/-/live" or (path == "/-/ready" and self.platform.is_ready())
        status = 404 if path not in {"/-/live", "/-/ready"} else 200 if ready else 503
        text = {200: b"ok\n", 404: b"There is nothing here.\n", 503: b"not ready\n"}[status]
        await _send(send, status, text, self.platform.headers, kind=b"text/plain; charset=utf-8", head=method == "HEAD")

    async def _closed(self, site: Any, address: Address, scope: Scope, send: Send) -> None:
        answer = closed_answer(self.platform, site, address)
        extra = (*self.platform.headers, *answer.headers, *((HSTS,) if scope.get("scheme") == "https" else ()))
        await _send(send, answer.status, answer.body, extra, kind=answer.kind, head=scope["method"] == "HEAD")

    async def _redirect(self, scope: Scope, send: Send) -> None:
        # Never “//” or “/\\”: a browser would take what follows for another host.
        target = quote("/" + scope["path"].strip("/"))
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        extra = (*self.platform.headers, (b"location", target.encode("ascii")))
        await _send(send, 308, b"", extra, head=False)

    async def _static(
        self, path: str, plugins: frozenset[str], headers: dict[bytes, bytes], scope: Scope, send: Send
    ) -> None:
        found = self.platform.static.find(path)
        if found is None or (found.plugin is not None and found.plugin not in plugins):
            await _send(
                send, 404, b"There is nothing here.\n", self.platform.headers, kind=b"text/plain; charset=utf-8"
            )
        elif scope["method"] not in {"GET", "HEAD"}:
            extra = (*self.platform.headers, (b"allow", b"GET, HEAD"))
            await _send(send, 405, b"Only GET works here.\n", extra, kind=b"text/plain; charset=utf-8")
        else:
            await _send_file(send, found, headers, self.platform.headers, head=scope["method"] == "HEAD")

    async def _cached(
        self, scope: Scope, receive: Receive, send: Send, visit: Visit, headers: dict[bytes, bytes]
    ) -> None:
        platform = self.platform
        # By the directory as it was when the site and its plugins were looked at, not as it is when the page is made.
        way = way_of(scope, headers, platform.directory.version)
        query = _declared(scope["query_string"], platform.declared_query(visit.plugin))
        zipped = b"gzip" in headers.get(b"accept-encoding", b"")
        key = (visit.site.id, scope["path"], query, visit.origin, zipped)
        version = platform.versions.pages(visit.site.id, visit.plugin)
        make = partial(self._make, scope, visit, query)
        entry = platform.cache.get(key, version, make)
        if entry is None:
            made = await platform.cache.fetch(key, version, make)
            if made is None:
                status = await self._run(scope, receive, send, visit)
                self._count(scope, visit, headers, status)
                return
            entry = made.entry
            if entry is None:
                await _replay(send, made.messages, head=scope["method"] == "HEAD")
                self._count(scope, visit, headers, made.messages[0]["status"])
                return
        # Only pages for everyone are kept, and all of them count.
        visit.countable = True
        self._count(scope, visit, headers, 200)
        self.shortcuts.keep(way, key, visit.site.id, visit.plugin)
        await _send_entry(send, entry, scope["method"], headers.get(b"if-none-match", b""))

    async def _make(self, scope: Scope, visit: Visit, query: bytes) -> tuple[list[Message], float]:
        """Run the application for nobody in particular: without cookies, conditions or undeclared parameters."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        kept = [pair for pair in scope["headers"] if pair[0] in {b"host", b"accept", b"user-agent"}]
        anonymous = {**scope, "method": "GET", "headers": kept, "query_string": query}
        visit.fresh_until = None
        await self._run(anonymous, receive, collect, visit)
        seconds = FRESH_SECONDS
        if visit.fresh_until is not None:
            seconds = min(seconds, (visit.fresh_until - self.platform.clock.now()).total_seconds())
        return messages, seconds

    async def _guarded(
        self, scope: Scope, receive: Receive, send: Send, visit: Visit, headers: dict[bytes, bytes]
    ) -> None:
        method = scope["method"]
        if method not in SAFE_METHODS:
            limit = self.platform.body_limit(visit.path)
            length = headers.get(b"content-length", b"0")
            if not length.isdigit() or int(length) > limit:
                visit.refused = "too large"
                receive = _no_body
            else:
                receive = _limited(receive, limit)
            if not visit.path.startswith("/api/"):
                said = {name.decode(): headers[name].decode("latin-1") for name in headers}
                signed_in = SESSION_COOKIE in headers.get(b"cookie", b"")
                if not visit.refused and not is_own(method, said, visit.origin, signed_in=signed_in):
                    visit.refused = "cross-site"
        status = await self._run(scope, receive, send, visit, private=True)
        self._count(scope, visit, headers, status)

    async def _run(
        self, scope: Scope, receive: Receive, send: Send, visit: Visit, *, gone: bool = False, private: bool = False
    ) -> int:
        """Let Litestar answer, see that the answer carries our headers whatever happens, and return its status."""
        start = time.perf_counter()
        visit.request_id = new_id().hex
        outgoing = _Outgoing(send, visit, self._extra(visit, private=private), head=scope["method"] == "HEAD")
        # An address that no route has: Litestar then answers 404 for every method, with the site's own page.
        path = "/-gone" if gone else visit.path
        inner = {
            **scope,
            SCOPE_KEY: visit,
            "path": path,
            "raw_path": path.encode(),
            "method": "GET" if scope["method"] == "HEAD" or gone else scope["method"],
        }
        try:
            await self.app(inner, receive, outgoing)
        except Exception as error:
            log.error("request failed outside of a page", request_id=visit.request_id, error=type(error).__name__)
            if outgoing.started:
                raise _Started from error
            await _send(outgoing, 500, self.platform.failure_page(visit.locale), ())
        spent = (time.perf_counter() - start) * 1000
        log.info(
            "request",
            request_id=visit.request_id,
            site=visit.site.slug,
            method=scope["method"],
            path=loggable(visit.path),
            status=outgoing.status,
            ms=round(spent, 1),
        )
        return outgoing.status

    def _extra(self, visit: Visit, *, private: bool) -> tuple[tuple[bytes, bytes], ...]:
        control = b"no-store" if private else b"no-cache"
        extra = (
            *self.platform.headers,
            (b"x-request-id", visit.request_id.encode()),
            (b"cache-control", control),
        )
        return (*extra, HSTS) if visit.secure else extra


class _Started(Exception):
    """The application failed when part of the answer had gone out."""


class _Outgoing:
    """Adds our headers to what is sent, and drops the body of an answer to HEAD."""

    def __init__(self, send: Send, visit: Visit, extra: tuple[tuple[bytes, bytes], ...], *, head: bool) -> None:
        self._send = send
        self._visit = visit
        self._extra = extra
        self._head = head
        self.started = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            names = {name.lower() for name, _ in message["headers"]}
            extra = [pair for pair in self._extra if pair[0] not in names]
            message = {**message, "headers": [*message["headers"], *extra, *self._visit.cookies]}
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)


def _private(headers: dict[bytes, bytes]) -> bool:
    return OUR_COOKIES in headers.get(b"cookie", b"") or b"authorization" in headers


def _declared(query: bytes, names: frozenset[str]) -> bytes:
    """Return the declared parameters of a query in a fixed order: what others are there changes nothing."""
    if not query or not names:
        return b""
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return b""
    return urlencode(sorted(pair for pair in pairs if pair[0] in names)).encode()


def _limited(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooLarge(N_("What you sent is too large for this page. Nothing was saved."))
        return message

    return limited


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _replay(send: Send, messages: list[Message], *, head: bool) -> None:
    for message in messages:
        emptied = head and message["type"] == "http.response.body"
        await send({**message, "body": b""} if emptied else message)


async def _send_entry(send: Send, entry: Entry, method: str, condition: bytes) -> None:
    if condition and entry.etag in condition:
        await send(entry.not_modified)
        await send(NOTHING)
        return
    await send(entry.start)
    await send(entry.body if method == "GET" else NOTHING)


async def _send(
    send: Send,
    status: int,
    body: bytes,
    extra: tuple[tuple[bytes, bytes], ...],
    *,
    kind: bytes = b"text/html; charset=utf-8",
    head: bool = False,
) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body, "more_body": False})


async def _send_file(
    send: Send,
    found: StaticFile,
    headers: dict[bytes, bytes],
    extra: tuple[tuple[bytes, bytes], ...],
    *,
    head: bool,
) -> None:
    shared = [
        (b"content-type", found.type),
        (b"etag", found.etag),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"accept-encoding"),
        *extra,
    ]
    if found.etag in headers.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": shared})
        await send(NOTHING)
        return
    zipped = b"gzip" in headers.get(b"accept-encoding", b"")
    body = found.zipped if zipped else found.body
    sized = [*shared, (b"content-length", str(len(body)).encode())]
    if zipped:
        sized.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": sized})
    await send({"type": "http.response.body", "body": b"" if head else body, "more_body": False})
