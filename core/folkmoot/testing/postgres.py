"""A fresh PostgreSQL database for each test: on the server that is there, or on one that is started for the run.

The server is ``FOLKMOOT_TEST_POSTGRES`` (a URL of a role that may create databases and roles), else the one on this
machine's usual port, else one made in a temporary folder and stopped when the run ends.
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.store.migrations.postgres import in_own_loop

USUAL = "postgresql://postgres@127.0.0.1:5432/postgres"
ROLES = ("app", "owner", "system")
PREFIX = "folkmoot_test"
# Known to everybody, for databases that live as long as a test.
PASSWORD = "folkmoot-test"  # noqa: S105

_made = 0
_templates: dict[tuple[str, ...], str] = {}


def run_sql(url: str, *statements: str) -> list[Any]:
    """Run statements outside a transaction, and return the rows of the last one."""
    import asyncpg

    async def run() -> list[Any]:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            rows: list[Any] = []
            for statement in statements:
                rows = await connection.fetch(statement)
            return rows
        finally:
            await connection.close()

    return in_own_loop(run)


@cache
def server() -> str:
    """Return the URL of the server's administrator, with our roles made and what earlier runs left behind removed."""
    url = os.environ.get("FOLKMOOT_TEST_POSTGRES") or (USUAL if _answers(USUAL) else _start())
    for role in ROLES:
        # Another run may be making it at this moment.
        run_sql(
            url,
            f"do $$ begin create role {PREFIX}_{role} login password '{PASSWORD}';"
            " exception when duplicate_object or unique_violation then null; end $$",
        )
    for (name,) in run_sql(url, f"select datname from pg_database where datname like '{PREFIX}\\_%'"):
        if not Path(f"/proc/{name.split('_')[2]}").exists():
            run_sql(url, f'drop database if exists "{name}" with (force)')
    return url


def _answers(url: str) -> bool:
    import asyncpg

    try:
        run_sql(url, "select 1")
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    return True


def _start() -> str:
    """Start a server in a temporary folder; PostgreSQL refuses to run as root, so root starts it as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="folkmoot-postgres-"))
    data, port = folder / "data", _free_port()
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
    run = [*as_user, str(_program("initdb")), "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync"]
    subprocess.run(run, check=True, capture_output=True)
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = [*as_user, str(_program("pg_ctl")), "-D", str(data)]
    log = ["-l", str(folder / "log")]
    subprocess.run([*control, "-w", *log, "-o", options, "start"], check=True, capture_output=True)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(subprocess.run, [*control, "-m", "immediate", "stop"], capture_output=True, check=False)
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def _program(name: str) -> Path:
    found = [Path(found)] if (found := shutil.which(name)) else []
    found += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if not found:
        raise RuntimeError("There is no PostgreSQL on this machine: install it, or set FOLKMOOT_TEST_POSTGRES.")
    return found[0]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def fresh_database(key: tuple[str, ...], migrate: Callable[[DatabaseUrls], None]) -> DatabaseUrls:
    """Return a new database. The first one of a key is migrated, and the others are copies of it."""
    if key not in _templates:
        template = _create()
        migrate(urls_of(template))
        _templates[key] = template
    return urls_of(_create(_templates[key]))


def empty_database() -> DatabaseUrls:
    """Return a new database without tables."""
    return urls_of(_create())


def _create(template: str = "template1") -> str:
    global _made  # noqa: PLW0603 (a number for each database of this process)
    _made += 1
    name = f"{PREFIX}_{os.getpid()}_{_made}"
    run_sql(server(), f'create database "{name}" template "{template}" owner {PREFIX}_owner')
    return name


def urls_of(name: str) -> DatabaseUrls:
    """Return the URLs of a database, one for each role."""
    parts = urlsplit(server())
    place = parts.netloc.rpartition("@")[2]
    made = [urlunsplit((parts.scheme, f"{PREFIX}_{role}:{PASSWORD}@{place}", name, "", "")) for role in ROLES]
    return DatabaseUrls(*made)


def drop_database(urls: DatabaseUrls) -> None:
    """Remove a database, whoever is still connected."""
    name = urlsplit(urls.app).path.removeprefix("/")
    run_sql(server(), f'drop database if exists "{name}" with (force)')


def clear() -> None:
    """Remove the databases that others were copied from; what a killed run leaves, the next one removes."""
    for name in _templates.values():
        drop_database(urls_of(name))
    _templates.clear()
