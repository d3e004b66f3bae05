"""Boot, steps nine and ten: refuse pending migrations, then build the application that is served."""

import time
from pathlib import Path
from typing import Any

import jinja2
from litestar import Litestar
from litestar.exceptions import HTTPException

from folkmoot.kernel.clock import Clock, SystemClock
from folkmoot.kernel.loader import load_plugins
from folkmoot.kernel.registry import Registry, State
from folkmoot.kernel.settings import Configuration
from folkmoot.spec.errors import ConfigurationFaults, FolkmootError
from folkmoot.store.migrations.lineage import CORE_LINEAGE, Lineage, current
from folkmoot.web import core_plugin
from folkmoot.web.api import api_handler
from folkmoot.web.edge import Edge
from folkmoot.web.embedded_worker import EmbeddedWorker
from folkmoot.web.error_pages import on_exception, on_folkmoot_error, on_http_exception
from folkmoot.web.handlers import page_handler
from folkmoot.web.log import log
from folkmoot.web.platform import Platform
from folkmoot.web.render import LANGUAGES, Pages, create_environment
from folkmoot.web.request import Request
from folkmoot.web.security import script_hashes, security_headers
from folkmoot.web.words import use_packages

HERE = Path(__file__).parent
_ERRORS: dict[Any, Any] = {
    FolkmootError: on_folkmoot_error,
    HTTPException: on_http_exception,
    Exception: on_exception,
}
UNUSABLE = (State.NOT_INSTALLED, State.INCOMPATIBLE, State.BROKEN)


def load(configuration: Configuration, *, strict: bool = True) -> Registry:
    """Return the registry of a configuration.

    :param strict: refuse to start when an active plugin cannot run, naming all of them
    """
    registry = load_plugins(configuration, core_plugin)
    faults = [f"{plugin.name}: {plugin.reason}" for plugin in registry.plugins if plugin.state in UNUSABLE]
    if strict and faults:
        raise ConfigurationFaults(faults)
    return registry


def lineages(registry: Registry) -> list[Lineage]:
    """Return the lineages of core and the active plugins, each after those it depends on."""
    found = {plugin.name: Lineage(plugin.name, plugin.package) for plugin in registry.active}
    ordered: dict[str, Lineage] = {}

    def place(name: str) -> None:
        plugin = registry.plugin(name)
        for other in plugin.manifest.depends if plugin and plugin.manifest else ():
            place(other)
        ordered.setdefault(name, found[name])

    for name in found:
        place(name)
    return [CORE_LINEAGE, *ordered.values()]


def check_migrations(configuration: Configuration, registry: Registry) -> None:
    """Refuse to start while the database lacks a migration, or has one that this version does not know."""
    wanted = lineages(registry)
    has = current(configuration.database_urls(), wanted)
    newer = [lineage.name for lineage in wanted if (has[lineage.name] or "") > (lineage.head() or "")]
    if newer:
        raise ConfigurationFaults(
            [
                f"The database is newer than this version of {', '.join(newer)}: "
                "run the version that made it, or restore a backup."
            ]
        )
    waiting = [lineage.name for lineage in wanted if lineage.head() != has[lineage.name]]
    if waiting:
        raise ConfigurationFaults(
            [f"The database lacks migrations of {', '.join(waiting)}: run “folkmoot db upgrade”, or serve --migrate."]
        )


def build_platform(
    configuration: Configuration,
    registry: Registry,
    clock: Clock | None = None,
    bytecode: jinja2.BytecodeCache | None = None,
) -> Platform:
    """Return everything that the process shares."""
    platform = Platform(configuration, registry, clock or SystemClock())
    use_packages(plugin.package for plugin in registry.active)
    platform.pages = Pages(create_environment(registry, bytecode or _template_cache(configuration)))
    built = HERE / "static" / "built"
    if not (built / "manifest.json").is_file():
        raise ConfigurationFaults(["The stylesheet has not been built: install the distribution “folkmoot” again."])
    platform.static.add_built(built)
    for plugin in registry.active:
        folder = Path(str(plugin.module.__file__)).parent / "static"
        if folder.is_dir():
            platform.static.add_plugin(plugin.name, folder)
    _prerender(platform)
    return platform


def _template_cache(configuration: Configuration) -> jinja2.BytecodeCache:
    """Return the folder of compiled templates: the first page after a start takes 9 ms instead of 200."""
    folder = configuration.folder / "data" / "cache"
    # Only ours to write: what is in it is run.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return jinja2.FileSystemBytecodeCache(str(folder))


def _prerender(platform: Platform) -> None:
    environment = platform.pages.environment
    plain = {"asset": platform.static.address}
    platform.unknown_host = environment.get_template("unknown_host.html").render(plain, locale="en").encode()
    failure = environment.get_template("errors/500.html")
    platform.failure_pages = {locale: failure.render(plain, locale=locale).encode() for locale in LANGUAGES}
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, "govuk_frontend_jinja/template.html")
    platform.headers = security_headers(script_hashes(source.encode()))


def build_app(platform: Platform, *, worker: bool = False) -> Edge:
    """Return the ASGI application.

    :param worker: whether jobs are done in this process, between its start and its end
    """
    registry = platform.registry
    embedded = EmbeddedWorker(platform) if worker else None
    handlers: list[Any] = [page_handler(owned) for owned in (*registry.routes, *registry.admin_routes)]
    handlers += [api_handler(owned) for owned in registry.api_routes]
    app = Litestar(
        route_handlers=handlers,
        request_class=Request,
        openapi_config=None,
        on_startup=[platform.open, *([embedded.start] if embedded else [])],
        on_shutdown=[*([embedded.stop] if embedded else []), platform.close],
        exception_handlers=_ERRORS,
        multipart_form_part_limit=2_000,
        request_max_body_size=None,
        logging_config=None,
        debug=False,
    )
    return Edge(app, platform)  # type: ignore[arg-type]


def create_application(
    configuration: Configuration,
    *,
    clock: Clock | None = None,
    bytecode: jinja2.BytecodeCache | None = None,
    worker: bool = False,
) -> Edge:
    """Boot: ten steps from a configuration to the application, each timed in the log, in milliseconds.

    :param worker: whether jobs are done in this process as well
    :raises ConfigurationFaults: naming everything that stands in the way
    """
    registry = load(configuration)
    start = time.perf_counter()
    check_migrations(configuration, registry)
    checked = time.perf_counter()
    application = build_app(build_platform(configuration, registry, clock, bytecode), worker=worker)
    steps = {
        "read_config": configuration.read_ms,
        **registry.timings,
        "check_migrations": (checked - start) * 1000,
        "build_app": (time.perf_counter() - checked) * 1000,
    }
    log.info("boot", plugins=[plugin.name for plugin in registry.active], **{k: round(v, 1) for k, v in steps.items()})
    return application
