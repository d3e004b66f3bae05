"""A disk that is full, and one that may only be read.

Full is real where this user may mount: a small tmpfs, filled to the last byte. Where that is not allowed, SQLite is
given a highest number of pages instead, which makes it say the same (``SQLITE_FULL``). Read-only is SQLite's own
``query_only`` on every connection (``SQLITE_READONLY``), since a disk that changes under a running process cannot be
had without a broken device.
"""

import contextlib
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

MEGABYTES = 24
PIECE = 4_096


class SmallDisk:
    """``with SmallDisk(folder) as disk``; then ``fill`` it and make ``room`` again.

    ``kind`` says what stands in for it: ``tmpfs`` or ``pages``.
    """

    def __init__(self, folder: Path, pragmas: "Pragmas") -> None:
        self.folder = folder
        self.kind = "pages"
        self._pragmas = pragmas
        self._filler = folder / "filler"

    def __enter__(self) -> "SmallDisk":
        """Mount it."""
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "folkmoot-faults", str(self.folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            self.kind = "tmpfs"
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        if self.kind == "tmpfs":
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True, capture_output=True)

    def fill(self) -> None:
        """Leave not one byte."""
        if self.kind == "pages":
            self._pragmas.before_writing = "pragma max_page_count=1"
            return
        with self._filler.open("ab", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(b"\0" * PIECE)

    def room(self) -> None:
        """Make room again."""
        self._pragmas.before_writing = "pragma max_page_count=1000000"
        self._filler.unlink(missing_ok=True)


class Pragmas:
    """A pragma that every connection of this process runs before it begins to write."""

    def __init__(self) -> None:
        self.before_writing = ""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have all connections that are opened from now on look here."""
        pragmas, connect = self, sqlite3.connect

        class Cursor(sqlite3.Cursor):
            def execute(self, sql: str, *values: Any) -> Any:
                if sql == "begin immediate" and pragmas.before_writing:
                    super().execute(pragmas.before_writing)
                return super().execute(sql, *values)

        class Connection(sqlite3.Connection):
            def cursor(self, factory: Any = Cursor) -> Any:
                return super().cursor(factory)

            def execute(self, sql: str, *values: Any) -> Any:
                return self.cursor().execute(sql, *values)

        def open_ours(*arguments: Any, **options: Any) -> sqlite3.Connection:
            return connect(*arguments, **{"factory": Connection, **options})

        monkeypatch.setattr(sqlite3, "connect", open_ours)
