"""Redirects lead nowhere but to this site, whatever the address holds."""

import pytest

from folkmoot.testing import Client


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/privacy/", "/privacy"),
        ("/privacy///", "/privacy"),
        ("//evil.example/", "/evil.example"),
        ("/%5Cevil.example/", "/%5Cevil.example"),
        ("/%0d%0aSet-Cookie:a=b/", "/%0D%0ASet-Cookie%3Aa%3Db"),
        ("/search/?q=a%20b", "/search?q=a%20b"),
    ],
)
async def test_a_trailing_slash_is_taken_away(client: Client, asked: str, target: str) -> None:
    response = await client.get(f"https://occs.localhost{asked}")
    assert (response.status_code, response.headers["location"]) == (308, target)
    assert "set-cookie" not in response.headers


async def test_who_must_sign_in_comes_back_to_the_same_address(client: Client) -> None:
    response = await client.get("/admin")
    assert response.headers["location"] == "/sign-in?next=/admin"
