"""``folkmoot`` that stops and waits to be killed: ``python halting.py LINE …`` when it tells a line that begins so."""

import sys
import time

import click

from folkmoot.cli import backup, lifecycle
from folkmoot.cli.main import main

START = sys.argv.pop(1)


def say_and_halt(line: str) -> None:
    """Tell how far the work is, and go no further than that."""
    click.echo(line, err=True)
    if line.startswith(START):
        time.sleep(600)


if __name__ == "__main__":
    backup.say = lifecycle.say = say_and_halt
    main()
