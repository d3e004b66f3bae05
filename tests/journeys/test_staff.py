"""What staff do in a browser, without JavaScript: sign in, make a consultation, publish it as the second person."""

import csv
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect
from served import Served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
Open = Callable[..., Awaitable[Page]]
SignIn = Callable[[str, str], Awaitable[Page]]
TITLE = "Night staff in small homes"


async def fill_in(page: Page, **values: str) -> None:
    for name, value in values.items():
        await page.locator(f"#{name}").fill(value)


async def press(page: Page, name: str) -> None:
    await page.locator("main").get_by_role("button", name=name, exact=True).click()


async def make_consultation(page: Page, served: Served) -> None:
    """Make a draft with a question of each kind of answer; a mistake in between costs nothing."""
    await page.goto(served.address("/admin/consultation"))
    await page.get_by_role("button", name="New consultation").click()
    await fill_in(page, title=TITLE, slug="Night staff", summary="How many people should be awake at night?")
    await fill_in(page, opens_day="2", opens_month="3", opens_year="2026", opens_time="9am")
    await fill_in(page, closes_day="2", closes_month="3", closes_year="2027", closes_time="11:59pm")
    await press(page, "Save and add questions")
    await expect(page.locator(".govuk-error-summary a")).to_have_count(1)
    await expect(page.locator("#title")).to_have_value(TITLE)
    await page.locator("#slug").fill("night-staff")
    await press(page, "Save and add questions")
    await add_question(page, "Is one person enough?", "One choice", "Yes\nNo", required=True)
    await add_question(page, "Why?", "Long text")
    await expect(page.locator("main ol > li")).to_have_count(2)


async def add_question(page: Page, label: str, kind: str, options: str = "", *, required: bool = False) -> None:
    await page.locator("#label").fill(label)
    await page.get_by_label(kind, exact=True).check()
    await page.locator("#options").fill(options)
    if required:
        await page.locator("#required").check()
    await press(page, "Add question")


async def answer(page: Page, served: Served, words: str) -> str:
    """Answer as the public does; return the reference."""
    await page.goto(served.address("/consultations/night-staff"))
    await page.get_by_role("button", name="Answer online").click()
    await page.get_by_label("No", exact=True).check()
    await press(page, "Continue")
    await page.locator("main textarea").fill(words)
    await press(page, "Continue")
    await press(page, "Send your answers")
    return await page.locator(".govuk-panel strong").inner_text()


async def test_staff_make_a_consultation_and_a_second_person_publishes_it(
    open_page: Open, sign_in: SignIn, served: Served
) -> None:
    author = await sign_in("author@occs.example", "publisher")
    await expect(author.locator("h1")).to_have_text("What needs doing")
    await make_consultation(author, served)
    public = await open_page()
    hidden = await public.goto(served.address("/consultations/night-staff"))
    assert hidden is not None
    assert hidden.status == 404

    # The one who wrote it is refused without a reason, and told why.
    await author.goto(served.address("/admin/consultation/night-staff"))
    await press(author, "Publish")
    await expect(author.locator(".govuk-error-summary")).to_contain_text("A second person must publish what you wrote")
    await expect(author.locator("#override_reason")).to_be_visible()

    second = await sign_in("second@occs.example", "publisher")
    await second.goto(served.address("/admin/consultation/night-staff"))
    await expect(second.locator("main")).to_contain_text("You are the second person")
    await press(second, "Publish")
    await expect(second.locator(".govuk-tag")).to_have_text("Open")
    await expect(second.locator("main")).not_to_contain_text("Published without a second person")

    reference = await answer(public, served, '=HYPERLINK("x"), and "quotes",\nand lines')
    await second.get_by_role("link", name="Read the answers").click()
    await expect(second.get_by_role("link", name=reference)).to_be_visible()
    async with second.expect_download() as download:
        await second.get_by_role("link", name="Download all answers").click()
    file = await download.value
    assert file.suggested_filename == "night-staff.csv"
    with (await file.path()).open(encoding="utf-8-sig", newline="") as opened:
        [row] = csv.DictReader(opened)
    assert row["reference"] == reference
    assert row["is_one_person_enough"] == "no"
    # A spreadsheet must not take what somebody wrote for a formula.
    assert row["why"].replace("\r\n", "\n") == '\'=HYPERLINK("x"), and "quotes",\nand lines'


async def test_one_person_alone_publishes_only_with_a_reason_that_is_shown(sign_in: SignIn, served: Served) -> None:
    page = await sign_in("alone@occs.example", "administrator")
    await page.goto(served.address("/admin/consultation/new"))
    await fill_in(page, title="Alone", slug="alone", summary="Written by one person.")
    await fill_in(page, opens_day="2", opens_month="3", opens_year="2026", opens_time="9am")
    await fill_in(page, closes_day="2", closes_month="3", closes_year="2027", closes_time="5pm")
    await press(page, "Save and add questions")
    await add_question(page, "Why?", "Long text")
    await page.goto(served.address("/admin/consultation/alone"))
    await page.locator("#override_reason").fill("Everybody else is on leave.")
    await press(page, "Publish")
    await expect(page.locator("main")).to_contain_text("Everybody else is on leave.")


async def test_a_sign_in_link_works_once_and_signing_out_ends_it(open_page: Open, served: Served) -> None:
    link = await served.sign_in_link("once@occs.example", "viewer")
    page = await open_page()
    await page.goto(link)
    await press(page, "Sign in")
    await expect(page.locator(".fm-staff-bar")).to_contain_text("once@occs.example")
    other = await open_page()
    used = await other.goto(link)
    assert used is not None
    assert used.status == 404
    await expect(other.locator("main")).to_contain_text("has been used or has expired")
    await page.get_by_role("button", name="Sign out").click()
    await page.goto(served.address("/admin"))
    assert "/sign-in?next=" in page.url


async def test_a_role_is_kept_out_of_what_it_may_not_do(sign_in: SignIn, served: Served) -> None:
    page = await sign_in("reader@occs.example", "analyst")
    refused = await page.goto(served.address("/admin/consultation/new"))
    assert refused is not None
    assert refused.status == 403
    await expect(page.locator("main")).to_contain_text("Your role does not allow this")
