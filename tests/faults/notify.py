"""A stub of GOV.UK Notify's API, version 2: strict about key, template and body; fails as it is told."""

import asyncio
import contextlib
import json
import time
from collections import deque
from typing import Any, Self
from urllib.parse import parse_qs
from uuid import uuid4

import uvicorn
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "217a419e-6a7d-482a-9596-718b889dffce"
API_KEY = f"live-{SERVICE}-{SECRET}"
# The clocks of client and server may differ by this much.
LEEWAY = 30
# What a script may say of the next call: a status, or one of these. Both take the message.
HANG, BROKEN = "hang", "broken"


class NotifyStub:
    """``async with NotifyStub() as notify`` and use ``notify.url``; ``notify.script = [429, 500, HANG]``."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.script: list[int | str] = []
        self.calls: list[str] = []
        self.url = ""
        self._waiting: deque[int | str] = deque()
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        config = uvicorn.Config(self, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        assert self._task is not None
        self._server.should_exit = self._server.force_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.calls.append(f"{scope['method']} {scope['path']}")
        status, answer = await self._answer(scope, body)
        content = json.dumps(answer).encode() if status != BROKEN else b"<html>"
        code = 502 if status == BROKEN else int(status)
        await send({"type": "http.response.start", "status": code, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, scope: Any, body: bytes) -> tuple[int | str, Any]:
        fault = self._key_fault(scope)
        if fault:
            return 403, _errors(403, "AuthError", fault)
        if scope["method"] == "GET":
            [reference] = parse_qs(scope["query_string"].decode()).get("reference", [""])
            return 200, {"notifications": [each for each in self.sent if each["reference"] == reference]}
        self._waiting.extend(self.script)
        self.script = []
        said = self._waiting.popleft() if self._waiting else 201
        if isinstance(said, int) and said != 201:
            return said, _errors(said, "Refused", "as the script says")
        wanted = json.loads(body)
        fault = _request_fault(wanted)
        if fault:
            return 400, _errors(400, "ValidationError", fault)
        kept = {**wanted, "id": str(uuid4())}
        self.sent.append(kept)
        if said == HANG:
            await asyncio.sleep(3600)
        return (BROKEN if said == BROKEN else 201), {"id": kept["id"], "reference": kept["reference"]}

    def _key_fault(self, scope: Any) -> str:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            return "Unauthorized: authentication token must be provided"
        try:
            claims = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"]).claims
        except (JoseError, ValueError):
            return "Invalid token: API key not found"
        if claims.get("iss") != SERVICE:
            return "Invalid token: service not found"
        if abs(time.time() - claims.get("iat", 0)) > LEEWAY:
            return "Error: Your system clock must be accurate to within 30 seconds"
        return ""


def _request_fault(wanted: dict[str, Any]) -> str:
    if wanted.get("template_id") != TEMPLATE:
        return "Template not found"
    missing = {"subject", "body"} - set(wanted.get("personalisation", {}))
    if missing:
        return f"Missing personalisation: {', '.join(sorted(missing))}"
    if "@" not in wanted.get("email_address", ""):
        return "email_address Not a valid email address"
    unknown = set(wanted) - {
        "email_address",
        "template_id",
        "personalisation",
        "reference",
        "one_click_unsubscribe_url",
        "email_reply_to_id",
    }
    return f"Additional properties are not allowed ({', '.join(sorted(unknown))} was unexpected)" if unknown else ""


def _errors(status: int, kind: str, message: str) -> dict[str, Any]:
    return {"status_code": status, "errors": [{"error": kind, "message": message}]}
