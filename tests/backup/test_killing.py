"""kill -9 in the middle of a backup, of a restore, of an import: nothing half is ever taken for whole."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import pytest
from comparing import sums

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.commanding import Operator

from folkmoot.store.backup.package import open_package
from folkmoot.testing import Instance
from folkmoot.web import operations

pytestmark = pytest.mark.slow
HALTING = Path(__file__).with_name("halting.py")
PATIENCE = 60
# What moves with every command, and what is made again.
MOVING = ("core_directory_version", "core_operation", "core_schedule", "core_job", "core_page_version")
NEIGHBOURS = "parent"


async def killed(operator: Operator, line: str, *arguments: str) -> None:
    """Run a command until it tells a line that begins so, and kill it there."""
    process = await operator.begin(*arguments, program=(sys.executable, str(HALTING), line))
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while not (said := (await process.stderr.readline()).decode()).startswith(line):
            assert said or process.returncode is None, f"it ended before it said “{line}”"
            assert said, f"it ended before it said “{line}”"
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


async def told(instance: Instance, path: str = "/") -> int:
    """Return what the first site answers once this process has heard of what another did."""
    await asyncio.sleep(1.2)
    return (await instance.client().get(path)).status_code


def neighbours(found: dict[tuple[str, str], str], instance: Instance) -> dict[tuple[str, str], str]:
    return {key: value for key, value in found.items() if key[1] == str(instance.other_site.id)}


async def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_is_whole(full: Instance, tmp_path: Path) -> None:
    operator, path = Operator(full.platform.configuration.path), tmp_path / "b.zip"
    await killed(operator, "core_form_submission:", "backup", str(path))
    assert not path.exists()
    assert len(list(tmp_path.glob(".b.zip.*.partial"))) == 1
    await operator.run("backup", str(path))
    store = operations.store_of(full.platform)
    with open_package(path) as package:
        package.check(store.tables, store.lineages)


async def test_a_restore_of_everything_that_is_killed_has_changed_nothing(full: Instance, tmp_path: Path) -> None:
    operator, path = Operator(full.platform.configuration.path), tmp_path / "b.zip"
    await operator.run("backup", str(path))
    before = await sums(full, but=MOVING)
    await killed(operator, "core_form_version:", "restore", str(path), "--replace", "--yes")
    deadline = time.monotonic() + 10
    while await sums(full, but=MOVING) != before and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    assert await sums(full, but=MOVING) == before
    await operator.run("restore", str(path), "--replace", "--yes")


async def test_a_restore_of_one_site_that_is_killed_leaves_it_closed_until_it_is_run_again(
    full: Instance, tmp_path: Path
) -> None:
    operator, path = Operator(full.platform.configuration.path), tmp_path / "b.zip"
    await operator.run("backup", str(path))
    but = (*MOVING, "core_audit_entry")
    before = await sums(full, but=but)
    await killed(operator, "core_form_version:", "restore", str(path), "--site", "occs", "--yes")
    assert await told(full) == 503
    assert (await full.client(full.other_site).get("/")).status_code == 200
    half = await sums(full, but=but)
    assert half != before
    assert neighbours(half, full) == neighbours(before, full)
    refused = await operator.run("site", "resume", "occs", status=1)
    assert "The site occs is half restored" in refused
    await operator.run("restore", str(path), "--site", "occs", "--yes")
    assert await told(full) == 200
    assert await sums(full, but=but) == before
