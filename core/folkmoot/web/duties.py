"""What each name of a job means: how it is done, and by which plugin."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from folkmoot.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Duty:
    """How a job of some name is done, whether it was asked for or follows from an event."""

    plugin: str
    title: str
    run: Callable[[Any], Awaitable[None]]
    tries: int
    heavy: bool = False


def duties(registry: Registry) -> dict[str, Duty]:
    """Return what each name of a job means."""
    jobs = {o.item.name: Duty(o.plugin, o.item.title, o.item.run, o.item.tries, o.item.heavy) for o in registry.jobs}
    heard = {o.item.name: Duty(o.plugin, o.item.title, o.item.run, o.item.tries) for o in registry.listeners}
    return {**jobs, **heard}
