"""Serves an application as ``folkmoot serve`` does, so that the limits run on the same event loop and HTTP parser."""

import socket
from typing import Any

import uvicorn


def serve(application: Any, port: int) -> None:
    """Serve on the loopback interface until the process is told to end."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(2048)
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=20,
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listener])
