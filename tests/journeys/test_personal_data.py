"""A person gets what is held on them and has it erased; what is old goes on time. In a browser, without JavaScript."""

import asyncio
import json
import sqlite3
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from served import Served

from folkmoot.testing.postgres import run_sql

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
Open = Callable[..., Awaitable[Page]]
SignIn = Callable[[str, str], Awaitable[Page]]
EMAIL = "zenobia.quillfeather@somewhere.example"
WORDS = "Quillfeather"
# But for the index of search, which nobody reads, and which holds what the tables hold.
TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename not like 'fts%'"
OLDER = "update feedback_page_feedback set received_at = "


@pytest.fixture
def served(either: Served) -> Served:
    """The demo, on each database."""
    return either


async def press(page: Page, name: str) -> None:
    await page.locator("main").get_by_role("button", name=name, exact=True).click()


async def complain(page: Page, served: Served) -> str:
    """Complain as a person does who finds the form from the privacy notice; return the reference."""
    await page.goto(served.address("/privacy"))
    await page.get_by_role("link", name="Complain about how we use personal data").click()
    await page.locator("#what_happened").fill(f"My answer was shown to others. Zenobia {WORDS}")
    await press(page, "Send complaint")
    await expect(page.locator(".govuk-error-summary a")).to_have_count(1)
    await expect(page.locator("#what_happened")).to_contain_text(WORDS)
    await page.locator("#contact").fill(EMAIL)
    await press(page, "Send complaint")
    return await page.locator(".govuk-panel strong").inner_text()


async def tell(page: Page, served: Served) -> None:
    """Say what is wrong with a page, with an address in it."""
    await page.goto(served.address("/feedback?path=/privacy"))
    await page.locator("#what_wrong").fill(f"I am {EMAIL} and cannot read this.")
    await press(page, "Send")


async def find(page: Page, served: Served) -> None:
    await page.goto(served.address("/admin/personal-data"))
    await page.locator("#subject").fill(EMAIL)
    await press(page, "Find")


def left(served: Served) -> list[str]:
    """Return the files of the instance in which the person still stands, the log of the server among them."""
    files = [path for path in served.folder.rglob("*") if path.is_file()]
    words = [EMAIL.encode(), WORDS.lower().encode()]
    named = [str(path) for path in files if any(word in path.read_bytes().lower() for word in words)]
    return named + (rows_that_name(served) if served.environ else [])


def rows_that_name(served: Served) -> list[str]:
    """Return the tables of a PostgreSQL database with a row in which the person still stands."""
    url = served.environ["FOLKMOOT_DATABASE__SYSTEM_URL"]
    tables = [row[0] for row in run_sql(url, TABLES)]
    named = "select 1 from {0} as each where lower(each::text) like '%{1}%' or lower(each::text) like '%{2}%'"
    return [table for table in tables if run_sql(url, named.format(table, EMAIL, WORDS.lower()))]


@pytest.mark.journey("site.A11")
async def test_a_person_gets_what_is_held_has_it_erased_and_old_data_goes_on_time(
    open_page: Open, sign_in: SignIn, served: Served, tmp_path: Path
) -> None:
    public = await open_page()
    reference = await complain(public, served)
    await tell(public, served)
    assert left(served)

    # Staff see the complaint among their tasks, with its date, and note that they have acknowledged it.
    staff = await sign_in("data@occs.example", "administrator")
    await staff.get_by_role("link", name="Acknowledge complaints about personal data").click()
    await staff.get_by_role("link", name=reference).click()
    await press(staff, "I have acknowledged it")
    await expect(staff.locator("main .govuk-tag").first).to_have_text("Acknowledged")

    # The person asks what is held: the request is noted, what is held is found and copied.
    await staff.goto(served.address("/admin/personal-data/requests"))
    await staff.locator("#subject").fill(EMAIL)
    await staff.get_by_label("Erasure", exact=True).check()
    await press(staff, "Save")
    request = await staff.locator("h1").inner_text()
    await find(staff, served)
    await expect(staff.locator("main")).to_contain_text("My answer was shown to others.")
    await expect(staff.locator("main")).to_contain_text("and cannot read this.")
    async with staff.expect_download() as downloading:
        await press(staff, "Download a copy")
    await (await downloading.value).save_as(tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        places = {place["name"] for place in json.loads(archive.read("personal-data.json"))}
        assert WORDS in archive.read("personal-data.html").decode()
    assert places == {"core.complaints", "feedback.pages"}

    # Erasing is seen before it is done, confirmed, and receipted by the request, which it closes.
    await press(staff, "Erase")
    await expect(staff.locator("main tbody tr")).to_have_count(2)
    await press(staff, "Erase for good")
    await staff.locator(".govuk-error-summary a").click()
    await staff.locator("#confirmed").check()
    await press(staff, "Erase for good")
    await expect(staff.locator("h1")).to_have_text(request)
    await expect(staff.locator("main")).to_contain_text("Closed")
    await find(staff, served)
    await expect(staff.locator("main")).to_contain_text("Nothing is held on this site")

    # By the command, or by the worker of the server: the bytes are gone as well.
    await asyncio.to_thread(served.run, "personal-data", "erase", EMAIL, "--site", "occs", "--yes")
    assert left(served) == []

    # What is old goes when it is time, by the schedule that staff see.
    grow_old(served)
    await staff.goto(served.address("/admin/retention"))
    await expect(staff.locator("main")).to_contain_text("Answers in progress")
    ran = json.loads(await asyncio.to_thread(served.run, "retention", "run", "--site", "occs", "--json"))
    removed = {row["source"]: row["removed"] for row in ran}
    assert removed["feedback.pages"] > 0
    await staff.reload()
    await expect(staff.locator("main table").last).to_contain_text("Feedback about pages")


def grow_old(served: Served) -> None:
    """Let three years pass over what people have said about pages."""
    if served.environ:
        run_sql(served.environ["FOLKMOOT_DATABASE__SYSTEM_URL"], f"{OLDER} received_at - interval '3 years'")
        return
    with closing(sqlite3.connect(served.folder / "data" / "folkmoot.db", timeout=30)) as connection, connection:
        connection.execute(f"{OLDER} datetime(received_at, '-3 years')")
