"""What mail holds about people: found, handed out, erased, and gone when its time has come."""

from datetime import timedelta
from typing import Any

from mailroom import Postbox, queue, rows
from test_subscribing import ask, subscribe
from test_telling import subscribers, tell

from folkmoot.mail import personal_data
from folkmoot.mail.models import ENDED, Message, Subscription, Suppression
from folkmoot.mail.suppression import suppress
from folkmoot.spec.descriptors import Subject
from folkmoot.testing import Instance

FOLKMOOT_PLUGINS = ("consultation",)
SAM = "sam@example.org"
TABLES = (Message, Subscription, Suppression)


async def fill(instance: Instance, postbox: Postbox) -> None:
    """Have a person, and another, in every table of both sites."""
    for site in (instance.site, instance.other_site):
        for address in (SAM, "kim@example.org"):
            await subscribe(instance, instance.client(site), postbox, address)
            await queue(instance, address, body=f"To {address}", site=site)
            async with instance.desk(site).writing() as session:
                await suppress(session, address, "550", at=instance.clock.now())
                await session.commit()
    await instance.work()


async def counts(instance: Instance, site: Any = None) -> list[int]:
    return [len(await rows(instance, model, site)) for model in TABLES]


async def test_a_person_is_found_and_erased_and_nobody_else(instance: Instance, postbox: Postbox) -> None:
    await fill(instance, postbox)
    subject = Subject(site_id=instance.site.id, email=SAM)
    before = await counts(instance)
    assert before == [4, 2, 2]
    async with instance.desk().reading() as session:
        held = [each for d in personal_data.DECLARATIONS for each in await d.find(session, subject)]  # type: ignore[misc]
    assert len(held) == 4
    assert all("kim" not in str(each.values) for each in held)
    assert "To sam@example.org" in str([each.values for each in held])
    assert "/confirm/" not in str([each.values for each in held])
    async with instance.desk().writing() as session:
        for declared in personal_data.DECLARATIONS:
            assert declared.erase is not None
            await declared.erase(session, subject, instance.clock.now())
        await session.commit()
    assert await counts(instance) == [2, 1, 1]
    assert await counts(instance, instance.other_site) == before
    assert SAM not in str([row.model_dump() for model in TABLES for row in await rows(instance, model)])


async def test_somebody_erased_gets_nothing_more(instance: Instance, postbox: Postbox) -> None:
    await subscribe(instance, instance.client(), postbox)
    async with instance.desk().writing() as session:
        subject = Subject(site_id=instance.site.id, email=SAM)
        await personal_data.erase_subscriptions(session, subject, instance.clock.now())
        await session.commit()
    sent = len(postbox.letters)
    await tell(instance)
    assert len(postbox.letters) == sent


async def expire(instance: Instance, **ages: timedelta) -> list[int]:
    """Do what retention does with the terms as declared; ages in days by the name of the declaration."""
    removed = []
    for declared in personal_data.DECLARATIONS:
        term = declared.kept_for
        assert term is not None
        assert declared.due is not None
        assert declared.expire is not None
        before = instance.clock.now() - timedelta(days=term.days + 31 * term.months + 366 * term.years)
        async with instance.desk().writing() as session:
            due = await declared.due(session, instance.clock.now(), before)
            removed.append(await declared.expire(session, instance.clock.now(), before))
            assert due == removed[-1]
            await session.commit()
    return removed


async def test_mail_goes_after_thirty_days_and_a_subscription_a_month_after_its_end(
    instance: Instance, postbox: Postbox
) -> None:
    await subscribers(instance, 2)
    await ask(instance.client(), "never@example.org")
    async with instance.desk().writing() as session:
        row = await session.get(Subscription, (instance.site.id, (await rows(instance, Subscription))[0].id))
        assert row is not None
        row.state, row.ended_at = ENDED, instance.clock.now()
        session.add(row)
        await suppress(session, "gone@example.org", "550", at=instance.clock.now())
        await session.commit()
    await tell(instance)
    instance.clock.move(days=29)
    assert await expire(instance) == [0, 0, 0]
    instance.clock.move(days=1)
    assert (await expire(instance))[0] == 2
    instance.clock.move(days=9)
    assert (await expire(instance))[1] == 2
    assert [row.address for row in await rows(instance, Subscription)] == ["en1@example.org"]
    instance.clock.move(days=330)
    assert await expire(instance) == [0, 0, 1]


async def test_every_table_of_mail_is_declared(instance: Instance) -> None:
    """``register_personal_data`` of core says what each holds."""
    declared = {name for owned in instance.platform.registry.personal_data for name in owned.item.tables}
    assert {model.__tablename__ for model in TABLES} <= declared
