"""What core itself declares, through the same hooks as every plugin: its tables, pages, permissions."""

from collections.abc import Sequence
from typing import Any

from folkmoot.spec.descriptors import (
    PUBLIC,
    SIGNED_IN,
    ApiRoute,
    Job,
    NavItem,
    Permission,
    PersonalData,
    Route,
    TaskSource,
)
from folkmoot.spec.hookspecs import hookimpl
from folkmoot.web import files_plugin, jobs_plugin, mail_plugin, privacy_plugin, search_plugin, sites_plugin

STAFF = ("publisher", "author", "analyst", "moderator", "viewer")


@hookimpl
def register_tables() -> Sequence[type[Any]]:
    """Return core's site-scoped tables."""
    from folkmoot.audit.models import AuditEntry
    from folkmoot.forms.models import Draft, Form, FormVersion, Submission
    from folkmoot.mail.models import Message, Subscription, Suppression
    from folkmoot.privacy.models import Complaint, Erasure, Retention, RetentionRun, SubjectRequest, UsageCount
    from folkmoot.store.files.models import FileRow
    from folkmoot.store.jobs.models import JobRow

    privacy = (Complaint, Erasure, Retention, RetentionRun, SubjectRequest, UsageCount)
    mail = (Message, Subscription, Suppression)
    return AuditEntry, Form, FormVersion, Draft, Submission, JobRow, *privacy, *mail, *search_plugin.tables(), FileRow


@hookimpl
def register_permissions() -> Sequence[Permission]:
    """Return what core lets roles do."""
    return (
        Permission(name="core.console", title="Use the staff console", roles=STAFF),
        Permission(name="core.sites", title="See and change sites"),
        *jobs_plugin.permissions(STAFF),
        *privacy_plugin.permissions(),
        *mail_plugin.permissions(),
        *files_plugin.permissions(),
    )


@hookimpl
def register_routes() -> Sequence[Route]:
    """Return the pages of every site."""
    from folkmoot.web.pages import home, people, statements

    sign_in = {"permission": PUBLIC, "cached": False, "blocks": False}
    return (
        *privacy_plugin.routes(),
        *mail_plugin.routes(),
        *files_plugin.routes(),
        Route(path="/", endpoint=home.home, permission=PUBLIC),
        *search_plugin.routes(),
        Route(path="/sitemap.xml", endpoint=home.sitemap, permission=PUBLIC, blocks=False),
        Route(path="/robots.txt", endpoint=home.robots, permission=PUBLIC, blocks=False),
        Route(path="/.well-known/security.txt", endpoint=home.security_txt, permission=PUBLIC, blocks=False),
        Route(path="/accessibility-statement", endpoint=statements.accessibility_statement, permission=PUBLIC),
        Route(path="/privacy", endpoint=statements.privacy, permission=PUBLIC),
        Route(path="/cookies", endpoint=statements.cookies, permission=PUBLIC),
        Route(path="/contact", endpoint=statements.contact, permission=PUBLIC),
        Route(path="/sign-in", endpoint=people.sign_in, query=("next",), **sign_in),  # type: ignore[arg-type]
        Route(path="/sign-in", endpoint=people.sign_in_with_password, methods=("POST",), **sign_in),  # type: ignore[arg-type]
        Route(path="/sign-in/{secret:str}", endpoint=people.sign_in_link, **sign_in),  # type: ignore[arg-type]
        Route(path="/sign-in/{secret:str}", endpoint=people.use_sign_in_link, methods=("POST",), **sign_in),  # type: ignore[arg-type]
        Route(path="/sign-out", endpoint=people.sign_out, methods=("POST",), **sign_in),  # type: ignore[arg-type]
        Route(path="/account", endpoint=people.account, permission=SIGNED_IN, cached=False, blocks=False),
        Route(
            path="/account",
            endpoint=people.change_password,
            methods=("POST",),
            permission=SIGNED_IN,
            cached=False,
            blocks=False,
        ),
    )


@hookimpl
def register_admin_routes() -> Sequence[Route]:
    """Return the console's first page."""
    from folkmoot.web.pages import console

    return (
        Route(path="/admin", endpoint=console.console, permission="core.console", cached=False, blocks=False),
        *jobs_plugin.admin_routes(),
        *privacy_plugin.admin_routes(),
        *mail_plugin.admin_routes(),
        *files_plugin.admin_routes(),
    )


@hookimpl
def register_api_routes() -> Sequence[ApiRoute]:
    """Return core's calls."""
    from folkmoot.web.pages import home

    return (
        ApiRoute(path="/openapi.json", endpoint=home.openapi, permission=PUBLIC, summary="This document"),
        *jobs_plugin.api_routes(),
        *search_plugin.api_routes(),
        *mail_plugin.api_routes(),
    )


@hookimpl
def register_admin_nav() -> Sequence[NavItem]:
    """Return the console's links."""
    return (*privacy_plugin.admin_nav(), *jobs_plugin.admin_nav(), *mail_plugin.admin_nav(), *files_plugin.admin_nav())


@hookimpl
def register_tasks() -> Sequence[TaskSource]:
    """Return what finds core's tasks."""
    return (*privacy_plugin.tasks(), *jobs_plugin.tasks(), *mail_plugin.tasks(), *files_plugin.tasks())


@hookimpl
def register_jobs() -> Sequence[Job]:
    """Return core's jobs."""
    return (
        *jobs_plugin.jobs(),
        *privacy_plugin.jobs(),
        *mail_plugin.jobs(),
        *files_plugin.jobs(),
        *search_plugin.jobs(),
        *sites_plugin.jobs(),
    )


@hookimpl
def register_personal_data() -> Sequence[PersonalData]:
    """Return what core's tables hold about people."""
    from folkmoot.web.personal_data import declarations

    return declarations()
