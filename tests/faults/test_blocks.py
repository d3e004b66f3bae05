"""A piece of a page that could not be made for a moment is missing for a moment, not for as long as pages are kept."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import open_consultation
from folkmoot.spec.errors import Unavailable
from folkmoot.testing import Instance
from folkmoot_consultation import service

FOLKMOOT_PLUGINS = ("consultation",)


async def test_a_page_that_lacks_a_block_is_not_kept(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    await open_consultation(instance)

    async def fail(*_: object) -> None:
        raise Unavailable("The service cannot reach its database. Try again in a minute.")

    monkeypatch.setattr(service, "list_public", fail)
    lacking = await instance.client().get("/")
    monkeypatch.undo()
    whole = await instance.client().get("/")
    assert (lacking.status_code, whole.status_code) == (200, 200)
    assert "Bins" not in lacking.text
    assert "Bins" in whole.text
    # What lacks nothing is kept, so the look above could have been at what was kept.
    made = instance.platform.cache.made
    assert (await instance.client().get("/")).text == whole.text
    assert instance.platform.cache.made == made
