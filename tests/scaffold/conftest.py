"""Sites fresh from the template, and the command line as people run it."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "templates" / "cookiecutter" / "site"
FOLKMOOT = Path(sys.executable).with_name("folkmoot")
ADDRESS = re.compile(r"is served at (http://localhost:[0-9]+)")

Run = Callable[..., subprocess.CompletedProcess[str]]
Bake = Callable[..., Path]
Serve = Callable[[Path], object]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Ours, with a home of its own and nothing of Folkmoot's in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOLKMOOT_")}
    home = tmp_path / "home"
    home.mkdir()
    return {**kept, "HOME": str(home), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Runs a command in a folder: ``run(folder, "folkmoot", "check")``."""

    def run_command(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
        program = str(FOLKMOOT) if command[0] == "folkmoot" else command[0]
        whole = [program, *command[1:]]
        return subprocess.run(
            whole, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    return run_command


@pytest.fixture
def bake(tmp_path: Path) -> Bake:
    """Bakes by plain cookiecutter, without ``folkmoot new``: ``bake(slug="occs", languages="en,cy")``."""
    from cookiecutter.main import cookiecutter

    settings = tmp_path / "cookiecutter.yaml"
    settings.write_text(f"replay_dir: {tmp_path / 'replay'}\ncookiecutters_dir: {tmp_path / 'kept'}\n")

    def bake_site(**answers: str) -> Path:
        output = tmp_path / "baked"
        made = cookiecutter(
            str(TEMPLATE), no_input=True, extra_context=answers, output_dir=str(output), config_file=str(settings)
        )
        return Path(made)

    return bake_site


@pytest.fixture
def serve(environment: dict[str, str]) -> Serve:
    """Serves a site's folder on a free port for the length of a ``with``, and gives its address."""

    @contextmanager
    def serve_folder(folder: Path) -> Iterator[str]:
        command = [str(FOLKMOOT), "serve", "--migrate", "--port", "0"]
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield next(found[1] for line in process.stdout if (found := ADDRESS.search(line)))
            finally:
                process.terminate()

    return serve_folder


@pytest.fixture
def get() -> Callable[[str], tuple[int, str]]:
    """Fetches an address, and gives its status and text."""

    def fetch(url: str) -> tuple[int, str]:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()

    return fetch
