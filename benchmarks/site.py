"""A real site for the measurements: configured, migrated, with a consultation that has a long document."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.processes import Server, free_port

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
    """A site in a folder, and the plugins that run on it."""

    folder: Path
    plugins: tuple[str, ...]

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / "data" / "folkmoot.db"

    def server(self, ready: str = "/-/live") -> Server:
        """Return the site's server, not started yet."""
        port = free_port()
        command = [str(FOLKMOOT), "serve", "--port", str(port)]
        return Server("folkmoot", command, port=port, folder=self.folder, ready=ready)


FOLKMOOT = Path(sys.executable).with_name("folkmoot")


def make_site(folder: Path) -> BenchSite:
    """Make the site, with all plugins that are installed and can be used."""
    folder.mkdir(parents=True)
    _configure(folder, PLUGINS)
    listed = json.loads(run(folder, "plugin", "list", "--json"))
    usable = {plugin["name"] for plugin in listed if plugin["state"] not in {"broken", "not installed", "incompatible"}}
    plugins = tuple(name for name in PLUGINS if name in usable)
    _configure(folder, plugins)
    run(folder, "db", "upgrade")
    (folder / "consultation.json").write_text(json.dumps(_consultation()), encoding="utf-8")
    run(folder, "consultation", "create", "consultation.json", "--publish")
    return BenchSite(folder, plugins)


def _configure(folder: Path, plugins: tuple[str, ...]) -> None:
    (folder / "folkmoot.toml").write_text(CONFIGURATION.format(plugins=json.dumps(plugins)), encoding="utf-8")
    key = folder / "data" / "secret_key"
    key.parent.mkdir(exist_ok=True)
    key.write_text("only for measurements, on this machine alone, never anywhere else\n", encoding="utf-8")


def run(folder: Path, *arguments: str) -> str:
    """Run a command of Folkmoot at the site, and return what it printed."""
    done = subprocess.run([FOLKMOOT, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"folkmoot {' '.join(arguments)} failed: {done.stderr.strip()[-1000:]}")
    return done.stdout


def answers() -> dict[str, str]:
    """Return ten answers in the respondent's words."""
    random = Random(10)
    return {f"q{number}": _sentence(random)[:180] for number in range(1, QUESTIONS + 1)}


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
        parts.append(" ".join(_sentence(random) for _ in range(5)))
    return "\n\n".join(parts)


def _sentence(random: Random) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(9, 17))).capitalize() + "."
