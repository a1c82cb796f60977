"""
What Alembic runs around the migrations.

The connection comes from `commands.py`, inside one transaction for all migrations of a run. After
them the audit's triggers are put in place again: a batch rewrite on SQLite drops them, and
nobody has to remember that.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, inspect
from sqlalchemy.types import TypeDecorator

from kiosk_server.audit.triggers import APPEND_ONLY_TABLES, create_triggers, drop_triggers
from kiosk_server.migrations.tables import all_tables


def render_item(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the table: old migrations outlive code."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


def run(connection: Connection) -> None:
    """Run the migrations that were asked for, then put the triggers in place."""
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        # What is written on one engine must run on the other.
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if context.is_offline_mode():
            return
        present = set(inspect(connection).get_table_names())
        if present.issuperset(APPEND_ONLY_TABLES):
            create_triggers(connection)
        elif present.isdisjoint(APPEND_ONLY_TABLES):
            drop_triggers(connection)


run(context.config.attributes["connection"])
