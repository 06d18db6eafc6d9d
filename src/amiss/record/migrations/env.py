"""Alembic runs this: migrations go through the connection that `amiss.record.migrate` opened."""

from alembic import context

from amiss.record.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
