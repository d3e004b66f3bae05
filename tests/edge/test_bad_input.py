"""What is wrong comes back with a clear sentence; nothing that was typed is lost, and nothing is read in vain."""

import asyncio
import json
from typing import Any

import pytest

from folkmoot.testing import Instance, read_html

FOLKMOOT_PLUGINS = ("consultation",)
START = "/consultations/visiting-in-care-homes"
SUBMIT = "/api/v1/consultations/visiting-in-care-homes/submissions"


async def submit(instance: Instance, body: Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await instance.client().post(
        SUBMIT, content=content, headers={"content-type": "application/json", **headers}
    )
    return answer, answer.json()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"role": "astronaut", "agree": "yes"}, "role"),
        ({"role": "carer", "agree": "yes", "colour": "red"}, "colour"),
        ({"role": "carer"}, "agree"),
        ({"role": ["carer"], "agree": "yes"}, "role"),
        ({"role": "carer", "agree": "yes", "experience": "word " * 501}, "experience"),
    ],
    ids=["unknown option", "unknown key", "missing required", "a list for one", "over-long text"],
)
async def test_a_wrong_answer_names_the_question(filled: Instance, answers: Any, says: str) -> None:
    answer, told = await submit(filled, {"answers": answers})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in {each["where"].rpartition("/")[2].rpartition(".")[2] for each in told["errors"]}
    assert all(each["detail"] for each in told["errors"])


async def test_a_nul_in_a_text_is_not_kept(filled: Instance) -> None:
    answer, _ = await submit(filled, {"answers": {"role": "carer", "agree": "yes", "experience": "tea\x00 room"}})
    assert answer.status_code == 201
    [item] = (await (await filled.api()).get(SUBMIT)).json()["items"]
    assert item["answers"]["experience"] == "tea room"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[1,2", b"null", b'"text"', b'{"answers": NaN}', b"[" * 5_000],
    ids=["empty", "open", "not UTF-8", "open list", "null", "text", "NaN", "deep"],
)
async def test_a_malformed_body_is_told_in_one_sentence(filled: Instance, body: bytes) -> None:
    answer, told = await submit(filled, body)
    assert answer.status_code in {400, 422}
    assert told["detail"]
    assert "Traceback" not in answer.text


MULTIPART = b'--line\r\ncontent-disposition: form-data; name="role"\r\n\r\ncarer'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", MULTIPART),
        ("multipart/form-data; boundary=line", MULTIPART),
        ("multipart/form-data; boundary=line", b"--other\r\n\r\n"),
        ("multipart/form-data; boundary=line", b"\x00\xff" * 100),
        ("application/x-www-form-urlencoded", b"%zz=%&&=&role"),
        ("application/json", b"{}"),
        ("text/plain", b"role=carer"),
    ],
)
async def test_a_malformed_form_is_no_fault_of_ours(filled: Instance, kind: str, body: bytes) -> None:
    answer = await filled.client().post(f"{START}/respond/1", content=body, headers={"content-type": kind})
    assert answer.status_code in {303, 400, 422}
    if answer.status_code != 303:
        assert read_html(answer.text).one("h1").text


async def test_sixty_at_once_with_one_key_are_one_submission(filled: Instance) -> None:
    body = {"answers": {"role": "carer", "agree": "yes"}}
    made = await asyncio.gather(*(submit(filled, body, **{"idempotency-key": "the-same"}) for _ in range(60)))
    assert {answer.status_code for answer, _ in made} == {201}
    assert len({told["reference"] for _, told in made}) == 1
    listed = (await (await filled.api()).get(SUBMIT)).json()["items"]
    assert len(listed) == 1


async def test_one_sites_key_is_nothing_on_another_or_for_another_consultation(filled: Instance) -> None:
    key = {"idempotency-key": "the-same"}
    _, first = await submit(filled, {"answers": {"role": "carer", "agree": "yes"}}, **key)
    for owned in filled.platform.registry.seeds:
        await owned.item.run(filled.desk(filled.other_site))
    other = await filled.client(filled.other_site).post(
        "/api/v1/consultations/care-workforce-plan/submissions", json={"answers": {"stay": "Time."}}, headers=key
    )
    assert other.status_code == 201
    assert other.json()["reference"] != first["reference"]


