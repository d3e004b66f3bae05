"""``folkmoot serve`` and ``folkmoot demo``."""

import errno
import gc
import socket

import click

from folkmoot.cli.database import upgrade_database
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

    if workers > 1:
        raise Refused("More than one worker needs PostgreSQL: with SQLite, one process is faster than two.")
    settings = configuration()
    if migrate:
        upgrade_database(settings)
    # The port first: a refusal is a sentence alone, and booting has already written to the log.
    listener = _listen(host, port)
    application = create_application(settings, worker=not no_worker)
    name = settings.settings.site.name
    click.echo(f"{name} is served at http://{'localhost' if host == '127.0.0.1' else host}:{listener.getsockname()[1]}")
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


def _run(application: object, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=20,
        ws="none",
    )
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
