"""Words of the site's own, from the ``content`` folder beside its configuration: ``home.md``, ``home.cy.md``."""

from markupsafe import Markup

from folkmoot.web.render import markdown
from folkmoot.web.request import Request


def site_content(request: Request, name: str) -> Markup | None:
    """Return a piece of the first site's own words, or ``None``: other sites have only the words that core makes."""
    configuration = request.platform.configuration
    if request.site.slug != configuration.settings.site.slug:
        return None
    folder = configuration.folder / "content"
    names = (f"{name}.{request.locale}.md", f"{name}.md")
    path = next((folder / file for file in names if (folder / file).is_file()), None)
    return markdown(path.read_text(encoding="utf-8")) if path else None
