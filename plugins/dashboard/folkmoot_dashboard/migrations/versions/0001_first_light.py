"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "dashboard_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "dashboard_dataset",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("source_name", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_dashboard_dataset_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_dashboard_dataset")),
        sa.UniqueConstraint("site_id", "slug", name=op.f("uq_dashboard_dataset_site_id_slug")),
    )
    op.create_table(
        "dashboard_metric",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("unit", sa.String(length=500), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_dashboard_metric_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_dashboard_metric")),
        sa.UniqueConstraint("site_id", "key", name=op.f("uq_dashboard_metric_site_id_key")),
    )
    op.create_table(
        "dashboard_version",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("contents", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id", "dataset_id"],
            ["dashboard_dataset.site_id", "dashboard_dataset.id"],
            name=op.f("fk_dashboard_version_site_id_dataset_id_dashboard_dataset"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_dashboard_version_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_dashboard_version")),
        sa.UniqueConstraint(
            "site_id",
            "dataset_id",
            "idempotency_key",
            name=op.f("uq_dashboard_version_site_id_dataset_id_idempotency_key"),
        ),
        sa.UniqueConstraint(
            "site_id", "dataset_id", "number", name=op.f("uq_dashboard_version_site_id_dataset_id_number")
        ),
    )
    op.create_table(
        "dashboard_observation",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("metric_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("geography_code", sa.String(length=9), nullable=False),
        sa.Column("geography_name", sa.String(length=100), nullable=False),
        sa.Column("geography_level", sa.String(length=10), nullable=False),
        sa.Column("region_code", sa.String(length=9), nullable=False),
        sa.Column("period_key", sa.String(length=12), nullable=False),
        sa.Column("period_label", sa.String(length=20), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("dimensions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("breakdown", sa.String(length=2000), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=True),
        sa.Column("marks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "metric_id"],
            ["dashboard_metric.site_id", "dashboard_metric.id"],
            name=op.f("fk_dashboard_observation_site_id_metric_id_dashboard_metric"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "version_id"],
            ["dashboard_version.site_id", "dashboard_version.id"],
            name=op.f("fk_dashboard_observation_site_id_version_id_dashboard_version"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_dashboard_observation_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_dashboard_observation")),
        sa.UniqueConstraint(
            "site_id", "version_id", "position", name=op.f("uq_dashboard_observation_site_id_version_id_position")
        ),
    )
    with op.batch_alter_table("dashboard_observation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dashboard_observation_site_id_version_id_metric_id_period_key"),
            ["site_id", "version_id", "metric_id", "period_key"],
            unique=False,
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("dashboard_observation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dashboard_observation_site_id_version_id_metric_id_period_key"))

    op.drop_table("dashboard_observation")
    op.drop_table("dashboard_version")
    op.drop_table("dashboard_metric")
    op.drop_table("dashboard_dataset")
