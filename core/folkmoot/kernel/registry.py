"""The frozen registry: everything that active plugins declared, sorted. The web layer sees only this."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from folkmoot.spec.descriptors import (
    ApiRoute,
    Block,
    Command,
    Job,
    Listener,
    NavItem,
    Permission,
    PersonalData,
    Route,
    SearchSource,
    Seed,
    TaskSource,
    Topic,
)
from folkmoot.spec.manifest import Manifest

D = TypeVar("D")
CORE = "core"


class State(StrEnum):
    """The one state that each plugin ends in at boot."""

    ACTIVE = "active"
    INSTALLED = "installed"
    NOT_INSTALLED = "not installed"
    INCOMPATIBLE = "incompatible"
    BROKEN = "broken"
    PENDING = "pending migrations"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin as boot found it: its state, and a sentence that says why."""

    name: str
    state: State
    reason: str
    distribution: str = ""
    version: str = ""
    manifest: Manifest | None = None
    module: Any = None

    @property
    def package(self) -> str:
        """The import package that holds its templates, migrations and static files."""
        return str(self.module.__name__).rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Owned(Generic[D]):
    """A descriptor and the plugin that declared it."""

    plugin: str
    item: D


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What all active plugins declared, each kind sorted by ``(order, plugin)``."""

    plugins: tuple[Plugin, ...] = ()
    tables: tuple[Owned[type[Any]], ...] = ()
    routes: tuple[Owned[Route], ...] = ()
    admin_routes: tuple[Owned[Route], ...] = ()
    api_routes: tuple[Owned[ApiRoute], ...] = ()
    permissions: tuple[Owned[Permission], ...] = ()
    nav: tuple[Owned[NavItem], ...] = ()
    admin_nav: tuple[Owned[NavItem], ...] = ()
    blocks: tuple[Owned[Block], ...] = ()
    tasks: tuple[Owned[TaskSource], ...] = ()
    search_sources: tuple[Owned[SearchSource], ...] = ()
    jobs: tuple[Owned[Job], ...] = ()
    listeners: tuple[Owned[Listener], ...] = ()
    topics: tuple[Owned[Topic], ...] = ()
    personal_data: tuple[Owned[PersonalData], ...] = ()
    commands: tuple[Owned[Command], ...] = ()
    seeds: tuple[Owned[Seed], ...] = ()
    mounts: Mapping[str, str]
    timings: Mapping[str, float]

    def __post_init__(self) -> None:
        """Make what the mappings hold unchangeable as well."""
        object.__setattr__(self, "mounts", MappingProxyType(dict(self.mounts)))
        object.__setattr__(self, "timings", MappingProxyType(dict(self.timings)))

    @property
    def active(self) -> tuple[Plugin, ...]:
        """The plugins that run, in the order of the configuration."""
        return tuple(plugin for plugin in self.plugins if plugin.state is State.ACTIVE)

    def plugin(self, name: str) -> Plugin | None:
        """Return the plugin of that name, in whatever state."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)

    def role_permissions(self, role: str) -> frozenset[str]:
        """Return the names of what a role may do; administrators may do everything."""
        return frozenset(
            owned.item.name for owned in self.permissions if role == "administrator" or role in owned.item.roles
        )
