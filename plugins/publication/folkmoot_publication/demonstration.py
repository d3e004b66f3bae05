"""The demo's publication: words that we made up, in the shape of a real response to a review."""

from importlib.resources import files

from folkmoot.api import Desk, NotFound
from folkmoot_publication import service
from folkmoot_publication.recommendation_service import keep_recommendations
from folkmoot_publication.service import Manuscript
from folkmoot_publication.spreadsheet import read_recommendations

SLUG = "complaints-in-care-response"
TITLE = "The response to the independent review of complaints in care"
SUMMARY = "What we will do about each recommendation of the review, who will do it and by when."
REASON = "Demo content, loaded by an operator"


async def seed_publication(desk: Desk) -> None:
    """Publish the response to a made-up review with its recommendations; doing it twice adds nothing."""
    folder = files("folkmoot_publication") / "demo"
    markdown = (folder / "response.md").read_text(encoding="utf-8")
    sheet = read_recommendations((folder / "recommendations.csv").read_text(encoding="utf-8"))
    manuscript = Manuscript(slug=SLUG, title=TITLE, summary=SUMMARY, kind="response", markdown=markdown)
    read = service.read_manuscript(manuscript)
    async with desk.writing() as session:
        try:
            await service.find_publication(session, SLUG)
        except NotFound:
            await service.create_publication(session, read, actor=desk.actor, now=desk.now())
            await service.publish(session, SLUG, actor=desk.actor, now=desk.now(), override_reason=REASON)
            await keep_recommendations(session, SLUG, sheet.rows, actor=desk.actor, now=desk.now(), may_publish=True)
