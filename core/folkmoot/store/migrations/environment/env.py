"""Run by Alembic for one lineage, in the transaction of the runner."""

from alembic import context

from folkmoot.store.migrations.environment.options import options

connection = context.config.attributes["connection"]
lineage = context.config.attributes["lineage"]
context.configure(
    connection=connection,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
    **options(lineage),
)
context.run_migrations()
