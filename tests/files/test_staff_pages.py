"""The staff page of files: add, look, hand on, delete; what goes wrong comes back with what was typed."""

from typing import Any
from uuid import uuid4

import pytest
from filing import PDF, add, held, use
from test_hostile import send, told

from folkmoot.store.files.errors import NO_ROOM, StorageUnavailable
from folkmoot.store.files.local import LocalStorage
from folkmoot.testing import Client, Instance, read_html


async def test_a_file_is_added_listed_opened_and_deleted(
    instance: Instance, staff_client: Client, client: Client
) -> None:
    answer = await staff_client.follow(await send(staff_client, "Annual report.pdf", PDF, "application/pdf"))
    page = read_html(answer.text)
    assert "The file is saved." in page.text
    row = page.all("tbody")[0].all("tr")[0]
    assert "Annual report.pdf" in row.text
    assert "Ready" in row.text
    one = await staff_client.page(row.all("a")[0].attributes["href"])
    assert "Staff, and people who have a link" in one.text
    link = next(a.attributes["href"] for a in one.all("a") if "signature=" in a.get("href", ""))
    assert (await client.get(link)).content == PDF
    instance.clock.move(days=8)
    assert (await client.get(link)).status_code == 410
    staff = await instance.staff_client()
    confirm = await staff.page(f"{row.all('a')[0].attributes['href']}/delete")
    assert "Are you sure" in confirm.one("h1").text
    deleted = await staff.follow(await staff.submit(confirm))
    assert "The file is deleted." in deleted.text
    assert "There are no files yet" in deleted.text
    await instance.work()
    assert await held(instance.platform.files, instance.site.id) == {}


async def test_a_public_file_has_an_address_for_everyone(
    instance: Instance, staff_client: Client, client: Client
) -> None:
    page = read_html((await staff_client.follow(await send(staff_client, "a.txt", b"words", public="yes"))).text)
    assert "Anyone may open it" in page.text
    one = await staff_client.page(page.all("tbody")[0].all("a")[0].attributes["href"])
    address = next(a.text for a in one.all("a") if a.text.startswith("https://"))
    assert "signature" not in address
    assert (await client.get(address)).content == b"words"


async def test_what_is_wrong_comes_back_with_what_was_ticked(instance: Instance, staff_client: Client) -> None:
    answer = await send(staff_client, "a.pdf", b"", public="yes")
    assert answer.status_code == 422
    assert told(answer) == ["The selected file is empty"]
    page = read_html(answer.text)
    box = next(field for field in page.all("input") if field.get("name") == "public")
    assert "checked" in box.attributes
    chosen = next(field for field in page.all("input") if field.get("name") == "file")
    assert "file-error" in chosen.attributes["aria-describedby"]


async def test_a_refusal_is_told_in_welsh(instance: Instance, staff_client: Client) -> None:
    from test_hostile import multipart, token_of

    body, kind = multipart("a.exe", b"MZ" + b"\0" * 99, "", {"form_token": await token_of(staff_client)})
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    answer = await staff_client.post("/cy/admin/files", content=body, headers=headers)
    [sentence] = told(answer)
    assert sentence.startswith("Rhaid i’r ffeil")
    assert " neu " in sentence


class NoRoom(LocalStorage):
    """A disk without room."""

    async def put(self, site_id: Any, source: Any) -> tuple[str, int]:
        raise StorageUnavailable(NO_ROOM)


async def test_a_full_disk_is_told_on_the_form_and_leaves_nothing(instance: Instance, staff_client: Client) -> None:
    storage = instance.platform.files
    assert isinstance(storage, LocalStorage)
    use(instance, storage=NoRoom(storage.root))
    answer = await send(staff_client, "a.pdf", PDF, public="yes")
    assert answer.status_code == 503
    assert told(answer) == [NO_ROOM]
    assert "checked" in answer.text
    use(instance, storage=storage)
    assert "There are no files yet" in (await staff_client.page("/admin/files")).text
    assert await held(storage, instance.site.id) == {}


