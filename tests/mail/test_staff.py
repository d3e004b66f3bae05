"""What staff see of mail: figures, what failed without whole addresses, and a button that sends it again."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from mailroom import Postbox, queue, work_on

from folkmoot.mail.backends import NotNow, RefusedForGood
from folkmoot.mail.models import BOUNCED, FAILED, QUEUED, SENT
from folkmoot.testing import Instance

Rows = Callable[..., Awaitable[Sequence[Any]]]


def refusing(**by_address: Exception) -> Any:
    def answer(letter: Any) -> None:
        error = by_address.get(letter.address.partition("@")[0])
        if error is not None:
            raise error

    return answer


async def test_staff_see_what_was_sent_and_what_was_not_without_whole_addresses(
    instance: Instance, postbox: Postbox
) -> None:
    postbox.answer = refusing(
        gone=RefusedForGood("550 5.1.1 <gone@example.org> unknown", bounced=True),
        spam=RefusedForGood("554 refused"),
    )
    await queue(instance, "sam@example.org", "gone@example.org", "spam@example.org", template="confirm")
    await instance.work()
    staff = await instance.staff_client("publisher")
    page = await staff.page("/admin/mail")
    row = next(row for row in page.all("tr") if row.text.startswith("confirm"))
    assert [cell.text for cell in row.all("td")] == ["0", "1", "1", "1", "0"]
    shown = page.text
    assert "g…@example.org" in shown
    assert "550 5.1.1 <(address)> unknown" in shown
    assert "gone@" not in shown
    assert "sam@" not in shown
    tasks = await staff.page("/admin")
    assert "Emails could not be sent" in tasks.text
    assert any(a.get("href") == "/admin/mail" for a in tasks.all("a"))


async def test_what_failed_is_sent_again_by_a_button_and_what_came_back_is_not(
    instance: Instance, postbox: Postbox, messages: Rows
) -> None:
    postbox.answer = refusing(
        gone=RefusedForGood("550", bounced=True), spam=RefusedForGood("554"), away=NotNow("451 later")
    )
    await queue(instance, "gone@example.org", "spam@example.org", "away@example.org")
    await work_on(instance)
    assert [row.state for row in await messages()] == [BOUNCED, FAILED, FAILED]
    postbox.answer = None
    staff = await instance.staff_client("publisher")
    page = await staff.page("/admin/mail")
    done = await staff.follow(await staff.submit(page))
    assert "We are sending them again." in done.text
    await instance.work()
    assert sorted(letter.address for letter in postbox.letters) == ["away@example.org", "spam@example.org"]
    assert {row.address: row.state for row in await messages()} == {
        "gone@example.org": BOUNCED,
        "spam@example.org": SENT,
        "away@example.org": SENT,
    }
    assert "Send" not in [button.text.split()[0] for button in (await staff.page("/admin/mail")).all("button")]
    assert "Emails could not be sent" not in (await staff.page("/admin")).text


async def test_a_message_whose_job_was_lost_is_found_and_sent(
    instance: Instance, postbox: Postbox, messages: Rows
) -> None:
    from sqlalchemy import delete

    from folkmoot.store.jobs.models import JobRow

    await queue(instance, "sam@example.org")
    async with instance.desk().writing() as session:
        await session.exec(delete(JobRow))
        await session.commit()
    instance.clock.move(days=3, seconds=1)
    await instance.work()
    assert [row.state for row in await messages()] == [QUEUED]
    staff = await instance.staff_client("publisher")
    await staff.submit(await staff.page("/admin/mail"))
    await instance.work()
    assert [row.state for row in await messages()] == [SENT]


@pytest.mark.parametrize("role", ["author", "analyst", "moderator", "viewer", "member"])
async def test_only_publishers_and_administrators_see_it(instance: Instance, role: str) -> None:
    staff = await instance.staff_client(role)
    assert (await staff.get("/admin/mail")).status_code == 403
    assert (await instance.client().get("/admin/mail")).status_code == 303


async def test_other_sites_mail_is_in_no_figure(instance: Instance, postbox: Postbox) -> None:
    await queue(instance, "sam@example.org", site=instance.other_site, template="other")
    await instance.work()
    assert "other" not in (await (await instance.staff_client()).page("/admin/mail")).all("main")[0].text
    neighbour = await instance.staff_client(site=instance.other_site)
    assert "other" in (await neighbour.page("/admin/mail")).all("main")[0].text


async def test_an_empty_page_says_that_no_email_leaves_yet(instance: Instance) -> None:
    page = await (await instance.staff_client()).page("/admin/mail")
    assert "No emails were written in the last 30 days." in page.text
    assert "No email leaves this site yet" in page.text


async def test_a_secret_is_not_kept_once_it_was_sent(instance: Instance, postbox: Postbox, messages: Rows) -> None:
    await queue(instance, "sam@example.org", body="https://x/secret", holds_secret=True)
    await queue(instance, "kim@example.org", body="https://x/news")
    await instance.work()
    assert [row.body for row in await messages()] == ["", "https://x/news"]
