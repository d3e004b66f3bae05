"""Telling subscribers: each once of each event, in their language, and nobody who does not want it any more."""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from faults.smtp import NOBODY, SmtpSink
from mailroom import Postbox, configure, rows
from sqlmodel import select

from folkmoot.api.mail import notify_subscribers
from folkmoot.kernel.ids import digest
from folkmoot.mail import fan_out
from folkmoot.mail.addresses import address_key
from folkmoot.mail.models import ACTIVE, BOUNCED, ENDED, SENT, SUPPRESSED, Subscription, Suppression
from folkmoot.store.jobs.models import JobRow
from folkmoot.testing import Client, Instance

FOLKMOOT_PLUGINS = ("consultation",)
Rows = Callable[..., Awaitable[Sequence[Any]]]
NEW = "consultation:new"


async def subscribers(
    instance: Instance, number: int, *, topic: str = NEW, locale: str = "en", site: Any = None
) -> None:
    """Put people who have confirmed into the tables."""
    chosen = site or instance.site
    async with instance.desk(chosen).writing() as session:
        for each in range(number):
            address = f"{locale}{each}@example.org"
            row = Subscription(
                address=address,
                address_key=address_key(chosen.id, address),
                topic=topic,
                locale=locale,
                origin=f"https://{chosen.slug}.localhost",
                state=ACTIVE,
                confirm_hash=digest(f"{address}{topic}"),
                confirm_until=instance.clock.now(),
                unsubscribe_hash="",
                created_at=instance.clock.now(),
                confirmed_at=instance.clock.now(),
            )
            session.add(row)
        await session.commit()


async def publish(instance: Instance, slug: str = "care", *, opens_in: timedelta = timedelta(0)) -> None:
    api = await instance.api()
    opens = instance.clock.now() + opens_in
    wanted = {
        "slug": slug,
        "title": "Care homes & visits",
        "summary": "What should care homes do?",
        "opens_at": opens.isoformat(),
        "closes_at": (opens + timedelta(days=30)).isoformat(),
        "form": {"pages": [{"title": "One", "questions": [{"key": "a", "type": "text", "label": "What?"}]}]},
    }
    assert (await api.post("/api/v1/consultations", json=wanted)).status_code == 201
    done = await api.post(f"/api/v1/consultations/{slug}/publish", json={"override_reason": "a test"})
    assert done.status_code in {200, 202}


