"""The limits' servers: the least that could answer, beside which Folkmoot is measured."""

import sys
from pathlib import Path

from benchmarks.processes import Server, free_port
from folkmoot.kernel.settings import DatabaseUrls

ROOT = Path(__file__).resolve().parent.parent


def limit_server(folder: Path, ready: str = "/page") -> Server:
    """Return the limit's server on SQLite, which finds its page in the folder and keeps its database there."""
    return _server(folder, "benchmarks.limit_app", str(folder), ready=ready)


def postgres_limit_server(folder: Path, urls: DatabaseUrls) -> Server:
    """Return the limit's server on a PostgreSQL database; its log comes into the folder."""
    return _server(folder, "benchmarks.limit_postgres", urls.owner, ready="/ready")


def _server(folder: Path, module: str, place: str, *, ready: str) -> Server:
    port = free_port()
    command = [sys.executable, "-m", module, str(port), place]
    return Server("limit", command, port=port, folder=ROOT, ready=ready, logs=folder)
