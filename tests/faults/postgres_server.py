"""A PostgreSQL server of a test's own, that may be killed: nobody else's tests are on it."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import asyncpg

from faults.serving import PATIENCE, free_port
from folkmoot.testing import postgres

# Small and quick to start; what makes commits durable is left as it comes.
OPTIONS = ("shared_buffers=16MB", "max_connections=60", "track_wal_io_timing=off")


class PostgresServer:
    """``with PostgresServer() as server`` makes it; ``start`` and ``kill`` may follow one another."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._folder = Path(tempfile.mkdtemp(prefix="folkmoot-faults-"))
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root, so root starts it as somebody else.
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            self._as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(self._folder, "postgres", "postgres")

    def __enter__(self) -> Self:
        """Make the server, start it, and make our roles on it."""
        command = [*self._as_user, str(postgres._program("initdb")), "-D", str(self._data), "-U", "postgres"]
        subprocess.run([*command, "--auth=trust", "--no-sync"], check=True, capture_output=True)
        asyncio.run(self.start())
        for role in postgres.ROLES:
            made = f"create role {postgres.PREFIX}_{role} login password '{postgres.PASSWORD}'"
            postgres.run_sql(self.url, made)
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    async def start(self) -> None:
        """Start it, and return when it answers."""
        options = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
            *OPTIONS,
        ]
        # SIGQUIT is an immediate end of the server and its children, should the test run itself be killed.
        as_user = [*(self._as_user or ["setpriv"]), "--pdeathsig", "QUIT"]
        command = [*as_user, str(postgres._program("postgres")), "-D", str(self._data)]
        for option in options:
            command += ["-c", option]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        async with asyncio.timeout(PATIENCE):
            while not await self.answers():
                if self._process.poll() is not None:
                    raise RuntimeError(f"postgres: {(self._folder / 'log').read_text()[-3000:]}")
                await asyncio.sleep(0.02)

    async def answers(self) -> bool:
        """Say whether it takes a connection."""
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(self.url, timeout=2)
            await connection.close()
            return True
        return False

    def kill(self) -> None:
        """Kill -9 the server and all its processes, in the middle of whatever they do."""
        process, self._process = self._process, None
        if process is not None:
            for child in [*_children(process.pid), process.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            process.wait(PATIENCE)


def _children(parent: int) -> list[int]:
    """Return the processes that a process has started: PostgreSQL puts each in a group of its own."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(status.parent.name))
    return found
