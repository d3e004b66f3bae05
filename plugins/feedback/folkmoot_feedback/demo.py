"""Feedback for the demo site, in our own words."""

from datetime import timedelta

from folkmoot.api import Desk
from folkmoot_feedback import service
from folkmoot_feedback.service import Filters, Report

# Days ago, page, useful, what the person was doing, what went wrong.
SAID = (
    (1, "/", True, "", ""),
    (1, "/contact", False, "", ""),
    (2, "/contact", None, "Looking for a number to call", "There is only an email address. My aunt has no email."),
    (3, "/search", False, "", ""),
    (3, "/search", None, "Searching for the rules on home visits", "I typed “visits at home” and found nothing."),
    (5, "/consultations", True, "", ""),
    (6, "/consultations", True, "", ""),
    (9, "/publications", None, "Printing one chapter for a team meeting", "It printed the whole report, 60 pages."),
    (12, "/", True, "", ""),
    (20, "/dashboards", None, "Comparing our borough with its neighbours", "I could not find what the figure counts."),
    (34, "/privacy", False, "", ""),
    (61, "/accessibility-statement", None, "Reading with a screen reader", "The date it was last tested is missing."),
)  # fmt: skip


async def fill(desk: Desk) -> None:
    """Add the demo's feedback, unless the site has any."""
    async with desk.reading() as session:
        if await service.list_reports(session, Filters(), limit=1):
            return
    for days, path, useful, doing, wrong in SAID:
        report = Report(path, useful, doing, wrong)
        await desk.submit(service.receive(desk.site.id, report, desk.now() - timedelta(days=days)))
