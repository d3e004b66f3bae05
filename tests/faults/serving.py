"""``folkmoot serve`` in processes of its own: to be killed, started again on the same port, or broken on purpose."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from folkmoot.testing.instance import FIRST, Client

# A test run that is itself killed takes along what it has started.
WITH_US = ("setpriv", "--pdeathsig", "KILL")
BROKEN = Path(__file__).with_name("broken.py")
# No request may take longer: who waits for more than this hangs.
BOUND = 30.0
PATIENCE = 60.0


class Wire(httpx.AsyncHTTPTransport):
    """Takes ``https://occs.localhost/…`` to a port of this machine, so that clients keep their secure cookies."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
        headers.append((b"host", request.url.host.encode()))
        sent = httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)
        return await super().handle_async_request(sent)


class Server:
    """One ``folkmoot serve``. ``start`` may be called again after ``kill`` or ``stop``: it has the same port.

    :param broken: the name of what is broken in it (see ``broken.py``)
    :param before: a command that runs it, such as ``strace``
    """

    def __init__(
        self,
        config: Path,
        *options: str,
        broken: str = "",
        environ: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> None:
        self.config = config
        self.options = options
        self.broken = broken
        self.environ = dict(environ or {})
        self.before = before
        self.port = free_port()
        self.log = config.with_name("serve.log")
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and return when it is ready."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("FOLKMOOT_")}
        program = [str(BROKEN), self.broken] if self.broken else ["-m", "folkmoot.cli.main"]
        command = [sys.executable, *program, "--config", str(self.config), "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            # A session of its own: so a kill reaches its children too, as when a machine dies.
            self.process = subprocess.Popen(
                [*WITH_US, *self.before, *command, *self.options],
                env=ours | self.environ,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        async with asyncio.timeout(PATIENCE):
            while await self.health("ready") != 200:
                if self.process.poll() is not None:
                    raise RuntimeError(f"folkmoot serve: {self.log.read_text()[-3000:]}")
                await asyncio.sleep(0.02)

    async def health(self, name: str) -> int:
        """Return the status of ``/-/live`` or ``/-/ready``, 0 when nobody answers."""
        with contextlib.suppress(httpx.TransportError):
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{self.port}/-/{name}", timeout=BOUND)).status_code
        return 0

    def kill(self) -> None:
        """Kill -9 it and its children, in the middle of whatever they do."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end, and return its status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        return process.wait(PATIENCE)

    def client(self, site: str = FIRST, **options: Any) -> Client:
        """Return a client of a site over a real connection."""
        return Client(transport=Wire(self.port), base_url=f"https://{site}.localhost", timeout=BOUND, **options)


@contextlib.contextmanager
def serving(config: Path, *options: str, **more: Any) -> Iterator[Server]:
    """Give a server that is not started yet, and end it whatever happens."""
    server = Server(config, *options, **more)
    try:
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
