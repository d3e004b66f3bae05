"""Operators at a command line: commands as they type them, on instances that others serve."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from folkmoot.testing.instance import write_configuration

FOLKMOOT = Path(sys.executable).with_name("folkmoot")


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who runs commands on one instance."""

    config: Path

    async def begin(self, *arguments: str, program: Sequence[str] = (str(FOLKMOOT),)) -> asyncio.subprocess.Process:
        """Start a command, and return it while it runs."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("FOLKMOOT_")}
        return await asyncio.create_subprocess_exec(
            *program,
            "--config",
            str(self.config),
            *arguments,
            env=ours | {"PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments: str, status: int = 0) -> str:
        """Run a command to its end, and return what it printed; when it refuses, what it said."""
        process = await self.begin(*arguments)
        out, err = await process.communicate()
        assert process.returncode == status, f"folkmoot {' '.join(arguments)}: {out.decode()}{err.decode()[-3000:]}"
        return (err if status else out).decode()


async def new_instance(folder: Path, plugins: Sequence[str], database: str) -> Operator:
    """Set up an instance with nothing in it, as an operator does on a new machine."""
    urls = None
    if database == "postgresql":
        from folkmoot.testing.postgres import empty_database

        urls = empty_database()
    folder.mkdir()
    operator = Operator(write_configuration(folder, plugins, urls).path)
    await operator.run("db", "upgrade")
    return operator
