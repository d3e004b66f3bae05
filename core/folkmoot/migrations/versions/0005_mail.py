"""mail."""

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None

TOLD = sa.text("event <> ''")
CURRENT = sa.text("state <> 'ended'")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_mail",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("template", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("provider_id", sa.String(length=120), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("holds_secret", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_core_mail_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_core_mail")),
    )
    with op.batch_alter_table("core_mail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_mail_site_id_address_created_at"), ["site_id", "address", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_core_mail_site_id_created_at"), ["site_id", "created_at"], unique=False)
        batch_op.create_index(
            "uq_core_mail_told",
            ["site_id", "subscription_id", "event"],
            unique=True,
            sqlite_where=TOLD,
            postgresql_where=TOLD,
        )

    op.create_table(
        "core_subscription",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("address_key", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=160), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("confirm_hash", sa.String(length=64), nullable=False),
        sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unsubscribe_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_core_subscription_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_core_subscription")),
    )
    with op.batch_alter_table("core_subscription", schema=None) as batch_op:
        for columns in (["site_id", "topic", "state"], ["site_id", "address_key"], ["site_id", "confirm_hash"]):
            batch_op.create_index(batch_op.f(f"ix_core_subscription_{'_'.join(columns)}"), columns, unique=False)
        batch_op.create_index(
            "uq_core_subscription_current",
            ["site_id", "address", "topic"],
            unique=True,
            sqlite_where=CURRENT,
            postgresql_where=CURRENT,
        )

    op.create_table(
        "core_mail_suppression",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_key", sa.String(length=32), nullable=False),
        sa.Column("shown", sa.String(length=254), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_core_mail_suppression_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_core_mail_suppression")),
        sa.UniqueConstraint("site_id", "address_key", name=op.f("uq_core_mail_suppression_site_id_address_key")),
    )


def downgrade() -> None:
    """Take the change back."""
    for table in ("core_mail_suppression", "core_subscription", "core_mail"):
        op.drop_table(table)
