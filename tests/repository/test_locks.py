"""Locks pin everything by hash, cover what the distributions need, and tell nothing about where packages came from."""

import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import distributions  # noqa: E402 - a tool beside the repository, not a package

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"[\w.-]+==\S+(?: ; [^#]+?)?(?: --hash=sha256:[0-9a-f]{64})+")


def logical_lines(lock: Path) -> list[str]:
    """Requirements with their continuation lines joined."""
    return [re.sub(r" +", " ", line).strip() for line in lock.read_text().replace("\\\n", " ").splitlines() if line]


def pins(lock: Path) -> dict[str, str]:
    names = [line.split("==", 1)[0] for line in logical_lines(lock)]
    versions = [line.split("==", 1)[1].split(" ", 1)[0] for line in logical_lines(lock)]
    return dict(zip(map(distributions.name_of, names), versions, strict=True))


def test_there_is_a_lock_for_building_for_running_for_developing_and_for_node() -> None:
    assert [lock.stem for lock in LOCKS] == ["build", "dev", "node", "run"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_line_of_a_lock_is_a_version_with_hashes_and_nothing_else(lock: Path) -> None:
    assert logical_lines(lock)
    assert [line for line in logical_lines(lock) if not PINNED.fullmatch(line)] == []


def test_locks_that_share_an_environment_agree_on_versions() -> None:
    seen: dict[str, str] = {}
    for lock in LOCKS:
        for name, version in pins(lock).items():
            assert seen.setdefault(name, version) == version, f"{name} differs in {lock.name}"


def test_the_run_lock_covers_what_every_distribution_needs() -> None:
    locked = pins(ROOT / "requirements" / "run.txt")
    wanted = [Requirement(text) for text in distributions.outside_requirements()]
    assert len(wanted) > 15
    assert [str(need) for need in wanted if not need.specifier.contains(locked.get(need.name.lower(), "0"))] == []


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock.stem != "run"], ids=lambda lock: lock.stem)
def test_the_other_locks_cover_what_their_in_file_asks_for(lock: Path) -> None:
    lines = [line for line in lock.with_suffix(".in").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if distributions.name_of(line) not in pins(lock)] == []


def test_each_distribution_admits_the_version_that_is_released_with_it() -> None:
    version = (ROOT / "VERSION").read_text().strip()
    own = {distributions.project(folder)["name"] for folder in distributions.folders()}
    for folder in distributions.folders():
        for text in distributions.list_of(distributions.project(folder), "dependencies"):
            need = Requirement(text)
            if need.name in own:
                assert need.specifier.contains(version), f"{folder.name} refuses {need.name} {version}"
