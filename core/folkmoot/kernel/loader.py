"""Boot, steps one to eight: from a configuration to a frozen registry. Each step is one function, timed.

A plugin that cannot be used ends in a state with a sentence; its neighbours go on. What makes the whole instance
unusable is collected, so that every fault is named at once.
"""

import importlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points, requires, version
from typing import Any

import pluggy
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from folkmoot.kernel.registry import CORE, Owned, Plugin, Registry, State
from folkmoot.kernel.settings import Configuration
from folkmoot.spec import descriptors, hookspecs
from folkmoot.spec.descriptors import OWN_KEY, PUBLIC, SIGNED_IN
from folkmoot.spec.errors import ConfigurationFaults
from folkmoot.spec.manifest import Manifest

GROUP = "folkmoot.plugins"
CRON_FIELDS = 5

# hook -> (field of the registry, what it must return)
HOOKS: dict[str, tuple[str, type[Any]]] = {
    "register_tables": ("tables", type),
    "register_routes": ("routes", descriptors.Route),
    "register_admin_routes": ("admin_routes", descriptors.Route),
    "register_api_routes": ("api_routes", descriptors.ApiRoute),
    "register_permissions": ("permissions", descriptors.Permission),
    "register_nav": ("nav", descriptors.NavItem),
    "register_admin_nav": ("admin_nav", descriptors.NavItem),
    "register_blocks": ("blocks", descriptors.Block),
    "register_tasks": ("tasks", descriptors.TaskSource),
    "register_search_sources": ("search_sources", descriptors.SearchSource),
    "register_jobs": ("jobs", descriptors.Job),
    "register_listeners": ("listeners", descriptors.Listener),
    "register_topics": ("topics", descriptors.Topic),
    "register_personal_data": ("personal_data", descriptors.PersonalData),
    "register_commands": ("commands", descriptors.Command),
    "seed_demo": ("seeds", descriptors.Seed),
}


@dataclass(slots=True)
class Boot:
    """What the steps hand to each other."""

    configuration: Configuration
    core: Any = None
    found: dict[str, EntryPoint] = field(default_factory=dict)
    plugins: dict[str, Plugin] = field(default_factory=dict)
    manager: pluggy.PluginManager = field(default_factory=lambda: pluggy.PluginManager("folkmoot"))
    collected: dict[str, list[Owned[Any]]] = field(default_factory=dict)
    mounts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step, in milliseconds."""
        start = time.perf_counter()
        yield
        self.timings[name] = (time.perf_counter() - start) * 1000

    def settle(self, name: str, state: State, reason: str, **changes: Any) -> None:
        """Put a plugin into a state, with the sentence that says why."""
        self.plugins[name] = replace(self.plugins[name], state=state, reason=reason, **changes)

    def of(self, state: State) -> list[Plugin]:
        """Return the plugins in a state, in the order of the configuration."""
        return [plugin for plugin in self.plugins.values() if plugin.state is state]


def load_plugins(configuration: Configuration, core: Any = None) -> Registry:
    """Return the registry, with plugins that cannot run in it as states with reasons.

    :param core: the core's own hook implementations, registered like a plugin's
    :raises ConfigurationFaults: when what was collected contradicts itself
    """
    boot = Boot(configuration, core)
    for step in (find_plugins, check_versions, import_plugins, add_hookspecs, register, collect, check):
        with boot.step(step.__name__):
            step(boot)
    if boot.faults:
        raise ConfigurationFaults(boot.faults)
    return freeze(boot)


def find_plugins(boot: Boot) -> None:
    """Find the entry points and hold them against the list of active plugins, without importing anything."""
    boot.found = {point.name: point for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}
    active = boot.configuration.settings.plugins.active
    blocked = {name.strip() for name in os.environ.get("FOLKMOOT_BLOCK_PLUGINS", "").split(",")}
    for name in dict.fromkeys((*active, *boot.found)):
        boot.plugins[name] = Plugin(name, State.ACTIVE, "")
        if name not in boot.found:
            boot.settle(
                name, State.NOT_INSTALLED, f"No installed distribution offers a plugin called “{name}”: install it."
            )
            continue
        distribution = boot.found[name].dist
        if distribution:
            boot.settle(name, State.ACTIVE, "", distribution=distribution.name, version=distribution.version)
        if name not in active:
            boot.settle(name, State.INSTALLED, "It is installed and is not in the list of active plugins.")
        elif name in blocked:
            boot.settle(name, State.BLOCKED, "FOLKMOOT_BLOCK_PLUGINS names it.")


def check_versions(boot: Boot) -> None:
    """Hold each distribution's own requirement of ``folkmoot`` against this core, before its module is imported."""
    running = version("folkmoot")
    for plugin in boot.of(State.ACTIVE):
        for line in requires(plugin.distribution) or ():
            requirement = Requirement(line)
            wanted = canonicalize_name(requirement.name) == "folkmoot"
            if wanted and not requirement.specifier.contains(running, prereleases=True):
                reason = f"It needs folkmoot {requirement.specifier}; this is folkmoot {running}."
                boot.settle(plugin.name, State.INCOMPATIBLE, reason)


def import_plugins(boot: Boot) -> None:
    """Import each active plugin's table of contents, and read its manifest."""
    for plugin in boot.of(State.ACTIVE):
        try:
            module = importlib.import_module(boot.found[plugin.name].value)
            manifest = module.MANIFEST
        except Exception as error:  # whatever a plugin raises must not stop its neighbours
            boot.settle(plugin.name, State.BROKEN, f"It cannot be imported: {type(error).__name__}: {error}.")
            continue
        reasons = manifest.faults() if isinstance(manifest, Manifest) else ["Its MANIFEST is not a Manifest."]
        if not reasons and manifest.name != plugin.name:
            reasons = [f"Its manifest is called “{manifest.name}” and its entry point “{plugin.name}”."]
        if reasons:
            boot.settle(plugin.name, State.BROKEN, " ".join(reasons))
        else:
            boot.settle(plugin.name, State.ACTIVE, "", manifest=manifest, module=module)
    _check_depends(boot)


