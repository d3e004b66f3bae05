"""G1: a cached public page beside the same bytes, made before, on a bare Litestar."""

from functools import partial
from random import Random

from benchmarks.bench import Bench
from benchmarks.goals import Outcome, Requirement
from benchmarks.limits import limit_server
from benchmarks.processes import Answer
from benchmarks.rounds import Case, Shots, cpu_ratio, described, interleave, rate_ratio
from benchmarks.site import DOCUMENT, BenchSite
from benchmarks.wrk import load

TITLE = "a cached public page of 60 KB beside a pre-rendered Litestar page"
OURS, LIMIT = "folkmoot, cached page", "limit, pre-rendered page"
PROMISED_HEADERS = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "etag",
)
FASTER, CHEAPER = 1.2, 0.8


def measure(bench: Bench) -> Outcome:
    """Measure the goal."""
    site, folder = bench.site(), bench.fresh_folder("page")
    folder.mkdir()
    with site.server() as ours:
        before = ours.fetch(DOCUMENT)
        (folder / "page.html").write_bytes(before.body)
        with limit_server(folder) as limit:
            cases = [Case(OURS, ours, DOCUMENT), Case(LIMIT, limit, "/page")]
            shots = interleave(cases, partial(load, seconds=bench.seconds), rounds=bench.rounds, random=Random(1))
        after = ours.fetch(DOCUMENT)
    faults = page_faults(before) + page_faults(after)
    return outcome(shots, before, faults, site)


def page_faults(answer: Answer) -> list[str]:
    """Return what the page lacks that it must have to be compared at all."""
    faults = [f"it answered {answer.status}"] if answer.status != 200 else []
    faults += [f"it lacks the header {name}" for name in PROMISED_HEADERS if name not in answer.headers]
    if "content-encoding" in answer.headers:
        faults.append("it is compressed and the limit is not")
    if not 55_000 <= len(answer.body) <= 65_000:
        faults.append(f"it has {len(answer.body):,} bytes, not about 60,000")
    for part, mark in (("footer", b"fm-footer"), ("page-feedback block", b"fm-page-feedback")):
        if mark not in answer.body:
            faults.append(f"it lacks the {part}")
    return faults


def outcome(shots: Shots, page: Answer, faults: list[str], site: BenchSite) -> Outcome:
    """Hold the figures against the goal."""
    faster, cheaper = rate_ratio(shots[OURS], shots[LIMIT]), cpu_ratio(shots[OURS], shots[LIMIT])
    requirements = [
        Requirement("answers a second, times the limit's", faster.middle, FASTER, at_least=True, shown=str(faster)),
        Requirement("CPU of an answer, times the limit's", cheaper.middle, CHEAPER, at_least=False, shown=str(cheaper)),
        Requirement("what the page lacks", len(faults), 0, at_least=False, shown=", ".join(faults) or "nothing"),
    ]
    about = f"{len(page.body):,} bytes, full layout, security headers, page-feedback block; {', '.join(site.plugins)}"
    figures = [described(name, shots[name]) for name in (OURS, LIMIT)]
    notes = [about, "both uncompressed, 16 connections; Django and Wagtail are not installed here and not measured"]
    return Outcome("G1", TITLE, requirements, figures, notes)
