"""What tests of mail share: a backend that does what a test says, settings, and what was written."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from folkmoot.kernel.settings import MailSection
from folkmoot.mail.backends import open_backend
from folkmoot.mail.letters import Letter
from folkmoot.mail.models import QUEUED, Message
from folkmoot.mail.outbox import queue_message
from folkmoot.sites.directory import SiteFacts
from folkmoot.store.jobs.queue import enqueue
from folkmoot.testing import Instance

LINK = re.compile(r"https://\S+")


class Postbox:
    """A backend that keeps what it is given; ``answer`` may raise what a real one would."""

    name = "postbox"

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.answer: Callable[[Letter], Awaitable[None] | None] | None = None

    async def send(self, letter: Letter) -> str:
        if self.answer is not None:
            wait = self.answer(letter)
            if wait is not None:
                await wait
        self.letters.append(letter)
        return f"id-{len(self.letters)}"

    def links(self, at: int = -1) -> list[str]:
        """Return the paths of the links of a letter."""
        return [link.partition(".localhost")[2] for link in LINK.findall(self.letters[at].body)]


def configure(instance: Instance, **facts: Any) -> None:
    """Give a running instance other settings of mail, and the backend that they ask for."""
    platform = instance.platform
    section = MailSection(**facts)
    settings = platform.configuration.settings.model_copy(update={"mail": section})
    platform.configuration = replace(platform.configuration, settings=settings)
    platform.mail = open_backend(section, platform.configuration.folder / "data" / "mail")


async def rows(instance: Instance, model: Any = Message, site: SiteFacts | None = None) -> Sequence[Any]:
    """Return the rows of a site, in the order in which they were made."""
    async with instance.desk(site).reading() as session:
        return (await session.exec(select(model).order_by(col(model.created_at), col(model.id)))).all()


async def queue(instance: Instance, *addresses: str, site: SiteFacts | None = None, **more: Any) -> None:
    """Write a message to each address."""
    async with instance.desk(site).writing() as session:
        for address in addresses:
            facts: dict[str, Any] = {"subject": "Hello – shwmae", "body": "Words\n", "locale": "en", "template": "test"}
            await queue_message(session, address=address, at=instance.clock.now(), **{**facts, **more})
        await session.commit()


async def work_on(instance: Instance, *, rounds: int = 30) -> None:
    """Work until no message waits, moving the clock as time would pass."""
    for _ in range(rounds):
        await instance.work()
        async with instance.desk().reading() as session:
            if not (await session.exec(select(Message).where(Message.state == QUEUED))).first():
                return
        instance.clock.move(hours=8)


async def run_all_again(instance: Instance, rows: Sequence[Message]) -> None:
    """Do the job of each message once more, as after a worker that was killed before it could say so."""
    async with instance.desk().writing() as session:
        for row in rows:
            await enqueue(session, "core.send_mail", {"message": str(row.id)}, at=instance.clock.now())
        await session.commit()
    await instance.work()
