"""The demo's figures: real, each with its source. See the files in ``data``."""

from importlib.resources import files

from folkmoot.api import Desk
from folkmoot_dashboard import service
from folkmoot_dashboard.commands import load_at
from folkmoot_dashboard.reading import read_file
from folkmoot_dashboard.service import Facts

DATASETS = {
    "dementia_diagnosis.csv": Facts(
        slug="dementia-diagnosis",
        title="Dementia diagnosis",
        description="Of the people aged 65 and over thought to live with dementia, the share with a diagnosis, 2017.",
        source_name="Public Health England, Fingertips: estimated dementia diagnosis rate",
        source_url="https://fingertips.phe.org.uk",
        licence="Open Government Licence v3.0",
    ),
    "ascof.csv": Facts(
        slug="adult-social-care",
        title="Adult social care outcomes",
        description="Two measures of what adult social care achieves, for each council with that duty in England.",
        source_name="NHS England, Adult Social Care Outcomes Framework (ASCOF)",
        source_url="https://digital.nhs.uk/data-and-information/publications/statistical/adult-social-care-outcomes-framework-ascof",
    ),
}


async def fill(desk: Desk) -> None:
    """Load and publish the demo's datasets, those that the site lacks."""
    for name, facts in DATASETS.items():
        async with desk.reading() as session:
            if await service.find_dataset(session, facts.slug):
                continue
        content = (files("folkmoot_dashboard") / "data" / name).read_bytes()
        await load_at(desk, facts, read_file(content), publish=True)
