"""The demo's consultations: words written by us about a body we made up."""

from datetime import datetime, timedelta
from typing import Any

from folkmoot.api import LONDON, Desk
from folkmoot.api.forms import Sending, submit_answers
from folkmoot_consultation import service
from folkmoot_consultation.models import Consultation
from folkmoot_consultation.service import Wanted

ROLES = [
    {"key": "uses_care", "label": {"en": "I use care or support", "cy": "Rwy’n defnyddio gofal neu gymorth"}},
    {"key": "carer", "label": {"en": "I look after somebody", "cy": "Rwy’n gofalu am rywun"}},
    {"key": "works_in_care", "label": {"en": "I work in care", "cy": "Rwy’n gweithio ym maes gofal"}},
    {"key": "provider", "label": {"en": "I speak for a care provider", "cy": "Rwy’n siarad ar ran darparwr gofal"}},
]
OPEN_FORM: dict[str, Any] = {
    "pages": [
        {
            "title": {"en": "About you", "cy": "Amdanoch chi"},
            "questions": [
                {
                    "key": "role",
                    "type": "single",
                    "label": {"en": "Which of these describes you best?", "cy": "Pa un sy’n eich disgrifio chi orau?"},
                    "required": True,
                    "options": ROLES,
                }
            ],
        },
        {
            "title": {"en": "Your work", "cy": "Eich gwaith"},
            "questions": [
                {
                    "key": "setting",
                    "type": "text",
                    "label": {"en": "What kind of service is it?", "cy": "Pa fath o wasanaeth yw e?"},
                    "hint": {"en": "For example, a care home or home care", "cy": "Er enghraifft, cartref gofal"},
                    "show_if": "role in ['works_in_care', 'provider']",
                }
            ],
        },
        {
            "title": {"en": "Visiting times", "cy": "Oriau ymweld"},
            "questions": [
                {
                    "key": "agree",
                    "type": "single",
                    "label": {
                        "en": "Should people in care homes be able to have visitors at any reasonable time?",
                        "cy": "A ddylai pobl mewn cartrefi gofal gael ymwelwyr ar unrhyw adeg resymol?",
                    },
                    "required": True,
                    "options": [
                        {"key": "yes", "label": {"en": "Yes", "cy": "Dylai"}},
                        {"key": "partly", "label": {"en": "Yes, with exceptions", "cy": "Dylai, gydag eithriadau"}},
                        {"key": "no", "label": {"en": "No", "cy": "Na ddylai"}},
                        {"key": "unsure", "label": {"en": "I am not sure", "cy": "Dydw i ddim yn siŵr"}},
                    ],
                }
            ],
        },
        {
            "title": {"en": "Exceptions", "cy": "Eithriadau"},
            "questions": [
                {
                    "key": "exceptions",
                    "type": "multiple",
                    "label": {"en": "When should a visit be put off?", "cy": "Pryd y dylid gohirio ymweliad?"},
                    "show_if": "agree == 'partly'",
                    "options": [
                        {
                            "key": "infection",
                            "label": {"en": "There is an infection in the home", "cy": "Mae haint yn y cartref"},
                        },
                        {"key": "night", "label": {"en": "At night", "cy": "Gyda’r nos"}},
                        {
                            "key": "staffing",
                            "label": {"en": "There are not enough staff", "cy": "Nid oes digon o staff"},
                        },
                        {
                            "key": "none",
                            "label": {"en": "None of these", "cy": "Dim un o’r rhain"},
                            "exclusive": True,
                        },
                    ],
                }
            ],
        },
        {
            "title": {"en": "In your own words", "cy": "Yn eich geiriau eich hun"},
            "questions": [
                {
                    "key": "experience",
                    "type": "long_text",
                    "label": {
                        "en": "What would make visits better where you are?",
                        "cy": "Beth fyddai’n gwella ymweliadau yn eich ardal chi?",
                    },
                    "hint": {
                        "en": "Do not give anybody’s name or health details",
                        "cy": "Peidiwch â rhoi enw na manylion iechyd unrhyw un",
                    },
                    "limits": {"max_words": 500},
                }
            ],
        },
    ]
}
DOCUMENT = """\
# Visiting in care homes: our proposals

## Why we ask

People who live in a care home stay in touch with those they love through visits. Homes set their own visiting times
today, and they differ a great deal.

We want one clear rule that homes can follow and that visitors can rely on.

## What we propose

A home should welcome visitors at any reasonable time. It should not ask for a reason.

A home may put a visit off when it would put somebody at risk. It should write down why, and say when the visit can
take place.

Every person in a home should have one visitor who may always come, even when other visits are put off.

## What it would cost

Most homes work like this already. We expect the cost to others to be small: longer hours at the front door, and some
time to keep the record.
"""
CLOSED_FORM: dict[str, Any] = {
    "pages": [
        {
            "title": "The guide",
            "questions": [
                {
                    "key": "clear",
                    "type": "single",
                    "label": "How clear is the draft guide to making a complaint?",
                    "required": True,
                    "options": [
                        {"key": "very", "label": "Very clear"},
                        {"key": "fairly", "label": "Fairly clear"},
                        {"key": "not", "label": "Not clear"},
                    ],
                }
            ],
        },
        {
            "title": "What is missing",
            "questions": [{"key": "missing", "type": "long_text", "label": "What is missing from the guide?"}],
        },
    ]
}
WORKFORCE_FORM: dict[str, Any] = {
    "pages": [
        {
            "title": "Your view",
            "questions": [
                {
                    "key": "stay",
                    "type": "long_text",
                    "label": "What would make people start, and stay in, a job in care?",
                    "required": True,
                }
            ],
        }
    ]
}
CLOSED_ANSWERS = (
    ("very", "Nothing is missing. I would hand it to every family on their first day."),
    ("fairly", "Say how long each step takes. Waiting without knowing is the worst part."),
    ("fairly", "A telephone number in large print on the first page."),
    ("not", "It does not say who answers if the manager is the one complained about."),
    ("very", ""),
    ("fairly", "Put the easy read version beside it, not behind a link."),
    ("not", "Too many pages. The steps could go on one."),
)


