"""What hooks return: frozen facts. What happens per request lives in the callables that they hold."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

PUBLIC: Final = "public"
SIGNED_IN: Final = "signed-in"

Endpoint = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A page, or the target of a form.

    :param path: with ``{name:str}`` parts, starting with one of the plugin's mounts; staff routes start below
        ``/admin/<plugin>``
    :param endpoint: ``async (request) -> Response``
    :param permission: a registered permission, ``PUBLIC`` or ``SIGNED_IN``; there is no default on purpose
    :param query: the query parameters that change the page: only these are part of the cache key
    :param suffixes: file suffixes that the address answers as well, without the dot
    :param cached: whether an anonymous GET may be kept in the page cache
    :param max_body: the largest body accepted, in bytes
    :param blocks: whether blocks of other plugins (page feedback) stand at the end of the page
    """

    path: str
    endpoint: Endpoint
    permission: str
    methods: tuple[str, ...] = ("GET",)
    query: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    cached: bool = True
    max_body: int = 1_000_000
    blocks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoute:
    """A call of the JSON API, below ``/api/v1``.

    :param endpoint: ``async (request) -> answer``, or ``async (request, body) -> answer`` when ``body`` is given
    :param body: the pydantic model of the JSON body
    :param form: whether a multipart form is accepted as well; the endpoint then reads whichever was sent itself
    :param answer: the pydantic model of the answer, for the OpenAPI document
    :param idempotent: whether ``Idempotency-Key`` is honoured
    """

    path: str
    endpoint: Endpoint
    permission: str
    method: str = "GET"
    summary: str
    body: type[Any] | None = None
    form: bool = False
    answer: type[Any] | None = None
    status: int = 200
    query: tuple[str, ...] = ()
    max_body: int = 1_000_000
    idempotent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Something a role may do, named ``<plugin>.<verb>``; administrators may do everything."""

    name: str
    title: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A link in the site's navigation, or in the staff console's (then with the permission it needs)."""

    label: str
    path: str
    order: int = 100
    permission: str = PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a page that a plugin fills.

    :param slot: ``home`` (the home page) or ``page_end`` (the end of every page with blocks)
    :param template: rendered with what ``load`` returns
    :param load: ``async (request) -> mapping``, or ``None`` when there is nothing to show
    """

    slot: str
    name: str
    template: str
    load: Callable[[Any], Awaitable[Mapping[str, object] | None]]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something a member of staff should do next."""

    title: str
    path: str
    count: int | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSource:
    """Finds tasks for the staff console: ``load`` is ``async (session, now) -> tasks``."""

    name: str
    permission: str
    load: Callable[[Any, datetime], Awaitable[Sequence[Task]]]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEntry:
    """Something published that search and the site map list."""

    title: str
    path: str
    summary: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource:
    """What a plugin has published: ``load`` is ``async (session, now) -> entries``, never of drafts."""

    name: str
    title: str
    load: Callable[[Any, datetime], Awaitable[Sequence[SearchEntry]]]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command group of the command line: ``load`` returns a click command, imported only when it is run."""

    name: str
    summary: str
    load: Callable[[], Any]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Demo content: ``run`` is ``async (desk)``; doing it twice adds nothing."""

    name: str
    run: Callable[[Any], Awaitable[None]]
    order: int = 100
