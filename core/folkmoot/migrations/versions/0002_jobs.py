"""jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'queued' and key <> ''")
OPEN = sa.text("finished_at is null")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_job",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("arguments", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(length=60), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("result", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_core_job_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_core_job")),
    )
    with op.batch_alter_table("core_job", schema=None) as batch_op:
        batch_op.create_index("ix_core_job_open", ["run_at"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(
            "ix_core_job_open_site", ["site_id", "run_at", "id"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN
        )
        batch_op.create_index(batch_op.f("ix_core_job_site_id_finished_at"), ["site_id", "finished_at"], unique=False)
        batch_op.create_index(
            "uq_core_job_waiting",
            ["site_id", "name", "key"],
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )
    op.create_table(
        "core_schedule",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_schedule")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("core_schedule")
    op.drop_table("core_job")
