"""Answers in progress: kept page by page, found again by the secret in the respondent's browser."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import select

from folkmoot.forms.models import Draft
from folkmoot.kernel.ids import digest, new_secret
from folkmoot.store.scoping import SiteSession


async def find_draft(session: SiteSession, form_id: UUID, secret: str) -> Draft | None:
    """Return the draft of a form that the secret opens."""
    if not secret:
        return None
    query = select(Draft).where(Draft.form_id == form_id, Draft.secret_hash == digest(secret))
    return (await session.exec(query)).first()


async def keep_answers(
    session: SiteSession,
    form_id: UUID,
    secret: str,
    *,
    asked: Iterable[str],
    answers: Mapping[str, Any],
    at: datetime,
) -> str:
    """Keep the answers of one page in the draft, making it at the first, and commit.

    :param asked: the keys of the page's questions: an answer that was taken back is forgotten
    :returns: the secret that opens the draft; another than before when a new draft was made
    """
    draft = await find_draft(session, form_id, secret)
    if draft is None:
        # Never the old secret: it may have been used for answers that were sent already.
        secret = new_secret()
        draft = Draft(form_id=form_id, secret_hash=digest(secret), updated_at=at)
    kept = {key: value for key, value in draft.answers.items() if key not in set(asked)}
    draft.answers = {**kept, **answers}
    draft.updated_at = at
    session.add(draft)
    await session.commit()
    return secret


def submission_key(secret: str) -> str:
    """Return the idempotency key of what a draft becomes: one secret, one submission."""
    return f"draft:{digest(secret)}"
