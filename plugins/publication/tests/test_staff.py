"""Staff write, preview and import; nothing that was typed is lost."""

import pytest

from folkmoot.testing import Client, Instance, form_fields, read_html

FOLKMOOT_PLUGINS = ("publication",)
NEW = "/admin/publication/new"
ORIGIN = {"sec-fetch-site": "same-origin", "origin": "https://occs.localhost"}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Enter a title"),
        ("title", "x" * 301, "The title must be 300 characters or fewer"),
        ("slug", "", "Enter the last part of the web address"),
        ("slug", "Not a slug", "must be 2 to 80 small letters"),
        ("slug", "new", "used by the site itself"),
        ("summary", "x" * 2001, "The summary must be 2,000 characters or fewer"),
        ("kind", "", "Choose what kind of publication it is"),
        ("kind", "novel", "Choose what kind of publication it is"),
        ("markdown", "", "Enter the text of the publication"),
        ("markdown", "\n\n# Only a title\n", "The document has no text below its title."),
    ],
)
async def test_what_is_wrong_is_told_beside_the_field_and_everything_typed_is_kept(
    staff_client: Client, body: dict[str, str], field: str, value: str, sentence: str
) -> None:
    typed = {**body, field: value}
    answer = await staff_client.submit(await staff_client.page(NEW), typed)
    assert answer.status_code == 422
    page = read_html(answer.text)
    [summary] = page.all("div", "govuk-error-summary")
    assert sentence in summary.text
    assert f"#{field}" in [link.get("href") for link in summary.all("a")]
    assert sentence in page.one(id=f"{field}-error").text
    kept = dict(form_fields(page.one("main").one("form")))
    # A kind that is none of the list cannot be shown as chosen; line ends are the form's own.
    assert {name: kept[name] for name in typed if (name, value) != ("kind", "novel")} == {
        name: given for name, given in typed.items() if (name, value) != ("kind", "novel")
    }


async def test_two_publications_cannot_have_one_address(staff_client: Client, body: dict[str, str]) -> None:
    await staff_client.submit(await staff_client.page(NEW), body)
    answer = await staff_client.submit(await staff_client.page(NEW), body)
    assert answer.status_code == 422
    assert "Another publication has this web address" in answer.text


async def test_faults_are_told_in_welsh_on_the_welsh_form(staff_client: Client, body: dict[str, str]) -> None:
    answer = await staff_client.submit(await staff_client.page(f"/cy{NEW}"), {**body, "title": ""})
    assert answer.status_code == 422
    assert "Enter a title" not in answer.text
    assert "Rhowch deitl" in answer.text


async def test_the_preview_shows_chapters_and_what_the_reader_noticed(
    staff_client: Client, body: dict[str, str]
) -> None:
    body["markdown"] += "\n\n##### Far too deep\n\nText.\n"
    await staff_client.submit(await staff_client.page(NEW), body)
    page = await staff_client.page("/admin/publication/report")
    assert "The heading skips from level 2 to level 5." in page.one("main").text
    chapter = await staff_client.page("/admin/publication/report/read/last-things")
    assert chapter.one(id="para-1.12").text.endswith("A typed number .")
    assert "/admin/publication/report/read/first-things" in [a.get("href") for a in chapter.all("a", rel="prev")]


async def test_a_draft_is_changed_with_all_its_chapters(staff_client: Client, body: dict[str, str]) -> None:
    await staff_client.submit(await staff_client.page(NEW), body)
    edit = await staff_client.page("/admin/publication/report/edit")
    assert dict(form_fields(edit.one("main").one("form")))["markdown"] == body["markdown"]
    await staff_client.submit(edit, {"slug": "renamed", "markdown": "## Only one\n\nText."})
    page = await staff_client.page("/admin/publication/renamed")
    links = [a.get("href") for a in page.one("main").all("a") if "/read/" in a.get("href")]
    assert links == ["/admin/publication/renamed/read/only-one"]


