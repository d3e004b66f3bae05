"""The fault proxy does what it says: a check that leans on a proxy that only passes would prove nothing."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.proxy import FaultProxy


@pytest_asyncio.fixture
async def echo() -> AsyncIterator[int]:
    """The port of a server that says everything again."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def say(proxy: FaultProxy, words: bytes, seconds: float = 5) -> bytes:
    """Send words through the proxy, and return what comes back of them before the connection ends."""
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(words)
        heard = b""
        try:
            while len(heard) < len(words):
                piece = await reader.read(65_536)
                if not piece:
                    break
                heard += piece
        except ConnectionResetError:
            pass
        finally:
            writer.close()
        return heard


async def test_it_passes_everything_on(echo: int) -> None:
    async with FaultProxy(echo) as proxy:
        words = b"word " * 200_000
        assert await say(proxy, words) == words
        assert (proxy.connections, proxy.passed) == (1, 2 * len(words))


async def test_it_is_slow(echo: int) -> None:
    async with FaultProxy(echo) as proxy:
        proxy.slow(0.05)
        start = asyncio.get_running_loop().time()
        assert await say(proxy, b"hello") == b"hello"
        assert asyncio.get_running_loop().time() - start >= 0.1


async def test_it_cuts_after_so_many_bytes(echo: int) -> None:
    async with FaultProxy(echo) as proxy:
        proxy.cut_after(1_000)
        assert len(await say(proxy, b"x" * 700)) == 300
        await proxy.pass_on()
        assert await say(proxy, b"hello") == b"hello"


async def test_it_refuses_and_resets_what_is_open(echo: int) -> None:
    async with FaultProxy(echo) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        port = proxy.port
        await proxy.refuse()
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read(5) == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        await proxy.pass_on()
        assert proxy.port == port
        assert await say(proxy, b"again") == b"again"
        writer.close()


async def test_a_black_hole_answers_nothing_and_heals(echo: int) -> None:
    async with FaultProxy(echo) as proxy:
        proxy.black_hole()
        with pytest.raises(TimeoutError):
            await say(proxy, b"hello", seconds=0.2)
        await proxy.pass_on()
        assert await say(proxy, b"hello") == b"hello"
