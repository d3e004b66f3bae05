"""privacy."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the change."""
    _create(
        "core_subject_request",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("removed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        unique=[("reference",)],
        index=("closed_at", "due_at"),
    )
    _create(
        "core_erasure",
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        unique=[("subject_hash",)],
    )
    _create(
        "core_retention",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        unique=[("name",)],
    )
    _create(
        "core_retention_run",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("before", INSTANT, nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        index=("at",),
    )
    _create(
        "core_complaint",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        unique=[("reference",), ("fingerprint",)],
        index=("received_at",),
    )
    _create(
        "core_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        unique=[("day", "kind", "name")],
    )


def _create(
    table: str, *columns: sa.Column[Any], unique: list[tuple[str, ...]] | None = None, index: tuple[str, ...] = ()
) -> None:
    """Make a table of the sites: its key starts with the site, and so do its indexes."""
    op.create_table(
        table,
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f(f"fk_{table}_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f(f"pk_{table}")),
        *(
            sa.UniqueConstraint("site_id", *names, name=op.f(f"uq_{table}_site_id_{'_'.join(names)}"))
            for names in unique or ()
        ),
    )
    if index:
        op.create_index(op.f(f"ix_{table}_site_id_{'_'.join(index)}"), table, ["site_id", *index], unique=False)


def downgrade() -> None:
    """Take the change back."""
    for table in (
        "core_count",
        "core_complaint",
        "core_retention_run",
        "core_retention",
        "core_erasure",
        "core_subject_request",
    ):
        op.drop_table(table)
