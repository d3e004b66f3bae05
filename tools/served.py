"""The demo of `make demo`, served for as long as a test or a camera needs it, and the Chromium that looks at it.

Two sites: a body's at ``http://localhost:PORT``, its parent department's at ``http://parent.localhost:PORT``.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from playwright.async_api import Browser
    from sqlmodel.ext.asyncio.session import AsyncSession

TOOLS = Path(__file__).resolve().parent
FOLKMOOT = Path(sys.executable).with_name("folkmoot")
ADDRESS = re.compile(r"is served at http://localhost:([0-9]+)")
FIRST, PARENT = "occs", "parent"
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
    # What the environment sets over the folder's configuration, such as another database.
    environ: Mapping[str, str] = field(default_factory=dict)

    def address(self, path: str = "/", *, site: str = FIRST) -> str:
        """Return the address of a page of a site."""
        host = "localhost" if site == FIRST else f"{site}.localhost"
        return f"http://{host}:{self.port}{path}"

    def run(self, *arguments: str) -> str:
        """Run a command of ``folkmoot`` on the instance, and return what it prints."""
        return run(self.folder, *arguments, environ=self.environ)

    async def sign_in_link(self, email: str, role: str, *, site: str = FIRST) -> str:
        """Give a person a role on a site, and return the address that signs them in once."""
        from folkmoot.accounts.service import create_link, create_user

        now = datetime.now(UTC)
        async with self._writing(site) as (session, site_id):
            await create_user(session, email, site_id=site_id, role=role, password=None, at=now)
            secret, _ = await create_link(session, email, site_id=site_id, at=now)
        return self.address(f"/sign-in/{secret}", site=site)

    async def token(self, *, site: str = FIRST) -> str:
        """Return a new API token for everything on a site."""
        from folkmoot.accounts.service import create_token

        async with self._writing(site) as (session, site_id):
            return await create_token(session, site_id=site_id, permissions=["*"], at=datetime.now(UTC), expires=None)

    @asynccontextmanager
    async def _writing(self, site: str) -> AsyncIterator[tuple["AsyncSession", "UUID"]]:
        """Open the database beside the server: a command of its own would take seconds each time."""
        from sqlmodel import select

        from folkmoot.kernel.settings import load
        from folkmoot.sites.models import Site
        from folkmoot.store.database import open_database

        database = open_database(load(self.folder / "folkmoot.toml", environ=self.environ).database_urls())
        await database.open()
        try:
            async with database.system_writing() as session:
                yield session, (await session.exec(select(Site.id).where(Site.slug == site))).one()
        finally:
            await database.close()


def run(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """Run a command of ``folkmoot`` in a folder, and return what it prints; raises with its own words."""
    done = subprocess.run(
        [FOLKMOOT, *arguments], cwd=folder, env=environment(environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"folkmoot {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return ours without anything of Folkmoot's, so that no other site is meant, and with what is given."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FOLKMOOT_")}
    return ours | {"PYTHONUNBUFFERED": "1"} | dict(more or {})


def make_demo(folder: Path, environ: Mapping[str, str] | None = None) -> None:
    """Make the demo's two sites with their content in a new folder."""
    command = [sys.executable, str(TOOLS / "demo.py"), "--no-serve", "--folder", str(folder)]
    done = subprocess.run(command, env=environment(environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The demo could not be made: {done.stdout}{done.stderr}")


@contextmanager
def serve(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Serve a folder on a free port for the length of a ``with``."""
    command = [str(FOLKMOOT), "serve", "--port", "0", *arguments]
    with (
        (folder / "serve.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment(environ), stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            port = next((int(found[1]) for line in process.stdout if (found := ADDRESS.search(line))), None)
            if port is None:
                raise RuntimeError(f"folkmoot serve: {(folder / 'serve.log').read_text(encoding='utf-8')}")
            yield Served(folder, port, dict(environ or {}))
        finally:
            process.terminate()


@asynccontextmanager
async def running_browser() -> AsyncIterator["Browser"]:
    """Run the machine's Chromium for the length of an ``async with``."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        yield browser
        await browser.close()


def chromium() -> str:
    """Return where the machine's Chromium is; raises when there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("There is no Chromium on this machine: install the Debian package “chromium”.")
    return path
