"""A whole instance with demo content, served by the real command for as long as a test or a camera needs it.

Two sites: the first at ``http://localhost:PORT``, its parent department's at ``http://parent.localhost:PORT``; every
installed plugin is active on both.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

FOLKMOOT = Path(sys.executable).with_name("folkmoot")
ADDRESS = re.compile(r"is served at http://localhost:([0-9]+)")
CONFIGURATION = """\
[site]
slug = "occs"
name = "Engage OCCS"
organisation = "Office for Community Care Standards"
kind = "executive-ndpb"
brand_colour = "#00625a"
locales = ["en", "cy"]
contact_email = "engage@occs.example"
[plugins]
active = {plugins}
"""
PARENT = (
    *("parent", "--name", "Department for Community Life", "--kind", "department", "--parent", "occs"),
    *("--brand-colour", "#3d2a7d", "--locales", "en,cy", "--contact-email", "engage@community-life.example"),
)
# What Debian's Chromium needs to run anywhere, and to ask nobody but the site that is looked at.
CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@dataclass(frozen=True, slots=True)
class Served:
    """A running instance: its folder, its port, and the command line on it."""

    folder: Path
    port: int

    def address(self, path: str = "/", *, site: str = "") -> str:
        """Return the address of a page, of the first site unless another is named."""
        return f"http://{site + '.' if site else ''}localhost:{self.port}{path}"

    def run(self, *arguments: str) -> str:
        """Run a command of ``folkmoot`` on the instance, and return what it prints."""
        return run(self.folder, *arguments)

    def sign_in_link(self, email: str, role: str, *, site: str = "occs") -> str:
        """Give a person a role on a site, and return the address that signs them in once."""
        self.run("user", "create", email, "--site", site, "--role", role)
        base = self.address("", site="" if site == "occs" else site)
        return self.run("user", "link", email, "--site", site, "--base", base).strip()


def run(folder: Path, *arguments: str) -> str:
    """Run a command of ``folkmoot`` in a folder, and return what it prints; raises with its own words."""
    done = subprocess.run(
        [FOLKMOOT, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"folkmoot {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def environment() -> dict[str, str]:
    """Return ours, without settings of another site."""
    settings = {"FOLKMOOT_CONFIG", "FOLKMOOT_SECRET_KEY"}
    kept = {n: v for n, v in os.environ.items() if n not in settings and not n.startswith("FOLKMOOT_DATABASE")}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def make_demo(folder: Path) -> None:
    """Make an instance of two sites with demo content in a new folder."""
    folder.mkdir(parents=True)
    plugins = sorted(point.name for point in entry_points(group="folkmoot.plugins"))
    (folder / "folkmoot.toml").write_text(CONFIGURATION.format(plugins=json.dumps(plugins)), encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "secret_key").write_text(secrets.token_urlsafe(48), encoding="utf-8")
    run(folder, "db", "upgrade")
    run(folder, "site", "create", *PARENT)
    for slug in ("occs", "parent"):
        run(folder, "demo", "--site", slug)


@contextmanager
def serve(folder: Path, *arguments: str) -> Iterator[Served]:
    """Serve a folder on a free port for the length of a ``with``."""
    command = [str(FOLKMOOT), "serve", "--port", "0", *arguments]
    log = (folder / "serve.log").open("w", encoding="utf-8")
    with log, subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=log, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Served(folder, next(int(found[1]) for line in process.stdout if (found := ADDRESS.search(line))))
        finally:
            process.terminate()


def chromium() -> str:
    """Return where the machine's Chromium is; raises when there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("There is no Chromium on this machine: install the Debian package “chromium”.")
    return path
