"""Servers of a run: started on a free port of this machine, watched through ``/proc``, stopped by their own id."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

TICK = 1 / os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0
LOOK_AGAIN = 0.002


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a server."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without anything of Folkmoot's, so that no other site is meant, and with what is given."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FOLKMOOT_")}
    return ours | dict(more)


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Server:
    """One server in a process of its own, as a context: it answers when the context begins, and is gone after it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        folder: Path,
        ready: str,
        logs: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.environ = dict(environ or {})
        self.command = list(command)
        self.port = port
        self.folder = folder
        self.ready = ready
        self.log = (logs or folder) / f"{name}.log"
        self.cold_seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Server":
        start = time.perf_counter()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=environment(self.environ),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(start)
        except BaseException:
            self._stop()
            raise
        self.cold_seconds = time.perf_counter() - start
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def _wait(self, start: float) -> None:
        assert self._process is not None
        while time.perf_counter() - start < PATIENCE:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended before it answered:\n{self.log.read_text()[-2000:]}")
            try:
                if self.fetch(self.ready).status == 200:
                    return
            except OSError:
                pass
            time.sleep(LOOK_AGAIN)
        raise RuntimeError(f"{self.name} did not answer 200 at {self.ready} within {PATIENCE:.0f} seconds")

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the server and what it started as a power cut would: at once, without a word (kill -9)."""
        assert self._process is not None
        for pid in family(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def fetch(
        self, path: str, *, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the answer to one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body or None, headers=dict(headers or {}))
            response = connection.getresponse()
            content = response.read()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content)
        finally:
            connection.close()

    def cpu_seconds(self) -> float:
        """Return the CPU time, of user and system, that the server and what it started have used so far."""
        assert self._process is not None
        return sum(_cpu_seconds(pid) for pid in family(self._process.pid))

    def memory(self, name: str) -> int:
        """Return the server's own resident memory in bytes: ``VmRSS`` as it is, ``VmHWM`` the most that it ever was."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        kilobytes = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
        assert kilobytes is not None
        return int(kilobytes[1]) * 1024

    def memory_bytes(self) -> int:
        """Return the proportional set size: resident memory, with shared pages divided among those that share them."""
        assert self._process is not None
        return sum(_memory_bytes(pid) for pid in family(self._process.pid))


def family(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(_stat(int(entry.name))[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    # The name of a process stands in parentheses and may hold anything: what counts comes after the last of them.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float:
    # proc(5): utime, stime, cutime, cstime are fields 14 to 17, of which the first two went with the name.
    return sum(int(ticks) for ticks in _stat(pid)[11:15]) * TICK


def _memory_bytes(pid: int) -> int:
    kilobytes = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert kilobytes is not None
    return int(kilobytes[1]) * 1024
