"""Boot: every plugin ends in one state with one sentence, and one that fails takes nobody along."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from folkmoot.forms.models import Form
from folkmoot.kernel import loader
from folkmoot.kernel.registry import Owned, Registry, State
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
from folkmoot.spec.errors import ConfigurationFaults
from folkmoot.spec.hookspecs import hookimpl
from folkmoot.spec.manifest import Manifest
from folkmoot.testing.instance import write_configuration
from folkmoot.web import core_plugin


async def answer(request: Any) -> Any:
    return request


class Installed:
    """Stands in for what pip has installed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.points: list[EntryPoint] = []
        self.patch = monkeypatch
        monkeypatch.setattr(loader, "entry_points", lambda group: self.points)

    def add(self, name: str, **hooks: Any) -> ModuleType:
        module = ModuleType(f"stand_in_{name}")
        mounts = hooks.pop("mounts", (f"{name}s",))
        module.MANIFEST = Manifest(name=name, title=name, summary=name, mounts=mounts, **hooks.pop("manifest", {}))  # type: ignore[attr-defined]
        for hook, implementation in hooks.items():
            setattr(module, hook, hookimpl(implementation))
        self.patch.setitem(sys.modules, module.__name__, module)
        self.points.append(EntryPoint(name, module.__name__, loader.GROUP))
        return module


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Installed:
    monkeypatch.setattr(loader, "requires", lambda name: [])
    return Installed(monkeypatch)


def boot(folder: Path, *active: str) -> Registry:
    return loader.load_plugins(write_configuration(folder, active), core_plugin)


def state(registry: Registry, name: str) -> tuple[State, str]:
    plugin = registry.plugin(name)
    assert plugin is not None
    return plugin.state, plugin.reason


def test_an_active_plugin_runs_and_an_installed_one_waits(tmp_path: Path, installed: Installed) -> None:
    installed.add("one")
    installed.add("two")
    registry = boot(tmp_path, "one")
    assert state(registry, "one") == (State.ACTIVE, "")
    assert state(registry, "two")[0] is State.INSTALLED
    assert registry.mounts == {"ones": "one"}


def test_one_that_is_not_installed_is_named(tmp_path: Path, installed: Installed) -> None:
    found, reason = state(boot(tmp_path, "ghost"), "ghost")
    assert found is State.NOT_INSTALLED
    assert "ghost" in reason


def test_one_that_raises_is_broken_and_its_neighbour_runs(tmp_path: Path, installed: Installed) -> None:
    def raises() -> Any:
        raise RuntimeError("no such luck")

    installed.add("bad", register_nav=raises, register_routes=lambda: [])
    installed.add("good", register_nav=lambda: [NavItem(label="Good", path="/goods")])
    registry = boot(tmp_path, "bad", "good")
    assert state(registry, "bad") == (State.BROKEN, "RuntimeError: no such luck.")
    assert state(registry, "good")[0] is State.ACTIVE
    assert [owned.plugin for owned in registry.nav] == ["good"]


def test_one_that_cannot_be_imported_is_broken(tmp_path: Path, installed: Installed) -> None:
    installed.points.append(EntryPoint("gone", "no_such_module_anywhere", loader.GROUP))
    found, reason = state(boot(tmp_path, "gone"), "gone")
    assert found is State.BROKEN
    assert "no_such_module_anywhere" in reason


def test_a_hook_that_returns_the_wrong_thing_is_named(tmp_path: Path, installed: Installed) -> None:
    installed.add("wrong", register_nav=lambda: ["/nowhere"])
    assert state(boot(tmp_path, "wrong"), "wrong") == (
        State.BROKEN,
        "TypeError: register_nav returned str, not NavItem.",
    )


def test_a_misspelt_hook_is_refused(tmp_path: Path, installed: Installed) -> None:
    installed.add("typo", register_navv=lambda: [])
    found, reason = state(boot(tmp_path, "typo"), "typo")
    assert found is State.BROKEN
    assert "register_navv" in reason


