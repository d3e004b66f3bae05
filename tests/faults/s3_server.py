"""A small S3 server for tests: it keeps objects in memory, and checks every signature.

It knows what a store of files needs: put, uploads in parts, get with ranges, head, delete, list.
"""

import asyncio
import contextlib
import hashlib
import re
from datetime import UTC, datetime
from typing import NamedTuple, Self
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape, unescape

from faults.sigv4 import Denied, check

KEY_ID, SECRET, REGION, BUCKET = "AKIDFOLKMOOTTESTS", "folkmoot-tests-secret", "eu-west-2", "folkmoot"


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: dict[str, str] = {}


class Object(NamedTuple):
    body: bytes
    changed_at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class S3Server:
    """``async with S3Server() as s3`` and use ``s3.port``; ``s3.objects`` is what it holds."""

    def __init__(self) -> None:
        self.port = 0
        self.keys = {KEY_ID: SECRET}
        self.objects: dict[str, Object] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.requests: list[str] = []
        self.denied: list[str] = []
        self.full = False
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").strip().split("\r\n")
                method, target, _ = first.split(" ")
                headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                answer = self._answer(method, target, headers, body)
                writer.write(_written(answer, bodiless=method == "HEAD"))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            # Also at the end of the test: asyncio's server would complain of a task that was cancelled.
            return
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(ConnectionError, RuntimeError):
                writer.close()

    def _answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        self.requests.append(f"{method} {target.partition('?')[0]}")
        try:
            check(method, target, headers, body, self.keys, region=REGION)
        except Denied as error:
            self.denied.append(str(error))
            return _fault(403, str(error))
        path, _, query = target.partition("?")
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        if bucket != BUCKET:
            return _fault(404, "NoSuchBucket")
        asked = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        if self.full and method in {"PUT", "POST"}:
            return _fault(507, "InsufficientStorage")
        act = getattr(self, f"_{method.lower()}", None)
        return act(key, asked, headers, body) if act else _fault(405, "MethodNotAllowed")

    def _put(self, key: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if "uploadId" in asked:
            if asked["uploadId"] not in self.uploads:
                return _fault(404, "NoSuchUpload")
            self.uploads[asked["uploadId"]][int(asked["partNumber"])] = body
            return Answer(200, headers={"etag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'})
        self.objects[key] = Object(body, datetime.now(UTC))
        return Answer(200, headers={"etag": self.objects[key].etag})

    def _post(self, key: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if "uploads" in asked:
            upload = f"upload-{len(self.requests)}"
            self.uploads[upload] = {}
            return _xml(
                f"<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key>"
                f"<UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
        if "delete" in asked:
            named = re.findall(r"<Key>(.*?)</Key>", body.decode())
            for name in named:
                self.objects.pop(unescape(name), None)
            gone = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in named)
            return _xml(f"<DeleteResult>{gone}</DeleteResult>")
        parts = self.uploads.pop(asked.get("uploadId", ""), None)
        if parts is None:
            return _fault(404, "NoSuchUpload")
        numbers = [int(number) for number in re.findall(rb"<PartNumber>(\d+)<", body)]
        self.objects[key] = Object(b"".join(parts[number] for number in numbers), datetime.now(UTC))
        return _xml(
            f"<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key>"
            f"<ETag>{escape(self.objects[key].etag)}</ETag></CompleteMultipartUploadResult>"
        )

    def _get(self, key: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if not key:
            return self._list(asked.get("prefix", ""))
        found = self.objects.get(key)
        if found is None:
            return _fault(404, "NoSuchKey")
        facts = {"etag": found.etag, "last-modified": f"{found.changed_at:%a, %d %b %Y %H:%M:%S} GMT"}
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("range", ""))
        if span is None:
            return Answer(200, found.body, facts)
        start, end = int(span[1]), min(int(span[2]), len(found.body) - 1)
        if start >= len(found.body):
            return _fault(416, "InvalidRange")
        facts["content-range"] = f"bytes {start}-{end}/{len(found.body)}"
        return Answer(206, found.body[start : end + 1], facts)

    _head = _get

    def _delete(self, key: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if "uploadId" in asked:
            self.uploads.pop(asked["uploadId"], None)
        else:
            self.objects.pop(key, None)
        return Answer(204)

    def _list(self, prefix: str) -> Answer:
        items = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{held.changed_at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
            f"<ETag>{escape(held.etag)}</ETag><Size>{len(held.body)}</Size></Contents>"
            for key, held in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return _xml(
            f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>{items}</ListBucketResult>"
        )


def _xml(text: str, status: int = 200) -> Answer:
    return Answer(status, f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode(), {"content-type": "application/xml"})


def _fault(status: int, code: str) -> Answer:
    return _xml(f"<Error><Code>{code}</Code><Message>{code}</Message></Error>", status)


def _written(answer: Answer, *, bodiless: bool) -> bytes:
    headers = {"content-length": str(len(answer.body)), **answer.headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    start = f"HTTP/1.1 {answer.status} {'OK' if answer.status < 400 else 'NO'}\r\n{lines}\r\n".encode()
    return start if bodiless else start + answer.body
