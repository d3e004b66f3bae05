"""How Alembic looks at one lineage: only at its own tables, with plain SQLAlchemy types."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from folkmoot.store.migrations.lineage import Lineage
from folkmoot.store.tables import Json, UtcDateTime


def _render(kind: str, item: Any, context: Any) -> str | bool:
    """Write our types as plain ones, so that a migration imports nothing of ours."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if isinstance(item, Json | sa.JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def options(lineage: Lineage) -> dict[str, Any]:
    """Return Alembic's options for a lineage."""

    def include_name(name: str | None, kind: str, parents: Any) -> bool:  # noqa: ARG001
        return kind != "table" or (name or "").startswith(lineage.prefix)

    def include_object(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: ARG001
        table = item if kind == "table" else getattr(item, "table", None)
        return table is None or table.name.startswith(lineage.prefix)

    return {
        "target_metadata": SQLModel.metadata,
        "version_table": lineage.version_table,
        "include_name": include_name,
        "include_object": include_object,
        "render_item": _render,
        "compare_type": True,
    }
