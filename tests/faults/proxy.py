"""A TCP proxy that fails on purpose: it passes, slows down, cuts, refuses, or swallows everything.

Faults hold from the moment they are set, also for connections that are open already: clients keep connections in
pools, and a fault that only met new ones would be missed by the next request.
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable
from typing import Self

PIECE = 65_536


class FaultProxy:
    """Stands on 127.0.0.1 before a server: ``async with FaultProxy(server_port) as proxy`` and use ``proxy.port``.

    :param port: the server's port
    :param host: the server's address
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.target = (host, port)
        self.port = 0
        self.connections = 0
        self.refused = 0
        self.passed = 0
        self._latency = 0.0
        self._cut_after: int | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._server: asyncio.Server | None = None
        self._pairs: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port, and pass everything on."""
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of everything."""
        await self.refuse()
        for task in list(self._pairs):
            task.cancel()
        await asyncio.gather(*self._pairs, return_exceptions=True)

    async def pass_on(self) -> None:
        """Heal: everything goes through again, at the same port."""
        self._latency, self._cut_after = 0.0, None
        self._open.set()
        await self._listen()

    def slow(self, seconds: float) -> None:
        """Wait so long before each piece, in both directions."""
        self._latency = seconds

    def cut_after(self, number: int) -> None:
        """Reset each connection when so many bytes have gone through it, both directions counted together."""
        self._cut_after = number

    def black_hole(self) -> None:
        """Take connections and bytes, and pass nothing on: what is sent is neither answered nor refused."""
        self._open.clear()

    async def refuse(self) -> None:
        """Reset what is open, and refuse every new connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            _reset(writer)
        await asyncio.sleep(0)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs.add(task)
        self.connections += 1
        self._writers.add(writer)
        far: asyncio.StreamWriter | None = None
        try:
            await self._open.wait()
            far_reader, far = await asyncio.open_connection(*self.target)
            self._writers.add(far)
            budget = _Budget()
            await _both(self._pump(reader, far, budget), self._pump(far_reader, writer, budget))
        except (OSError, _Cut):
            self.refused += 1
        except asyncio.CancelledError:
            # The end of the test: asyncio's server would complain of a task that was cancelled.
            return
        finally:
            self._pairs.discard(task)
            for each in (writer, far):
                if each is not None:
                    self._writers.discard(each)
                    _reset(each)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, budget: "_Budget") -> None:
        while piece := await reader.read(PIECE):
            if self._latency:
                await asyncio.sleep(self._latency)
            await self._open.wait()
            left = len(piece) if self._cut_after is None else max(0, self._cut_after - budget.spent)
            sent = piece[:left]
            budget.spent += len(sent)
            self.passed += len(sent)
            writer.write(sent)
            await writer.drain()
            if len(sent) < len(piece):
                raise _Cut
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()


class _Budget:
    """How much has gone through a connection."""

    def __init__(self) -> None:
        self.spent = 0


class _Cut(Exception):
    """The connection has had its bytes."""


async def _both(*pumps: Awaitable[None]) -> None:
    """Run both directions; when one fails, so does the other."""
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close at once with a reset where something is unsent, as a machine does that goes away."""
    transport = writer.transport
    held = transport.get_extra_info("socket")
    if held is not None and not transport.is_closing():
        with contextlib.suppress(OSError):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    transport.abort()
