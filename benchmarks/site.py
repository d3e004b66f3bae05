"""A real site for the measurements: configured, migrated, with a consultation that has a long document."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.processes import Server, environment, free_port
from folkmoot.kernel.settings import DatabaseUrls

PLUGINS = ("publication", "consultation", "feedback", "dashboard")
SLUG = "how-we-measure"
DOCUMENT = f"/consultations/{SLUG}/document"
SUBMISSIONS = f"/api/v1/consultations/{SLUG}/submissions"
QUESTIONS = 10
# Makes a page of about 60 KB with the layout around it.
PARAGRAPHS = 84
WORDS = [
    *("care", "people", "staff", "board", "review", "quality", "record", "report", "service", "council", "region"),
    *("home", "visit", "letter", "answer", "evidence", "budget", "measure", "open", "public", "listen", "respond"),
    *("policy", "standard", "training", "leader", "data", "access", "travel", "time", "rural", "urban", "family"),
    *("friend", "neighbour", "winter", "summer", "morning", "evening", "street", "garden", "quiet", "clear", "plain"),
]
CONFIGURATION = """\
[site]
slug = "bench"
name = "Engage Bench"
organisation = "Office for Measured Answers"
kind = "executive-ndpb"
brand_colour = "#00625a"
locales = ["en", "cy"]
contact_email = "bench@example.org"
[plugins]
active = {plugins}
"""


@dataclass(frozen=True, slots=True)
class BenchSite:
    """A site in a folder, its database, and the plugins that run on it."""

    folder: Path
    plugins: tuple[str, ...]
    # Of PostgreSQL; none where the database is a file in the folder.
    urls: DatabaseUrls | None = None

    @property
    def kind(self) -> str:
        """The database's kind, ``sqlite`` or ``postgresql``."""
        return "postgresql" if self.urls else "sqlite"

    @property
    def environ(self) -> dict[str, str]:
        """What the environment of each of its processes says over its configuration."""
        return database_environ(self.urls)

    def database_urls(self) -> DatabaseUrls:
        """Return where the rows are."""
        return self.urls or DatabaseUrls(f"sqlite:///{self.database}")

    @property
    def database(self) -> Path:
        """The database's file, on SQLite."""
        return self.folder / "data" / "folkmoot.db"

    def server(self, ready: str = "/-/live", *, workers: int = 1) -> Server:
        """Return the site's server, not started yet, with its web processes."""
        port = free_port()
        command = [str(FOLKMOOT), "serve", "--port", str(port), "--workers", str(workers)]
        return Server("folkmoot", command, port=port, folder=self.folder, ready=ready, environ=self.environ)

    def run(self, *arguments: str) -> str:
        """Run a command of Folkmoot at the site, and return what it printed."""
        return run(self.folder, *arguments, environ=self.environ)


FOLKMOOT = Path(sys.executable).with_name("folkmoot")


def database_environ(urls: DatabaseUrls | None) -> dict[str, str]:
    """Return the settings that name a database, as the environment has them."""
    if urls is None:
        return {}
    named = {"URL": urls.app, "OWNER_URL": urls.owner, "SYSTEM_URL": urls.system}
    return {f"FOLKMOOT_DATABASE__{name}": url for name, url in named.items()}


def make_site(folder: Path, urls: DatabaseUrls | None = None, plugins: tuple[str, ...] | None = None) -> BenchSite:
    """Make the site in an empty database, with all plugins that are installed and can be used."""
    site = BenchSite(folder, usable_plugins(folder) if plugins is None else plugins, urls)
    configure(folder, site.plugins)
    site.run("db", "upgrade")
    (folder / "consultation.json").write_text(json.dumps(_consultation()), encoding="utf-8")
    site.run("consultation", "create", "consultation.json", "--publish")
    return site


def usable_plugins(folder: Path) -> tuple[str, ...]:
    """Return those of our plugins that are installed and can be used, as a configuration in a folder finds them."""
    configure(folder, PLUGINS)
    listed = json.loads(run(folder, "plugin", "list", "--json"))
    usable = {plugin["name"] for plugin in listed if plugin["state"] not in {"broken", "not installed", "incompatible"}}
    return tuple(name for name in PLUGINS if name in usable)


def configure(folder: Path, plugins: tuple[str, ...]) -> None:
    """Make a site's folder with its configuration, and no database."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "folkmoot.toml").write_text(CONFIGURATION.format(plugins=json.dumps(plugins)), encoding="utf-8")
    key = folder / "data" / "secret_key"
    key.parent.mkdir(exist_ok=True)
    key.write_text("only for measurements, on this machine alone, never anywhere else\n", encoding="utf-8")


def run(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> str:
    """Run a command of Folkmoot in a folder, and return what it printed."""
    done = subprocess.run(
        [FOLKMOOT, *arguments], cwd=folder, env=environment(environ or {}), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"folkmoot {' '.join(arguments)} failed: {done.stderr.strip()[-1000:]}")
    return done.stdout


def answers() -> dict[str, str]:
    """Return ten answers in the respondent's words."""
    random = Random(10)
    return {f"q{number}": sentence(random)[:180] for number in range(1, QUESTIONS + 1)}


def _consultation() -> dict[str, Any]:
    now = datetime.now(UTC)
    questions = [
        {"key": f"q{number}", "type": "text", "label": f"What matters to you most, {number} of {QUESTIONS}?"}
        for number in range(1, QUESTIONS + 1)
    ]
    return {
        "slug": SLUG,
        "title": "How we measure",
        "summary": "A consultation with a long document and ten questions, for measurements.",
        "opens_at": (now - timedelta(days=1)).isoformat(),
        "closes_at": (now + timedelta(days=30)).isoformat(),
        "form": {"pages": [{"title": "What you think", "questions": questions}]},
        "document": {"markdown": _document()},
    }


def _document() -> str:
    random = Random(60)
    parts = []
    for number in range(PARAGRAPHS):
        if number % 8 == 0:
            parts.append(f"## Part {number // 8 + 1}: {' '.join(random.sample(WORDS, 4))}")
        parts.append(" ".join(sentence(random) for _ in range(5)))
    return "\n\n".join(parts)


def sentence(random: Random) -> str:
    """Return words of the length of a sentence."""
    return " ".join(random.choices(WORDS, k=random.randint(9, 17))).capitalize() + "."
