"""What every site has before any plugin is on."""

import pytest

from folkmoot.testing import Client, Instance, path_of


@pytest.mark.parametrize(
    "path",
    ["/", "/search", "/search?q=care", "/accessibility-statement", "/privacy", "/cookies", "/contact", "/sign-in"],
)
async def test_a_page_answers_in_both_languages(client: Client, path: str) -> None:
    english = await client.page(path)
    welsh = await client.page(f"/cy{path}" if path != "/" else "/cy")
    assert english.one("html").get("lang") == "en"
    assert welsh.one("html").get("lang") == "cy"
    assert len(english.all("h1")) == len(welsh.all("h1")) == 1


async def test_the_console_asks_people_to_sign_in_first(client: Client) -> None:
    response = await client.get("/admin")
    assert response.status_code == 303
    assert path_of(response) == "/sign-in?next=/admin"


async def test_staff_see_the_console(instance: Instance) -> None:
    staff = await instance.staff_client("viewer")
    page = await staff.page("/admin")
    assert page.one("h1").text == "What needs doing"
