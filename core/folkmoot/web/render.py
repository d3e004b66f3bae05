"""Templates to pages: one Jinja environment for the process, and what every page is given."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from litestar import MediaType, Response
from markupsafe import Markup

from folkmoot.kernel.registry import Registry
from folkmoot.web.request import Request
from folkmoot.web.words import N_, SOURCE, Translations, translations

LONDON = ZoneInfo("Europe/London")
LANGUAGES = {"en": "English", "cy": "Cymraeg"}
FOOTER = (
    (N_("Accessibility statement"), "/accessibility-statement"),
    (N_("Privacy"), "/privacy"),
    (N_("Cookies"), "/cookies"),
    (N_("Contact"), "/contact"),
    (N_("Sign in"), "/sign-in"),
)


def create_environment(registry: Registry, bytecode: jinja2.BytecodeCache | None = None) -> jinja2.Environment:
    """Return the environment: core's templates, GOV.UK Frontend's, and each plugin's under its own name.

    :param bytecode: where compiled templates are kept: without one, each process compiles them anew
    """
    loaders: dict[str, jinja2.BaseLoader] = {
        "govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja"),
        "forms": jinja2.PackageLoader("folkmoot.forms", "templates/forms"),
        "figures": jinja2.PackageLoader("folkmoot.figures", "templates/figures"),
    }
    for plugin in registry.active:
        if (files(plugin.package) / "templates" / plugin.name).is_dir():
            loaders[plugin.name] = jinja2.PackageLoader(plugin.package, f"templates/{plugin.name}")
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PrefixLoader(loaders), jinja2.PackageLoader("folkmoot.web")]),
        autoescape=True,
        auto_reload=False,
        bytecode_cache=bytecode,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters |= {"date": _date, "datetime": _datetime, "number": _number, "markdown": markdown}
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


@jinja2.pass_context
def _gettext(context: jinja2.runtime.Context, message: str) -> str:
    return translations(context.get("locale") or SOURCE).gettext(message)


@jinja2.pass_context
def _ngettext(context: jinja2.runtime.Context, singular: str, plural: str, number: int) -> str:
    return translations(context.get("locale") or SOURCE).ngettext(singular, plural, number)


def say_date(instant: datetime, locale: str) -> str:
    """Return “3 March 2027” in the reader's language, by UK time."""
    from babel.dates import format_date

    return format_date(instant.astimezone(LONDON), "d MMMM y", locale=locale)


def say_datetime(instant: datetime, words: Translations) -> str:
    """Return “11:59pm on 3 March 2027” by UK time, as GOV.UK writes times."""
    local = instant.astimezone(LONDON)
    hour = local.hour % 12 or 12
    minute = f":{local.minute:02d}" if local.minute else ""
    time = f"{hour}{minute}{'am' if local.hour < 12 else 'pm'}"
    if (local.hour, local.minute) in {(0, 0), (12, 0)}:
        time = words.gettext(N_("midnight")) if local.hour == 0 else words.gettext(N_("midday"))
    return words.gettext(N_("%(time)s on %(date)s")) % {"time": time, "date": say_date(instant, words.locale)}


@jinja2.pass_context
def _date(context: jinja2.runtime.Context, instant: datetime) -> str:
    return say_date(instant, context.get("locale") or SOURCE)


@jinja2.pass_context
def _datetime(context: jinja2.runtime.Context, instant: datetime) -> str:
    return say_datetime(instant, translations(context.get("locale") or SOURCE))


@jinja2.pass_context
def _number(context: jinja2.runtime.Context, value: float) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=context.get("locale") or SOURCE)


def markdown(text: str) -> Markup:
    """Return Markdown as safe HTML with GOV.UK classes."""
    from folkmoot.documents import read_markdown

    return Markup("\n").join(Markup(node.html) for node in read_markdown(text).nodes)  # noqa: S704 (sanitised there)


def page_context(request: Request) -> dict[str, Any]:
    """Return what the layout needs, whatever the page."""
    site, visit, platform = request.site, request.visit, request.platform
    words = request.words
    token = request.form_token()
    hidden = Markup('<input type="hidden" name="form_token" value="{}">').format(token) if token else Markup("")
    return {
        "site": site,
        "locale": visit.locale,
        "locales": _locales(request),
        "path": visit.path,
        "translate": words.gettext,
        "url": request.href,
        "origin": visit.origin,
        "asset": platform.static.address,
        "brand_css": f"/static/brand-{site.brand_colour.removeprefix('#').lower()}.css",
        "nav": [
            (words.gettext(owned.item.label), request.href(owned.item.path), _within(visit.path, owned.item.path))
            for owned in platform.registry.nav
            if owned.plugin in site.plugins or owned.plugin == "core"
        ],
        "footer_links": [
            (words.gettext(label), request.href(path))
            for label, path in FOOTER
            if visit.person is None or path != "/sign-in"
        ],
        "person": visit.person,
        "csrf_field": partial(Markup, hidden),
        "form_token": token,
        "page_end": [],
        "request_id": visit.request_id,
    }


def _within(path: str, start: str) -> bool:
    return path == start or path.startswith(f"{start}/")


def _locales(request: Request) -> list[tuple[str, str, str, bool]]:
    default = request.site.locales[0]
    path = request.visit.path
    tail = "" if path == "/" else path
    return [
        (code, LANGUAGES.get(code, code), path if code == default else f"/{code}{tail}", code == request.locale)
        for code in request.site.locales
    ]


class Pages:
    """Renders templates into responses."""

    def __init__(self, environment: jinja2.Environment) -> None:
        self.environment = environment
        # The same templates, filters and words for text that is not HTML: mail.
        self.texts = environment.overlay(autoescape=False)

    def html(self, request: Request, template: str, context: Mapping[str, Any]) -> str:
        """Return a page's HTML."""
        return self.environment.get_template(template).render(**page_context(request), **context)

    def fragment(self, request: Request, template: str, context: Mapping[str, Any]) -> Markup:
        """Return a piece of a page; it knows the layout's words and addresses as well."""
        html = self.environment.get_template(template).render(**page_context(request), **context)
        return Markup(html)  # noqa: S704 (made by an autoescaping template)


async def blocks(request: Request, slot: str) -> list[Markup]:
    """Return the pieces that the site's plugins put into a slot, in order; one that fails is left out and logged."""
    from folkmoot.web.log import log

    made: list[Markup] = []
    for owned in request.platform.registry.blocks:
        if owned.item.slot != slot or owned.plugin not in request.site.plugins:
            continue
        try:
            context = await owned.item.load(request)
            if context is not None:
                made.append(request.platform.pages.fragment(request, owned.item.template, context))
        except Exception as error:
            log.error("block failed", block=owned.item.name, plugin=owned.plugin, error=type(error).__name__)
            # A page that lacks something is not kept for others.
            request.fresh_until(request.now())
    return made


async def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Return a page of the site, with the blocks that belong at its end when its route wants them."""
    if request.visit.blocks and status == 200:
        context["page_end"] = await blocks(request, "page_end")
    merged = {**page_context(request), **context}
    html = request.platform.pages.environment.get_template(template).render(merged)
    return Response(html, status_code=status, media_type=MediaType.HTML)


def redirect(request: Request, path: str) -> Response[str]:
    """Return a redirect to a path of this site, in the reader's language, to be fetched with GET."""
    return Response("", status_code=303, headers={"location": request.href(path)}, media_type=MediaType.HTML)
