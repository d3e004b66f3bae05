"""``folkmoot new``: sites from templates, through cookiecutter."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from folkmoot.spec.errors import NotFound, Refused

GROUP = "folkmoot.templates"


@click.group()
def new() -> None:
    """Make a new site from a template."""


@new.command(epilog='Example: folkmoot new site --no-input site_name="Have your say"')
@click.argument("name", required=False)
@click.option("-o", "--output", default=".", show_default=True, type=click.Path(file_okay=False), help="The folder.")
@click.option("--no-input", is_flag=True, help="Ask nothing: take the defaults.")
@click.argument("values", nargs=-1)
def site(name: str | None, output: str, no_input: bool, values: tuple[str, ...]) -> None:
    """Make a new site: its configuration, its words, its test, ready to be served."""
    if name and "=" in name:
        values = (name, *values)
        name = None
    given = _given(values)
    if name:
        given.setdefault("site_name", name)
    click.echo(bake("site", Path(output), given, ask=not no_input))


def _given(values: tuple[str, ...]) -> dict[str, str]:
    wrong = [value for value in values if "=" not in value]
    if wrong:
        raise click.UsageError(f"{wrong[0]} is not of the form key=value.")
    return {key: value for key, _, value in (value.partition("=") for value in values)}


def template_folder(kind: str) -> Path:
    """Return the folder of a template; raises ``NotFound``."""
    for point in entry_points(group=GROUP):
        if point.name == kind:
            return Path(str(point.load()()))
    raise NotFound(f"There is no template for a {kind}: install the distribution folkmoot-templates.")


def bake(kind: str, output: Path, given: dict[str, Any], *, ask: bool) -> Path:
    """Make a tree from a template, and return its folder."""
    from cookiecutter.exceptions import CookiecutterException
    from cookiecutter.main import cookiecutter

    folder = template_folder(kind)
    try:
        made = cookiecutter(str(folder), no_input=not ask, extra_context=given, output_dir=str(output))
    except CookiecutterException as error:
        raise Refused(_sentence(error)) from None
    return Path(made)


def _sentence(error: Exception) -> str:
    text = str(error)
    if "already exists" in text:
        return f"There is a folder of that name already: {text.rpartition('Error: ')[2]}"
    return f"The template could not be made: {text}"
