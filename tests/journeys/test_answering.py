"""consultation.R2: a person answers online, keeps what was typed through errors, checks it, submits once.

Without JavaScript; with a mouse on a wide screen, by keyboard alone at 320 px, and in Welsh. The email copy is not
part of it yet.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect
from served import Served

from folkmoot.web.words import translations, use_packages
from folkmoot_consultation.demo import OPEN_FORM

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
Open = Callable[..., Awaitable[Page]]
SLUG = "visiting-in-care-homes"
MOST_TABS = 60
# What is chosen; the demo brings the labels in both languages.
CHOSEN = {"works": ("role", "works_in_care"), "partly": ("agree", "partly")}
CHOSEN |= {"infection": ("exceptions", "infection"), "night": ("exceptions", "night")}
SETTING = "A home of 24 places\u00a0– “Yr Hafan”"
WORDS = "A quiet room.\nAnd tea, if there is any <b>left</b>."


@dataclass(frozen=True, slots=True)
class Respondent:
    """A person at a browser: what they do by hand or by keys, and what must hold on every page that they see."""

    page: Page
    served: Served
    locale: str = "en"
    keys_only: bool = False

    def words(self, message: str) -> str:
        """Return a sentence of ours in the person's language; it must have been translated."""
        use_packages(["folkmoot_consultation"])
        said = translations(self.locale).gettext(message)
        assert self.locale == "en" or said != message, f"not translated: {message}"
        return said

    def label(self, key: str) -> str:
        question, option = CHOSEN[key]
        return option_label(question, option, self.locale)

    def address(self, rest: str = "") -> str:
        prefix = "" if self.locale == "en" else f"/{self.locale}"
        return self.served.address(f"{prefix}/consultations/{SLUG}{rest}")

    async def choose(self, target: Locator) -> None:
        """Follow a link, press a button, mark a choice."""
        if not self.keys_only:
            await target.click()
            return
        tag, kind = await target.evaluate("e => [e.tagName, e.type || '']")
        await self.tab_to(target, group=kind == "radio")
        if tag not in {"A", "BUTTON"}:
            await self.page.keyboard.press("Space")
            return
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter" if tag == "A" else "Space")

    async def tab_to(self, target: Locator, *, group: bool = False) -> None:
        """Press Tab until the target has the focus, and see that the focus can be seen; arrows go on in a group."""
        for _ in range(MOST_TABS):
            here, beside = await target.evaluate(
                "e => [e === document.activeElement, !!e.name && e.name === document.activeElement.name]"
            )
            if here:
                break
            await self.page.keyboard.press("ArrowDown" if group and beside else "Tab")
        else:
            raise AssertionError(f"{target} cannot be reached with {MOST_TABS} keys")
        seen = (
            "e => { const s = getComputedStyle(e), l = e.nextElementSibling, b = l && getComputedStyle(l, '::before');"
        )
        seen += " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || !!b && b.boxShadow !== 'none' }"
        assert await target.evaluate(seen), "the focus cannot be seen"

    async def write(self, target: Locator, text: str) -> None:
        if not self.keys_only:
            await target.fill(text)
            return
        await self.tab_to(target)
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.insert_text(text)

    async def go_on(self) -> None:
        await self.choose(self.page.get_by_role("button", name=self.words("Continue"), exact=True))

    async def look(self) -> None:
        """See that a page is in the person's language, has one heading, and does not scroll sideways."""
        assert await self.page.locator("html").get_attribute("lang") == self.locale
        await expect(self.page.locator("h1")).to_have_count(1)
        width, view = await self.page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        assert width <= view, f"{self.page.url} is {width} px wide in a window of {view}"

    async def sees(self, *sentences: str) -> None:
        for sentence in sentences:
            await expect(self.page.locator("main")).to_contain_text(sentence)