async def test_a_closed_consultation_says_so(filled: Instance) -> None:
    client = filled.client()
    page = await client.page("/consultations/complaints-guide/respond/1", status=410)
    assert "This consultation has closed" in page.text
    answer = await client.post(
        "/api/v1/consultations/complaints-guide/submissions", json={"answers": {"clear": "very"}}
    )
    assert answer.status_code in {409, 410}
    assert "closed" in answer.json()["detail"]


class Body:
    """A request's body, sent in pieces; it counts what was taken."""

    def __init__(self, size: int, piece: int = 64_000) -> None:
        self.left = size
        self.piece = piece
        self.taken = 0

    async def __call__(self) -> dict[str, Any]:
        size = min(self.piece, self.left)
        self.left -= size
        self.taken += size
        return {"type": "http.request", "body": b"x" * size, "more_body": self.left > 0}


async def post_raw(instance: Instance, path: str, body: Body, *headers: tuple[bytes, bytes]) -> int:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "https",
        "http_version": "1.1",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("occs.localhost", 443),
        "headers": [(b"host", b"occs.localhost"), *headers],
    }
    await instance.edge(scope, body, send)
    status: int = sent[0]["status"]
    return status


@pytest.mark.parametrize("path", [f"{START}/respond/1", SUBMIT, "/sign-in"])
async def test_ten_megabytes_are_refused_before_they_are_read(filled: Instance, path: str) -> None:
    body = Body(10_000_000)
    assert await post_raw(filled, path, body, (b"content-length", b"10000000")) == 413
    assert body.taken == 0


@pytest.mark.parametrize("path", [f"{START}/respond/1", SUBMIT])
async def test_ten_megabytes_that_nobody_announced_are_read_no_further_than_the_limit(
    filled: Instance, path: str
) -> None:
    body = Body(10_000_000)
    kind = (b"content-type", b"application/x-www-form-urlencoded")
    assert await post_raw(filled, path, body, (b"transfer-encoding", b"chunked"), kind) == 413
    assert body.taken <= 1_000_000 + body.piece


@pytest.mark.parametrize("length", [b"-1", b"1e9", b"abc", b"9" * 400, "１２".encode()])
async def test_a_length_that_is_no_number_is_refused(filled: Instance, length: bytes) -> None:
    assert await post_raw(filled, "/sign-in", Body(10), (b"content-length", length)) in {400, 413}


@pytest.mark.parametrize(
    "host", ["nobody.example", "occs.localhost.evil.example", "", "[::2]", "occs", "*.localhost", "occs.localhost@evil"]
)
async def test_an_unknown_host_names_no_site(filled: Instance, host: str) -> None:
    for path in ("/", START, "/admin", "/api/v1/consultations", "/static/site.css", "/sitemap.xml"):
        answer = await filled.client().get(path, headers={"host": host})
        assert answer.status_code == 404
        for site in (filled.site, filled.other_site):
            for word in (site.name, site.organisation, site.contact_email, site.slug):
                assert not word or word.lower() not in answer.text.lower().replace("focus", ""), word


async def test_a_host_with_any_port_is_the_same_site(filled: Instance) -> None:
    for host in ("occs.localhost:8000", "OCCS.localhost", "occs.localhost.", "127.0.0.1:1", "localhost"):
        answer = await filled.client().get("/", headers={"host": host})
        assert filled.site.name in answer.text


async def test_forwarded_headers_of_strangers_count_for_nothing(filled: Instance) -> None:
    spoofed = {
        "x-forwarded-host": "parent.localhost",
        "x-forwarded-proto": "http",
        "forwarded": "host=parent.localhost",
    }
    answer = await filled.client().get("/", headers=spoofed)
    assert filled.site.name in answer.text
    assert "https://occs.localhost" in answer.text


async def test_a_wrong_method_says_which_would_do(filled: Instance) -> None:
    for path, method in (("/privacy", "POST"), (f"{START}/respond/1", "DELETE"), ("/admin", "PUT")):
        answer = await filled.client().request(method, path, headers={"sec-fetch-site": "same-origin"})
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
        assert read_html(answer.text).one("h1").text
    call = await filled.client().delete("/api/v1/consultations")
    assert call.status_code == 405
    assert call.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/consultations/%00", "/consultations/..%2f..", "/%ff", "/" + "x" * 8_000, "/a%0d%0ab"]
)
async def test_an_odd_address_is_not_there(filled: Instance, path: str) -> None:
    answer = await filled.client().get(path)
    assert answer.status_code in {400, 404}
