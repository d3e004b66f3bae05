"""Load by ``wrk``, a load generator in C that leaves the cores to the servers."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.rounds import Case, Load

ROOT = Path(__file__).resolve().parent.parent

_DONE = """
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('\\n@%d %d %.3f %d\\n', summary.requests, summary.duration, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
"""


class WrkMissing(Exception):
    """There is no ``wrk`` on this machine, and it could not be installed."""


def need_wrk() -> None:
    """Install ``wrk`` where this user may; raises ``WrkMissing`` with what to do otherwise."""
    if shutil.which("wrk") is None:
        subprocess.run([ROOT / "tools" / "system_packages.sh", "--bench"], check=False)
    if shutil.which("wrk") is None:
        raise WrkMissing("wrk is not installed, and nothing was measured: install it (Debian: apt-get install wrk).")


def load(case: Case, seconds: int) -> Load:
    """Send a case's request over all its connections, each as soon as the one before it was answered."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(_script(case))
        script.flush()
        command = ["wrk", "-t1", f"-c{case.connections}", f"-d{seconds}s", "--timeout", "30s"]
        command += ["-s", script.name, f"{case.server.base}{case.path}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    answered, microseconds, slowest, failed = said.rpartition("@")[2].split()
    return Load(int(answered), int(microseconds) / 1_000_000, float(slowest), int(failed))


def _script(case: Case) -> str:
    # What JSON writes with \\u escapes Lua would not read: bodies and headers here are ASCII.
    lines = [f"wrk.method = {json.dumps(case.method)}"]
    if case.body:
        lines.append(f"wrk.body = {json.dumps(case.body.decode('ascii'))}")
    lines += [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in case.headers.items()]
    return "\n".join(lines) + _DONE