async def test_people_hear_of_a_new_consultation_in_their_language(instance: Instance, postbox: Postbox) -> None:
    await subscribers(instance, 2)
    await subscribers(instance, 1, locale="cy")
    await publish(instance)
    await instance.work()
    english, welsh = [next(x for x in postbox.letters if x.locale == locale) for locale in ("en", "cy")]
    assert len(postbox.letters) == 3
    assert english.subject == "New consultation: Care homes & visits"
    assert "https://occs.localhost/consultations/care" in english.body
    assert "9am on 2 December 2026" in english.body
    assert "&amp;" not in english.subject + english.body
    assert welsh.subject == "Ymgynghoriad newydd: Care homes & visits"
    assert "https://occs.localhost/cy/consultations/care" in welsh.body
    for letter in postbox.letters:
        assert letter.unsubscribe.startswith("https://occs.localhost/subscriptions/unsubscribe/")
        assert letter.unsubscribe.rpartition("/")[2] in letter.body
    client = instance.client()
    path = english.unsubscribe.removeprefix("https://occs.localhost")
    assert (await client.post(path, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    manage = next(path for path in postbox.links() if "/manage/" in path)
    assert (await client.get(manage)).status_code == 200


async def test_a_consultation_that_opens_later_is_told_when_it_opens_and_when_it_closes(
    instance: Instance, postbox: Postbox
) -> None:
    await subscribers(instance, 1)
    await subscribers(instance, 1, topic="consultation:one:care")
    await publish(instance, opens_in=timedelta(days=2))
    await instance.work()
    assert postbox.letters == []
    instance.clock.move(days=2)
    await instance.work()
    assert [letter.subject for letter in postbox.letters] == ["New consultation: Care homes & visits"]
    instance.clock.move(days=30)
    await instance.work()
    assert [letter.subject for letter in postbox.letters][1:] == ["Consultation closed: Care homes & visits"]


async def tell(instance: Instance, event: str = "opened:1", site: Any = None) -> None:
    at = instance.clock.now()
    values = {"title": "T", "summary": "S", "path": "/consultations/t", "closes_at": at.isoformat()}
    async with instance.desk(site).writing() as session:
        await notify_subscribers(
            session, NEW, event=event, template="consultation/mail/opened.txt", values=values, at=at
        )
        await session.commit()
    await instance.work()


async def test_everyone_is_told_once_however_often_the_job_runs(
    instance: Instance, postbox: Postbox, messages: Rows
) -> None:
    number = fan_out.CHUNK * 2 + 3
    await subscribers(instance, number)
    for _ in range(3):
        await tell(instance)
    told = [letter.address for letter in postbox.letters]
    print(f"mail: subscribers {number}, told {len(set(told))}, doubled {len(told) - len(set(told))}")
    assert sorted(told) == sorted({f"en{each}@example.org" for each in range(number)})
    assert len(await messages()) == number
    await tell(instance, "opened:2")
    assert len(postbox.letters) == 2 * number


async def test_a_job_that_stopped_in_the_middle_goes_on_where_it_was(
    instance: Instance, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.web import mailing

    await subscribers(instance, fan_out.CHUNK + 5)
    write, calls = mailing.queue_message, 0

    async def failing(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == fan_out.CHUNK + 3:
            raise RuntimeError("the worker stops here")
        return await write(*args, **more)

    monkeypatch.setattr(mailing, "queue_message", failing)
    await tell(instance)
    assert len(postbox.letters) == fan_out.CHUNK
    instance.clock.move(hours=1)
    await instance.work()
    told = [letter.address for letter in postbox.letters]
    assert len(told) == len(set(told)) == fan_out.CHUNK + 5


async def test_a_twin_that_does_not_look_who_was_told_is_caught(
    instance: Instance, postbox: Postbox, messages: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unique key of the table stops it; without that as well, everybody would be told again."""
    from folkmoot.web import mailing

    async def everyone(session: Any, chunk: Any, event: str) -> Any:
        return chunk

    monkeypatch.setattr(mailing, "untold", everyone)
    await subscribers(instance, 3)
    await tell(instance)
    await tell(instance)
    assert len(postbox.letters) == 3
    async with instance.desk().reading() as session:
        jobs = (await session.exec(select(JobRow).where(JobRow.name == fan_out.NOTIFY))).all()
    assert sorted(job.state == "done" for job in jobs) == [False, True]


async def test_who_has_unsubscribed_while_mail_was_on_its_way_gets_none(
    instance: Instance, messages: Rows, postbox: Postbox
) -> None:
    await subscribers(instance, 2)
    from folkmoot.mail.backends import NotNow

    def away(letter: Any) -> None:
        raise NotNow("The mail server is away.")

    postbox.answer = away
    await tell(instance)
    async with instance.desk().writing() as session:
        first = (await session.exec(select(Subscription).order_by(Subscription.address))).first()  # type: ignore[arg-type]
        assert first is not None
        first.state, first.ended_at = ENDED, instance.clock.now()
        session.add(first)
        await session.commit()
    postbox.answer = None
    instance.clock.move(hours=1)
    await instance.work()
    assert [letter.address for letter in postbox.letters] == ["en1@example.org"]
    assert {row.address: row.state for row in await messages()} == {
        "en0@example.org": SUPPRESSED,
        "en1@example.org": SENT,
    }


async def test_mail_that_comes_back_ends_the_subscription_until_somebody_confirms_there_again(
    instance: Instance, client: Client, messages: Rows
) -> None:
    await subscribers(instance, 2)
    async with SmtpSink() as sink:
        configure(instance, backend="smtp", sender="a@occs.example", host="127.0.0.1", port=sink.port, security="none")
        sink.script = {"en0@example.org": [NOBODY]}
        await tell(instance)
        await tell(instance, "opened:2")
        got = [address for address, _ in sink.taken]
        assert got == ["en1@example.org", "en1@example.org"]
        assert {row.state for row in await messages() if row.address == "en0@example.org"} == {BOUNCED}
        assert sink.taken[0][1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        # Their mailbox is there now: a subscription that is confirmed lets mail through.
        page = await client.page("/subscriptions/new/consultation:new")
        await client.submit(page, {"email": "en0@example.org"})
        await instance.work()
        body = sink.taken[-1][1].get_payload(decode=True)
        assert isinstance(body, bytes)
        link = next(word for word in body.decode().split() if "/confirm/" in word)
        await client.submit(await client.page(link.removeprefix("https://occs.localhost")))
        await tell(instance, "opened:3")
    assert "en0@example.org" in [address for address, _ in sink.taken[-2:]]
    assert await rows(instance, Suppression) == []


async def test_a_chunk_holds_the_writer_for_a_short_time_only(
    instance: Instance, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.web import mailing

    held: list[float] = []
    keep = mailing._queue_all

    async def timed(work: Any, written: Any) -> None:
        start = time.perf_counter()
        await keep(work, written)
        held.append((time.perf_counter() - start) * 1000)

    monkeypatch.setattr(mailing, "_queue_all", timed)
    await subscribers(instance, fan_out.CHUNK * 4)
    await tell(instance)
    print(f"mail: {len(postbox.letters)} told; chunks of {fan_out.CHUNK} take {[round(each) for each in held]} ms")
    assert len(postbox.letters) == fan_out.CHUNK * 4
    assert len(held) == 4


async def test_a_plugin_that_is_off_offers_no_emails(instance: Instance, client: Client) -> None:
    from folkmoot.sites.service import find_site, switch_plugin

    async with instance.platform.database.system_writing() as session:
        site = await find_site(session, instance.site.slug)
        await switch_plugin(session, site, "consultation", on=False, at=instance.clock.now())
    await instance.platform.load_directory()
    assert (await client.get("/subscriptions/new/consultation:new")).status_code == 404


async def test_hooks_of_mail_are_declared(instance: Instance) -> None:
    """``register_topics`` is what plugins tell topics by."""
    names = {owned.item.name for owned in instance.platform.registry.topics}
    assert names == {"consultation:new", "consultation:one"}
