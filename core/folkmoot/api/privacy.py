"""What plugins say of personal data, and the counting of starts and ends of journeys, without cookies."""

from folkmoot.privacy.mentions import REMOVED, Mentions, naming, take_out
from folkmoot.spec.descriptors import Held, PersonalData, Subject, Term
from folkmoot.web.counts import count_end, count_start
from folkmoot.web.personal_data import PUBLIC_TASK

__all__ = [
    "PUBLIC_TASK",
    "REMOVED",
    "Held",
    "Mentions",
    "PersonalData",
    "Subject",
    "Term",
    "count_end",
    "count_start",
    "naming",
    "take_out",
]
