"""``folkmoot serve`` and ``folkmoot demo``."""

import errno
import gc
import socket
from functools import partial
from typing import Any

import click

from folkmoot.cli.database import upgrade_database
from folkmoot.kernel.settings import Configuration
from folkmoot.spec.errors import Refused


@click.command(epilog="Example: folkmoot serve --migrate --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="More than one needs PostgreSQL.")
@click.option("--migrate", is_flag=True, help="Bring the database up to date first.")
@click.option("--no-worker", is_flag=True, help="Leave jobs to “folkmoot worker” processes.")
def serve(host: str, port: int, workers: int, migrate: bool, no_worker: bool) -> None:
    """Serve the site."""
    from folkmoot.web.application import create_application
    from folkmoot.web.desk import configuration

    settings = configuration()
    if workers > 1 and settings.database_urls().dialect == "sqlite":
        raise Refused("More than one worker needs PostgreSQL: with SQLite, one process is faster than two.")
    if migrate:
        upgrade_database(settings)
    # The port first: a refusal is a sentence alone, and booting has already written to the log.
    listener = _listen(host, port)
    name = settings.settings.site.name
    shown = "localhost" if host == "127.0.0.1" else host
    if workers > 1:
        # Each process boots by itself; here it is tried once, so that a fault is a sentence and not N of them.
        create_application(settings, worker=False)
        click.echo(f"{name} is served at http://{shown}:{listener.getsockname()[1]}")
        _run_several(settings, listener, workers, worker=not no_worker)
        return
    application = create_application(settings, worker=not no_worker)
    click.echo(f"{name} is served at http://{shown}:{listener.getsockname()[1]}")
    _run(application, listener)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Listening here, not later, is what makes a taken port a sentence instead of a traceback.
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"Port {port} is taken by another program: choose another with --port.") from None
        raise Refused(f"Cannot listen on {host} port {port}: {error.strerror}.") from None
    return listener


SERVER: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    "lifespan": "on",
    "timeout_graceful_shutdown": 20,
    "ws": "none",
}


def _run_several(settings: Configuration, listener: socket.socket, workers: int, *, worker: bool) -> None:
    """Serve by several processes on one port; one that dies is started again."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    factory = partial(served_application, str(settings.path), worker=worker)
    config = uvicorn.Config(factory, factory=True, workers=workers, **SERVER)
    Multiprocess(config, sockets=[listener]).run()


def served_application(path: str, *, worker: bool) -> Any:
    """Boot in a process of its own: what each of several web processes serves."""
    from folkmoot.kernel.settings import find_config, load
    from folkmoot.web.application import create_application

    return create_application(load(find_config(path)), worker=worker)


def _run(application: object, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(application, **SERVER)  # type: ignore[arg-type]
    # What was imported and built stays until the end: the garbage collector need not go through it again and again.
    gc.collect()
    gc.freeze()
    uvicorn.Server(config).run(sockets=[listener])


@click.command(epilog="Example: folkmoot demo --site occs")
@click.option("--site", "slug", help="The site to fill (default: the only one).")
def demo(slug: str | None) -> None:
    """Load demo content; doing it again adds nothing."""
    from folkmoot.web.desk import Desk, at_desk

    async def work(desk: Desk) -> None:
        for owned in desk.platform.registry.seeds:
            if owned.plugin in desk.site.plugins:
                click.echo(f"{owned.plugin}: {owned.item.name}", err=True)
                await owned.item.run(desk)

    at_desk(slug, work)
