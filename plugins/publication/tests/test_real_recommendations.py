"""The Leveson inquiry's 92 recommendations, where they are on this machine, else a table of the same shape."""

import csv
import io
import os
from pathlib import Path

from folkmoot.testing import Client, Instance, form_fields
from folkmoot_publication.spreadsheet import read_recommendations

FOLKMOOT_PLUGINS = ("publication",)
DATA = Path(os.environ.get("FOLKMOOT_SAMPLE_DATA") or Path(__file__).parents[4] / "shared" / "data")
REAL = DATA / "inquiry" / "leveson_recommendations.csv"


def table() -> bytes:
    """Return the real file, or one with its columns and as many rows: four parts, themes that repeat, long wording."""
    if REAL.is_file():
        return REAL.read_bytes()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "part", "theme", "subtheme", "text"])
    for number in range(1, 93):
        wording = f"The body should do the thing that stands under number {number}, and say when it has done so. " * 4
        writer.writerow(
            [number, f"Part {number % 4}", f"Theme {number % 9}, broadly", f"Subtheme {number % 30}", wording]
        )
    return out.getvalue().encode()


async def test_all_92_are_imported_in_the_browser_and_shown(
    instance: Instance, staff_client: Client, client: Client, api: Client, body: dict[str, str]
) -> None:
    await staff_client.submit(await staff_client.page("/admin/publication/new"), body)
    path = "/admin/publication/report/recommendations"
    fields = dict(form_fields((await staff_client.page(path)).one("main").one("form")))
    headers = {"sec-fetch-site": "same-origin", "origin": "https://occs.localhost"}
    answer = await staff_client.post(path, data=fields, files={"file": ("table.csv", table())}, headers=headers)
    assert answer.status_code == 200
    assert "92 added, 0 changed, 0 left as they were" in answer.text
    await api.post("/api/v1/publications/report/publish", json={})
    page = await client.page("/publications/report")
    assert "92 recommendations" in page.one("main").text
    listed = (await client.get("/publications/report/recommendations.json")).json()
    assert [item["ref"] for item in listed["items"]] == [str(number) for number in range(1, 93)]
    assert sum(term["count"] for term in listed["facets"]["theme"]) == 92
    await every_wording_is_shown(client)


async def every_wording_is_shown(client: Client) -> None:
    for row in read_recommendations(table().decode("utf-8-sig")).rows:
        page = await client.page(f"/publications/report/recommendations/{row.ref}")
        text = page.one("main").text
        assert " ".join(row.text.split()) in text
        for cell in (row.theme, row.subtheme, row.part):
            assert cell in text
