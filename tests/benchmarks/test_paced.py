"""The paced load keeps its rate whatever the server does, and tells what came of each submission."""

import asyncio
import json
from typing import Any

from benchmarks.paced import Submitting

REFUSED = json.dumps({"title": "no"}).encode()


async def submitted(answer: Any, *, number: int = 20, rate: float = 200) -> Submitting:
    """Send submissions to a server that answers with a status after some seconds, or goes away."""
    count = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                count += 1
                status, seconds = answer(count)
                await asyncio.sleep(seconds)
                if status is None:
                    return
                body = json.dumps({"reference": f"R{count}"}).encode() if status == 201 else REFUSED
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        except (EOFError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    place: Any = type("Place", (), {"port": server.sockets[0].getsockname()[1]})
    submitting = Submitting(place, "/x", lambda at: b"{}", rate)
    await submitting.run(number / rate)
    server.close()
    return submitting


def test_what_is_acknowledged_is_remembered_by_its_reference() -> None:
    sent = asyncio.run(submitted(lambda count: (201, 0))).sent
    assert sorted(sent.references) == sorted(f"R{count}" for count in range(1, 21))
    assert (sent.statuses, sent.unanswered) == ({201: 20}, 0)


def test_a_server_that_refuses_or_goes_away_is_found_out() -> None:
    sent = asyncio.run(submitted(lambda count: (None if count % 5 == 0 else 503 if count % 5 == 1 else 201, 0))).sent
    assert sent.unanswered == 4
    assert sent.statuses == {201: 12, 503: 4}
    assert len(sent.references) == 12


def test_a_slow_server_slows_nobody_down_and_its_slowness_is_seen() -> None:
    sent = asyncio.run(submitted(lambda count: (201, 0.3))).sent
    assert len(sent.times) == 20
    # All twenty were due within a tenth of a second, and sent although none had been answered.
    assert sent.slowest() >= 300
