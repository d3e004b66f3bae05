"""What publications hold about people: names and addresses that stand in their text."""

from collections.abc import Sequence

from folkmoot.api import N_
from folkmoot.api.privacy import PUBLIC_TASK, Mentions, PersonalData
from folkmoot_publication.models import DocumentNode, Edition, Publication, Recommendation


def personal_data() -> Sequence[PersonalData]:
    """Return what publications hold."""
    named = Mentions((Publication, Edition, DocumentNode, Recommendation), N_("A publication that names the address"))
    return (
        PersonalData(
            name="publication.publications",
            title=N_("Publications"),
            tables=(
                "publication_publication",
                "publication_edition",
                "publication_node",
                "publication_recommendation",
            ),
            what=(N_("names and addresses in published text"),),
            why=N_("To publish what the body has found and decided"),
            basis=PUBLIC_TASK,
            kept=N_("As long as the publication is on the site"),
            find=named.find,
            erase=named.erase,
        ),
    )