@pytest.mark.parametrize("role", ["viewer", "analyst", "moderator"])
async def test_other_staff_read_drafts_and_change_nothing(
    instance: Instance, staff_client: Client, body: dict[str, str], role: str
) -> None:
    await staff_client.submit(await staff_client.page(NEW), body)
    reader = await instance.staff_client(role)
    page = await reader.page("/admin/publication/report")
    assert page.one("main").all("form") == []
    for path in (NEW, "/admin/publication/report/edit", "/admin/publication/report/recommendations"):
        assert (await reader.get(path)).status_code == 403


@pytest.mark.parametrize("path", ["", "/new", "/report", "/report/edit", "/report/recommendations"])
async def test_strangers_are_asked_to_sign_in(client: Client, path: str) -> None:
    response = await client.get(f"/admin/publication{path}")
    assert (response.status_code, response.headers["location"].partition("?")[0]) == (303, "/sign-in")


async def test_pasted_rows_are_kept_and_every_refused_row_is_named(staff_client: Client, body: dict[str, str]) -> None:
    await staff_client.submit(await staff_client.page(NEW), body)
    form = await staff_client.page("/admin/publication/report/recommendations")
    pasted = "ref\ttext\n1\tFirst\n1\tAgain\n\tNo number\n2\tSecond\n"
    answer = await staff_client.submit(form, {"pasted": pasted})
    assert answer.status_code == 422
    page = read_html(answer.text)
    summary = page.one("div", "govuk-error-summary").text
    assert "Row 3: The reference 1 is used in row 2 already." in summary
    assert "Row 4: There is no reference." in summary
    assert "2 added, 0 changed, 0 left as they were" in page.one(id="report").text
    assert "Rows without a response: 2 (2, 5)." in page.one(id="report").text
    assert dict(form_fields(page.one("main").one("form")))["pasted"] == pasted


async def test_an_uploaded_file_is_imported_again_without_doubling(
    staff_client: Client, api: Client, body: dict[str, str]
) -> None:
    await staff_client.submit(await staff_client.page(NEW), body)
    path = "/admin/publication/report/recommendations"
    fields = dict(form_fields((await staff_client.page(path)).one("main").one("form")))
    for text, said in (("Tŷ £5", "1 added, 0 changed"), ("Tŷ £5", "0 added, 0 changed, 1 left"), ("New", "1 changed")):
        files = {"file": ("list.csv", f"Number,Wording\n1,{text}\n".encode("utf-8-sig"), "text/csv")}
        answer = await staff_client.post(path, data=fields, files=files, headers=ORIGIN)
        assert answer.status_code == 200, answer.text
        assert said in answer.text
    items = (await api.get("/api/v1/publications/report/recommendations")).json()["items"]
    assert [item["text"] for item in items] == ["New"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choose a CSV file, or paste the rows below"),
        (b"PK\x03\x04", "CSV files only"),
        (b"a,b\n1,2\n", "Row 1: "),
    ],
)
async def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(
    staff_client: Client, body: dict[str, str], content: bytes, sentence: str
) -> None:
    await staff_client.submit(await staff_client.page(NEW), body)
    path = "/admin/publication/report/recommendations"
    fields = dict(form_fields((await staff_client.page(path)).one("main").one("form")))
    answer = await staff_client.post(path, data=fields, files={"file": ("x.csv", content)}, headers=ORIGIN)
    assert answer.status_code == 422
    assert sentence in read_html(answer.text).one("div", "govuk-error-summary").text


async def test_an_author_does_not_change_what_readers_see(instance: Instance, published: Client) -> None:
    author = await instance.staff_client("author")
    form = await author.page("/admin/publication/report/recommendations")
    answer = await author.submit(form, {"pasted": "ref,text\n1,Changed\n"})
    assert answer.status_code == 403
    assert "may be changed by those who may publish" in answer.text
    item = (await published.get("/api/v1/publications/report/recommendations?limit=1")).json()["items"][0]
    assert item["text"].startswith("Do thing number 1")
