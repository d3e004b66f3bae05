"""What the plugin says when something has happened, and what it does when it hears of it."""

from datetime import datetime

from folkmoot.api import SiteSession
from folkmoot.api.jobs import Work, emit
from folkmoot.api.mail import notify_subscribers
from folkmoot_publication.models import Edition, Publication

PUBLISHED = "publication.published"
TELL = "publication.tell"
NEW = "publication:new"


async def say_published(session: SiteSession, publication: Publication, edition: Edition, *, at: datetime) -> None:
    """Say that an edition is published; whoever listens hears of it after the caller's commit."""
    values = {"edition": str(edition.id), "slug": publication.slug, "title": publication.title}
    await emit(session, PUBLISHED, values, at=at)


async def tell(work: Work) -> None:
    """Have those told who asked for emails about new publications; nobody is told of an edition twice."""
    said = work.arguments
    async with work.writing() as session:
        await notify_subscribers(
            session,
            NEW,
            event=f"published:{said['edition']}",
            template="publication/mail/published.txt",
            values={"title": said["title"], "path": f"/publications/{said['slug']}"},
            at=work.now(),
        )
        await session.commit()
