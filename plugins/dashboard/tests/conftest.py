"""Figures that tests load: small ones of our own, and the real file where it is."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from folkmoot.testing import Instance
from folkmoot_dashboard.commands import load_at
from folkmoot_dashboard.loading import Loaded
from folkmoot_dashboard.reading import read_file
from folkmoot_dashboard.service import Facts

DATA = Path(os.environ.get("FOLKMOOT_SAMPLE_DATA", Path(__file__).parents[3].parent / "shared" / "data"))
ASCOF = DATA / "indicators" / "ascof_by_local_authority_2015-16_to_2021-22.csv"
OWN = Path(__file__).parents[1] / "folkmoot_dashboard" / "data" / "ascof.csv"
Load = Callable[..., Awaitable[Loaded]]


@pytest.fixture
def ascof() -> Path:
    """The real file of all ASCOF measures, or the sample of it that the plugin carries."""
    return ASCOF if ASCOF.is_file() else OWN


@pytest.fixture
def load(instance: Instance) -> Load:
    """Load CSV text as a dataset: ``await load("period,…", slug="care", publish=True)``."""

    async def run(text: str | bytes, *, slug: str = "care", publish: bool = True, site: Any = None) -> Loaded:
        content = text.encode() if isinstance(text, str) else text
        facts = Facts(slug=slug, title="Care", source_name="Our source", licence="Our licence")
        return await load_at(instance.desk(site), facts, read_file(content), publish=publish)

    return run
