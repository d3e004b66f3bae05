"""Mail through GOV.UK Notify, against a stub that is strict about the key, the template and the body."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from faults.notify import API_KEY, BROKEN, HANG, SECRET, TEMPLATE, NotifyStub
from mailroom import configure, queue, rows, run_all_again, work_on

from folkmoot.mail.models import BOUNCED, FAILED, QUEUED, SENT, Message, Suppression
from folkmoot.testing import Client, Instance

Rows = Callable[..., Awaitable[Sequence[Message]]]
MANY = 10
RECEIPTS = "a key for receipts, long enough"


def use(instance: Instance, url: str, **more: Any) -> None:
    facts = {"backend": "notify", "notify_url": url, "notify_api_key": API_KEY, "notify_template_id": TEMPLATE}
    configure(instance, **{**facts, "timeout": 2, "receipts_key": RECEIPTS, **more})


def people() -> list[str]:
    return [f"p{each}@example.org" for each in range(MANY)]


def tell(case: str, written: Sequence[Message], notify: NotifyStub) -> tuple[int, int, int, int]:
    """Print the figure, and return it: queued, sent, lost, doubled."""
    references = [each["reference"] for each in notify.sent]
    here = [f"{row.id.hex}.{row.site_id.hex}" in references for row in written]
    lost = MANY - len(written)
    lost += sum(row.state == QUEUED or (row.state == SENT and not at) for row, at in zip(written, here, strict=True))
    sent = sum(row.state == SENT for row in written)
    doubled = len(references) - len(set(references))
    print(f"mail (Notify, {case}): queued {MANY}, sent {sent}, lost {lost}, doubled {doubled}")
    return MANY, sent, lost, doubled


async def test_what_notify_gets_is_the_subject_and_the_body_for_one_template(
    instance: Instance, messages: Rows
) -> None:
    async with NotifyStub() as notify:
        use(instance, notify.url)
        await queue(instance, "sam@example.org")
        await instance.work()
    [sent], [row] = notify.sent, await messages()
    assert sent["email_address"] == "sam@example.org"
    assert sent["template_id"] == TEMPLATE
    assert sent["personalisation"] == {"subject": "Hello – shwmae", "body": "Words\n"}
    assert sent["reference"] == f"{row.id.hex}.{row.site_id.hex}"
    assert "one_click_unsubscribe_url" not in sent
    assert (row.state, row.provider_id) == (SENT, sent["id"])
    assert notify.calls == ["POST /v2/notifications/email"]


SCRIPTS: dict[str, tuple[list[int | str], str]] = {
    "201": ([], SENT),
    "429 then 201": ([429] * MANY * 2, SENT),
    "500 then 201": ([500] * MANY, SENT),
    "403 then 201": ([403] * MANY, SENT),
    "400": ([400] * MANY, FAILED),
    "an answer that is none": ([BROKEN] * MANY, SENT),
}


@pytest.mark.parametrize("case", SCRIPTS)
async def test_each_answer_has_its_outcome_and_nothing_is_lost_or_doubled(
    instance: Instance, messages: Rows, case: str
) -> None:
    script, state = SCRIPTS[case]
    async with NotifyStub() as notify:
        use(instance, notify.url)
        notify.script = script
        await queue(instance, *people())
        await work_on(instance)
        figure = tell(case, await messages(), notify)
    assert [row.state for row in await messages()] == [state] * MANY
    assert figure == (MANY, MANY if state == SENT else 0, 0, 0)


async def test_a_message_whose_answer_was_lost_is_found_by_its_reference_and_not_sent_again(
    instance: Instance, messages: Rows
) -> None:
    async with NotifyStub() as notify:
        use(instance, notify.url, timeout=0.2)
        notify.script = [HANG] * MANY
        await queue(instance, *people())
        await work_on(instance)
        figure = tell("answer lost", await messages(), notify)
    assert figure == (MANY, MANY, 0, 0)
    assert {row.provider_id for row in await messages()} == {each["id"] for each in notify.sent}


async def test_a_twin_that_does_not_ask_notify_first_is_caught(
    instance: Instance, messages: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.mail.backends.notify import NotifyBackend

    async def never(*_: Any) -> str:
        return ""

    monkeypatch.setattr(NotifyBackend, "_find", never)
    with pytest.raises(AssertionError):
        await test_a_message_whose_answer_was_lost_is_found_by_its_reference_and_not_sent_again(instance, messages)


async def test_notify_away_delays_mail_and_loses_none(instance: Instance, messages: Rows) -> None:
    async with NotifyStub() as notify:
        use(instance, "http://127.0.0.1:9")
        await queue(instance, *people())
        await instance.work()
        assert {row.state for row in await messages()} == {QUEUED}
        use(instance, notify.url)
        await work_on(instance)
        assert tell("refused", await messages(), notify) == (MANY, MANY, 0, 0)


async def test_a_wrong_key_loses_nothing_and_is_in_no_log(
    instance: Instance, messages: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    async with NotifyStub() as notify:
        use(instance, notify.url, notify_api_key=API_KEY[:-1] + "1")
        await queue(instance, "sam@example.org")
        await instance.work()
        [row] = await messages()
        assert (row.state, row.failures) == (QUEUED, 1)
        assert "403" in row.error
        use(instance, notify.url)
        await work_on(instance)
        assert [each.state for each in await messages()] == [SENT]
    logged = capsys.readouterr().err
    assert SECRET[:-1] not in logged
    assert "sam@example.org" not in logged


async def receipt(client: Client, row: Message, status: str, key: str = RECEIPTS) -> Any:
    body = {
        "id": row.provider_id,
        "reference": f"{row.id.hex}.{row.site_id.hex}",
        "to": row.address,
        "status": status,
        "notification_type": "email",
        "created_at": "2026-11-02T09:00:00.000000Z",
    }
    return await client.post("/api/v1/mail/receipts", json=body, headers={"authorization": f"Bearer {key}"})


async def sent_to(instance: Instance, *addresses: str, **more: Any) -> Sequence[Message]:
    async with NotifyStub() as notify:
        use(instance, notify.url)
        await queue(instance, *addresses, **more)
        await instance.work()
    found: Sequence[Message] = await rows(instance, Message, more.get("site"))
    return found


@pytest.mark.parametrize(
    ("status", "state", "suppressed"),
    [
        ("delivered", SENT, 0),
        ("permanent-failure", BOUNCED, 1),
        ("temporary-failure", FAILED, 0),
        ("technical-failure", FAILED, 0),
        ("something-new", SENT, 0),
    ],
)
async def test_a_receipt_says_what_became_of_a_message(
    instance: Instance, client: Client, messages: Rows, status: str, state: str, suppressed: int
) -> None:
    [row] = await sent_to(instance, "sam@example.org")
    for _ in range(2):
        answer = await receipt(client, row, status)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
        assert [each.state for each in await messages()] == [state]
    assert len(await rows(instance, Suppression)) == suppressed


@pytest.mark.parametrize("key", ["", "wrong", RECEIPTS + "x"])
async def test_without_the_key_a_receipt_changes_nothing(
    instance: Instance, client: Client, messages: Rows, key: str
) -> None:
    [row] = await sent_to(instance, "sam@example.org")
    assert (await receipt(client, row, "permanent-failure", key)).status_code == 401
    assert (await client.post("/api/v1/mail/receipts", content=b"nonsense")).status_code == 401
    assert [each.state for each in await messages()] == [SENT]


async def test_without_a_key_in_the_settings_no_receipt_is_taken(instance: Instance, client: Client) -> None:
    [row] = await sent_to(instance, "sam@example.org")
    use(instance, "http://127.0.0.1:9", receipts_key="")
    for key in ("", " ", "None"):
        assert (await receipt(client, row, "delivered", key)).status_code == 401


async def test_a_token_of_the_api_is_no_key_for_receipts(instance: Instance, api: Client) -> None:
    await sent_to(instance, "sam@example.org")
    assert (await api.post("/api/v1/mail/receipts", json={"status": "delivered"})).status_code == 401


async def test_one_address_takes_the_receipts_of_every_site(instance: Instance, client: Client) -> None:
    [row] = await sent_to(instance, "sam@example.org", site=instance.other_site)
    answer = await receipt(client, row, "permanent-failure")
    row_here = row.model_copy(update={"site_id": instance.site.id})
    missing = await receipt(client, row_here, "permanent-failure")
    assert (answer.status_code, answer.json()) == (missing.status_code, missing.json())
    assert [each.state for each in await rows(instance, Message, instance.other_site)] == [BOUNCED]
    assert len(await rows(instance, Suppression, instance.other_site)) == 1
    assert await rows(instance, Suppression) == []


@pytest.mark.parametrize("body", ["[]", "{}", '{"status": 3}', '{"reference": "x", "status": "delivered"', "null"])
async def test_what_is_no_receipt_is_refused(instance: Instance, client: Client, body: str) -> None:
    await sent_to(instance, "sam@example.org")
    headers = {"authorization": f"Bearer {RECEIPTS}", "content-type": "application/json"}
    assert (await client.post("/api/v1/mail/receipts", content=body, headers=headers)).status_code in {400, 422}


async def test_a_job_that_runs_twice_sends_once(instance: Instance, messages: Rows) -> None:
    async with NotifyStub() as notify:
        use(instance, notify.url)
        await queue(instance, *people())
        await instance.work()
        await run_all_again(instance, await messages())
        assert tell("every job twice", await messages(), notify) == (MANY, MANY, 0, 0)