def option_label(question: str, option: str, locale: str) -> str:
    asked = next(q for page in OPEN_FORM["pages"] for q in page["questions"] if q["key"] == question)
    label: str = next(each["label"][locale] for each in asked["options"] if each["key"] == option)
    return label


async def start(person: Respondent) -> None:
    """The start page comes first: what it is, who should answer, how long it takes, by when, four ways to answer."""
    await person.page.goto(person.address())
    await person.look()
    await person.sees(
        "Visiting in care homes",
        "We propose one rule for visits to people who live in care homes.",
        person.words("Who should answer"),
        "People who live in care homes, their families and friends",
        person.words("How long it takes"),
        person.words("Closes"),
        person.words("(UK time)"),
    )
    await person.sees(*(person.words(way) for way in ("Online", "By email", "By post", "By telephone")))
    await person.sees("visits@occs.example", "1 Example Street", "01632 960 123")
    await expect(person.page.locator("main")).to_contain_text(re.compile(r"\b10\b"))
    await expect(person.page.locator("main")).to_contain_text(re.compile(r"11:59pm .* 20\d\d"))
    await person.sees(person.words(FREEDOM))


FREEDOM = (
    "Your answers may be released to somebody who asks for them under the Freedom of Information Act 2000. If you want "
    "us to keep something confidential, tell us why before you send your answers. We will take your reasons into "
    "account, but we cannot promise it."
)

REASONS = (
    "Your answers may be released under the Freedom of Information Act 2000. We will take your reasons into account."
)


async def answer_with_a_mistake(person: Respondent) -> None:
    """Leaving a required question out is told in a summary that leads to it, and costs nothing."""
    page = person.page
    await person.choose(page.get_by_role("button", name=person.words("Answer online")))
    await person.look()
    await person.go_on()
    await person.look()
    assert (await page.title()).startswith(person.words("Error: "))
    summary = page.locator(".govuk-error-summary")
    await expect(summary).to_contain_text(person.words("There is a problem"))
    link = summary.get_by_role("link")
    await expect(link).to_have_count(1)
    await person.choose(link)
    assert page.url.endswith("#role")
    await expect(page.locator("#role-error")).to_be_visible()
    await person.choose(page.get_by_label(person.label("works"), exact=True))
    await person.go_on()
    await expect(page.locator(".govuk-error-summary")).to_have_count(0)


async def answer_too_long(person: Respondent) -> None:
    """What is too long comes back whole, to be made shorter."""
    page = person.page
    await person.look()
    field = page.locator("main input[type=text], main textarea")
    long = "Yr Hafan " * 30
    await person.write(field, long)
    await person.go_on()
    await expect(page.locator(".govuk-error-summary")).to_be_visible()
    await expect(field).to_have_value(long)
    await person.look()
    await person.write(field, SETTING)
    await person.go_on()


async def answer_the_rest(person: Respondent) -> None:
    page = person.page
    await person.look()
    await person.choose(page.get_by_label(person.label("partly"), exact=True))
    await person.go_on()
    await person.look()
    for key in ("infection", "night"):
        await person.choose(page.get_by_label(person.label(key), exact=True))
    await person.go_on()
    await person.look()
    await person.write(page.locator("main textarea"), WORDS)
    await person.go_on()


async def check(person: Respondent) -> None:
    """All answers are there to be checked, each can be changed, and nothing has been sent yet."""
    page = person.page
    await person.look()
    assert page.url == person.address("/check-answers")
    await person.sees(SETTING, "A quiet room.", "<b>left</b>", *(person.label(key) for key in CHOSEN))
    await expect(page.locator(".govuk-summary-list__actions a")).to_have_count(5)
    await person.choose(page.locator(".govuk-summary-list__actions a").nth(1))
    await expect(page.locator("main input[type=text], main textarea")).to_have_value(SETTING)
    await person.go_on()
    # On through the pages after it, which keep what they have, back to the check.
    for _ in range(3):
        await person.go_on()
    assert page.url == person.address("/check-answers")
    await person.sees(person.words(REASONS))
    await person.write(page.locator("#confidential"), "My employer could recognise me.")


