"""What hooks return: frozen facts. What happens per request lives in the callables that they hold."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

PUBLIC: Final = "public"
SIGNED_IN: Final = "signed-in"
# Of calls of the API whose endpoint looks at the key itself: what other services call us with.
OWN_KEY: Final = "own-key"

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
    :param cross_ok: whether it may be posted to from anywhere, because the address itself holds the authority to do it
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
    cross_ok: bool = False


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
    """Something published that search and the site map list.

    :param path: without the language; with ``#`` and an id for a place on a page
    :param summary: a sentence that is shown where no other part of the text has the words that were looked for
    :param text: everything else that is to be found, plain; 100,000 characters at the most, so a book by its chapters
    :param part_of: the title of what it is a part of: shown and not searched, or all parts would be found by it
    :param key: what stays the same when the path changes, and in every language; the path when it is left out
    :param locale: the language that it is written in; the site's first when it is left out
    :param shown_from: not before this instant, for what is published and opens later
    :param shown_until: not from this instant on
    """

    title: str
    path: str
    summary: str = ""
    updated_at: datetime | None = None
    text: str = ""
    part_of: str = ""
    key: str = ""
    locale: str = ""
    shown_from: datetime | None = None
    shown_until: datetime | None = None

    def shows(self, now: datetime) -> bool:
        """Say whether it may be seen at an instant."""
        begun = self.shown_from is None or self.shown_from <= now
        return begun and (self.shown_until is None or now < self.shown_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource:
    """What a plugin has published: ``load`` is ``async (session, now) -> entries``, never of drafts.

    It is asked after the plugin has called ``touch``; until the index has followed, what is no longer among the entries
    is not shown.

    :param name: lower-case letters and hyphens, unlike any other source's; it stands in addresses
    :param title: what one such thing is called
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work done outside a request, by a worker, at least once: doing it again must change nothing.

    :param name: ``<plugin>.<verb>``, asked for with ``enqueue``
    :param title: what staff read in the list of jobs
    :param run: ``async (work)``; ``work`` is a desk of the site with ``arguments`` and ``progress``
    :param schedule: a cron expression in UK time, for each site that has the plugin on; empty when only asked for
    :param tries: how often it is tried before it is set aside for staff
    :param heavy: whether it takes so much of a processor that it gets a process of its own
    """

    name: str
    title: str
    run: Callable[[Any], Awaitable[None]]
    schedule: str = ""
    tries: int = 8
    heavy: bool = False
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What is done after something has happened: ``run`` is ``async (work)``, with the event's values as arguments.

    :param event: such as ``consultation.closed``
    :param name: ``<plugin>.<verb>``, unlike every other listener's and job's name
    """

    event: str
    name: str
    title: str
    run: Callable[[Any], Awaitable[None]]
    tries: int = 8
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something that people can get emails about.

    :param name: ``<plugin>:<kind>``; with ``find``, subscriptions are to ``<plugin>:<kind>:<object>``
    :param title: what the emails are about, in plain words; with ``find``, when the object has gone
    :param path: the page that it is about, with ``{object}`` where the object stands
    :param find: ``async (session, object, now) -> title``, or ``None`` when the public may not know of such an object
    """

    name: str
    title: str
    path: str
    find: Callable[[Any, str, datetime], Awaitable[str | None]] | None = None
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long something is kept, in calendar years and months and in days."""

    years: int = 0
    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person whom a request is about: by email address, by the reference of something sent, or by both.

    :param site_id: the site that was asked
    :param email: in lower case, or empty
    :param reference: as on a receipt, in upper case, or empty
    :param secret_key: the instance's, for tables that know people only by a keyed hash
    """

    site_id: UUID
    email: str = ""
    reference: str = ""
    secret_key: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One thing that is held about a person.

    :param title: what it is, in plain words
    :param key: its path, reference or id
    :param values: what it says: names in plain words, and anything that JSON can hold
    :param files: keys of stored files that belong to it
    """

    title: str
    key: str
    values: Mapping[str, object]
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What a plugin's tables hold about people, why and for how long; or, without ``what``, that they hold nothing.

    :param name: ``<plugin>.<noun>``; the retention of a site can be changed under this name
    :param tables: names of all tables that this speaks for; every table is in one declaration
    :param what: the categories of data, in plain words; empty when the tables hold nothing about people
    :param why: the purpose; or why there is nothing about people in them
    :param basis: the lawful basis
    :param kept: how long, in words, where that is more than the term
    :param kept_for: how long after which ``expire`` removes; ``None`` where it is not a matter of time
    :param find: ``async (session, subject) -> things held``
    :param erase: ``async (session, subject, now) -> rows removed or emptied of the person``; figures may stay
    :param expire: ``async (session, now, before) -> rows removed``: what is from ``before`` or earlier, 500 at a time
    :param due: ``async (session, now, before) -> rows``: how many ``expire`` would remove
    :param system: whether the tables belong to no one site: the session then sees all, and both the subject and
        ``session.info["site_id"]`` name the site
    """

    name: str
    title: str
    tables: tuple[str, ...]
    why: str
    what: tuple[str, ...] = ()
    basis: str = ""
    kept: str = ""
    kept_for: Term | None = None
    find: Callable[[Any, Subject], Awaitable[Sequence[Held]]] | None = None
    erase: Callable[[Any, Subject, datetime], Awaitable[int]] | None = None
    expire: Callable[[Any, datetime, datetime], Awaitable[int]] | None = None
    due: Callable[[Any, datetime, datetime], Awaitable[int]] | None = None
    system: bool = False
    order: int = 100
