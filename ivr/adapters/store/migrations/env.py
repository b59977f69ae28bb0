"""Run by Alembic: connects and migrates, one at a time however many processes start at once."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from ivr.adapters.store.tables import metadata

# Any number serves, as long as it is the same in every process of this product and used for nothing else.
_MIGRATION_LOCK = 7200

with create_engine(context.config.attributes["url"], poolclass=NullPool).connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
    connection.commit()
    try:
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
