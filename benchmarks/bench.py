"""What every measurement is given: a folder, how long to measure, and sites on either database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.databases import KINDS, POSTGRESQL, SQLITE
from benchmarks.site import PLUGINS, BenchSite, make_site, usable_plugins
from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.testing import postgres


@dataclass(slots=True)
class Bench:
    """One run of measurements. PostgreSQL's databases are dropped when it ends; the folder is its caller's."""

    folder: Path
    rounds: int = 5
    seconds: int = 3
    kinds: tuple[str, ...] = KINDS
    spike_seconds: int = 60
    # How many submissions an export has, how many jobs a worker.
    submissions: int = 200_000
    jobs: int = 1_000
    _plugins: tuple[str, ...] | None = None
    _sites: dict[str, BenchSite] = field(default_factory=dict)
    _made: list[DatabaseUrls] = field(default_factory=list)

    def site(self, kind: str = SQLITE) -> BenchSite:
        """Return the site on a kind of database that measurements share."""
        if kind not in self._sites:
            self._sites[kind] = self.fresh_site(kind)
        return self._sites[kind]

    def fresh_site(self, kind: str) -> BenchSite:
        """Return a site of its own, in a database of its own."""
        return make_site(self.fresh_folder(kind), self.fresh_database(kind), self.plugins())

    def plugins(self) -> tuple[str, ...]:
        """Return our plugins that can be used here."""
        if self._plugins is None:
            self._plugins = usable_plugins(self.fresh_folder("plugins"))
        return self._plugins

    def fresh_database(self, kind: str) -> DatabaseUrls | None:
        """Return an empty database; on SQLite it is a file that is still to be made."""
        if kind != POSTGRESQL:
            return None
        self._made.append(postgres.empty_database())
        return self._made[-1]

    def fresh_folder(self, name: str) -> Path:
        """Return the path of a folder that is not there yet."""
        taken = sum(1 for each in self.folder.iterdir() if each.name.startswith(f"{name}-"))
        return self.folder / f"{name}-{taken + 1}"

    def lacking(self) -> list[str]:
        """Return the plugins that are not installed or cannot be used here."""
        return [name for name in PLUGINS if name not in self.plugins()]

    def close(self) -> None:
        """Drop the databases that were made."""
        for urls in self._made:
            postgres.drop_database(urls)
        self._made.clear()


@contextmanager
def bench(folder: Path, **given: int | tuple[str, ...]) -> Iterator[Bench]:
    """Give a run for the length of a ``with``."""
    made = Bench(folder, **given)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()
