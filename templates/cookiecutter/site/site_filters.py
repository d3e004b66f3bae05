"""Filters that the templates of a site use: names with any sign in them must come out as valid TOML and Markdown."""

import re

from jinja2 import Environment
from jinja2.ext import Extension
from slugify import slugify

LONGEST_SLUG = 40
ENTITY = re.compile(r"&(?=#?\w+;)")
MARKDOWN = re.compile(r"([\\`*_\[\]<>|])")


class SiteFilters(Extension):
    """Adds the filters to cookiecutter's environment."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters |= {"site_slug": site_slug, "toml": toml, "markdown": markdown, "parts": parts}


def site_slug(name: str) -> str:
    """Return a slug made from a name: it starts with a letter and is at most 40 signs long."""
    made = slugify(name, max_length=LONGEST_SLUG, word_boundary=True).lstrip("-0123456789").strip("-")
    return made if len(made) > 1 else "my-site"


def toml(text: str) -> str:
    """Return a TOML string; the hook before has refused control characters."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def markdown(text: str) -> str:
    """Return text in which Markdown finds nothing but text."""
    return ENTITY.sub(r"\&", MARKDOWN.sub(r"\\\1", text))


def parts(text: str) -> list[str]:
    """Return the parts of a list that was typed with commas; ``none`` is the empty list."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    return [] if found == ["none"] else found
