"""What every answer has: its headers, a HEAD beside each GET, and a packed twin that is the same."""

import gzip
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from folkmoot.api import PUBLIC
from folkmoot.testing import Instance, read_html

HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=()",
    "cross-origin-opener-policy": "same-origin",
}
START = "/consultations/visiting-in-care-homes"


async def addresses(instance: Instance) -> list[str]:
    """Return every public page without parts, and everything that the site map and pages link to from the home page."""
    client = instance.client()
    routes = [o.item for o in instance.platform.registry.routes if "GET" in o.item.methods]
    fixed = [route.path for route in routes if route.permission == PUBLIC and "{" not in route.path]
    listed = read_html((await client.get("/sitemap.xml")).text).all("loc")
    found = [*fixed, *(urlsplit(each.text).path for each in listed)]
    for path in list(found):
        page = await client.get(path)
        if page.headers["content-type"].startswith("text/html"):
            links = [link.get("href") for link in read_html(page.text).one("main").all("a")]
            found += [link for link in links if link.startswith("/") and "?" not in link][:10]
    return list(dict.fromkeys(found))


async def test_every_page_answers_head_as_get_without_the_body(filled: Instance) -> None:
    client, staff = filled.client(), await filled.staff_client()
    paths = await addresses(filled)
    assert len(paths) > 20
    routes = [owned.item for owned in filled.platform.registry.admin_routes]
    staff_paths = [route.path for route in routes if "{" not in route.path and "GET" in route.methods]
    for who, path in [(client, path) for path in paths] + [(staff, path) for path in staff_paths]:
        get, head = await who.get(path), await who.head(path)
        assert head.status_code == get.status_code == 200, path
        assert head.content == b""
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert head.headers.get(name) == get.headers.get(name), f"{path} {name}"


async def test_every_page_is_the_same_packed(filled: Instance) -> None:
    for path in await addresses(filled):
        plain = await filled.client(headers={"accept-encoding": "identity"}).get(path)
        async with filled.client(headers={"accept-encoding": "gzip"}).stream("GET", path) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        packed = answer.headers.get("content-encoding") == "gzip"
        assert packed == ("etag" in answer.headers), path
        body = gzip.decompress(raw) if packed else raw
        assert body == plain.content, path


async def answers(instance: Instance) -> dict[str, httpx.Response]:
    """Return an answer of every kind that there is."""
    client, staff = instance.client(), await instance.staff_client()
    program = await instance.api()
    viewer = await instance.staff_client("viewer")
    page = await client.get("/")
    style = read_html(page.text).one("head").all("link", rel="stylesheet")[0].get("href")
    wrong = {"email": "sam@example.org", "password": "wrong"}
    elsewhere = {"sec-fetch-site": "cross-site"}
    return {
        "a page": page,
        "a page kept by the reader": await client.get("/", headers={"if-none-match": page.headers["etag"]}),
        "a page in Welsh": await client.get("/cy"),
        "a question": await client.get(f"{START}/respond/1"),
        "an error in a form": await client.post(f"{START}/respond/1"),
        "a redirect after a form": await client.post(f"{START}/respond/1", data={"role": "carer"}),
        "a page that must be signed in for": await client.get("/admin"),
        "a staff page": await staff.get("/admin"),
        "a refused role": await viewer.get("/admin/consultation/new"),
        "a page that is not there": await client.get("/nothing"),
        "a wrong method": await client.delete("/privacy"),
        "too much": await client.post(f"{START}/respond/1", content=b"x" * 1_000_001),
        "from another site": await client.post(f"{START}/respond/1", headers=elsewhere),
        "a wrong password": await client.post("/sign-in", data=wrong),
        "a trailing slash": await client.get("/privacy/"),
        "a stylesheet": await client.get(style),
        "a stylesheet kept by the reader": await client.get(
            style, headers={"if-none-match": (await client.get(style)).headers["etag"]}
        ),
        "no such static file": await client.get("/static/nothing.css"),
        "a wrong method on a static file": await client.post(style),
        "a file for programs": await client.get("/consultations.json"),
        "an unknown host": await client.get("/", headers={"host": "nobody.example"}),
        "life": await client.get("/-/live"),
        "readiness": await client.get("/-/ready"),
        "no such probe": await client.get("/-/nothing"),
        "a call": await program.get("/api/v1/consultations"),
        "a call without a token": await client.post("/api/v1/consultations"),
        "a call that is wrong": await program.post("/api/v1/consultations", json={}),
        "a call that is not there": await program.get("/api/v1/nothing"),
        "a file of staff's": await staff.get("/admin/consultation/complaints-guide/submissions/export"),
    }


async def test_every_answer_carries_the_security_headers(filled: Instance) -> None:
    for what, answer in (await answers(filled)).items():
        for name, value in HEADERS.items():
            assert answer.headers.get_list(name) != [], f"{what}: {name}"
            assert len(answer.headers.get_list(name)) == 1, f"{what}: {name}"
            assert value in answer.headers[name], f"{what}: {name}"
        assert "server" not in answer.headers
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "*" not in policy


async def test_what_is_for_one_person_is_stored_nowhere(filled: Instance) -> None:
    shared = {
        "a page", "a page in Welsh", "a page kept by the reader", "a question",
        "a stylesheet", "a stylesheet kept by the reader",
    }  # fmt: skip
    for what, answer in (await answers(filled)).items():
        control = answer.headers.get("cache-control", "")
        assert ("public" in control) == (what in shared), f"{what}: {control}"
        if "set-cookie" in answer.headers:
            assert "no-store" in control, what


async def test_nobody_gets_a_cookie_before_it_is_needed(filled: Instance) -> None:
    given = {what for what, answer in (await answers(filled)).items() if "set-cookie" in answer.headers}
    assert given == {"a redirect after a form"}


async def test_a_fault_of_ours_is_told_without_its_inside(filled: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(type(filled.platform), "remember", broken)
    answer = await filled.client().get(START)
    assert answer.status_code == 500
    assert "secret inside" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert read_html(answer.text).one("h1").text
