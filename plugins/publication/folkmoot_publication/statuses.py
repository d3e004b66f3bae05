"""The answers to a recommendation that have a translation and a colour; any other words are shown as they are."""

from collections.abc import Callable
from typing import Final

from folkmoot.api import N_
from folkmoot_publication.references import NOT_GIVEN

STATUSES: Final = {
    "accepted": (N_("Accepted"), "green"),
    "accepted-in-part": (N_("Accepted in part"), "turquoise"),
    "accepted-in-principle": (N_("Accepted in principle"), "turquoise"),
    "not-accepted": (N_("Not accepted"), "red"),
    "under-consideration": (N_("Under consideration"), "yellow"),
    "not-for-us": (N_("Not for us"), "grey"),
    NOT_GIVEN: (N_("Not given"), "grey"),
}


def status_label(key: str, label: str, gettext: Callable[[str], str] = str) -> str:
    """Return a status in the reader's language where it is one of ``STATUSES``, else as it was given."""
    return gettext(STATUSES[key][0]) if key in STATUSES else label


def status_colour(key: str) -> str:
    """Return the colour of a status's tag."""
    return STATUSES[key][1] if key in STATUSES else "grey"