async def receive(person: Respondent) -> str:
    """The receipt has a reference and all that was sent, also on paper."""
    page = person.page
    await page.wait_for_url(person.address("/confirmation"))
    await person.look()
    reference = await page.locator(".govuk-panel strong").inner_text()
    assert re.fullmatch(r"OCCS-[0-9A-Z]{4}-[0-9A-Z]{4}", reference)
    await person.sees(SETTING, "A quiet room.", "My employer could recognise me.", *(person.label(k) for k in CHOSEN))
    await page.emulate_media(media="print")
    for kept in (reference, SETTING, "My employer could recognise me."):
        await expect(page.get_by_text(kept)).to_be_visible()
    await expect(page.locator("nav").first).to_be_hidden()
    assert (await page.pdf()).startswith(b"%PDF")
    await page.emulate_media(media="screen")
    return reference


async def received(served: Served) -> list[dict[str, Any]]:
    """Return what the team has received, newest last."""
    headers = {"authorization": f"Bearer {await served.token()}"}
    async with httpx.AsyncClient(headers=headers) as program:
        answer = await program.get(served.address(f"/api/v1/consultations/{SLUG}/submissions"))
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def go_the_whole_way(person: Respondent) -> dict[str, Any]:
    await start(person)
    await answer_with_a_mistake(person)
    await answer_too_long(person)
    await answer_the_rest(person)
    await check(person)
    await person.choose(person.page.get_by_role("button", name=person.words("Send your answers"), exact=True))
    reference = await receive(person)
    [item] = [item for item in await received(person.served) if item["reference"] == reference]
    return item


@pytest.mark.journey("consultation.R2")
@pytest.mark.parametrize(
    ("locale", "width", "keys_only"),
    [("en", 1280, False), ("en", 320, True), ("cy", 320, True)],
    ids=["English", "English at 320 px by keyboard", "Welsh at 320 px by keyboard"],
)
async def test_a_person_answers_from_the_start_page_to_the_receipt(
    open_page: Open, served: Served, locale: str, width: int, keys_only: bool
) -> None:
    person = Respondent(await open_page(width=width), served, locale, keys_only)
    sent = await go_the_whole_way(person)
    answers = sent["answers"]
    assert (answers["role"], answers["agree"]) == ("works_in_care", "partly")
    assert answers["exceptions"] == ["infection", "night"]
    assert answers["setting"] == SETTING
    assert answers["experience"].replace("\r\n", "\n") == WORDS
    assert (sent["confidential"], sent["language"]) == ("My employer could recognise me.", locale)


@pytest.mark.journey("consultation.R2")
async def test_a_double_click_on_send_and_going_back_send_once(open_page: Open, served: Served) -> None:
    person = Respondent(await open_page(), served)
    page = person.page
    before = len(await received(served))
    await page.goto(person.address("/respond/1"))
    for chosen in ("works", None, "partly", None, None):
        if chosen:
            await person.choose(page.get_by_label(person.label(chosen), exact=True))
        await person.go_on()
    await page.get_by_role("button", name="Send your answers").dblclick()
    reference = await page.locator(".govuk-panel strong").inner_text()
    assert len(await received(served)) == before + 1
    # Back to the page with the button, as it was kept or made anew, and on: the same receipt.
    await page.go_back()
    again = page.get_by_role("button", name="Send your answers")
    if await again.count():
        await again.click()
    await page.goto(person.address("/confirmation"))
    assert await page.locator(".govuk-panel strong").inner_text() == reference
    assert len(await received(served)) == before + 1


async def test_the_first_key_offers_to_skip_to_the_content(open_page: Open, served: Served) -> None:
    page = await open_page()
    for path in ("/", f"/consultations/{SLUG}", f"/consultations/{SLUG}/respond/1", "/sign-in"):
        await page.goto(served.address(path))
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