def _check_depends(boot: Boot) -> None:
    for plugin in boot.of(State.ACTIVE):
        running = {other.name for other in boot.of(State.ACTIVE)}
        lacking = [name for name in (plugin.manifest.depends if plugin.manifest else ()) if name not in running]
        if lacking:
            boot.settle(plugin.name, State.BROKEN, f"It depends on {', '.join(lacking)}, which is not active.")


def add_hookspecs(boot: Boot) -> None:
    """Teach the manager our hooks."""
    boot.manager.add_hookspecs(hookspecs)


def register(boot: Boot) -> None:
    """Register each plugin's module; one that misspells a hook is broken, not ignored."""
    if boot.core is not None:
        boot.manager.register(boot.core, name=CORE)
    for plugin in boot.of(State.ACTIVE):
        try:
            boot.manager.register(plugin.module, name=plugin.name)
            boot.manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            boot.manager.unregister(name=plugin.name)
            boot.settle(plugin.name, State.BROKEN, f"Its hooks cannot be registered: {str(error).splitlines()[-1]}.")


def collect(boot: Boot) -> None:
    """Call every hook of every plugin on its own, so that one that raises is named and its neighbours are heard."""
    boot.collected = {target: [] for target, _ in HOOKS.values()}
    names = ([CORE] if boot.core is not None else []) + [plugin.name for plugin in boot.of(State.ACTIVE)]
    for name in names:
        try:
            _collect_one(boot, name)
        except Exception as error:  # as above: the blame stays with the plugin
            if name == CORE:
                raise
            for items in boot.collected.values():
                items[:] = [owned for owned in items if owned.plugin != name]
            boot.settle(name, State.BROKEN, f"{type(error).__name__}: {error}.")


def _collect_one(boot: Boot, name: str) -> None:
    others = [plugin for other, plugin in boot.manager.list_name_plugin() if other != name]
    for hook, (target, kind) in HOOKS.items():
        caller = boot.manager.subset_hook_caller(hook, others)
        for item in _flatten(caller()):
            if not isinstance(item, kind):
                raise TypeError(f"{hook} returned {type(item).__name__}, not {kind.__name__}")
            boot.collected[target].append(Owned(name, item))


def _flatten(results: Iterable[Sequence[Any]]) -> Iterator[Any]:
    for result in results:
        yield from result


def check(boot: Boot) -> None:
    """Find contradictions: two claims of a segment, routes outside a mount, permissions that nobody declared."""
    for plugin in boot.of(State.ACTIVE):
        for segment in plugin.manifest.mounts if plugin.manifest else ():
            if segment in boot.mounts:
                boot.faults.append(f"{plugin.name} and {boot.mounts[segment]} both claim the address /{segment}.")
            boot.mounts[segment] = plugin.name
    boot.faults += _route_faults(boot)
    boot.faults += _job_faults(boot)
    known = {PUBLIC, SIGNED_IN, OWN_KEY} | {owned.item.name for owned in boot.collected["permissions"]}
    for kind in ("routes", "admin_routes", "api_routes", "admin_nav", "tasks"):
        boot.faults += [
            f"{owned.plugin}: {_label(owned.item)} needs the permission “{owned.item.permission}”, "
            "which no plugin registers."
            for owned in boot.collected[kind]
            if owned.item.permission not in known
        ]


def _job_faults(boot: Boot) -> Iterator[str]:
    seen: set[str] = set()
    for owned in (*boot.collected["jobs"], *boot.collected["listeners"]):
        name, schedule = owned.item.name, getattr(owned.item, "schedule", "")
        if not name.startswith(f"{owned.plugin}."):
            yield f"{owned.plugin}: the job {name} must be called {owned.plugin}.<verb>."
        if name in seen:
            yield f"{owned.plugin}: two jobs or listeners are called {name}."
        if schedule and len(schedule.split()) != CRON_FIELDS:
            yield f"{owned.plugin}: the schedule of {name} must have five parts: minute, hour, day, month, weekday."
        seen.add(name)


def _label(item: Any) -> str:
    return str(getattr(item, "path", None) or item.name)


def _route_faults(boot: Boot) -> Iterator[str]:
    for kind in ("routes", "admin_routes", "api_routes"):
        for owned in boot.collected[kind]:
            if owned.plugin == CORE:
                continue
            start = {"routes": "", "admin_routes": "/admin", "api_routes": ""}[kind]
            segment = owned.item.path.removeprefix(start).split("/")[1]
            ours = boot.mounts.get(segment) == owned.plugin or (kind == "admin_routes" and segment == owned.plugin)
            if not owned.item.path.startswith(f"{start}/") or not ours:
                yield f"{owned.plugin}: the address {owned.item.path} is outside its mounts."


def freeze(boot: Boot) -> Registry:
    """Sort everything by ``(order, plugin)`` and freeze it."""
    sorts: Callable[[Owned[Any]], tuple[int, str]] = lambda owned: (getattr(owned.item, "order", 100), owned.plugin)  # noqa: E731
    collected = {target: tuple(sorted(items, key=sorts)) for target, items in boot.collected.items()}
    return Registry(plugins=tuple(boot.plugins.values()), mounts=boot.mounts, timings=boot.timings, **collected)
