"""``folkmoot new``: sites from templates, through cookiecutter."""

import difflib
import json
import logging
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from folkmoot.spec.errors import Fault, NotFound, Refused, Unprocessable

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
    """Make a tree from a template, and return its folder.

    :raises Unprocessable: when a key is none of the template's, or a value would be taken for a template itself
    :raises Refused: when the template's own checks say no (it has then said why), or the folder is there already
    """
    from cookiecutter.exceptions import CookiecutterException
    from cookiecutter.main import cookiecutter

    folder = template_folder(kind)
    faults = list(_faults(folder, given))
    if faults:
        raise Unprocessable(faults)
    # What the template says is enough: cookiecutter's own log line about it would be one too many.
    logging.getLogger("cookiecutter").addHandler(logging.NullHandler())
    try:
        made = cookiecutter(str(folder), no_input=not ask, extra_context=given, output_dir=str(output))
    except CookiecutterException as error:
        raise Refused(_sentence(error)) from None
    return Path(made)


def _faults(folder: Path, given: Mapping[str, str]) -> Iterator[Fault]:
    known = [key for key in json.loads((folder / "cookiecutter.json").read_text()) if not key.startswith("_")]
    for key, value in given.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            yield Fault(key, f"{key} is not asked for here." + (f" Did you mean “{close[0]}”?" if close else ""))
        elif any(sign in value for sign in ("{{", "{%", "{#")):
            yield Fault(key, f"{key} must not hold “{{{{”, “{{%” or “{{#”.")


def _sentence(error: Exception) -> str:
    from cookiecutter.exceptions import FailedHookException

    text = str(error)
    if "already exists" in text:
        folder = text.split('"')[1]
        return f"There is a folder {folder} already: choose another slug, or another place with --output."
    if isinstance(error, FailedHookException):
        return "Nothing was made."
    return f"The template could not be made: {text}"
