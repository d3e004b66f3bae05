"""Runs a command where only the wheels are: `python tools/clean_room.py -- folkmoot --help`.

A fresh virtual environment in a temporary folder away from this tree holds what requirements/run.txt pins and the
wheels of dist/ (`make wheels`). The command runs in an empty folder beside it, with that environment first on PATH.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class CleanRoom:
    """A place where nothing of this tree can be imported: `work` is an empty folder, `environment` what to run with."""

    work: Path
    environment: dict[str, str]
    programs: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run one command to its end; its output goes where ours does."""
        program = self.programs / command[0]
        found = str(program) if program.exists() else command[0]
        return subprocess.run([found, *command[1:]], cwd=self.work, env=self.environment, check=False)


@contextmanager
def clean_room(wheels: Sequence[Path]) -> Iterator[CleanRoom]:
    """Make the environment, install, hand it over, and clear it away.

    :raises subprocess.CalledProcessError: what pip refused to install.
    """
    with tempfile.TemporaryDirectory(prefix="clean-room-") as folder:
        programs = Path(folder) / "venv" / "bin"
        venv.create(programs.parent, with_pip=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        environment = clean_environment(programs)
        requirements = ["--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")]
        subprocess.run([*pip, *requirements], check=True, env=environment)
        subprocess.run([*pip, "--no-deps", *map(str, wheels)], check=True, env=environment)
        work = Path(folder) / "work"
        work.mkdir()
        yield CleanRoom(work, environment, programs)


def clean_environment(programs: Path) -> dict[str, str]:
    """Ours, without what could lead Python back into this tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "PATH": f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, default=ROOT / "dist", help="folder of the wheels")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    options = parser.parse_args()
    wheels = sorted(options.wheels.resolve().glob("*.whl"))
    if not wheels:
        print(f"No wheels in {options.wheels}: `make wheels` builds them.", file=sys.stderr)
        return 1
    with clean_room(wheels) as room:
        return room.run(*options.command).returncode


if __name__ == "__main__":
    sys.exit(main())
