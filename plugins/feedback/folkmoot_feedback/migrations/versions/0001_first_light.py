"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "feedback_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "feedback_page_feedback",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=True),
        sa.Column("what_doing", sa.String(length=1200), nullable=False),
        sa.Column("what_wrong", sa.String(length=1200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signals", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_feedback_page_feedback_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_feedback_page_feedback")),
        sa.UniqueConstraint(
            "site_id", "idempotency_key", name=op.f("uq_feedback_page_feedback_site_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("feedback_page_feedback", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feedback_page_feedback_site_id_path_received_at"),
            ["site_id", "path", "received_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_page_feedback_site_id_received_at"), ["site_id", "received_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_page_feedback_site_id_state_received_at"),
            ["site_id", "state", "received_at"],
            unique=False,
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("feedback_page_feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_page_feedback_site_id_state_received_at"))
        batch_op.drop_index(batch_op.f("ix_feedback_page_feedback_site_id_received_at"))
        batch_op.drop_index(batch_op.f("ix_feedback_page_feedback_site_id_path_received_at"))

    op.drop_table("feedback_page_feedback")
