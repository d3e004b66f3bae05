"""`make demo`: a body and its parent department with content, served at http://localhost:8000.

The site is baked into demo-site/ where there is none yet; `rm -r demo-site` and `make demo` start anew. Everything runs
in one process: importing the platform takes longer than anything that a second run has to do.
"""

import argparse
import os
import socket
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from folkmoot.web.platform import Platform

ROOT = Path(__file__).resolve().parent.parent
ADMINISTRATOR = "administrator@occs.example"
PLUGINS = ("publication", "consultation", "feedback", "dashboard")
# Both bodies are made up.
ANSWERS = {
    "organisation": "Office for Community Care Standards",
    "site_name": "Office for Community Care Standards",
    "slug": "occs",
    "host": "localhost",
    "kind": "executive-ndpb",
    "plugins": ",".join(PLUGINS),
    "brand_colour": "#00625a",
    "languages": "en,cy",
    "contact_email": "engage@occs.example",
}
PARENT = {
    "slug": "parent",
    "name": "Department for Community Life",
    "host": "parent.localhost",
    "kind": "department",
    "brand_colour": "#3d2a7d",
    "locales": ("en", "cy"),
    "contact_email": "engage@community-life.example",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-serve", action="store_true", help="stop before serving")
    parser.add_argument("--folder", type=Path, default=ROOT / "demo-site", help="where the site is")
    options = parser.parse_args()
    if not options.no_serve and not is_free(options.port):
        print(f"Port {options.port} is taken by another program: choose another with PORT=.", file=sys.stderr)
        return 1
    from folkmoot.spec.errors import FolkmootError

    try:
        secret = prepare(options.folder.resolve())
    except FolkmootError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{ANSWERS['site_name']}: http://localhost:{options.port}")
    print(f"{PARENT['name']}: http://parent.localhost:{options.port}")
    print(f"Sign in once, within an hour: http://localhost:{options.port}/sign-in/{secret}", flush=True)
    if not options.no_serve:
        serve(options.port)
    return 0


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare(folder: Path) -> str:
    """Bake, migrate and fill what is not there yet; return the secret of a fresh sign-in link."""
    from folkmoot.web.desk import on_platform

    if not (folder / "folkmoot.toml").is_file():
        bake(folder)
    os.environ["FOLKMOOT_CONFIG"] = str(folder / "folkmoot.toml")
    migrate()

    async def work(platform: "Platform") -> str:
        await keep_parent(platform)
        await load_content(platform, folder / "data" / "demo-content")
        return await fresh_link(platform)

    return on_platform(work)


def bake(folder: Path) -> None:
    from folkmoot.cli.new import bake as bake_template

    folder.parent.mkdir(parents=True, exist_ok=True)
    # Baked aside and moved, so that a demo that was stopped half way is not taken for a whole one.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".demo-") as aside:
        bake_template("site", Path(aside), dict(ANSWERS), ask=False).rename(folder)


def migrate() -> None:
    from folkmoot.cli.database import upgrade_database
    from folkmoot.store.migrations import pending
    from folkmoot.web.application import lineages, load
    from folkmoot.web.desk import configuration

    settings = configuration()
    if pending(settings.database_urls(), lineages(load(settings))):
        upgrade_database(settings)


async def keep_parent(platform: "Platform") -> None:
    """Create the parent department's site where it is not there, and make it the parent of the first site."""
    from folkmoot.kernel.settings import SiteSection
    from folkmoot.sites import service

    now = platform.clock.now()
    if any(site.slug == PARENT["slug"] for site in platform.directory.all()):
        return
    async with platform.database.system_writing() as session:
        parent = await service.create_site(session, SiteSection.model_validate(PARENT), plugins=PLUGINS, at=now)
        child = await service.find_site(session, ANSWERS["slug"])
        child.parent_id = parent.id
        session.add(child)
        await session.commit()
    await platform.load_directory()


async def load_content(platform: "Platform", notes: Path) -> None:
    """Load what each plugin brings for each site, and note it: loading is safe to repeat, but takes its time."""
    from folkmoot.web.desk import Desk, choose_site

    noted = lines_of(notes)
    for slug in (ANSWERS["slug"], str(PARENT["slug"])):
        desk = Desk(platform, choose_site(platform, slug))
        for owned in platform.registry.seeds:
            line = f"{slug} {owned.plugin} {owned.item.name}"
            if line in noted or owned.plugin not in desk.site.plugins:
                continue
            print(f"Loading demo content for {slug}: {owned.item.name}", file=sys.stderr)
            await owned.item.run(desk)
            add_line(notes, line)


def lines_of(path: Path) -> set[str]:
    return set(path.read_text().splitlines()) if path.is_file() else set()


def add_line(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(f"{line}\n")


async def fresh_link(platform: "Platform") -> str:
    from folkmoot.accounts.service import create_link, create_user

    now: datetime = platform.clock.now()
    site = platform.directory.find("localhost")
    assert site is not None
    async with platform.database.system_writing() as session:
        await create_user(session, ADMINISTRATOR, site_id=site.id, role="administrator", password=None, at=now)
        secret, _ = await create_link(session, ADMINISTRATOR, site_id=site.id, at=now)
    return secret


def serve(port: int) -> None:
    from folkmoot.cli.main import main as folkmoot

    folkmoot(["serve", "--port", str(port)])


if __name__ == "__main__":
    sys.exit(main())
