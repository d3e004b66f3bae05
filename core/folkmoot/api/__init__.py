"""What plugins may use of core, by narrow names. Plugins import nothing else of it (save ``folkmoot.testing``).

Declare with ``Manifest``, ``hookimpl`` and the descriptors; keep rows in ``SiteScoped`` tables; answer requests with
``page``, ``redirect`` and ``download``; say no with the errors, whose message is a sentence for a person.
"""

from folkmoot.audit.chain import record as record_audit
from folkmoot.documents import DocumentTooLarge, EmptyDocument, anchors, read_markdown
from folkmoot.documents import Draft as DocumentDraft
from folkmoot.kernel.ids import digest, new_id, new_reference, new_secret
from folkmoot.sites.directory import SiteFacts
from folkmoot.sites.service import touch
from folkmoot.spec.descriptors import (
    PUBLIC,
    SIGNED_IN,
    ApiRoute,
    Block,
    Command,
    NavItem,
    Permission,
    Route,
    SearchEntry,
    SearchSource,
    Seed,
    Task,
    TaskSource,
)
from folkmoot.spec.errors import (
    Busy,
    Clash,
    Fault,
    FolkmootError,
    Forbidden,
    Malformed,
    NotFound,
    Refused,
    TooLarge,
    Unprocessable,
)
from folkmoot.spec.hookspecs import hookimpl
from folkmoot.spec.manifest import Manifest
from folkmoot.store.scoping import SiteSession
from folkmoot.store.tables import Json, SiteScoped, UtcDateTime, owned_by
from folkmoot.store.writer import Change, Row
from folkmoot.web.api import as_response, read_body
from folkmoot.web.desk import Desk, at_desk
from folkmoot.web.downloads import csv_file, csv_lines, csv_stream, csv_text, download
from folkmoot.web.pages.console import console_page
from folkmoot.web.render import LONDON, markdown, page, redirect, say_date, say_datetime
from folkmoot.web.request import Request
from folkmoot.web.words import N_, Translations

__all__ = [
    "LONDON",
    "N_",
    "PUBLIC",
    "SIGNED_IN",
    "ApiRoute",
    "Block",
    "Busy",
    "Change",
    "Clash",
    "Command",
    "Desk",
    "DocumentDraft",
    "DocumentTooLarge",
    "EmptyDocument",
    "Fault",
    "FolkmootError",
    "Forbidden",
    "Json",
    "Malformed",
    "Manifest",
    "NavItem",
    "NotFound",
    "Permission",
    "Refused",
    "Request",
    "Route",
    "Row",
    "SearchEntry",
    "SearchSource",
    "Seed",
    "SiteFacts",
    "SiteScoped",
    "SiteSession",
    "Task",
    "TaskSource",
    "TooLarge",
    "Translations",
    "Unprocessable",
    "UtcDateTime",
    "anchors",
    "as_response",
    "at_desk",
    "console_page",
    "csv_file",
    "csv_lines",
    "csv_stream",
    "csv_text",
    "digest",
    "download",
    "hookimpl",
    "markdown",
    "new_id",
    "new_reference",
    "new_secret",
    "owned_by",
    "page",
    "read_body",
    "read_markdown",
    "record_audit",
    "redirect",
    "say_date",
    "say_datetime",
    "touch",
]
