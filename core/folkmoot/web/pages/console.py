"""The staff console: opens with what to do next."""

from typing import Any

from litestar import Response

from folkmoot.kernel.registry import CORE
from folkmoot.spec.descriptors import Task
from folkmoot.web.log import log
from folkmoot.web.render import page, say_datetime
from folkmoot.web.request import Request
from folkmoot.web.words import N_


def console_nav(request: Request) -> list[tuple[str, str, bool]]:
    """Return the console's navigation: what this person may see."""
    who = request.who
    items = [("/admin", request.words.gettext(N_("Tasks")))] + [
        (owned.item.path, request.words.gettext(owned.item.label))
        for owned in request.platform.registry.admin_nav
        if is_on(request, owned.plugin) and owned.item.permission in who.permissions
    ]
    path = request.visit.path
    return [
        (label, request.href(start), path == start or (start != "/admin" and path.startswith(f"{start}/")))
        for start, label in items
    ]


def is_on(request: Request, plugin: str) -> bool:
    """Say whether a plugin is on for the site; core always is."""
    return plugin == CORE or plugin in request.site.plugins


async def console_page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Return a page of the staff console."""
    request.visit.blocks = False
    return await page(request, template, status=status, console_nav=console_nav(request), **context)


async def console(request: Request) -> Response[str]:
    """Show the tasks of everything that this person may do."""
    return await console_page(request, "admin_home.html", tasks=await _tasks(request))


async def _tasks(request: Request) -> list[tuple[str, str, int | None, str | None, str]]:
    tasks: list[tuple[str, str, int | None, str | None, str]] = []
    now = request.now()
    async with request.reading() as session:
        for owned in request.platform.registry.tasks:
            if not is_on(request, owned.plugin) or owned.item.permission not in request.who.permissions:
                continue
            try:
                found: list[Task] = list(await owned.item.load(session, now))
            except Exception as error:
                log.error("task source failed", source=owned.item.name, error=type(error).__name__)
                continue
            tasks += [_shown(request, owned.plugin, task) for task in found]
    return tasks


def _shown(request: Request, plugin: str, task: Task) -> tuple[str, str, int | None, str | None, str]:
    words = request.words
    due = say_datetime(task.due, words) if task.due else None
    manifest = request.platform.registry.plugin(plugin)
    title = manifest.manifest.title if manifest and manifest.manifest else ""
    return words.gettext(task.title), request.href(task.path), task.count, due, words.gettext(title) if title else ""
