"""What a body installs: the wheels alone, in an environment that knows nothing of this tree."""

import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from clean_room import CleanRoom, clean_room  # noqa: E402

pytestmark = pytest.mark.slow
DISTRIBUTIONS = ("templates/cookiecutter", "core", *(f"plugins/{p.name}" for p in sorted((ROOT / "plugins").iterdir())))
SECONDS = 60


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CleanRoom]:
    dist = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(dist), *(str(ROOT / path) for path in DISTRIBUTIONS)], check=True)
    wheels = sorted(dist.glob("*.whl"))
    assert len(wheels) == len(DISTRIBUTIONS)
    with clean_room(wheels) as made:
        yield made


def fetch(address: str) -> HTTPResponse:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            response: HTTPResponse = urllib.request.urlopen(address, timeout=5)
        except HTTPError:
            raise
        except (URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return response


def test_a_site_is_made_and_served_from_the_wheels_alone(room: CleanRoom) -> None:
    assert room.run("folkmoot", "new", "site", "--no-input", "site_name=Clean room").returncode == 0
    (folder,) = room.work.iterdir()
    process = subprocess.Popen(
        [room.programs / "folkmoot", "serve", "--migrate", "--port", "0"],
        cwd=folder,
        env=room.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://localhost:\d+", process.stdout.readline())
        assert address is not None
        with fetch(f"{address[0]}/") as response:
            page = response.read().decode()
        assert "Clean room" in page
        stylesheet = re.search(r"/static/site\.\w+\.css", page)
        assert stylesheet is not None
        assert fetch(f"{address[0]}{stylesheet[0]}").status == 200
        for path in ("/consultations", "/publications", "/dashboards", "/search", "/api/v1/openapi.json"):
            assert fetch(f"{address[0]}{path}").status == 200
    finally:
        process.terminate()
        process.wait(30)
    where = subprocess.run(
        [room.programs / "python", "-c", "import folkmoot; print(folkmoot.__file__)"],
        cwd=room.work,
        env=room.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(ROOT) not in where.stdout
