"""A stand-in for clamd that speaks its INSTREAM command (clamd(8)): it finds EICAR's test string, fails or hangs."""

import asyncio
import contextlib
from pathlib import Path
from typing import Self

# EICAR's test file, in two pieces so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """``async with Clamd() as clamd`` and use ``clamd.url``.

    ``mode``: ``scan``, ``error`` (it cannot scan), ``limit`` (the file is too large for it), ``hang``, ``nonsense``.
    """

    def __init__(self, socket: Path | None = None) -> None:
        self.socket = socket
        self.mode = "scan"
        self.scanned = 0
        self.url = ""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        if self.socket is not None:
            self._server = await asyncio.start_unix_server(self._serve, str(self.socket))
            self.url = f"clamd://{self.socket}"
        else:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = self._server.sockets[0].getsockname()[1]
            self.url = f"clamd://127.0.0.1:{self.port}"
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
            writer.write(await self._reply(reader))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            # Also at the end of the test: asyncio's server would complain of a task that was cancelled.
            return
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(ConnectionError, RuntimeError):
                writer.close()

    async def _reply(self, reader: asyncio.StreamReader) -> bytes:
        if await reader.readuntil(b"\0") != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        self.scanned += 1
        if self.mode == "hang":
            await asyncio.sleep(3_600)
        if self.mode == "scan":
            return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        return {
            "error": b"stream: lstat() failed: Permission denied. ERROR\0",
            "limit": b"INSTREAM size limit exceeded. ERROR\0",
        }.get(self.mode, b"what?\0")
