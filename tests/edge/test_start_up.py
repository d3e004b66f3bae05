"""What stands in the way of serving is told in a clear sentence, with exit status 1 and without a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from folkmoot.testing.instance import write_configuration

pytestmark = pytest.mark.slow

FOLKMOOT = Path(sys.executable).with_name("folkmoot")


def refused(folder: Path, *arguments: str, **settings: str) -> str:
    """Return the words with which a command was refused."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOLKMOOT_")}
    done = subprocess.run(
        [FOLKMOOT, *arguments],
        cwd=folder,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert 1 <= len(lines) <= 3
    assert "Traceback" not in done.stderr
    assert not any(line.startswith("{") for line in lines), "a line of the log"
    return done.stderr


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    write_configuration(folder, ())
    subprocess.run([FOLKMOOT, "db", "upgrade"], cwd=folder, capture_output=True, check=True)
    return folder


def test_a_missing_configuration(tmp_path: Path) -> None:
    said = refused(tmp_path, "serve")
    assert "folkmoot.toml" in said
    assert "folkmoot new site" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[site\n", "folkmoot.toml cannot be read"),
        ("[site]\nslug = 'occs'\n", "site.name is missing."),
        ("[site]\nslug = 'occs'\nname = 'x'\ncolour = 'red'\n", "site.colour is not a setting"),
    ],
    ids=["broken", "incomplete", "misspelt"],
)
def test_a_faulty_configuration(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "folkmoot.toml").write_text(text)
    assert says in refused(tmp_path, "serve")


def test_pending_migrations(tmp_path: Path) -> None:
    write_configuration(tmp_path, ("consultation",))
    said = refused(tmp_path, "serve", "--port", "0")
    assert "lacks migrations of core, consultation" in said
    assert "folkmoot db upgrade" in said


def test_a_plugin_that_is_not_installed(tmp_path: Path) -> None:
    write_configuration(tmp_path, ("consultation", "crystal-ball"))
    assert "crystal-ball" in refused(tmp_path, "serve", "--port", "0")


def test_a_plugin_that_is_broken(tmp_path: Path) -> None:
    """A distribution on the path whose module raises when it is imported."""
    package = tmp_path / "packages"
    info = package / "folkmoot_sly-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: folkmoot-sly\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[folkmoot.plugins]\nsly = folkmoot_sly\n")
    (package / "folkmoot_sly.py").write_text("raise OSError('no moon tonight')\n")
    write_configuration(tmp_path, ("sly",))
    said = refused(tmp_path, "serve", "--port", "0", PYTHONPATH=str(package))
    assert "sly" in said.splitlines()[0]
    assert "no moon tonight" in said


def test_a_missing_secret_key(migrated: Path, tmp_path: Path) -> None:
    write_configuration(tmp_path, ())
    (tmp_path / "data" / "secret_key").unlink()
    (tmp_path / "data" / "folkmoot.db").write_bytes((migrated / "data" / "folkmoot.db").read_bytes())
    assert "no secret key" in refused(tmp_path, "serve", "--port", "0")


def test_a_port_that_is_taken(migrated: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused(migrated, "serve", "--port", str(port))
    assert said == f"Port {port} is taken by another program: choose another with --port.\n"


def test_more_than_one_worker(migrated: Path) -> None:
    assert "PostgreSQL" in refused(migrated, "serve", "--workers", "2")
