"""Open-loop load: so many requests a second are due, whether the server keeps up or not.

Pages come from ``wrk``, paced by a script; submissions from this process, over connections of their own. The time of a
submission counts from the instant at which it was due, so a server that stops answering is not let off.
"""

import asyncio
import contextlib
import json
import math
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.processes import Server

# Each page is sent on the next connection that is free at the instant when it is due.
_PACED = """
local ffi = require('ffi')
ffi.cdef[[ typedef struct { long sec; long nsec; } fm_time; int clock_gettime(int, fm_time *); ]]
local now, rate, sent, start = ffi.new('fm_time'), %d, 0, nil
local function seconds()
  ffi.C.clock_gettime(1, now)
  return tonumber(now.sec) + tonumber(now.nsec) / 1e9
end
function delay()
  start = start or seconds()
  local due = start + sent / rate
  sent = sent + 1
  return math.max(0, math.floor((due - seconds()) * 1000 + 0.5))
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('\\n@%%d %%d %%.3f %%d %%d\\n', summary.requests, summary.duration,
    latency:percentile(99) / 1000, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
"""
CONNECTIONS = 32
PATIENCE = 10.0
# Servers close connections that nobody uses, after five seconds and more.
IDLE = 2.0


@dataclass(frozen=True, slots=True)
class Pages:
    """What came of the pages; ``failed`` counts answers of status 400 and over, ``broken`` those that never came."""

    answered: int
    seconds: float
    slowest: float
    failed: int
    broken: int
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds


@dataclass(slots=True)
class Sent:
    """What came of the submissions: the references of those that were acknowledged, and each one's milliseconds."""

    references: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    # Never answered: the server was gone.
    unanswered: int = 0

    def slowest(self) -> float:
        """Return the 99th percentile of the times, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[math.ceil(len(ordered) * 0.99) - 1] if ordered else float("inf")


def page_load(server: Server, path: str, rate: int, seconds: int) -> Pages:
    """Ask for a page so many times a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(_PACED % rate)
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", f"{PATIENCE:.0f}s"]
        command += ["-s", script.name, f"{server.base}{path}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            assert process.stdout is not None
            said = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    found = re.search(r"@(\d+) (\d+) ([\d.]+) (\d+) (\d+)", said)
    if process.returncode or found is None:
        raise RuntimeError(f"wrk failed: {said[-500:]}")
    answered, micro, slowest, failed, broken = found.groups()
    cpu = used.ru_utime + used.ru_stime
    return Pages(int(answered), int(micro) / 1e6, float(slowest), int(failed), int(broken), cpu)


class Submitting:
    """Sends submissions at a rate until it is stopped, or for so many seconds."""

    def __init__(self, server: Server, path: str, body: Callable[[int], bytes], rate: float) -> None:
        self._server = server
        self._path = path
        self._body = body
        self._rate = rate
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter, float]] = []
        self._stopped = False
        self.sent = Sent()

    async def run(self, seconds: float) -> None:
        """Send what is due, and return when all that was sent has been answered or given up."""
        start, number, tasks = time.perf_counter(), 0, set()
        while not self._stopped and number < seconds * self._rate:
            due = start + number / self._rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.add(asyncio.create_task(self._send(number, due)))
            number += 1
        await asyncio.gather(*tasks)
        for _, writer, _ in self._free:
            writer.close()

    def stop(self) -> None:
        """Send no more."""
        self._stopped = True

    async def _send(self, number: int, due: float) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                status, content = await self._exchange(self._body(number))
        except (OSError, EOFError, TimeoutError, ValueError):
            self.sent.unanswered += 1
            return
        self.sent.times.append((time.perf_counter() - due) * 1000)
        self.sent.statuses[status] = self.sent.statuses.get(status, 0) + 1
        if status == 201:
            self.sent.references.append(json.loads(content)["reference"])

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Return a connection that is free, unless the server may be about to close it."""
        while self._free:
            reader, writer, since = self._free.pop()
            if time.perf_counter() - since < IDLE and not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def _exchange(self, body: bytes) -> tuple[int, bytes]:
        reader, writer = self._kept() or await asyncio.open_connection("127.0.0.1", self._server.port)
        try:
            head = f"POST {self._path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            said = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", said, re.IGNORECASE)
            if length is None:
                raise ValueError("an answer without its length")
            content = await reader.readexactly(int(length[1]))
        except BaseException:
            with contextlib.suppress(OSError):
                writer.close()
            raise
        self._free.append((reader, writer, time.perf_counter()))
        return int(said.split(b" ", 2)[1]), content
