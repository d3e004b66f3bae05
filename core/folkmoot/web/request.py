"""The request that endpoints get: Litestar's, with the site, the person, the words and the sessions of ours."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, TypeVar

from litestar import Request as LitestarRequest
from litestar.datastructures import FormMultiDict

from folkmoot.accounts.service import Person
from folkmoot.sites.directory import SiteFacts
from folkmoot.spec.errors import SignInRequired, Unavailable
from folkmoot.store.scoping import SiteSession
from folkmoot.store.writer import Change
from folkmoot.web.platform import Platform
from folkmoot.web.visit import Visit, visit_of
from folkmoot.web.words import N_, Translations, translations

T = TypeVar("T")


class Request(LitestarRequest[Any, Any, Any]):
    """One request on one site."""

    @property
    def visit(self) -> Visit:
        """What the edge knows."""
        return visit_of(self.scope)

    @property
    def platform(self) -> Platform:
        """What the process shares."""
        return self.visit.platform

    @property
    def site(self) -> SiteFacts:
        """The site that was asked."""
        return self.visit.site

    @property
    def locale(self) -> str:
        """The language of the answer."""
        return self.visit.locale

    @property
    def suffix(self) -> str:
        """The file suffix of the address without its dot, or empty."""
        return self.visit.suffix

    @property
    def person(self) -> Person | None:
        """Who has signed in or holds the token, or ``None``."""
        return self.visit.person

    @property
    def who(self) -> Person:
        """Who is asking; raises ``SignInRequired`` when nobody has said."""
        if self.visit.person is None:
            raise SignInRequired("Sign in to do this.")
        return self.visit.person

    @property
    def words(self) -> Translations:
        """Translations into the language of the answer."""
        return translations(self.locale)

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        return self.platform.clock.now()

    def part(self, name: str) -> str:
        """Return a part of the path, such as ``slug``."""
        return str(self.path_params[name])

    def href(self, path: str) -> str:
        """Return the address of a path in the language of the answer."""
        prefix = "" if self.locale == self.site.locales[0] else f"/{self.locale}"
        return f"{prefix}{path}" if path != "/" or not prefix else prefix

    def reading(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session of this site for reading."""
        return self.platform.database.reading(self.site.id)

    def writing(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session of this site for writing; what is not committed is rolled back."""
        return self.platform.database.writing(self.site.id)

    async def submit(self, change: Change) -> None:
        """Return when a change is on the disk (see ``folkmoot.store.writer``)."""
        await self.platform.database.writer.save(change)

    async def remember(self, plugin: str, key: tuple[Any, ...], load: Callable[[], Awaitable[T]]) -> T:
        """Return what ``load`` gives, kept until the plugin's pages on this site change."""
        return await self.platform.remember(self.site.id, plugin, key, load)

    def fresh_until(self, instant: datetime | None) -> None:
        """Say when the page will change by itself, so that it is not kept for longer."""
        held = self.visit.fresh_until
        if instant is not None and (held is None or instant < held):
            self.visit.fresh_until = instant

    async def fields(self) -> FormMultiDict:
        """Return the form that was sent; raises ``Malformed`` when it cannot be read.

        Files in it are spooled to the disk above a megabyte; raises ``Unavailable`` when that has no room.
        """
        try:
            return await self.form()
        except OSError as error:
            raise Unavailable(N_("There is no room for what you sent just now. Nothing was saved.")) from error

    async def values(self, *names: str) -> Mapping[str, str]:
        """Return the first value of each named field, without white space around it; empty where it was not sent."""
        form = await self.fields()
        given = {name: form.get(name, "") for name in names}
        return {name: value.strip() if isinstance(value, str) else "" for name, value in given.items()}

    def form_token(self) -> str:
        """Return what the forms of a signed-in person carry, bound to the session; empty for everyone else."""
        secret = self.visit.session_secret
        if not secret:
            return ""
        return hmac.new(self.platform.secret_key.encode(), secret.encode(), hashlib.sha256).hexdigest()

    def set_cookie_header(self, name: str, value: str, *, max_age: int | None = None) -> None:
        """Set a cookie of this host: secure, out of reach of scripts, and only for requests from this site."""
        parts = [f"__Host-folkmoot{name}={value}", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"]
        if max_age is not None:
            parts.append(f"Max-Age={max_age}")
        self.visit.cookies.append((b"set-cookie", "; ".join(parts).encode()))

    def cookie(self, name: str) -> str:
        """Return a cookie of ours, or empty."""
        return self.cookies.get(f"__Host-folkmoot{name}", "")
