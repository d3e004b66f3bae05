"""What core itself declares, through the same hooks as every plugin: its tables, pages, permissions."""

from collections.abc import Sequence
from typing import Any

from folkmoot.spec.descriptors import PUBLIC, SIGNED_IN, ApiRoute, Permission, Route
from folkmoot.spec.hookspecs import hookimpl

STAFF = ("publisher", "author", "analyst", "moderator", "viewer")


@hookimpl
def register_tables() -> Sequence[type[Any]]:
    """Return core's site-scoped tables."""
    from folkmoot.audit.models import AuditEntry
    from folkmoot.forms.models import Answer, Draft, Form, FormVersion, Submission

    return AuditEntry, Form, FormVersion, Draft, Submission, Answer


@hookimpl
def register_permissions() -> Sequence[Permission]:
    """Return what core lets roles do."""
    return (
        Permission(name="core.console", title="Use the staff console", roles=STAFF),
        Permission(name="core.sites", title="See and change sites"),
    )


@hookimpl
def register_routes() -> Sequence[Route]:
    """Return the pages of every site."""
    from folkmoot.web.pages import home, people, statements

    sign_in = {"permission": PUBLIC, "cached": False, "blocks": False}
    return (
        Route(path="/", endpoint=home.home, permission=PUBLIC),
        Route(path="/search", endpoint=home.search, permission=PUBLIC, query=("q",)),
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

    return (Route(path="/admin", endpoint=console.console, permission="core.console", cached=False, blocks=False),)


@hookimpl
def register_api_routes() -> Sequence[ApiRoute]:
    """Return core's calls."""
    from folkmoot.web.pages import home

    return (ApiRoute(path="/openapi.json", endpoint=home.openapi, permission=PUBLIC, summary="This document"),)
