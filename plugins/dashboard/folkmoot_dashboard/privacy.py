"""What the plugin's tables hold about people: nothing."""

from collections.abc import Sequence

from folkmoot.api import N_
from folkmoot.api.privacy import PersonalData


def personal_data() -> Sequence[PersonalData]:
    """Return that there is nothing about anybody."""
    return (
        PersonalData(
            name="dashboard.datasets",
            title=N_("Datasets"),
            tables=("dashboard_dataset", "dashboard_version", "dashboard_metric", "dashboard_observation"),
            why=N_("Figures about places and groups, not about persons"),
        ),
    )
