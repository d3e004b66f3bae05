"""What the plugin's own table holds about people. Answers are in the form engine's tables, which core speaks for."""

from collections.abc import Sequence

from folkmoot.api import N_
from folkmoot.api.privacy import PUBLIC_TASK, Mentions, PersonalData
from folkmoot_consultation.models import Consultation


def personal_data() -> Sequence[PersonalData]:
    """Return what consultations hold."""
    named = Mentions((Consultation,), N_("A consultation that names the address"))
    return (
        PersonalData(
            name="consultation.consultations",
            title=N_("Consultations"),
            tables=("consultation_consultation",),
            what=(N_("names and contact details in what the body wrote itself"),),
            why=N_("So that people can ask whoever is responsible"),
            basis=PUBLIC_TASK,
            kept=N_("As long as the consultation is on the site"),
            find=named.find,
            erase=named.erase,
        ),
    )
