"""`make lock`: pin everything by version and hash, for every platform, without a word about where it came from."""

import argparse
import subprocess
import sys
from pathlib import Path

from distributions import ROOT, outside_requirements

REQUIREMENTS = ROOT / "requirements"
COMPILE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    # What a lock must not tell: the index, folders of wheels, the command and the files it was made from.
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"),
]
# One environment holds them all, so a later lock keeps to the versions of the earlier ones.
LOCKS = ("run", "build", "dev", "node")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="move to the newest allowed versions")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    constraints: list[str] = []
    for name in LOCKS:
        wanted = "\n".join(outside_requirements()) if name == "run" else (REQUIREMENTS / f"{name}.in").read_text()
        compile_lock(REQUIREMENTS / f"{name}.txt", wanted, [*upgrade, *constraints])
        constraints += ["--constraint", str(REQUIREMENTS / f"{name}.txt")]
    return 0


def compile_lock(lock: Path, wanted: str, options: list[str]) -> None:
    uv = [sys.executable, "-m", "uv", *COMPILE, *options, "--output-file", str(lock), "-"]
    subprocess.run(uv, input=wanted, text=True, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
