"""Posts from elsewhere are not carried out, and nothing that was typed is lost."""

import pytest

from folkmoot.testing import Client, Instance, form_fields, path_of, read_html
from folkmoot.web.cross_site import SAFE_METHODS, is_own

OWN = "https://consult.example.org"
EVIL = "https://evil.example"
FOLKMOOT_PLUGINS = ("consultation",)
START = "/consultations/visiting-in-care-homes"
CASES = {
    "from our own page": ({"origin": OWN, "sec-fetch-site": "same-origin"}, False, True),
    "from another site": ({"origin": EVIL, "sec-fetch-site": "cross-site"}, False, False),
    "from a sibling subdomain": ({"origin": "https://x.example.org", "sec-fetch-site": "same-site"}, False, False),
    "from our page without a referrer": ({"origin": "null", "sec-fetch-site": "same-origin"}, False, True),
    "an old browser, our page": ({"origin": OWN}, False, True),
    "an old browser, another site": ({"origin": EVIL}, False, False),
    "an old browser, a sandboxed frame": ({"origin": "null"}, False, False),
    "our host without encryption": ({"origin": "http://consult.example.org"}, False, False),
    "a host that begins like ours": ({"referer": "https://consult.example.org.evil/x"}, False, False),
    "a program, nobody signed in": ({}, False, True),
    "no header at all, somebody signed in": ({}, True, False),
    "an old browser with a referrer only": ({"referer": f"{OWN}/a"}, True, True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_post_is_told_by_where_it_comes_from(case: str) -> None:
    headers, signed_in, own = CASES[case]
    assert is_own("POST", headers, OWN, signed_in=signed_in) is own


@pytest.mark.parametrize("method", sorted(SAFE_METHODS))
def test_reading_is_always_allowed(method: str) -> None:
    assert is_own(method, {"sec-fetch-site": "cross-site", "origin": EVIL}, OWN, signed_in=True)


async def cross_post(client: Client, path: str, **fields: str) -> str:
    answer = await client.post(path, data=fields, headers={"sec-fetch-site": "cross-site", "origin": EVIL})
    assert answer.status_code == 403
    return answer.text


async def test_a_refused_answer_is_shown_again_and_can_be_sent(filled: Instance) -> None:
    client = filled.client()
    typed = "Line one\n“quoted” & <b>bold</b>"
    page = read_html(await cross_post(client, f"{START}/respond/1", role="carer", more=typed))
    assert "__Host-folkmoot" not in str(client.cookies)
    form = page.one("main").one("form")
    assert dict(form_fields(form)) == {"role": "carer", "more": typed}
    sent = await client.submit(page, form=form)
    assert path_of(sent) == f"{START}/respond/3"


async def test_a_refused_form_of_staff_changes_nothing(filled: Instance) -> None:
    staff = await filled.staff_client("publisher")
    text = await cross_post(staff, "/admin/consultation/new", title="Planted", slug="planted", form_token="x" * 64)
    assert "Planted" in text
    assert (await staff.get("/admin/consultation/planted")).status_code == 404
    assert "x" * 64 not in text


@pytest.mark.parametrize("token", [None, "", "0" * 64, "not a token"])
async def test_a_form_with_a_token_that_has_ended_is_shown_again(filled: Instance, token: str | None) -> None:
    staff = await filled.staff_client("publisher")
    fields = {"title": "What I wrote for an hour"} | ({"form_token": token} if token is not None else {})
    own = {"sec-fetch-site": "same-origin", "origin": "https://occs.localhost"}
    answer = await staff.post("/admin/consultation/new", data=fields, headers=own)
    assert answer.status_code == 403
    page = read_html(answer.text)
    form = page.one("main").one("form")
    assert dict(form_fields(form))["title"] == "What I wrote for an hour"
    # The form that is shown carries a token that holds: sent again, it comes to the form's own errors.
    again = await staff.submit(page, form=form)
    assert again.status_code == 422
    assert "What I wrote for an hour" in again.text


async def test_the_token_of_another_session_does_not_hold(filled: Instance) -> None:
    mine, theirs = await filled.staff_client("publisher"), await filled.staff_client("publisher")
    page = await theirs.page("/admin/consultation/new")
    token = dict(form_fields(page.one("main").one("form")))["form_token"]
    own = {"sec-fetch-site": "same-origin"}
    assert (await mine.post("/account", data={"form_token": token}, headers=own)).status_code == 403
