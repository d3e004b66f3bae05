"""G18: an export of very many submissions, by command and as a download, beside the driver alone."""

import http.client
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.bench import Bench
from benchmarks.databases import SHOWN
from benchmarks.filled import fill
from benchmarks.goals import Outcome, Requirement
from benchmarks.limits import ROOT
from benchmarks.migration_goal import Spent, run
from benchmarks.processes import Server
from benchmarks.rounds import ratio
from benchmarks.site import FOLKMOOT, SLUG, BenchSite

MEGABYTE = 1 << 20
MORE_MB, SHARE = 30, 0.5
COMMAND, DOWNLOAD, BARE = "command", "download", "bare"
SMALL = 10
DOWNLOAD_PATH = f"/admin/consultation/{SLUG}/submissions/export"


@dataclass(slots=True)
class Seen:
    """What was seen on one database; memory in megabytes over what the same program needs for a few submissions."""

    kind: str
    count: int
    spent: dict[str, list[Spent]] = field(default_factory=dict)
    more_mb: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def measure(bench: Bench) -> Outcome:
    """Measure on each database."""
    return outcome([_measure(bench, kind) for kind in bench.kinds])


def _measure(bench: Bench, kind: str) -> Seen:
    site, small = bench.fresh_site(kind), bench.fresh_site(kind)
    fill(site, bench.submissions)
    fill(small, SMALL)
    seen, files = Seen(kind, bench.submissions), bench.fresh_folder("exports")
    files.mkdir()
    with site.server() as server:
        cookie = sign_in(site, server)
        ways: dict[str, Callable[[], Spent]] = {
            COMMAND: lambda: _by_command(site, files / COMMAND),
            DOWNLOAD: lambda: download(server, cookie, files / DOWNLOAD),
            BARE: lambda: _bare(site, files / BARE),
        }
        # Everything that a page of staff needs is imported and compiled, and the export begun, but not gone through.
        download(server, cookie, files / DOWNLOAD, most=1)
        idle = server.memory("VmRSS")
        # An export takes seconds: three rounds say enough.
        for number in range(min(bench.rounds, 3)):
            for way in Random(number).sample(sorted(ways), len(ways)):
                seen.spent.setdefault(way, []).append(ways[way]())
        seen.more_mb[DOWNLOAD] = (server.memory("VmHWM") - idle) / MEGABYTE
    few = _by_command(small, files / "small")
    seen.more_mb[COMMAND] = max(each.peak_mb for each in seen.spent[COMMAND]) - few.peak_mb
    seen.faults = [fault for way in (COMMAND, DOWNLOAD) for fault in file_faults(files / way, files / BARE, seen.count)]
    return seen


def _by_command(site: BenchSite, file: Path) -> Spent:
    command = [str(FOLKMOOT), "consultation", "export", SLUG, "--format", "csv", "-o", str(file)]
    return run(command, site.folder, site.environ)


def _bare(site: BenchSite, file: Path) -> Spent:
    urls = site.database_urls()
    return run([sys.executable, "-m", "benchmarks.bare_export", urls.system or urls.app, str(file)], ROOT, {})


def sign_in(site: BenchSite, server: Server) -> str:
    """Return the cookie of a person of staff who may export."""
    email = "publisher@example.org"
    site.run("user", "create", email, "--role", "publisher")
    found = re.search(r"/sign-in/(\S+)", site.run("user", "link", email))
    assert found is not None
    answer = server.fetch(f"/sign-in/{found[1]}", method="POST", headers={"Sec-Fetch-Site": "same-origin"})
    cookie = re.match(r"[^;]+", answer.headers.get("set-cookie", ""))
    if cookie is None:
        raise RuntimeError(f"signing in did not work: {answer.status}")
    return cookie[0]


def download(server: Server, cookie: str, file: Path, *, most: int = sys.maxsize) -> Spent:
    """Fetch the staff download to a file as it comes, or only its first pieces; return what it took the server."""
    start, before = time.perf_counter(), server.cpu_seconds()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request("GET", DOWNLOAD_PATH, headers={"Cookie": cookie})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"the download answered {response.status}; see {server.log}")
    with file.open("wb") as stream:
        while most and (piece := response.read(MEGABYTE)):
            stream.write(piece)
            most -= 1
    connection.close()
    return Spent(time.perf_counter() - start, server.cpu_seconds() - before)


def file_faults(ours: Path, bare: Path, count: int) -> list[str]:
    """Return how an export differs from the bare one: times and line ends are written in another way, no more."""
    with ours.open(encoding="utf-8-sig") as one, bare.open(encoding="utf-8") as other:
        for number, (line, expected) in enumerate(zip_longest(one, other)):
            if line is None or expected is None:
                return [f"{ours.name} has {number - 1:,} rows or more, of {count:,}"]
            if line.split(",", 2)[::2] != expected.split(",", 2)[::2]:
                return [f"{ours.name}: row {number:,} is another one"]
    return [] if number == count else [f"{ours.name} has {number:,} rows of {count:,}"]


def outcome(every: Sequence[Seen]) -> Outcome:
    """Hold the figures against the goal."""
    count = every[0].count if every else 0
    notes = [
        f"{count:,} submissions of ten answers; over idle: over the peak of the same program for {SMALL} submissions,"
        " or before the downloads",
        "the bare export is the driver and csv.writer, cells written as they are; both commands with their start",
    ]
    title = f"an export of {count:,} submissions beside the driver alone"
    lines = [line for seen in every for line in _lines(seen)]
    return Outcome("G18", title, [each for seen in every for each in _requirements(seen)], lines, notes)


def _requirements(seen: Seen) -> Iterator[Requirement]:
    shown = SHOWN[seen.kind]
    for way in (COMMAND, DOWNLOAD):
        faster = ratio([each.seconds for each in seen.spent[BARE]], [each.seconds for each in seen.spent[way]])
        what = f"{shown}, {way}: rows a second, times the bare export's"
        yield Requirement(what, faster.middle, SHARE, at_least=True, shown=str(faster))
        yield Requirement(f"{shown}, {way}: MB over idle", seen.more_mb[way], MORE_MB, at_least=False)
    faults = ", ".join(seen.faults) or "nothing"
    yield Requirement(f"{shown}: what is wrong with the files", len(seen.faults), 0, at_least=False, shown=faults)


def _lines(seen: Seen) -> Iterator[str]:
    for way, spent in seen.spent.items():
        seconds, cpu = median(each.seconds for each in spent), median(each.cpu for each in spent)
        name, rate = f"{way}, {SHOWN[seen.kind]}", seen.count / seconds
        yield f"{name:<42}{rate:>9,.0f} a second{seconds:>9.2f} s{cpu:>9.2f} s CPU"
