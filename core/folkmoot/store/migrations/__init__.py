"""Migrations: one lineage and one version table for core and for each plugin, run by one environment.

The start-up check reads file names and version rows only; Alembic is imported when something is to be migrated.
"""

from folkmoot.store.migrations.lineage import CORE_LINEAGE, Lineage, current, pending
from folkmoot.store.migrations.runner import drift, revise, schema, undo, upgrade

__all__ = ["CORE_LINEAGE", "Lineage", "current", "drift", "pending", "revise", "schema", "undo", "upgrade"]
