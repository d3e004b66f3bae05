"""What search and the site map tell of consultations, and from when."""

from typing import Any

from folkmoot.testing import Client, Instance

FOLKMOOT_PLUGINS = ("consultation",)
BODY: dict[str, Any] = {
    "slug": "bins",
    "title": "Bins",
    "summary": "How often?",
    "opens_at": "2026-11-10T09:00:00+00:00",
    "closes_at": "2026-12-01T23:59:00+00:00",
    "form": {"pages": [{"title": "One", "questions": [{"key": "name", "type": "text", "label": "Name"}]}]},
    "document": {"markdown": "# Plan\n\nWe would empty **caddies** each week."},
}


async def paths(client: Client, text: str) -> list[str]:
    return [item["path"] for item in (await client.get(f"/api/v1/search?q={text}")).json()["items"]]


async def test_one_is_found_by_its_document_from_its_opening_on_and_never_before(instance: Instance) -> None:
    api, anyone = await instance.api(), instance.client()
    assert (await api.post("/api/v1/consultations", json=BODY)).status_code == 201
    await instance.work()
    assert await paths(anyone, "bins") == []
    assert (
        await api.post("/api/v1/consultations/bins/publish", json={"override_reason": "A test."})
    ).status_code == 202
    await instance.work()
    for text in ("bins", "caddy", "caddies"):
        assert await paths(anyone, text) == []
    assert "/consultations/bins" not in (await anyone.get("/sitemap.xml")).text
    instance.clock.move(days=9)
    # No job has to come by: the clock alone shows it.
    assert await paths(anyone, "caddies") == ["/consultations/bins"]
    excerpt = (await anyone.get("/api/v1/search?q=caddies")).json()["items"][0]["excerpt"]
    assert excerpt == "Plan We would empty <mark>caddies</mark> each week."
