"""Public pages of publications: the list, a publication, a chapter."""

from typing import Any

from litestar import Response

from folkmoot.api import Request, as_response, csv_file, page
from folkmoot_publication import catalogue
from folkmoot_publication.catalogue import Listed
from folkmoot_publication.models import KINDS
from folkmoot_publication.records import publication_record

LIST_COLUMNS = ("slug", "title", "summary", "kind", "state", "published_at", "recommendations")


async def publications(request: Request) -> Response[Any]:
    """List what is published, the newest first; also as JSON and CSV."""
    async with request.reading() as session:
        listed = await catalogue.list_publications(session)
    if request.suffix:
        records = [publication_record(item) for item in listed]
        if request.suffix == "csv":
            rows = [[record[name] for name in LIST_COLUMNS] for record in records]
            return csv_file(LIST_COLUMNS, rows, name="publications.csv")
        return as_response({"items": records, "next": None}, 200)
    return await page(request, "publication/list.html", listed=listed, kinds=KINDS)


async def publication(request: Request) -> Response[Any]:
    """Show what a publication is, and its contents."""
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"))
        contents = await catalogue.read_contents(session, listed.edition.id)
    return await page(request, "publication/publication.html", **described(listed), contents=contents)


async def chapter(request: Request) -> Response[Any]:
    """Show a chapter, every paragraph with the number by which it is cited."""
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"))
        found, contents = await catalogue.read_chapter(session, listed.edition.id, request.part("chapter"))
    base = f"/publications/{listed.publication.slug}"
    return await page(
        request, "publication/chapter.html", **described(listed), chapter=found, contents=contents, base=base
    )


def described(listed: Listed) -> dict[str, Any]:
    """Return what every page of a publication shows of it."""
    return {
        "publication": listed.publication,
        "edition": listed.edition,
        "recommendations": listed.recommendations,
        "kinds": KINDS,
    }
