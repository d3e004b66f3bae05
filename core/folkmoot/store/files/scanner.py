"""Asking clamd whether a file is infected, by its own protocol (clamd(8), INSTREAM), over TCP or a socket file."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterable
from typing import NamedTuple
from urllib.parse import urlsplit

from folkmoot.spec.errors import Unavailable
from folkmoot.store.files.words import N_

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 120.0
TOO_LARGE = "INSTREAM size limit exceeded"


class ScannerUnavailable(Unavailable):
    """The scanner cannot be reached, or cannot say; nothing is known of the file."""

    def __init__(self) -> None:
        super().__init__(N_("Files cannot be checked for viruses just now. They are checked as soon as that works."))


class Verdict(NamedTuple):
    """What the scanner says of a file.

    :param clean: whether anyone may have it
    :param found: what was found, in the scanner's words; empty when it is too large to be looked at
    """

    clean: bool
    found: str = ""


class Scanner:
    """A clamd at ``clamd://host:port`` or ``clamd:///path/of/socket``."""

    def __init__(self, url: str, *, connect: float = CONNECT_SECONDS, answer: float = ANSWER_SECONDS) -> None:
        parts = urlsplit(url)
        self._socket = parts.path if not parts.netloc else ""
        self._address = (parts.hostname or "", parts.port or 0)
        self._connect = connect
        self._answer = answer

    async def scan(self, content: AsyncIterable[bytes]) -> Verdict:
        """Return what the scanner says; raises ``ScannerUnavailable`` when it does not."""
        try:
            async with asyncio.timeout(self._connect):
                reader, writer = await self._open()
        except OSError as error:
            raise ScannerUnavailable from error
        try:
            return _verdict(await self._ask(reader, writer, content))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ScannerUnavailable from error
        finally:
            writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._socket:
            return await asyncio.open_unix_connection(self._socket)
        return await asyncio.open_connection(*self._address)

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, content: AsyncIterable[bytes]
    ) -> str:
        # It hangs up in the middle of what it finds too large, and has said so by then.
        with contextlib.suppress(ConnectionError):
            writer.write(b"zINSTREAM\0")
            async for piece in content:
                if not piece:
                    # A piece of no length would say that this was all.
                    continue
                writer.write(struct.pack("!I", len(piece)) + piece)
                async with asyncio.timeout(self._answer):
                    await writer.drain()
            writer.write(struct.pack("!I", 0))
        async with asyncio.timeout(self._answer):
            await writer.drain()
            return (await reader.readuntil(b"\0")).decode("utf-8", "replace").rstrip("\0\n")


def _verdict(reply: str) -> Verdict:
    said = reply.removeprefix("stream: ")
    if said == "OK":
        return Verdict(clean=True)
    if said.endswith(" FOUND"):
        return Verdict(clean=False, found=said.removesuffix(" FOUND"))
    if said.startswith(TOO_LARGE):
        return Verdict(clean=False)
    raise ScannerUnavailable
