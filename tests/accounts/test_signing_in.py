"""Signing in: by password and one-time link, without fixation, slowly for those who guess."""

import pytest

from folkmoot.accounts import service as accounts
from folkmoot.accounts.passwords import password_fault
from folkmoot.testing import Client, Instance, path_of

PASSWORD = "correct horse battery staple"


async def member(instance: Instance, email: str = "sam@example.org", role: str = "author") -> None:
    async with instance.platform.database.system_writing() as session:
        await accounts.create_user(
            session, email, site_id=instance.site.id, role=role, password=PASSWORD, at=instance.clock.now()
        )


async def link(instance: Instance) -> str:
    async with instance.platform.database.system_writing() as session:
        secret, _ = await accounts.create_link(
            session, "sam@example.org", site_id=instance.site.id, at=instance.clock.now()
        )
    return f"/sign-in/{secret}"


async def sign_in(client: Client, password: str = PASSWORD) -> int:
    page = await client.page("/sign-in")
    response = await client.submit(page, {"email": "Sam@example.org", "password": password})
    return response.status_code


async def test_a_password_lets_a_member_in(instance: Instance) -> None:
    await member(instance)
    client = instance.client()
    assert await sign_in(client, "wrong password here") == 422
    assert await sign_in(client) == 303
    assert "sam@example.org" in (await client.page("/account")).text


async def test_a_link_works_once_and_not_by_being_opened(instance: Instance) -> None:
    await member(instance)
    address = await link(instance)
    client = instance.client()
    for _ in range(3):
        page = await client.page(address)
    assert path_of(await client.submit(page)) == "/admin"
    await client.page("/admin")
    await instance.client().page(address, status=404)


async def test_a_link_ends_after_an_hour(instance: Instance) -> None:
    await member(instance)
    address = await link(instance)
    instance.clock.move(minutes=61)
    await instance.client().page(address, status=404)


async def test_a_link_of_one_site_does_nothing_on_another(instance: Instance) -> None:
    await member(instance)
    address = await link(instance)
    await instance.client(instance.other_site).page(address, status=404)


async def test_a_session_of_one_site_is_nobody_on_another(instance: Instance) -> None:
    staff = await instance.staff_client()
    secret = staff.cookies["__Host-folkmoot"]
    other = instance.client(instance.other_site, cookies={"__Host-folkmoot": secret})
    assert (await other.get("/admin")).status_code == 303


async def test_a_cookie_that_was_planted_is_not_adopted(instance: Instance) -> None:
    await member(instance)
    client = instance.client(cookies={"__Host-folkmoot": "planted"})
    page = await client.page("/sign-in")
    response = await client.submit(page, {"email": "sam@example.org", "password": PASSWORD})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-folkmoot=")
    assert "planted" not in cookie
    for part in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax"):
        assert part in cookie
    assert (await instance.client(cookies={"__Host-folkmoot": "planted"}).get("/admin")).status_code == 303


async def test_signing_in_again_ends_the_session_before(instance: Instance) -> None:
    await member(instance)
    client = instance.client()
    await sign_in(client)
    before = client.cookies["__Host-folkmoot"]
    await sign_in(client)
    assert client.cookies["__Host-folkmoot"] != before
    assert (await instance.client(cookies={"__Host-folkmoot": before}).get("/admin")).status_code == 303


async def test_signing_out_ends_the_session(instance: Instance) -> None:
    staff = await instance.staff_client()
    secret = staff.cookies["__Host-folkmoot"]
    page = await staff.page("/account")
    form = next(f for f in page.all("form") if f.get("action") == "/sign-out")
    assert (await staff.submit(page, form=form)).status_code == 200
    assert (await instance.client(cookies={"__Host-folkmoot": secret}).get("/admin")).status_code == 303


@pytest.mark.parametrize(("hours", "status"), [(7.9, 200), (8.1, 303)])
async def test_a_session_ends_when_it_is_idle(instance: Instance, hours: float, status: int) -> None:
    staff = await instance.staff_client()
    instance.clock.move(hours=hours)
    assert (await staff.get("/admin")).status_code == status


async def test_a_session_ends_after_a_day_even_in_use(instance: Instance) -> None:
    staff = await instance.staff_client()
    for _ in range(23):
        instance.clock.move(hours=1)
        assert (await staff.get("/admin")).status_code == 200
    instance.clock.move(hours=1.1)
    assert (await staff.get("/admin")).status_code == 303


async def test_guessing_is_slowed_down(instance: Instance) -> None:
    await member(instance)
    client = instance.client()
    assert [await sign_in(client, "a wrong password") for _ in range(10)] == [422] * 10
    assert await sign_in(client) == 429


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb"])
async def test_signing_in_leads_nowhere_else(instance: Instance, target: str) -> None:
    await member(instance)
    client = instance.client()
    page = await client.page("/sign-in")
    response = await client.submit(page, {"email": "sam@example.org", "password": PASSWORD, "next": target})
    assert response.headers["location"] == "/admin"


async def test_a_form_without_its_token_is_shown_again_with_what_was_typed(instance: Instance) -> None:
    staff = await instance.staff_client()
    response = await staff.post("/account", data={"new_password": "a secret that must not be shown", "note": "typed"})
    assert response.status_code == 403
    assert "typed" in response.text
    assert "a secret that must not be shown" not in response.text


async def test_a_password_is_changed_and_a_weak_one_refused(instance: Instance) -> None:
    await member(instance)
    client = instance.client()
    await sign_in(client)

    async def change(password: str) -> int:
        page = await client.page("/account")
        form = next(f for f in page.all("form") if f.get("action") == "/account")
        return (await client.submit(page, {"new_password": password}, form=form)).status_code

    assert await change("short") == 422
    assert await change("a much longer one") == 303
    assert await sign_in(instance.client()) == 422
    assert await sign_in(instance.client(), "a much longer one") == 303


@pytest.mark.parametrize(
    ("password", "sound"),
    [
        ("x" * 11, False),
        ("aaaaaaaaaaaaa", False),
        ("password1234", False),
        ("three small words", True),
        ("x" * 201, False),
    ],
)
def test_length_counts_and_composition_does_not(password: str, sound: bool) -> None:
    assert (password_fault(password) is None) is sound


async def test_tokens_hold_on_their_site_until_they_end(instance: Instance) -> None:
    from datetime import timedelta

    async with instance.platform.database.system_writing() as session:
        token = await accounts.create_token(
            session, site_id=instance.site.id, permissions=["*"], at=instance.clock.now(), expires=timedelta(days=1)
        )
    headers = {"authorization": f"Bearer {token}"}
    assert (await instance.client(headers=headers).get("/api/v1/openapi.json")).status_code == 200
    assert (await instance.client(instance.other_site, headers=headers).get("/api/v1/openapi.json")).status_code == 401
    instance.clock.move(days=2)
    assert (await instance.client(headers=headers).get("/api/v1/openapi.json")).status_code == 401