def test_one_for_another_core_is_never_imported(
    tmp_path: Path, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.points.append(EntryPoint("old", "must_not_be_imported", loader.GROUP))
    monkeypatch.setattr(loader, "requires", lambda name: ["folkmoot<0.0.1"])
    found, reason = state(boot(tmp_path, "old"), "old")
    assert found is State.INCOMPATIBLE
    assert reason.startswith("It needs folkmoot <0.0.1; this is folkmoot ")


def test_the_emergency_switch_blocks_a_plugin(
    tmp_path: Path, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.add("one")
    monkeypatch.setenv("FOLKMOOT_BLOCK_PLUGINS", "one")
    assert state(boot(tmp_path, "one"), "one")[0] is State.BLOCKED


def test_one_whose_dependency_is_not_active_is_broken(tmp_path: Path, installed: Installed) -> None:
    installed.add("child", manifest={"depends": ("parent",)})
    installed.add("parent")
    assert "depends on parent" in state(boot(tmp_path, "child"), "child")[1]
    assert state(boot(tmp_path, "child", "parent"), "child")[0] is State.ACTIVE


def test_two_claims_of_one_address_are_a_fault(tmp_path: Path, installed: Installed) -> None:
    installed.add("one", mounts=("things",))
    installed.add("two", mounts=("things",))
    with pytest.raises(ConfigurationFaults, match="two and one both claim the address /things"):
        boot(tmp_path, "one", "two")


@pytest.mark.parametrize("mount", ["admin", "Upper", "search", "a/b"])
def test_a_mount_that_is_not_to_be_had_breaks_the_plugin(tmp_path: Path, installed: Installed, mount: str) -> None:
    installed.add("one", mounts=(mount,))
    assert state(boot(tmp_path, "one"), "one")[0] is State.BROKEN


def test_a_page_with_an_undeclared_permission_is_a_fault(tmp_path: Path, installed: Installed) -> None:
    route = Route(path="/ones", endpoint=answer, permission="one.read")
    installed.add("one", register_routes=lambda: [route])
    with pytest.raises(ConfigurationFaults, match=r"/ones needs the permission “one.read”, which no plugin registers"):
        boot(tmp_path, "one")


def test_a_page_outside_of_the_mounts_is_a_fault(tmp_path: Path, installed: Installed) -> None:
    route = Route(path="/elsewhere", endpoint=answer, permission="public")
    installed.add("one", register_routes=lambda: [route])
    with pytest.raises(ConfigurationFaults, match=r"/elsewhere is outside its mounts"):
        boot(tmp_path, "one")


def test_what_is_collected_is_sorted_by_order_and_name(tmp_path: Path, installed: Installed) -> None:
    for name, order in (("b", 10), ("a", 10), ("c", 5)):
        item = NavItem(label=name, path=f"/{name}s", order=order)
        installed.add(name * 2, mounts=(f"{name}s",), register_nav=lambda item=item: [item])
    registry = boot(tmp_path, "bb", "cc", "aa")
    assert [owned.plugin for owned in registry.nav] == ["cc", "aa", "bb"]


async def nothing(*arguments: Any) -> list[Any]:
    return list(arguments)


@pytest.mark.parametrize(
    ("jobs", "sentence"),
    [
        ([Job(name="two.do", title="Do", run=nothing)], "one: the job two.do must be called one.<verb>."),
        ([Job(name="one.do", title="Do", run=nothing)] * 2, "one: two jobs or listeners are called one.do."),
        (
            [Job(name="one.do", title="Do", run=nothing, schedule="@daily")],
            "one: the schedule of one.do must have five parts: minute, hour, day, month, weekday.",
        ),
    ],
)
def test_a_job_with_a_wrong_name_or_schedule_is_a_fault(
    tmp_path: Path, installed: Installed, jobs: list[Job], sentence: str
) -> None:
    installed.add("one", register_jobs=lambda: jobs)
    with pytest.raises(ConfigurationFaults) as caught:
        boot(tmp_path, "one")
    assert caught.value.faults == (sentence,)


DECLARED: dict[str, tuple[str, Any]] = {
    "register_tables": ("tables", Form),
    "register_routes": ("routes", Route(path="/ones/a", endpoint=answer, permission="one.do")),
    "register_admin_routes": ("admin_routes", Route(path="/admin/one", endpoint=answer, permission="one.do")),
    "register_api_routes": ("api_routes", ApiRoute(path="/ones", endpoint=answer, permission="public", summary="Ones")),
    "register_permissions": ("permissions", Permission(name="one.other", title="Another")),
    "register_nav": ("nav", NavItem(label="Ones", path="/ones")),
    "register_admin_nav": ("admin_nav", NavItem(label="Ones", path="/admin/one", permission="one.do")),
    "register_blocks": ("blocks", Block(slot="home", name="ones", template="one/home.html", load=nothing)),
    "register_tasks": ("tasks", TaskSource(name="ones", permission="one.do", load=nothing)),
    "register_search_sources": ("search_sources", SearchSource(name="ones", title="One", load=nothing)),
    "register_jobs": ("jobs", Job(name="one.do", title="Do", run=nothing)),
    "register_listeners": ("listeners", Listener(event="two.done", name="one.hear", title="Hear", run=nothing)),
    "register_personal_data": ("personal_data", PersonalData(name="one.rows", title="Ones", tables=(), why="None.")),
    "register_topics": ("topics", Topic(name="one:new", title="New ones", path="/ones")),
    "register_commands": ("commands", Command(name="one", summary="Ones", load=list)),
    "seed_demo": ("seeds", Seed(name="ones", run=nothing)),
}


@pytest.mark.parametrize("hook", DECLARED)
def test_what_a_hook_returns_stands_in_the_registry_under_its_plugin(
    tmp_path: Path, installed: Installed, hook: str
) -> None:
    target, item = DECLARED[hook]
    hooks: dict[str, Any] = {"register_permissions": lambda: [Permission(name="one.do", title="Do")]}
    before = hooks.get(hook, list)
    installed.add("one", **hooks | {hook: lambda: [*before(), item]})
    registry = boot(tmp_path, "one")
    assert state(registry, "one") == (State.ACTIVE, "")
    assert Owned("one", item) in getattr(registry, target)


def test_every_hook_is_in_the_table_above() -> None:
    assert set(DECLARED) == set(loader.HOOKS)


def test_the_registry_is_frozen(tmp_path: Path, installed: Installed) -> None:
    installed.add("one")
    registry = boot(tmp_path, "one")
    with pytest.raises(AttributeError):
        registry.nav = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        registry.mounts["ones"] = "two"  # type: ignore[index]


def test_every_step_is_timed(tmp_path: Path, installed: Installed) -> None:
    assert list(boot(tmp_path).timings) == [
        "find_plugins",
        "check_versions",
        "import_plugins",
        "add_hookspecs",
        "register",
        "collect",
        "check",
    ]
