"""Handing files out: to whom, how much of it, and under which headers."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from faults.s3_server import S3Server
from filing import PDF, PNG, add, bucket, use

from folkmoot.api import files as api
from folkmoot.store.files import links
from folkmoot.store.files.local import LocalStorage
from folkmoot.store.files.models import FileRow
from folkmoot.testing import Client, Instance, read_html

WORDS = b" ".join(b"%d" % number for number in range(150_000))


def signed(instance: Instance, row: FileRow, **options: Any) -> str:
    return api.link(instance.desk(), row, **options)


async def told(client: Client, path: str, **headers: str) -> tuple[int, bytes]:
    """Return status and body, without what differs between any two answers."""
    answer = await client.get(path, headers=headers)
    file_id = urlsplit(path).path.rpartition("/")[2].encode()
    plain = answer.content.replace(answer.headers["x-request-id"].encode(), b"").replace(file_id, b"")
    return answer.status_code, plain


async def ask(instance: Instance, path: str, note: Callable[[Any], object]) -> None:
    """Ask as a server does, piece by piece."""
    ended = asyncio.Event()

    async def send(message: Any) -> None:
        note(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    async def receive() -> Any:
        await ended.wait()
        return {"type": "http.disconnect"}

    headers = [(b"host", f"{instance.site.slug}.localhost".encode())]
    scope = {"type": "http", "method": "GET", "scheme": "https", "query_string": b"", "headers": headers}
    rest = {"path": path, "raw_path": path.encode(), "client": None, "server": None, "root_path": ""}
    await instance.edge({**scope, **rest}, receive, send)


# --- who may have a file ---


async def test_a_public_file_is_anyones_and_a_private_one_nobodys(instance: Instance, client: Client) -> None:
    public, private = await add(instance, public=True), await add(instance, name="private.pdf")
    assert (await client.get(f"/files/{public.id}")).content == PDF
    missing = await told(client, f"/files/{uuid4()}")
    assert missing[0] == 404
    assert await told(client, f"/files/{private.id}") == missing
    assert await told(client, "/files/no-id-at-all") == missing
    assert api.link(instance.desk(), public) == f"/files/{public.id}"


@pytest.mark.parametrize(("role", "may"), [("publisher", True), ("author", True), ("viewer", False)])
async def test_staff_with_the_permission_may_have_what_staff_uploaded(instance: Instance, role: str, may: bool) -> None:
    client = await instance.staff_client(role)
    ours, plugins = await add(instance), await add(instance, name="b.pdf", owner="consultation")
    assert (await client.get(f"/files/{ours.id}")).status_code == (200 if may else 404)
    assert (await client.get(f"/files/{plugins.id}")).status_code == 404


async def test_a_signed_link_opens_its_file_until_it_expires(instance: Instance, client: Client) -> None:
    row = await add(instance, owner="consultation")
    path = signed(instance, row, valid_for=timedelta(minutes=5))
    assert (await client.get(path)).content == PDF
    instance.clock.move(minutes=4, seconds=59)
    assert (await client.get(path)).status_code == 200
    instance.clock.move(seconds=1)
    gone = await client.get(path)
    assert gone.status_code == 410
    assert "has expired" in gone.text
    assert PDF not in gone.content


async def test_a_link_to_a_deleted_file_is_a_link_to_nothing(instance: Instance, client: Client) -> None:
    from folkmoot.store.files.keeping import delete_file

    row = await add(instance)
    path = signed(instance, row)
    async with instance.platform.database.writing(instance.site.id) as session:
        await delete_file(session, row.id, at=instance.clock.now())
        await session.commit()
    assert await told(client, path) == await told(client, f"/files/{uuid4()}")


def forgeries(path: str, other: str) -> dict[str, str]:
    """Return links that somebody could make who has one link."""
    parts = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}

    def link(to: str = parts.path, **changes: str) -> str:
        return f"{to}?{httpx.QueryParams({**query, **changes})}"

    return {
        "for longer": link(expires=str(int(query["expires"]) + 60)),
        "for ever": link(expires="9" * 30),
        "before all time": link(expires="-1"),
        "no number": link(expires="١٢٣"),
        "to be shown": link(**{"as": "view"}),
        "other file": link(to=f"/files/{other}"),
        "no signature": link(signature=""),
        "short signature": link(signature=query["signature"][:-1]),
        "strange signature": link(signature="ü" * 64),
        "capitals": link(signature=query["signature"].upper()),
        "no query": parts.path,
    }


async def test_a_link_that_was_changed_opens_nothing_and_tells_nothing(instance: Instance, client: Client) -> None:
    row, other = await add(instance), await add(instance, b"other words", name="other.txt")
    missing = await told(client, f"/files/{uuid4()}")
    path = signed(instance, row, download=True)
    for name, forged in forgeries(path, str(other.id)).items():
        assert await told(client, forged) == missing, name
    assert (await client.get(path)).status_code == 200


async def test_a_link_signed_with_another_key_or_for_another_purpose_opens_nothing(instance: Instance) -> None:
    row, platform = await add(instance), instance.platform
    now, options = instance.clock.now(), {"valid_for": timedelta(hours=1), "download": False}
    ours = links.signed_path(platform.secret_key, row.site_id, row.id, now=now, **options)  # type: ignore[arg-type]
    theirs = links.signed_path("x" * 48, row.site_id, row.id, now=now, **options)  # type: ignore[arg-type]
    client = instance.client()
    assert (await client.get(ours)).status_code == 200
    assert (await client.get(theirs)).status_code == 404


# --- how much of it ---


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=5-", 206, (5, None)),
        ("bytes=-7", 206, (-7, None)),
        ("bytes=100-99999999", 206, (100, None)),
        ("bytes=0-0", 206, (0, 1)),
        ("bytes=99999999-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=9-5", 200, (0, None)),
        ("bytes=0-1,4-5", 200, (0, None)),
        ("lines=0-5", 200, (0, None)),
        ("bytes=" + "9" * 100 + "-", 200, (0, None)),
        ("", 200, (0, None)),
    ],
)
async def test_parts_of_a_file(instance: Instance, client: Client, asked: str, status: int, span: Any) -> None:
    row = await add(instance, WORDS, name="words.txt", public=True)
    answer = await client.get(f"/files/{row.id}", headers={"range": asked} if asked else {})
    assert answer.status_code == status
    if span is None:
        assert answer.headers["content-range"] == f"bytes */{len(WORDS)}"
        return
    wanted = WORDS[span[0] : span[1]]
    assert answer.content == wanted
    assert answer.headers["content-length"] == str(len(wanted))
    assert answer.headers["accept-ranges"] == "bytes"
    if status == 206:
        start = span[0] % len(WORDS)
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(WORDS)}"


async def test_what_has_not_changed_is_not_sent_again(instance: Instance, client: Client) -> None:
    row = await add(instance, WORDS, name="words.txt", public=True)
    path = f"/files/{row.id}"
    etag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"if-none-match": f'"other", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    part = {"range": "bytes=0-9", "if-range": etag}
    assert (await client.get(path, headers=part)).status_code == 206
    assert (await client.get(path, headers={**part, "if-range": '"other"'})).status_code == 200


async def test_head_tells_the_size_and_reads_nothing(instance: Instance, client: Client) -> None:
    row = await add(instance, WORDS, name="words.txt", public=True)
    await instance.platform.files.delete(instance.site.id, row.sha256)
    answer = await client.head(f"/files/{row.id}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(WORDS))
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_file_whose_content_is_missing_is_a_page_and_no_half_answer(instance: Instance, client: Client) -> None:
    row = await add(instance, public=True)
    await instance.platform.files.delete(instance.site.id, row.sha256)
    answer = await client.get(f"/files/{row.id}")
    assert answer.status_code == 404
    assert read_html(answer.text).one("h1").text


async def test_a_bucket_that_is_away_is_a_page(instance: Instance, client: Client, s3: S3Server) -> None:
    use(instance, storage=bucket(s3.port))
    row = await add(instance, public=True)
    use(instance, storage=bucket(1, patience=0.2))
    answer = await client.get(f"/files/{row.id}")
    assert answer.status_code == 503
    assert "cannot be reached" in answer.text


@pytest.mark.parametrize("kind", ["disk", "bucket"])
async def test_a_large_file_is_sent_in_pieces_with_flat_memory(
    instance: Instance, s3: S3Server, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = hashlib.sha256(b"").digest() * 600_000
    if kind == "bucket":
        use(instance, storage=bucket(s3.port, patience=10))
    row = await add(instance, content, name="film.dat", public=True)
    sizes: list[int] = []
    most = 0

    def note(message: Any) -> None:
        nonlocal most
        if message["type"] == "http.response.body":
            sizes.append(len(message.get("body", b"")))
            most = max(most, tracemalloc.get_traced_memory()[1])

    del content
    tracemalloc.start()
    try:
        await ask(instance, f"/files/{row.id}", note)
    finally:
        tracemalloc.stop()
    with capsys.disabled():
        print(f"\nfile of {sum(sizes) / 1e6:.0f} MB from {kind}: {len(sizes)} pieces, most memory {most / 1e6:.1f} MB")
    assert sum(sizes) == row.size
    assert max(sizes) <= 256 * 1024
    assert most < (3_000_000 if kind == "disk" else 7_000_000)


# --- under which headers ---


async def headers_of(instance: Instance, content: bytes, name: str, query: str = "") -> httpx.Headers:
    row = await add(instance, content, name=name, public=True)
    return (await instance.client().get(f"/files/{row.id}{query}")).headers


@pytest.mark.parametrize(
    ("name", "content", "inline"),
    [
        ("a.png", PNG, True),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40, True),
        ("a.gif", b"GIF89a" + b"\0" * 40, True),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 40, True),
        ("a.pdf", PDF, True),
        ("a.txt", b"words", True),
        ("a.csv", b"a,b\n", False),
        ("a.json", b"{}", False),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", False),
        ("a.html", b"<!doctype html><p>", False),
        ("a.xml", b"<?xml version='1.0'?><a/>", False),
        ("a.dat", bytes(range(7, 250)), False),
    ],
)
async def test_only_what_can_do_nothing_is_shown_in_place(
    instance: Instance, name: str, content: bytes, inline: bool
) -> None:
    headers = await headers_of(instance, content, name)
    assert headers["content-disposition"].startswith("inline" if inline else "attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert ("sandbox" in headers["content-security-policy"]) == (name != "a.pdf")
    download = await headers_of(instance, content, name, "?as=download")
    assert download["content-disposition"].startswith("attachment")


async def test_a_name_in_any_writing_is_kept(instance: Instance) -> None:
    headers = await headers_of(instance, b"words", "Blynyddoedd – tŷ a 東京 “x”.txt")
    said = headers["content-disposition"]
    assert said.isascii()
    assert "filename*=UTF-8''Blynyddoedd%20%E2%80%93%20t%C5%B7%20a%20%E6%9D%B1%E4%BA%AC%20" in said
    assert 'filename="Blynyddoedd  ty a' in said


async def test_a_private_file_is_kept_by_no_cache_and_a_public_one_is_asked_after(instance: Instance) -> None:
    assert (await headers_of(instance, PDF, "a.pdf"))["cache-control"] == "public, no-cache"
    row = await add(instance)
    private = await instance.client().get(signed(instance, row))
    assert private.headers["cache-control"] == "no-store"


async def test_files_are_reached_in_both_languages_and_take_no_posts(instance: Instance, client: Client) -> None:
    row = await add(instance, public=True)
    assert (await client.get(f"/cy/files/{row.id}")).content == PDF
    assert (await client.post(f"/files/{row.id}")).status_code == 405
    assert isinstance(instance.platform.files, LocalStorage)


async def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(instance: Instance) -> None:
    class BreaksOff(LocalStorage):
        async def read(self, *given: Any, **named: Any) -> Any:
            yield WORDS[:100]
            raise ConnectionResetError

    row = await add(instance, WORDS, name="words.txt", public=True)
    assert isinstance(instance.platform.files, LocalStorage)
    use(instance, storage=BreaksOff(instance.platform.files.root))
    sent: list[Any] = []
    with pytest.raises(Exception, match="after response started"):
        await ask(instance, f"/files/{row.id}", sent.append)
    assert sent[0]["status"] == 200
    assert all(message.get("more_body") for message in sent[1:])
