"""Migrates an empty database as ``folkmoot db upgrade`` does, and writes down every statement that changes something.

``python -m benchmarks.recorded_migration CONFIGURATION FILE``
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from folkmoot.cli.database import upgrade_database
from folkmoot.kernel.settings import load

CHANGES = re.compile(r"\s*(create|alter|drop|insert|update|delete|grant|revoke|comment)\b", re.IGNORECASE)


def record(configuration: Path) -> list[str]:
    """Migrate, and return the statements in their order."""
    statements: list[str] = []

    @event.listens_for(sa.Engine, "before_cursor_execute")
    def seen(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:  # noqa: ARG001
        if CHANGES.match(statement):
            if parameters:
                raise RuntimeError(f"a statement with parameters cannot be replayed as text: {statement}")
            statements.append(statement)

    upgrade_database(load(configuration))
    return statements


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(record(Path(sys.argv[1]))), encoding="utf-8")
