"""The pages that the law and good manners ask of every site, drafted from the site's facts."""

from litestar import Response

from folkmoot.privacy.declarations import holding
from folkmoot.privacy.retention import site_terms
from folkmoot.web.content import site_content
from folkmoot.web.pages.console import is_on
from folkmoot.web.pages.retention import say_term
from folkmoot.web.render import page
from folkmoot.web.request import Request


async def accessibility_statement(request: Request) -> Response[str]:
    """Show the accessibility statement."""
    own = site_content(request, "accessibility-statement")
    return await page(request, "accessibility_statement.html", body=own, tested_on=None)


async def privacy(request: Request) -> Response[str]:
    """Show the privacy notice, with what the site holds as its plugins declare it."""
    declarations = [owned for owned in holding(request.platform.registry) if is_on(request, owned.plugin)]
    async with request.reading() as session:
        terms = await site_terms(session, declarations)
    kept = [(o.item, say_term(terms[o.item.name], request.words) if o.item.name in terms else "") for o in declarations]
    return await page(request, "privacy.html", body=site_content(request, "privacy"), kept=kept)


async def cookies(request: Request) -> Response[str]:
    """Say which cookies there are."""
    return await page(request, "cookies.html", body=site_content(request, "cookies"))


async def contact(request: Request) -> Response[str]:
    """Say how to reach the body."""
    return await page(request, "contact.html", body=site_content(request, "contact"))
