"""Uploads that are made to harm: each is refused in one sentence, or kept so that it harms nobody."""

import re
from urllib.parse import quote

import httpx
import pytest
from filing import add, held
from hostile import CASES, HTML, SVG, Hostile

from folkmoot.store.files import kinds
from folkmoot.testing import Client, Instance, read_html
from folkmoot.web import file_answers
from folkmoot.web.pages import files

RUNS = ("html", "svg", "xml", "javascript")


async def token_of(client: Client) -> str:
    page = await client.page("/admin/files")
    return next(field.attributes["value"] for field in page.all("input") if field.get("name") == "form_token")


def multipart(name: str, content: bytes, declared: str, fields: dict[str, str]) -> tuple[bytes, str]:
    """Write a form as a client does that takes no care: what stands in the name goes out as it is."""
    parts = [f'--line\r\ncontent-disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A") if name.isascii() else name
    head = f'--line\r\ncontent-disposition: form-data; name="file"; filename="{escaped}"\r\n'
    if declared:
        head += f"content-type: {declared}\r\n"
    return b"".join(
        [*parts, head.encode(), b"\r\n", content, b"\r\n--line--\r\n"]
    ), "multipart/form-data; boundary=line"


async def send(client: Client, name: str, content: bytes, declared: str = "", **fields: str) -> httpx.Response:
    body, kind = multipart(name, content, declared, {"form_token": await token_of(client), **fields})
    return await client.post(
        "/admin/files", content=body, headers={"content-type": kind, "sec-fetch-site": "same-origin"}
    )


def told(answer: httpx.Response) -> list[str]:
    """Return the sentences of the error summary."""
    links = [item.all("a") for item in read_html(answer.text).all("li")]
    return [link.text for found in links for link in found if link.get("href") == "#file"]


def is_harmless(answer: httpx.Response) -> bool:
    """Say whether a browser can run nothing of an answer in the site's name."""
    kind = answer.headers["content-type"]
    shown = answer.headers["content-disposition"].startswith("inline")
    policy = answer.headers["content-security-policy"]
    return (
        answer.headers["x-content-type-options"] == "nosniff"
        and not any(word in kind for word in RUNS)
        and "default-src 'none'" in policy
        and "script-src" not in policy
        and (kind == "application/pdf" or "sandbox" in policy)
        and (not shown or kind.partition(";")[0] in kinds.INLINE)
    )


async def outcome(instance: Instance, client: Client, case: Hostile) -> str:
    """Send a case, and return what became of it: ``refused``, ``harmless``, or what is wrong."""
    before = await held(instance.platform.files, instance.site.id)
    answer = await send(client, case.name, case.content, case.declared)
    if case.says:
        sentences = told(answer)
        if answer.status_code != 422 or len(sentences) != 1 or case.says not in sentences[0]:
            return f"{answer.status_code} {sentences}"
        return "refused" if await held(instance.platform.files, instance.site.id) == before else "bytes are left"
    assert case.kept is not None
    if answer.status_code != 303:
        return f"{answer.status_code} {re.findall('error-message.*', answer.text)}"
    page = await client.page("/admin/files")
    first = page.all("tbody")[0].all("tr")[0].all("a")[0]
    if first.text != case.kept[0]:
        return f"it is called {first.text}"
    got = await client.get(f"/files/{first.attributes['href'].rpartition('/')[2]}")
    same = got.content == case.content and got.headers["content-type"].startswith(case.kept[1])
    named = f"filename*=UTF-8''{quote(case.kept[0], safe='')}" in got.headers["content-disposition"]
    return "harmless" if same and named and is_harmless(got) else f"{got.status_code} {got.headers}"


async def test_every_hostile_upload_is_refused_in_one_sentence_or_kept_harmlessly(
    instance: Instance, staff_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    became = {case.id: await outcome(instance, staff_client, case) for case in CASES}
    wrong = {name: what for name, what in became.items() if what not in {"refused", "harmless"}}
    with capsys.disabled():
        ends = list(became.values())
        print(f"\nhostile uploads: {len(ends)}, refused {ends.count('refused')}, ", end="")
        print(f"kept harmlessly {ends.count('harmless')}, wrong {len(wrong)}")
    assert wrong == {}
    assert len(CASES) >= 25


@pytest.mark.parametrize(("name", "content"), [("a.svg", SVG), ("a.html", HTML)])
async def test_a_server_that_shows_drawings_and_pages_in_place_is_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    row = await add(instance, content, name=name, public=True)
    client = instance.client()
    answer = await client.get(f"/files/{row.id}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert is_harmless(answer)
    monkeypatch.setattr(file_answers, "INLINE", kinds.INLINE | {kinds.SVG, kinds.HTML})
    assert not is_harmless(await client.get(f"/files/{row.id}"))
    monkeypatch.undo()
    monkeypatch.setattr(file_answers, "UNNAMED", frozenset())
    assert not is_harmless(await client.get(f"/files/{row.id}"))
    monkeypatch.undo()
    monkeypatch.setattr(file_answers, "NO_SCRIPT", "default-src 'self'")
    assert not is_harmless(await client.get(f"/files/{row.id}"))


async def test_a_file_over_the_limit_is_refused_and_one_over_the_body_limit_is_not_read(
    instance: Instance, staff_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1_000)
    answer = await send(staff_client, "a.txt", b"x" * 1_001)
    assert answer.status_code == 422
    assert "must be smaller than 1KB" in answer.text
    huge = await staff_client.post(
        "/admin/files",
        content=b"",
        headers={"content-length": str(10**9), "content-type": "multipart/form-data; boundary=x"},
    )
    assert huge.status_code == 413


async def test_no_file_is_told_as_such(staff_client: Client) -> None:
    answer = await send(staff_client, "", b"")
    assert answer.status_code == 422
    assert told(answer) == ["Select a file"]
