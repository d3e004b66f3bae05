"""The same submission sixty times at once is one, over real connections; on PostgreSQL by two web processes."""

import asyncio
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import API, PATH, answers, open_consultation
from faults.counting import count
from faults.serving import Server, serving
from folkmoot.forms.models import Submission
from folkmoot.testing import Client, Instance, path_of

pytestmark = pytest.mark.slow
FOLKMOOT_PLUGINS = ("consultation",)
AT_ONCE = 60
FULL = os.environ.get("FOLKMOOT_BATTERY") == "full"


async def start(stack: ExitStack, instance: Instance, broken: str = "") -> list[Server]:
    """Start what serves: one process on SQLite, two on PostgreSQL."""
    number = 1 if instance.database == "sqlite" else 2
    config = instance.platform.configuration.path
    servers = [stack.enter_context(serving(config, broken=broken)) for _ in range(number)]
    await asyncio.gather(*(server.start() for server in servers))
    return servers


async def called(clients: list[Client]) -> set[str]:
    """Send the same by the API, and return the references that came back."""
    body, headers = {"answers": answers("called")}, {"idempotency-key": "called"}
    sent = [clients[n % len(clients)].post(API, json=body, headers=headers) for n in range(AT_ONCE)]
    responses = await asyncio.gather(*sent)
    assert {response.status_code for response in responses} == {201}
    return {response.json()["reference"] for response in responses}


async def clicked(clients: list[Client]) -> set[str]:
    """Press the button of check answers again and again, and return the references that were shown."""
    first = clients[0]
    await first.submit(await first.page(f"{PATH}/respond/1"), answers("clicked"))
    check = await first.page(f"{PATH}/check-answers")
    for other in clients[1:]:
        other.cookies = first.cookies
    responses = await asyncio.gather(*(clients[n % len(clients)].submit(check) for n in range(AT_ONCE)))
    assert {path_of(response) for response in responses} == {f"{PATH}/confirmation"}
    shown = await asyncio.gather(*(client.page(f"{PATH}/confirmation") for client in clients))
    return {page.one("div", "govuk-panel__body").one("strong").text for page in shown}


async def test_sixty_at_once_are_one(instance: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    await open_consultation(instance)
    with ExitStack() as stack:
        servers = await start(stack, instance)
        clients = [server.client() for server in servers]
        by_call, by_click = await called(clients), await clicked(clients)
    counted = await count(instance, {"called": min(by_call), "clicked": min(by_click)})
    with capsys.disabled():
        where = f"{instance.database}, {len(servers)} processes"
        print(f"\n{AT_ONCE} identical parallel submits, twice ({where}): {counted}")
    assert (len(by_call), len(by_click)) == (1, 1)
    assert counted.sound, counted


@pytest.mark.only_on(*(("sqlite", "postgresql") if FULL else ("postgresql",)))
async def test_a_service_that_does_not_look_at_keys_is_caught(instance: Instance) -> None:
    await open_consultation(instance)
    with ExitStack() as stack:
        servers = await start(stack, instance, "forgets_keys")
        by_call = await called([server.client() for server in servers])
    async with instance.desk().reading() as session:
        found: list[Any] = list((await session.exec(select(Submission))).all())
    assert len(by_call) == len(found) == AT_ONCE
