"""A mail server that takes, refuses, postpones and hangs up as it is told: an SMTP sink made of aiosmtpd."""

import asyncio
import email
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from email.message import Message
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

# What a script may say of the next try to an address.
TAKE = "250 OK"
LATER = "451 4.3.0 Try again later"
LATER_AT_END = "data 451 4.3.0 Try again later"
NOBODY = "550 5.1.1 <{address}>: no such mailbox"
FULL = "552 5.2.2 The mailbox is full"
POLICY = "550 5.7.1 Refused as a matter of policy"
SPAM = "data 554 5.7.1 This looks like spam"
# Hangs up when the text has come, before or after it has been taken: either way nobody answers.
CUT_BEFORE, CUT_AFTER = "cut before", "cut after"


class SmtpSink:
    """``async with SmtpSink() as sink`` and use ``sink.port``; ``sink.script["a@b.example"] = [LATER, TAKE]``.

    :param login: a user name and password that are asked for; on an unencrypted connection, for tests
    """

    def __init__(self, *, login: tuple[str, str] | None = None) -> None:
        self.script: dict[str, Sequence[str]] = {}
        self.taken: list[tuple[str, Message]] = []
        self.connections = 0
        self.port = 0
        self._login = login
        self._waiting: dict[str, deque[str]] = defaultdict(deque)
        self._server: asyncio.Server | None = None
        self._protocols: list[SMTP] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for protocol in self._protocols:
            if protocol.transport is not None:
                protocol.transport.abort()
        await asyncio.sleep(0)

    def _protocol(self) -> SMTP:
        self.connections += 1
        options: dict[str, Any] = {"hostname": "sink.example", "enable_SMTPUTF8": True}
        if self._login is not None:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": False}
        made = SMTP(self, loop=asyncio.get_running_loop(), **options)
        self._protocols.append(made)
        return made

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, kind: str, data: Any) -> AuthResult:
        sound = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self._login
        return AuthResult(success=sound, handled=False)

    def _next(self, address: str) -> str:
        waiting = self._waiting[address]
        if address in self.script:
            waiting.extend(self.script.pop(address))
        return waiting[0] if waiting else TAKE

    def _used(self, address: str) -> None:
        if self._waiting[address]:
            self._waiting[address].popleft()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self._next(address)
        if said[0] in "45":
            self._used(address)
            return said.format(address=address)
        envelope.rcpt_tos.append(address)
        return TAKE

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [address] = envelope.rcpt_tos
        said = self._next(address)
        self._used(address)
        if said.startswith("data "):
            return said.removeprefix("data ")
        if said != CUT_BEFORE:
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append((address, email.message_from_bytes(content)))
        if said in {CUT_BEFORE, CUT_AFTER} and server.transport is not None:
            server.transport.abort()
        return TAKE

    @property
    def doubled(self) -> int:
        """How many copies were taken of messages that had been taken before, by their Message-ID."""
        counts = Counter(message["Message-ID"] for _, message in self.taken)
        return sum(count - 1 for count in counts.values())
