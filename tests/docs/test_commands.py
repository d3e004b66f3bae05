"""The reference of the commands lists each, of core and of the bundled plugins, with its example and its options."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from folkmoot.cli.main import folkmoot

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "cli.md").read_text()


def groups() -> Iterator[tuple[str, click.Command]]:
    yield from folkmoot.commands.items()
    for path in sorted(ROOT.glob("plugins/*/folkmoot_*/plugin.py")):
        plugin = importlib.import_module(f"{path.parent.name}.plugin")
        if hasattr(plugin, "register_commands"):
            yield from ((command.name, command.load()) for command in plugin.register_commands())


def walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from walk(f"{path} {name}", below)
    else:
        yield path, command


COMMANDS = dict(pair for name, command in groups() for pair in walk(f"folkmoot {name}", command))


def test_the_reference_has_these_commands_and_no_others() -> None:
    assert set(re.findall(r"^### `(folkmoot .+)`$", REFERENCE, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_has_the_example_and_the_options_of(name: str) -> None:
    section = REFERENCE.partition(f"### `{name}`\n")[2].partition("\n#")[0]
    command = COMMANDS[name]
    assert (command.epilog or "").startswith("Example: folkmoot ")
    assert f"\n{(command.epilog or '').removeprefix('Example: ')}\n" in section
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    documented = re.findall(r"^\| `(.+?)[ `]", section, re.MULTILINE)
    assert [name.rstrip(",") for name in documented] == [option.opts[0] for option in options]
