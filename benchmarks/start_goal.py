"""G13: a cold start with all plugins, and the memory it takes, beside a bare application of the same libraries."""

import sys
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.bench import Bench
from benchmarks.goals import Outcome, Requirement
from benchmarks.processes import Server, free_port
from benchmarks.rounds import ratio
from benchmarks.site import BenchSite

TITLE = "a cold start with all plugins beside a bare Litestar, SQLModel and Jinja"
STARTS = 9
LONGER, LARGER = 1.5, 1.3
MEGABYTE = 1 << 20


def bare_server(folder: Path) -> Server:
    """Return the bare application's server."""
    port = free_port()
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "benchmarks.bare_app", str(port)]
    return Server("bare", command, port=port, folder=root, ready="/", logs=folder)


def measure(bench: Bench) -> Outcome:
    """Measure the goal: from nothing to the first page with status 200, one after the other in shuffled order."""
    site = bench.site()
    seen: dict[str, list[tuple[float, float]]] = {"folkmoot": [], "bare": []}
    random = Random(13)
    for number in range(max(bench.rounds, STARTS) + 1):
        for name in random.sample(sorted(seen), len(seen)):
            with site.server(ready="/") if name == "folkmoot" else bare_server(bench.folder) as server:
                figures = (server.cold_seconds, server.memory_bytes() / MEGABYTE)
            # The first start of each compiles Python's files and warms the disk: it is no one's usual start.
            if number:
                seen[name].append(figures)
    return outcome(seen, site)


def outcome(seen: dict[str, list[tuple[float, float]]], site: BenchSite) -> Outcome:
    """Hold the figures against the goal."""
    seconds = {name: [one for one, _ in figures] for name, figures in seen.items()}
    memory = {name: [one for _, one in figures] for name, figures in seen.items()}
    longer = ratio(seconds["folkmoot"], seconds["bare"])
    larger = ratio(memory["folkmoot"], memory["bare"])
    requirements = [
        Requirement("time to the first page, times the bare one's", longer.middle, LONGER, False, str(longer)),
        Requirement("memory (PSS), times the bare one's", larger.middle, LARGER, False, str(larger)),
    ]
    lines = [
        f"{name:<42}{median(seconds[name]) * 1000:>9,.0f} ms to the first page{median(memory[name]):>9.1f} MB"
        for name in seen
    ]
    return Outcome("G13", TITLE, requirements, lines, [f"plugins: {', '.join(site.plugins)}"])
