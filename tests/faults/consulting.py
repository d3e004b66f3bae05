"""A consultation that is open now, and what everybody answers to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from folkmoot.testing import Instance
from folkmoot_consultation.service import Wanted, create_consultation, publish_consultation

SLUG = "bins"
PATH = f"/consultations/{SLUG}"
API = f"/api/v1/consultations/{SLUG}/submissions"
PARTS = ["green", "black"]
# What somebody of the staff types to make another one.
TYPED = {
    "title": "Typed by somebody of the staff",
    "slug": "typed-by-staff",
    "summary": "How bright should it be?",
    **{"opens_day": "1", "opens_month": "11", "opens_year": "2026", "opens_time": "9am"},
    **{"closes_day": "27", "closes_month": "3", "closes_year": "2027", "closes_time": "11:59pm"},
}
FORM: dict[str, Any] = {
    "pages": [
        {
            "title": "Your answers",
            "questions": [
                {"key": "mark", "type": "text", "label": "Your mark", "required": True},
                {
                    "key": "parts",
                    "type": "multiple",
                    "label": "Which bins?",
                    "options": [{"key": key, "label": key.title()} for key in (*PARTS, "brown")],
                },
                {"key": "why", "type": "long_text", "label": "Why?"},
            ],
        }
    ]
}


def answers(mark: str) -> dict[str, Any]:
    """Return what somebody with this mark answers."""
    return {"mark": mark, "parts": PARTS, "why": f"Because of {mark}.\nAnd for no other reason."}


async def open_consultation(instance: Instance, *, slug: str = SLUG, closes_at: datetime | None = None) -> None:
    """Open a consultation on the first site; unless it says when it closes, the clock is set to the machine's."""
    if closes_at is None:
        instance.clock.instant = datetime.now(UTC)
    now = instance.clock.now()
    wanted = Wanted(
        slug=slug,
        title="Bins",
        summary="How often?",
        opens_at=now - timedelta(days=1),
        closes_at=closes_at or now + timedelta(days=30),
        form=FORM,
    )
    async with instance.desk().writing() as session:
        await create_consultation(session, wanted, by="author", at=now)
    async with instance.desk().writing() as session:
        await publish_consultation(session, slug, by="publisher", at=now)
