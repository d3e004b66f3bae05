"""What the same submission costs when a person sends it: a page of questions kept as a draft, then sent once.

For information: no goal is set for it. Each draft can be sent once, so this is counted, not timed.
"""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

from benchmarks.processes import Answer, Server
from benchmarks.site import SLUG, answers

DRAFTS = 300
CONNECTIONS = 16
Item = TypeVar("Item")
Made = TypeVar("Made")
PAGE = f"/consultations/{SLUG}"


def describe_browser_path(server: Server) -> list[str]:
    """Return what each of the two posts costs."""
    before = server.cpu_seconds()
    cookies = _each(partial(_keep, server), range(DRAFTS))
    kept = server.cpu_seconds()
    receipts = _each(partial(_send, server), cookies)
    sent = server.cpu_seconds()
    if len(set(cookies)) != DRAFTS or set(receipts) != {303}:
        raise RuntimeError(f"the browser's path failed: {sorted(set(receipts))}")
    page, check = (kept - before) * 1000 / DRAFTS, (sent - kept) * 1000 / DRAFTS
    return [f"for information: in a browser, keeping the page costs {page:.2f} ms CPU, sending it {check:.2f} ms CPU"]


def _each(work: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(work, items))


def _post(server: Server, path: str, fields: dict[str, str], cookie: str = "") -> Answer:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
        **({"Cookie": cookie} if cookie else {}),
    }
    return server.fetch(f"{PAGE}/{path}", method="POST", body=urlencode(fields).encode(), headers=headers)


def _keep(server: Server, number: int) -> str:  # noqa: ARG001 (a draft is like another)
    answer = _post(server, "respond/1", answers())
    cookie = re.match(r"[^;]+", answer.headers.get("set-cookie", ""))
    if answer.status != 303 or cookie is None:
        raise RuntimeError(f"the page of questions was not kept: {answer.status}")
    return cookie[0]


def _send(server: Server, cookie: str) -> int:
    return _post(server, "check-answers", {}, cookie).status
