"""The one Alembic environment of all lineages."""
