"""People and programs who answer a consultation, and try again with the same key until they have a receipt."""

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import httpx

from faults.consulting import API, PATH, answers
from faults.serving import BOUND
from folkmoot.testing import Client, path_of, read_html

AGAIN_SECONDS = 0.1


class Crowd:
    """``async with Crowd(server.client) as crowd``: everybody answers until the end of the block, or of ``rest``.

    Each answer has a mark of its own, by which it is found again.

    :param client: makes a client of the service
    :param bound: how many seconds a request may take before it counts as hung
    """

    def __init__(
        self, client: Callable[[], Client], *, programs: int = 6, people: int = 2, bound: float = BOUND
    ) -> None:
        self._client = client
        self.bound = bound
        self._size = (programs, people)
        self._tasks: list[asyncio.Task[None]] = []
        self._resting = self._gone = False
        self._numbers = itertools.count(1)
        self.acknowledged: dict[str, str] = {}
        # Marks of programs, which are their idempotency keys as well.
        self.keys: list[str] = []
        # Requests cut off without an answer, not even begun, refused with a sentence, that did not end, and the rest.
        self.cut_off = 0
        self.turned_away = 0
        self.told = 0
        self.hung = 0
        self.wrong: list[str] = []
        self.forgotten: list[str] = []

    async def __aenter__(self) -> Self:
        programs, people = self._size
        self._tasks = [asyncio.create_task(self._run(self._program)) for _ in range(programs)]
        self._tasks += [asyncio.create_task(self._run(self._person)) for _ in range(people)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._gone:
            await self.rest()
        await self.leave()

    async def rest(self) -> None:
        """Let everybody bring to its end what they have begun."""
        self._resting = True
        await asyncio.gather(*self._tasks)

    async def leave(self) -> None:
        """Everybody goes at once, whatever they were doing."""
        self._gone = True
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def until(self, more: int) -> None:
        """Return when so many more have their receipt."""
        wanted = len(self.acknowledged) + more
        async with asyncio.timeout(60):
            while len(self.acknowledged) < wanted and not all(task.done() for task in self._tasks):
                await asyncio.sleep(0.01)

    async def send_again(self, most: int = 20) -> None:
        """Let programs send what they have a receipt for: the receipt must be the same."""
        async with self._client() as client:
            for mark in self.keys[-most:]:
                before = self.acknowledged[mark]
                reference = await self._program(client, mark)
                if reference != before:
                    self.wrong.append(f"{mark} was {before} and is {reference}")

    async def _run(self, ask: Callable[[Client, str], Awaitable[str]]) -> None:
        while not self._resting:
            async with self._client() as client:
                for _ in range(5):
                    mark = f"mark-{next(self._numbers)}-{secrets.token_hex(6)}"
                    self.acknowledged[mark] = await ask(client, mark)
                    if ask == self._program:
                        self.keys.append(mark)
                    if self._resting:
                        return

    async def _patiently(self, send: Callable[[], Awaitable[httpx.Response]], typed: str) -> httpx.Response:
        """Send until there is an answer that is not “try again”."""
        while True:
            try:
                async with asyncio.timeout(self.bound):
                    response = await send()
            except (TimeoutError, httpx.TimeoutException):
                self.hung += 1
            except httpx.ConnectError:
                self.turned_away += 1
            except httpx.TransportError:
                self.cut_off += 1
            else:
                if response.status_code != 503:
                    if response.status_code not in {200, 201, 303}:
                        self.wrong.append(f"{response.request.url}: {response.status_code} {response.text[-1500:]}")
                        raise AssertionError(self.wrong[-1])
                    return response
                self.told += 1
                if typed and typed not in response.text:
                    self.forgotten.append(f"{response.request.url}: {response.text[-1500:]}")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _program(self, client: Client, mark: str) -> str:
        body, headers = {"answers": answers(mark)}, {"idempotency-key": mark}
        response = await self._patiently(lambda: client.post(API, json=body, headers=headers), "")
        return str(response.json()["reference"])

    async def _person(self, client: Client, mark: str) -> str:
        question = await self._patiently(lambda: client.get(f"{PATH}/respond/1"), "")
        await self._patiently(lambda: client.submit(read_html(question.text), answers(mark)), mark)
        check = await self._patiently(lambda: client.get(f"{PATH}/check-answers"), "")
        reason = {"confidential": f"{mark} is shy"}
        sent = await self._patiently(lambda: client.submit(read_html(check.text), reason), mark)
        assert path_of(sent) == f"{PATH}/confirmation", path_of(sent)
        receipt = await self._patiently(lambda: client.get(f"{PATH}/confirmation"), "")
        return read_html(receipt.text).one("div", "govuk-panel__body").one("strong").text
