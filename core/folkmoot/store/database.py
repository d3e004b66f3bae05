"""The database: how sessions are opened, for reading or for writing, of one site or of the system."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.orm.session import Session as SqlModelSession

from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.spec.errors import Clash, FolkmootError
from folkmoot.store.notices import Touched
from folkmoot.store.scoping import SiteSession, site_scope
from folkmoot.store.writer import TAKEN, Writer


class SyncSystemSession(SqlModelSession):
    """The synchronous heart of ``SystemSession``; events hang on it."""


class SystemSession(AsyncSession):
    """A session that belongs to no site."""

    sync_session_class = SyncSystemSession


class Database(ABC):
    """The engines and the writer of one database.

    ``reading`` and ``writing`` give sessions of one site; ``system_reading`` and ``system_writing`` give sessions for
    what belongs to no site (sites, hosts, accounts) and for work across sites (claims of jobs).
    """

    def __init__(
        self,
        engine: AsyncEngine,
        writing: AsyncEngine,
        system: AsyncEngine,
        system_writing: AsyncEngine,
        writer: Writer,
    ) -> None:
        self.engine = engine
        self.system_engine = system
        self.writer = writer
        self._writing = writing
        self._system_writing = system_writing
        # Told what a session of this process has changed.
        self.on_touch: Callable[[set[Touched]], object] = len

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @abstractmethod
    def exists(self) -> bool:
        """Say whether the database is there."""

    @abstractmethod
    async def open(self) -> None:
        """Start the writer; raises ``ConfigurationFaults`` when the database cannot be trusted with several sites."""

    async def close(self) -> None:
        """Save what waits, and let go of all connections."""
        await self.writer.close()
        for engine in {self.engine, self.system_engine}:
            await engine.dispose()

    @abstractmethod
    def _turn(self, site: UUID | None, *, shared: bool) -> AbstractAsyncContextManager[None]:
        """Hold what a writing session must hold before it begins."""

    @asynccontextmanager
    async def reading(self, site_id: UUID) -> AsyncIterator[SiteSession]:
        """Open a session of a site for reading."""
        with site_scope(site_id):
            async with self._guard(), SiteSession(self.engine, site_id) as session:
                yield session

    @asynccontextmanager
    async def writing(self, site_id: UUID) -> AsyncIterator[SiteSession]:
        """Open a session of a site for writing; what is not committed when it ends is rolled back.

        Sessions that write to one site come one after another, so that what was looked up still holds when it is used.
        """
        with site_scope(site_id):
            async with self._turn(site_id, shared=False), self._guard(), SiteSession(self._writing, site_id) as session:
                session.sync_session.info["writes"] = True
                yield session
                self._announce(session)

    @asynccontextmanager
    async def system_reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session for tables that belong to no site."""
        async with self._guard(), SystemSession(self.system_engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def system_writing(self, *, shared: bool = False) -> AsyncIterator[AsyncSession]:
        """Open a writing session for tables that belong to no site.

        :param shared: whether others may write at the same time (PostgreSQL): for statements that are sound alone,
            such as the claim of a job
        """
        async with (
            self._turn(None, shared=shared),
            self._guard(),
            SystemSession(self._system_writing, expire_on_commit=False) as session,
        ):
            session.sync_session.info["writes"] = not shared
            yield session
            self._announce(session)

    def _announce(self, session: AsyncSession) -> None:
        touched = session.sync_session.info.pop("touched", None)
        if touched:
            self.on_touch(touched)

    @asynccontextmanager
    async def _guard(self) -> AsyncIterator[None]:
        """Turn what the driver says into an error of ours where there is one, with a sentence."""
        try:
            yield
        except IntegrityError as error:
            raise Clash(TAKEN) from error
        except FolkmootError:
            raise
        except Exception as error:
            told = self.told(error)
            if told is None:
                raise
            raise told from error

    @abstractmethod
    def told(self, error: Exception) -> Exception | None:
        """Return an error of ours for a database that cannot be reached, is full or is held by somebody else."""


def open_database(urls: DatabaseUrls, pool: int = 10) -> Database:
    """Return the database of its URLs, not yet opened. PostgreSQL's driver is imported only for it."""
    if urls.dialect == "sqlite":
        from folkmoot.store.sqlite import SqliteDatabase

        return SqliteDatabase(urls.path)
    from folkmoot.store.postgres import PostgresDatabase

    return PostgresDatabase(urls, pool)
