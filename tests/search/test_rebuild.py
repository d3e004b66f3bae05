"""``folkmoot search rebuild``: everything anew, for one site or for all."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from folkmoot.testing import Instance

FOLKMOOT_PLUGINS = ("publication",)
FOLKMOOT = Path(sys.executable).with_name("folkmoot")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(instance: Instance) -> Run:
    """Runs a command on the instance, beside it."""
    folder = instance.platform.configuration.folder

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([FOLKMOOT, *arguments], cwd=folder, capture_output=True, text=True, check=False)

    return call


async def publish(instance: Instance) -> None:
    for site in (instance.site, instance.other_site):
        api = await instance.api(site=site)
        draft = {"slug": "plan", "title": "A care plan", "markdown": "# One\n\nWords.\n\n# Two\n\nMore."}
        await api.post("/api/v1/publications", json=draft)
        reason = {"override_reason": "A test."}
        assert (await api.post("/api/v1/publications/plan/publish", json=reason)).status_code == 200


@pytest.mark.only_on("sqlite")
async def test_rebuilding_tells_its_progress_and_what_it_did(instance: Instance, run: Run) -> None:
    await publish(instance)
    done = run("search", "rebuild")
    assert (done.returncode, done.stdout) == (0, "Indexed 6 entries.\n")
    assert done.stderr.splitlines() == [
        "occs: publications: 1 of 1",
        "occs: chapters: 2 of 2",
        "parent: publications: 1 of 1",
        "parent: chapters: 2 of 2",
    ]
    assert (await instance.client().get("/api/v1/search?q=care")).json()["total"] == 1


@pytest.mark.only_on("sqlite")
async def test_one_site_is_rebuilt_alone(instance: Instance, run: Run) -> None:
    await publish(instance)
    assert run("search", "rebuild", "--site", "parent").stdout == "Indexed 3 entries.\n"
    neighbour = instance.client(instance.other_site)
    assert (await instance.client().get("/api/v1/search?q=care")).json()["total"] == 0
    assert (await neighbour.get("/api/v1/search?q=care")).json()["total"] == 1
    unknown = run("search", "rebuild", "--site", "nowhere")
    assert (unknown.returncode, unknown.stderr) == (1, "There is no site called nowhere.\n")
