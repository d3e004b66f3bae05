"""Double opt-in and one-click unsubscribe, as people and mail programs go through them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
import pytest

from folkmoot.mail import subscriptions as service
from folkmoot.mail.models import ACTIVE, ENDED, PENDING, Subscription
from folkmoot.testing import Client, Instance, path_of

FOLKMOOT_PLUGINS = ("consultation",)
NEW = "/subscriptions/new/consultation:new"
SAM = "sam@example.org"

Rows = Callable[..., Awaitable[Sequence[Any]]]


async def ask(client: Client, email: str = SAM, path: str = NEW) -> httpx.Response:
    return await client.submit(await client.page(path), {"email": email})


async def subscribe(instance: Instance, client: Client, postbox: Any, email: str = SAM, path: str = NEW) -> str:
    """Go all the way, and return the path of the link that confirmed."""
    await ask(client, email, path)
    await instance.work()
    link = next(link for link in postbox.links() if "/confirm/" in link)
    answer = await client.submit(await client.page(link))
    assert answer.status_code == 303
    return link


async def unsubscribe_path(instance: Instance, row: Subscription) -> str:
    return f"/subscriptions/unsubscribe/{instance.platform.mail_keys.unsubscribe_token(row.site_id, row.id)}"


async def test_a_list_leads_to_the_form_and_the_form_to_an_email_and_the_email_to_a_subscription(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    listed = await client.page("/consultations")
    link = next(a for a in listed.all("a") if "/subscriptions/new" in a.get("href"))
    assert link.text == "Get emails about new consultations"
    page = await client.page(link.get("href"))
    assert "New consultations" in page.text
    answer = await client.submit(page, {"email": " Sam@Example.org "})
    assert path_of(answer) == "/subscriptions/check-your-email"
    assert SAM not in (await client.follow(answer)).text
    [pending] = await subscriptions()
    assert (pending.address, pending.state, pending.topic) == (SAM, PENDING, "consultation:new")
    assert postbox.letters == []
    await instance.work()
    [letter] = postbox.letters
    assert letter.address == SAM
    assert letter.subject == "Confirm that you want emails from Engage OCCS"
    assert letter.unsubscribe == ""
    confirm = next(path for path in postbox.links() if "/confirm/" in path)
    done = await client.submit(await client.page(confirm))
    shown = await client.follow(done)
    assert "You will get these emails" in shown.text
    [active] = await subscriptions()
    assert (active.state, active.confirmed_at) == (ACTIVE, instance.clock.now())


async def test_opening_the_link_confirms_nothing(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    """Programs that look for viruses open every link of an email."""
    await ask(client)
    await instance.work()
    for link in postbox.links():
        for method in ("GET", "HEAD", "OPTIONS"):
            await client.request(method, link)
    assert [row.state for row in await subscriptions()] == [PENDING]


async def test_a_twin_that_confirms_when_the_link_is_opened_is_caught(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.web.pages import subscriptions as pages

    find = pages._by_confirmation

    async def eager(session: Any, request: Any) -> Any:
        async with request.platform.database.writing(request.site.id) as writing:
            await service.confirm(writing, request.part("secret"), at=request.now())
        return await find(session, request)

    monkeypatch.setattr(pages, "_by_confirmation", eager)
    with pytest.raises(AssertionError):
        await test_opening_the_link_confirms_nothing(instance, client, postbox, subscriptions)


async def test_what_is_said_is_the_same_for_those_who_get_emails_already(
    instance: Instance, client: Client, postbox: Any
) -> None:
    await subscribe(instance, client, postbox)
    answers = [await ask(client, SAM), await ask(client, "nobody@example.org")]
    known, unknown = [(a.status_code, a.headers["location"], a.text) for a in answers]
    assert known == unknown
    await instance.work()
    said = {letter.address: letter.subject for letter in postbox.letters[-2:]}
    assert said[SAM] == "You get these emails already"
    assert said["nobody@example.org"].startswith("Confirm that")


async def test_a_link_expires_after_seven_days_and_says_what_to_do(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    await ask(client)
    await instance.work()
    link = next(path for path in postbox.links() if "/confirm/" in path)
    instance.clock.move(days=7, seconds=-1)
    assert (await client.get(link)).status_code == 200
    instance.clock.move(seconds=1)
    page = await client.page(link, status=410)
    assert [a.get("href") for a in page.all("a") if a.text == "Ask for a new link"] == [
        "/subscriptions/new/consultation:new"
    ]
    posted = await client.post(link, headers={"sec-fetch-site": "same-origin"})
    assert (await client.follow(posted)).status_code == 410
    assert [row.state for row in await subscriptions()] == [PENDING]
    await subscribe(instance, client, postbox)
    assert [row.state for row in await subscriptions()] == [ACTIVE]


async def test_confirming_twice_changes_nothing(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    link = await subscribe(instance, client, postbox)
    before = await subscriptions()
    again = await client.post(link, headers={"sec-fetch-site": "same-origin"})
    assert "You will get these emails" in (await client.follow(again)).text
    assert await subscriptions() == before


async def test_only_the_newest_link_works(instance: Instance, client: Client, postbox: Any) -> None:
    await ask(client)
    await ask(client)
    await instance.work()
    links = [next(path for path in postbox.links(at) if "/confirm/" in path) for at in (0, 1)]
    statuses = [(await client.get(link)).status_code for link in links]
    assert sorted(statuses) == [200, 404]


@pytest.mark.parametrize(
    "typed", ["", "sam", "sam@", "@example.org", "a b@example.org", "sam@example", "sam@exa\r\nmple.org", "x" * 300]
)
async def test_what_is_no_address_comes_back_with_an_error(
    instance: Instance, client: Client, subscriptions: Rows, typed: str
) -> None:
    answer = await ask(client, typed)
    assert answer.status_code == 422
    assert "Enter an email address, such as name@example.org." in answer.text
    assert 'href="#email"' in answer.text
    if typed == "sam@example":
        assert 'value="sam@example"' in answer.text
    assert await subscriptions() == []


@pytest.mark.parametrize(
    "topic", ["", "consultation", "consultation:none", "consultation:new:x", "x:y", "consultation:one:nothing"]
)
async def test_there_are_only_the_topics_that_plugins_register(client: Client, topic: str) -> None:
    path = f"/subscriptions/new/{topic}"
    assert (await client.get(path, follow_redirects=True)).status_code == 404
    assert (await client.post(path, data={"email": SAM})).status_code == 404


async def test_an_address_gets_no_more_than_five_such_emails_a_day(
    instance: Instance, client: Client, postbox: Any
) -> None:
    answers = [await ask(client) for _ in range(8)]
    assert {(a.status_code, a.headers["location"]) for a in answers} == {(303, "/subscriptions/check-your-email")}
    await instance.work()
    assert len(postbox.letters) == service.MOST_A_DAY
    instance.clock.move(days=1)
    await ask(client)
    await instance.work()
    assert len(postbox.letters) == service.MOST_A_DAY + 1


async def test_who_asks_for_many_addresses_is_slowed_down(instance: Instance, client: Client) -> None:
    statuses = [(await ask(client, f"p{number}@example.org")).status_code for number in range(41)]
    assert statuses == [303] * 40 + [429]


async def test_mail_programs_unsubscribe_with_one_request_from_anywhere(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    await subscribe(instance, client, postbox)
    [row] = await subscriptions()
    path = await unsubscribe_path(instance, row)
    answer = await instance.client().post(
        path,
        data={"List-Unsubscribe": "One-Click"},
        headers={"origin": "https://mail.example", "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 200
    [row] = await subscriptions()
    assert (row.state, row.ended_at) == (ENDED, instance.clock.now())
    again = await instance.client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    assert await subscriptions() == [row]


async def test_somebody_signed_in_unsubscribes_with_one_request_as_well(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    await subscribe(instance, client, postbox)
    [row] = await subscriptions()
    staff = await instance.staff_client()
    answer = await staff.post(await unsubscribe_path(instance, row), headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert [each.state for each in await subscriptions()] == [ENDED]


async def test_a_twin_whose_unsubscribing_needs_a_login_is_caught(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.web import handlers

    admit = handlers._admit

    def strict(request: Any, permission: str) -> None:
        unsubscribing = request.visit.path.startswith("/subscriptions/unsubscribe/")
        admit(request, "signed-in" if unsubscribing else permission)

    monkeypatch.setattr(handlers, "_admit", strict)
    with pytest.raises(AssertionError):
        await test_mail_programs_unsubscribe_with_one_request_from_anywhere(instance, client, postbox, subscriptions)


async def test_the_link_shows_a_button_and_opening_it_stops_nothing(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    await subscribe(instance, client, postbox)
    [row] = await subscriptions()
    page = await client.page(await unsubscribe_path(instance, row))
    assert [each.state for each in await subscriptions()] == [ACTIVE]
    stopped = await client.submit(page)
    assert "You will get no more of these emails" in stopped.text
    assert [each.state for each in await subscriptions()] == [ENDED]


async def test_links_in_mail_go_on_working_after_the_secret_key_has_changed(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    from folkmoot.mail.keys import Keys

    await subscribe(instance, client, postbox)
    [row] = await subscriptions()
    path = await unsubscribe_path(instance, row)
    instance.platform.mail_keys = Keys("another" * 10)
    assert (await client.get(path)).status_code == 200
    assert (await client.get(await unsubscribe_path(instance, row))).status_code == 200


async def manage_link(instance: Instance, client: Client, postbox: Any, email: str = SAM) -> str:
    answer = await client.submit(await client.page("/subscriptions"), {"email": email})
    assert path_of(answer) == "/subscriptions/check-your-email"
    await instance.work()
    return next(path for path in postbox.links() if "/manage/" in path)


async def test_a_link_shows_everything_that_an_address_gets_and_stops_it(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows
) -> None:
    await publish(instance)
    await subscribe(instance, client, postbox)
    await subscribe(instance, client, postbox, path="/subscriptions/new/consultation:one:care")
    await subscribe(instance, client, postbox, "other@example.org")
    link = await manage_link(instance, client, postbox)
    page = await client.page(link)
    assert {h.text for h in page.all("h2")} >= {"New consultations", "Care"}
    form = next(form for form in page.all("form") if "Stop Care" in form.text)
    done = await client.follow(await client.submit(page, form=form))
    assert "We have stopped them" in done.text
    states = {(row.address, row.topic): row.state for row in await subscriptions()}
    assert states == {
        (SAM, "consultation:new"): ACTIVE,
        (SAM, "consultation:one:care"): ENDED,
        ("other@example.org", "consultation:new"): ACTIVE,
    }
    foreign = next(row for row in await subscriptions() if row.address == "other@example.org")
    await client.post(link, data={"subscription": str(foreign.id)})
    await client.post(link, data={"subscription": "all"})
    assert {row.address for row in await subscriptions() if row.state == ACTIVE} == {"other@example.org"}
    assert "You get no emails from this site." in (await client.get(link)).text


async def publish(instance: Instance, slug: str = "care") -> None:
    api = await instance.api()
    wanted = {
        "slug": slug,
        "title": slug.capitalize(),
        "summary": "What should care homes do?",
        "opens_at": instance.clock.now().isoformat(),
        "closes_at": instance.clock.now().replace(month=12).isoformat(),
        "form": {"pages": [{"title": "One", "questions": [{"key": "a", "type": "text", "label": "What?"}]}]},
    }
    assert (await api.post("/api/v1/consultations", json=wanted)).status_code == 201
    done = await api.post(f"/api/v1/consultations/{slug}/publish", json={"override_reason": "a test"})
    assert done.status_code == 200


async def test_a_link_to_everything_expires_and_says_where_to_get_another(
    instance: Instance, client: Client, postbox: Any
) -> None:
    await subscribe(instance, client, postbox)
    link = await manage_link(instance, client, postbox)
    instance.clock.move(days=7)
    page = await client.page(link, status=410)
    assert [a.get("href") for a in page.all("a") if a.text == "Ask for a new link"] == ["/subscriptions"]
    assert (await client.post(link, data={"subscription": "all"})).status_code == 410


async def test_an_address_without_emails_is_told_so_in_its_mailbox_alone(
    instance: Instance, client: Client, postbox: Any
) -> None:
    answer = await client.submit(await client.page("/subscriptions"), {"email": SAM})
    assert path_of(answer) == "/subscriptions/check-your-email"
    await instance.work()
    assert [letter.subject for letter in postbox.letters] == ["You get no emails from Engage OCCS"]


async def test_all_of_it_is_there_in_welsh(instance: Instance, client: Client, postbox: Any) -> None:
    answer = await ask(client, path="/cy/subscriptions/new/consultation:new")
    assert path_of(answer) == "/cy/subscriptions/check-your-email"
    await instance.work()
    [letter] = postbox.letters
    assert letter.locale == "cy"
    assert letter.subject == "Cadarnhewch eich bod am gael e-byst gan Engage OCCS"
    link = next(path for path in postbox.links() if "/confirm/" in path)
    assert link.startswith("/cy/")
    shown = await client.follow(await client.submit(await client.page(link)))
    assert "Byddwch yn cael yr e-byst hyn" in shown.text


async def test_secrets_of_links_are_in_no_log(
    instance: Instance, client: Client, postbox: Any, subscriptions: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    link = await subscribe(instance, client, postbox)
    [row] = await subscriptions()
    await client.get(await unsubscribe_path(instance, row))
    manage = await manage_link(instance, client, postbox)
    await client.get(manage)
    await client.get(f"{link}x")
    logged = capsys.readouterr().err
    assert "/subscriptions/confirm/\\u2026" in logged
    secrets = [path.rpartition("/")[2] for path in (link, manage, await unsubscribe_path(instance, row))]
    assert [secret for secret in (*secrets, SAM) if secret in logged] == []
