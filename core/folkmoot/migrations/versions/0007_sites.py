"""sites."""

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None

COLUMNS = ("suspended_at", "delete_after", "restoring_since")


def upgrade() -> None:
    """Make the change."""
    for name in COLUMNS:
        # Not by batch: SQLite would make the table anew, and every other table refers to it.
        op.add_column("core_site", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "core_operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("about_slug", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_operation")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("core_operation")
    for name in reversed(COLUMNS):
        op.drop_column("core_site", name)
