"""What a traced server did, read from ``strace``: for each answer, whether the disk had what it acknowledges before.

``strace`` sees the calls themselves, so it holds for any build of SQLite, and it sees them in their order beside the
answers that were sent. It needs ptrace, which Linux and containers give to a process for its own children.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "trace=fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg"
STRACE = ("strace", "-f", "-qq", "-y", "-s", "20", "-e", CALLS, "-e", "signal=none", "-o")
_LINE = re.compile(r"(?P<thread>\d+) +(?P<rest>.*)")
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)")
_ENDED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>")
SYNCS = ("fsync", "fdatasync")
WRITES = ("pwrite64", "pwritev")


@dataclass
class Traced:
    """Answers in their order, with how many syncs of written pages of the log came since the one before."""

    answers: list[str] = field(default_factory=list)
    syncs: list[int] = field(default_factory=list)


def read_trace(path: Path, log: str = "-wal") -> Traced:
    """Read a trace: answers that acknowledge something (201, 303), and syncs of the write-ahead log before each."""
    traced, since = Traced(), 0
    # Which threads have written to the log since its last sync, and which are in the middle of a sync.
    written: set[str] = set()
    syncing: set[str] = set()
    for line in path.read_text(errors="replace").splitlines():
        if (found := _LINE.match(line)) is None:
            continue
        thread, rest = found["thread"], found["rest"]
        if ended := _ENDED.match(rest):
            if ended["name"] in SYNCS and thread in syncing and rest.endswith("= 0"):
                syncing.discard(thread)
                written.discard(thread)
                since += 1
            continue
        call = _CALL.match(rest)
        if call is None:
            continue
        name, arguments = call["name"], call["arguments"]
        on_log = f"{log}>" in arguments.split(",")[0].split(")")[0]
        if name in WRITES and on_log:
            written.add(thread)
        elif name in SYNCS and on_log and thread in written:
            if "<unfinished" in arguments:
                syncing.add(thread)
            else:
                written.discard(thread)
                since += 1
        elif answer := re.search(r'"HTTP/1\.1 (201|303) ', arguments):
            traced.answers.append(answer[1])
            traced.syncs.append(since)
            since = 0
    return traced