async def seed(desk: Desk) -> None:
    """Put an open and a closed consultation into a site, unless they are there."""
    today = desk.now().astimezone(LONDON).replace(hour=9, minute=0, second=0, microsecond=0)
    end = today.replace(hour=23, minute=59)
    if desk.site.slug == "parent":
        await _publish(desk, _workforce(today, end))
        return
    await _publish(desk, _visiting(today, end))
    if await _publish(desk, _complaints(today, end)):
        await _answer(desk, "complaints-guide")


def _visiting(today: datetime, end: datetime) -> Wanted:
    return Wanted(
        slug="visiting-in-care-homes",
        title="Visiting in care homes",
        summary=(
            "We propose one rule for visits to people who live in care homes. "
            "Tell us whether it would work, and what would make visits better."
        ),
        audience="People who live in care homes, their families and friends, and everybody who works in care",
        minutes=10,
        email="visits@occs.example",
        post="Visiting consultation\nOffice for Community Care Standards\n1 Example Street\nExampleton EX1 1AA",
        telephone="01632 960 123",
        document=DOCUMENT,
        form=OPEN_FORM,
        opens_at=today - timedelta(days=14),
        closes_at=end + timedelta(days=42),
    )


def _complaints(today: datetime, end: datetime) -> Wanted:
    return Wanted(
        slug="complaints-guide",
        title="A guide to making a complaint about care",
        summary="We asked whether our draft guide is clear, and what is missing from it.",
        form=CLOSED_FORM,
        opens_at=today - timedelta(days=90),
        closes_at=end - timedelta(days=30),
    )


def _workforce(today: datetime, end: datetime) -> Wanted:
    return Wanted(
        slug="care-workforce-plan",
        title="A plan for the care workforce",
        summary="We ask what would make people start, and stay in, a job in care.",
        form=WORKFORCE_FORM,
        opens_at=today - timedelta(days=3),
        closes_at=end + timedelta(days=60),
    )


async def _publish(desk: Desk, wanted: Wanted) -> bool:
    async with desk.writing() as session:
        existing = {each.slug for each in await service.list_consultations(session)}
        if wanted.slug in existing:
            return False
        made: Consultation = await service.create_consultation(session, wanted, by=desk.actor, at=wanted.opens_at)
        await service.publish_consultation(
            session, made.slug, by=desk.actor, at=wanted.opens_at, override_reason="Demo content."
        )
    return True


class _Earlier(Desk):
    """A desk at an earlier time: what was answered before the demo was made."""

    instant: datetime

    def now(self) -> datetime:
        """Return the time that was chosen."""
        return self.instant


async def _answer(desk: Desk, slug: str) -> None:
    async with desk.reading() as session:
        consultation = await service.find_consultation(session, slug)
        form = await service.live_form(session, consultation)
    earlier = _Earlier(desk.platform, desk.site, desk.actor)
    for number, (clear, missing) in enumerate(CLOSED_ANSWERS):
        earlier.instant = consultation.opens_at + timedelta(days=5 * number + 1, hours=number, minutes=7 * number)
        answers: dict[str, str | list[str]] = {"clear": clear}
        if missing:
            answers["missing"] = missing
        sending = Sending(key=f"demo:{number}", channel="web")
        await submit_answers(earlier, form, answers, sending, event="consultation.submitted")