async def test_an_upload_form_that_was_open_too_long_asks_for_the_file_again(
    instance: Instance, staff_client: Client
) -> None:
    from test_hostile import multipart

    body, kind = multipart("a.pdf", PDF, "application/pdf", {"form_token": "old", "public": "yes"})
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    answer = await staff_client.post("/admin/files", content=body, headers=headers)
    assert answer.status_code == 403
    page = read_html(answer.text)
    form = next(form for form in page.all("form") if form.get("enctype") == "multipart/form-data")
    assert [field.get("type") for field in form.all("input") if field.get("name") == "file"] == ["file"]
    assert form.all("textarea")[0].text.strip() == "yes"


async def test_a_file_of_a_plugin_is_listed_and_neither_opened_nor_deleted_here(
    instance: Instance, staff_client: Client
) -> None:
    row = await add(instance, owner="consultation")
    page = await staff_client.page(f"/admin/files/{row.id}")
    assert "signature=" not in page.text
    confirm = await staff_client.page(f"/admin/files/{row.id}/delete")
    answer = await staff_client.submit(confirm)
    assert answer.status_code == 409
    assert "belongs to another part of the site" in answer.text
    assert await held(instance.platform.files, instance.site.id) != {}


async def test_a_long_list_goes_on_over_pages(
    instance: Instance, staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from folkmoot.web.pages import files

    monkeypatch.setattr(files, "ON_PAGE", 2)
    for number in range(5):
        await add(instance, f"words {number}".encode(), name=f"{number}.txt")
    seen: list[str] = []
    path: str | None = "/admin/files"
    while path:
        page = await staff_client.page(path)
        seen += [row.all("a")[0].text for row in page.all("tbody")[0].all("tr")]
        path = next((a.attributes["href"] for a in page.all("a") if a.get("rel") == "next"), None)
    assert seen == ["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"]


@pytest.mark.parametrize("role", ["viewer", "analyst", "moderator", "member"])
async def test_others_do_not_keep_files(instance: Instance, role: str) -> None:
    client = await instance.staff_client(role)
    for path in ("/admin/files", f"/admin/files/{uuid4()}", f"/admin/files/{uuid4()}/delete"):
        assert (await client.get(path)).status_code == 403


async def test_an_upload_that_finds_no_room_on_its_way_is_told(
    instance: Instance, staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from litestar.datastructures import UploadFile

    async def no_room(self: UploadFile, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(UploadFile, "write", no_room)
    answer = await send(staff_client, "a.pdf", PDF)
    assert answer.status_code == 503
    assert "There is no room for what you sent" in answer.text
    assert await held(instance.platform.files, instance.site.id) == {}


async def test_a_plugin_keeps_an_upload_with_its_own_row_or_not_at_all(
    instance: Instance, staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``keep_upload`` at once, and ``receive_upload`` with ``keep_file`` in the plugin's own transaction."""
    from folkmoot.api import files as api
    from folkmoot.web.pages import files

    kept: list[api.FileRow] = []

    async def as_a_plugin_does(request: Any, field: str, **_: Any) -> api.FileRow:
        kept.append(await api.keep_upload(request, field, purpose="evidence", owner="consultation"))
        again = await request.fields()
        assert again.get(field).file.closed
        return kept[0]

    monkeypatch.setattr(files, "receive_upload", as_a_plugin_does)
    # The page keeps it a second time, and is told that it is no upload any more.
    assert (await send(staff_client, "a.html", b"<!doctype html><p>")).status_code == 404
    async with instance.platform.database.reading(instance.site.id) as session:
        row = await api.find_file(session, kept[0].id)
    assert row is not None
    assert (row.state, row.owner, row.purpose, row.content_type) == ("clean", "consultation", "evidence", "text/html")
    assert api.say_size(await _usage(instance)) == "1KB"


async def _usage(instance: Instance) -> int:
    from folkmoot.api.files import usage

    async with instance.platform.database.reading(instance.site.id) as session:
        return await usage(session)
