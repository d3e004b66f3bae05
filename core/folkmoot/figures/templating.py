"""The template environment of the figures: escapes everything, reads each template once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

Translate = Callable[[str], str]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def _template(name: str) -> Template:
    return _environment().get_template(f"figures/{name}")


def render(name: str, **context: object) -> Markup:
    """Return a template of this package, filled."""
    return Markup(_template(name).render(context))  # noqa: S704 - the environment escapes
