"""Mail by SMTP against a sink that takes, postpones, refuses and hangs up, and against a network that fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from faults.proxy import FaultProxy
from faults.smtp import (
    CUT_AFTER,
    CUT_BEFORE,
    FULL,
    LATER,
    LATER_AT_END,
    NOBODY,
    POLICY,
    SPAM,
    TAKE,
    SmtpSink,
)
from mailroom import configure, queue, rows, run_all_again, work_on

from folkmoot.kernel.settings import MailSection
from folkmoot.mail import delivery
from folkmoot.mail.backends.smtp import SmtpBackend
from folkmoot.mail.models import BOUNCED, FAILED, QUEUED, SENT, Message, Suppression
from folkmoot.mail.outbox import queue_message
from folkmoot.testing import Instance

Rows = Callable[..., Awaitable[Sequence[Message]]]
MANY = 12


def use(instance: Instance, port: int, **more: Any) -> None:
    facts = {"backend": "smtp", "sender": "no-reply@occs.example", "host": "127.0.0.1", "port": port}
    configure(instance, **{**facts, "security": "none", "timeout": 5, **more})


def people(number: int = MANY) -> list[str]:
    return [f"p{each}@example.org" for each in range(number)]


def tell(case: str, rows: Sequence[Message], sink: SmtpSink) -> tuple[int, int, int, int]:
    """Print the figure, and return it: queued, sent, lost, doubled.

    Lost is what is gone, what waits for ever, and what is said to have been sent and has not arrived.
    """
    arrived = {message["Message-ID"] for _, message in sink.taken}
    lost = MANY - len(rows)
    for row in rows:
        here = f"<{row.id.hex}.{row.site_id.hex}@occs.example>" in arrived
        lost += row.state == QUEUED or (row.state == SENT and not here)
    figure = (MANY, sum(row.state == SENT for row in rows), lost, sink.doubled)
    print(f"mail ({case}): queued {figure[0]}, sent {figure[1]}, lost {figure[2]}, doubled {figure[3]}")
    return figure


async def test_what_leaves_is_a_sound_message_from_the_site(instance: Instance, messages: Rows) -> None:
    async with SmtpSink() as sink:
        use(instance, sink.port)
        await queue(instance, "sam@example.org")
        await instance.work()
    [(address, message)] = sink.taken
    [row] = await messages()
    assert address == "sam@example.org"
    assert message["To"] == "sam@example.org"
    assert message["From"] == "Engage OCCS <no-reply@occs.example>"
    assert message["Reply-To"] == "engage@occs.example"
    assert message["Message-ID"] == f"<{row.id.hex}.{row.site_id.hex}@occs.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert message.get_content_type() == "text/plain"
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == "Words\n"
    assert (row.state, row.sent_at, row.error) == (SENT, instance.clock.now(), "")


SCRIPTS: dict[str, tuple[list[str], str]] = {
    "250": ([TAKE], SENT),
    "451 to RCPT, then 250": ([LATER, LATER, TAKE], SENT),
    "451 after DATA, then 250": ([LATER_AT_END, TAKE], SENT),
    "550": ([NOBODY], BOUNCED),
    "552 mailbox full": ([FULL], FAILED),
    "550 policy": ([POLICY], FAILED),
    "554 after DATA": ([SPAM], FAILED),
    "451 for ever": ([LATER] * 50, FAILED),
    "cut in DATA before it was taken": ([CUT_BEFORE, TAKE], SENT),
}


@pytest.mark.parametrize("case", SCRIPTS)
async def test_each_answer_of_the_server_has_its_outcome_and_nothing_is_lost_or_doubled(
    instance: Instance, messages: Rows, case: str
) -> None:
    answers, state = SCRIPTS[case]
    async with SmtpSink() as sink:
        use(instance, sink.port)
        sink.script = dict.fromkeys(people(), answers)
        await queue(instance, *people())
        await work_on(instance)
        figure = tell(case, await messages(), sink)
    assert [row.state for row in await messages()] == [state] * MANY
    assert figure == (MANY, MANY if state == SENT else 0, 0, 0)
    assert len(sink.taken) == (MANY if state == SENT else 0)


async def test_a_message_whose_answer_was_lost_is_sent_again_under_the_same_id(
    instance: Instance, messages: Rows
) -> None:
    """The one way to arrive twice: nobody can say whether it was taken. It is never lost."""
    async with SmtpSink() as sink:
        use(instance, sink.port)
        sink.script = {address: [CUT_AFTER, TAKE] for address in people()}
        await queue(instance, *people())
        await work_on(instance)
        figure = tell("cut after DATA was taken", await messages(), sink)
    assert figure == (MANY, MANY, 0, MANY)


async def fault_then_heal(instance: Instance, fault: str, messages: Rows) -> tuple[int, int, int, int]:
    async with SmtpSink() as sink, FaultProxy(sink.port) as proxy:
        use(instance, proxy.port, timeout=0.2)
        await queue(instance, *people())
        if fault == "refused":
            await proxy.refuse()
        elif fault == "black hole":
            proxy.black_hole()
        elif fault == "cut":
            proxy.cut_after(400)
        else:
            proxy.slow(0.15)
        begun = time.monotonic()
        await instance.work()
        spent = time.monotonic() - begun
        assert {row.state for row in await messages()} <= {QUEUED, SENT}
        # Within the deadline of each message, whatever the network does.
        assert spent < MANY * 1.5
        await proxy.pass_on()
        await work_on(instance)
        return tell(fault, await messages(), sink)


@pytest.mark.parametrize("fault", ["refused", "black hole", "cut", "slow"])
async def test_a_network_that_fails_delays_mail_and_loses_none(instance: Instance, messages: Rows, fault: str) -> None:
    assert await fault_then_heal(instance, fault, messages) == (MANY, MANY, 0, 0)


async def test_a_page_never_waits_for_the_mail_server(instance: Instance, client: Any) -> None:
    async with SmtpSink() as sink, FaultProxy(sink.port) as proxy:
        use(instance, proxy.port, timeout=60)
        proxy.black_hole()
        await queue(instance, "sam@example.org")
        working = asyncio.create_task(instance.work())
        while not proxy.connections:
            await asyncio.sleep(0.01)
        # The job hangs on the network; nothing that writes to the same site waits for it.
        async with asyncio.timeout(5):
            await client.page("/")
            await queue(instance, "kim@example.org")
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working


async def test_a_job_that_runs_twice_sends_once(instance: Instance, messages: Rows) -> None:
    async with SmtpSink() as sink:
        use(instance, sink.port)
        await queue(instance, *people())
        await instance.work()
        await run_all_again(instance, await messages())
        figure = tell("every job twice", await messages(), sink)
    assert figure == (MANY, MANY, 0, 0)


async def test_a_twin_that_forgets_what_was_sent_is_caught(
    instance: Instance, messages: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(*_: Any, **__: Any) -> None:
        return

    monkeypatch.setattr(delivery, "_keep", forget)
    with pytest.raises(AssertionError):
        await test_a_job_that_runs_twice_sends_once(instance, messages)


async def test_a_twin_that_gives_up_at_the_first_failure_is_caught(
    instance: Instance, messages: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_FAILURES", 1)
    with pytest.raises(AssertionError):
        await test_a_network_that_fails_delays_mail_and_loses_none(instance, messages, "refused")


async def test_a_message_of_a_transaction_that_was_rolled_back_is_never_sent(
    instance: Instance, messages: Rows
) -> None:
    async with SmtpSink() as sink:
        use(instance, sink.port)
        async with instance.desk().writing() as session:
            await queue_message(
                session,
                address="sam@example.org",
                subject="No",
                body="No",
                locale="en",
                template="test",
                at=instance.clock.now(),
            )
        await instance.work()
        assert sink.taken == []
        assert await messages() == []


async def test_a_mailbox_that_does_not_exist_is_noted_and_others_are_not(instance: Instance) -> None:
    async with SmtpSink() as sink:
        use(instance, sink.port)
        sink.script = {"gone@example.org": [NOBODY], "full@example.org": [FULL], "shy@example.org": [POLICY]}
        await queue(instance, "gone@example.org", "full@example.org", "shy@example.org")
        await instance.work()
    [noted] = await rows(instance, Suppression)
    assert noted.shown == "g…@example.org"
    assert "gone@" not in noted.reason
    assert "550 5.1.1" in noted.reason


async def test_what_the_server_says_is_kept_without_the_address(instance: Instance, messages: Rows) -> None:
    async with SmtpSink() as sink:
        use(instance, sink.port)
        sink.script = {"gone@example.org": [NOBODY]}
        await queue(instance, "gone@example.org")
        await instance.work()
    [row] = await messages()
    assert "gone" not in row.error
    assert "550 5.1.1" in row.error


async def test_a_password_is_asked_for_and_a_wrong_one_is_retried_not_lost(instance: Instance, messages: Rows) -> None:
    async with SmtpSink(login=("occs", "a secret of the server")) as sink:
        use(instance, sink.port)
        instance.platform.mail = _with_login(sink.port, "wrong")
        await queue(instance, "sam@example.org")
        await instance.work()
        [row] = await messages()
        assert (row.state, row.failures) == (QUEUED, 1)
        assert "535" in row.error
        instance.platform.mail = _with_login(sink.port, "a secret of the server")
        await work_on(instance)
        assert [row.state for row in await messages()] == [SENT]


def _with_login(port: int, password: str) -> SmtpBackend:
    # Past the check of the settings, which wants TLS for a password.
    login = {"username": "occs", "password": password, "security": "none"}
    return SmtpBackend(MailSection(sender="no-reply@occs.example", host="127.0.0.1", port=port, **login))
