"""What follows from publishing: those who asked for emails are told, once."""

from sqlmodel import select

from folkmoot.mail.models import ACTIVE, Message, Subscription
from folkmoot.store.jobs.models import JobRow
from folkmoot.testing import Client, Instance

FOLKMOOT_PLUGINS = ("publication",)


async def subscribe(instance: Instance) -> None:
    async with instance.desk().writing() as session:
        session.add(
            Subscription(
                address="sam@example.org",
                address_key="0" * 32,
                topic="publication:new",
                locale="cy",
                origin="https://occs.localhost",
                state=ACTIVE,
                confirm_hash="1" * 64,
                confirm_until=instance.clock.now(),
                unsubscribe_hash="2" * 64,
                created_at=instance.clock.now(),
                confirmed_at=instance.clock.now(),
            )
        )
        await session.commit()


async def letters(instance: Instance) -> list[str]:
    async with instance.desk().reading() as session:
        return [message.subject for message in await session.exec(select(Message))]


async def test_who_asked_for_emails_is_told_of_a_new_publication(
    instance: Instance, api: Client, body: dict[str, str]
) -> None:
    await subscribe(instance)
    await api.post("/api/v1/publications", json=body)
    await instance.work()
    assert await letters(instance) == []
    await api.post("/api/v1/publications/report/publish", json={"override_reason": "A test."})
    await instance.work()
    assert await letters(instance) == ["Cyhoeddiad newydd: The report"]


async def test_nobody_is_told_of_what_could_not_be_published(
    instance: Instance, api: Client, body: dict[str, str]
) -> None:
    await subscribe(instance)
    await api.post("/api/v1/publications", json=body)
    assert (await api.post("/api/v1/publications/report/publish")).status_code == 409
    await instance.work()
    async with instance.desk().reading() as session:
        assert (await session.exec(select(JobRow).where(JobRow.name == "core.event"))).all() == []


async def test_the_list_offers_emails(published: Client, client: Client) -> None:
    page = await client.page("/publications")
    assert [a for a in page.all("a") if a.get("href", "").endswith("/subscriptions/new/publication:new")]
