"""For development: each message becomes a file, and where it lies is printed."""

import asyncio
import sys
from pathlib import Path

from folkmoot.mail.letters import Letter, as_email


class ConsoleBackend:
    """Writes ``.eml`` files, which every mail program opens. Only their paths are printed, never what is in them."""

    name = "console"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, letter: Letter) -> str:
        """Write the file; sending the same message again writes the same file."""
        path = self._folder / f"{letter.at:%Y%m%d-%H%M%S}-{letter.reference[:32]}.eml"
        await asyncio.to_thread(self._write, path, as_email(letter).as_bytes())
        print(f"An email was written to {path}", file=sys.stderr)  # noqa: T201 (this is what the backend is for)
        return path.name

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)
