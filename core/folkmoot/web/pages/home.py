"""Home, and the addresses that programs read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Response
from markupsafe import escape

from folkmoot.kernel.registry import Owned
from folkmoot.spec.descriptors import SearchEntry, SearchSource
from folkmoot.web.content import site_content
from folkmoot.web.log import log
from folkmoot.web.render import blocks, page
from folkmoot.web.request import Request

CORE_PATHS = ("/", "/accessibility-statement", "/privacy", "/cookies", "/contact")


async def home(request: Request) -> Response[str]:
    """Show the home page, made of blocks."""
    intro = site_content(request, "home")
    return await page(request, "home.html", blocks=await blocks(request, "home"), intro=intro)


async def published(request: Request) -> list[tuple[Owned[SearchSource], SearchEntry]]:
    """Return everything that the site's plugins have published; a source that fails is left out and logged."""
    found: list[tuple[Owned[SearchSource], SearchEntry]] = []
    now = request.now()
    async with request.reading() as session:
        for owned in request.platform.registry.search_sources:
            if owned.plugin not in request.site.plugins:
                continue
            try:
                entries: Sequence[SearchEntry] = await owned.item.load(session, now)
            except Exception as error:
                log.error("search source failed", source=owned.item.name, error=type(error).__name__)
                continue
            found += [(owned, entry) for entry in entries if entry.shows(now)]
    return found


async def sitemap(request: Request) -> Response[str]:
    """List the addresses of the site for search engines."""
    paths = [*CORE_PATHS, *(entry.path.partition("#")[0] for _, entry in await published(request))]
    lines = [f"<url><loc>{escape(request.visit.origin + path)}</loc></url>" for path in dict.fromkeys(paths)]
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Response("\n".join([text, *lines, "</urlset>\n"]), media_type="application/xml")


async def robots(request: Request) -> Response[str]:
    """Tell crawlers what is for them."""
    lines = ["User-agent: *", "Disallow: /admin", "Disallow: /sign-in", f"Sitemap: {request.visit.origin}/sitemap.xml"]
    return Response("\n".join([*lines, ""]), media_type="text/plain; charset=utf-8")


async def security_txt(request: Request) -> Response[str]:
    """Tell finders of weaknesses whom to tell (RFC 9116)."""
    address = request.site.contact_email
    contact = f"mailto:{address}" if address else f"{request.visit.origin}/contact"
    expires = (request.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    languages = ", ".join(request.site.locales)
    lines = [f"Contact: {contact}", f"Expires: {expires}", f"Preferred-Languages: {languages}"]
    return Response("\n".join([*lines, ""]), media_type="text/plain; charset=utf-8")


async def openapi(request: Request) -> dict[str, Any]:
    """Return the OpenAPI document of this site."""
    from importlib.metadata import version

    from folkmoot.web.openapi import openapi_document

    return openapi_document(
        request.platform.registry,
        title=f"{request.site.name}: API",
        version=version("folkmoot"),
        plugins=request.site.plugins,
    )
