"""
The database itself refuses to change the audit: triggers on both tables, on both engines.

On SQLite an `INSERT OR REPLACE` deletes without a word to the trigger on DELETE, unless a
connection asks for it: a trigger of its own refuses an insert over a row that stands.

One source for migrations, tests and the check at start. An Alembic batch rewrite of a table on
SQLite drops its triggers, so every migration that rewrites one of these calls
`create_triggers` again.
"""

from sqlalchemy import Connection, text

APPEND_ONLY_TABLES = ("audit_entry", "audit_link")

_SQLITE_VERBS = ("update", "delete")
_UNIQUE = {"audit_entry": ("id",), "audit_link": ("sequence", "entry_id")}
"""By which columns SQLite finds the row that a REPLACE would take away."""

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only ever added to: % on %', TG_OP, TG_TABLE_NAME;
END $$
"""


def create_triggers(connection: Connection) -> None:
    """Make UPDATE and DELETE (and TRUNCATE, where there is one) fail on the audit's tables."""
    drop_triggers(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text(_POSTGRESQL_FUNCTION))
    for name, statement in _statements(connection.dialect.name).items():
        connection.execute(text(statement.format(name=name)))


def drop_triggers(connection: Connection) -> None:
    """Take the triggers away, as a migration down to nothing must."""
    for table in APPEND_ONLY_TABLES:
        for name in _names(connection.dialect.name, table):
            on_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on_table}"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION IF EXISTS refuse_audit_change()"))


def missing_triggers(connection: Connection) -> list[str]:
    """Return the names of the triggers that should stand in the database and do not."""
    if connection.dialect.name == "postgresql":
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    present = set(connection.execute(text(asked)).scalars())
    return sorted(set(_statements(connection.dialect.name)) - present)


def _names(dialect: str, table: str) -> tuple[str, ...]:
    verbs = ("change", "truncate") if dialect == "postgresql" else (*_SQLITE_VERBS, "replace")
    return tuple(f"refuse_{verb}_{table}" for verb in verbs)


def _statements(dialect: str) -> dict[str, str]:
    """Return trigger name -> statement with `{name}` in it."""
    statements: dict[str, str] = {}
    for table in APPEND_ONLY_TABLES:
        if dialect == "postgresql":
            change, truncate = _names(dialect, table)
            run = "EXECUTE FUNCTION refuse_audit_change()"
            statements[change] = (
                f"CREATE TRIGGER {{name}} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}"
            )
            statements[truncate] = (
                f"CREATE TRIGGER {{name}} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"
            )
        else:
            *verbs, replace = _names(dialect, table)
            refuse = "BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END"
            for verb, name in zip(_SQLITE_VERBS, verbs, strict=True):
                statements[name] = (
                    f"CREATE TRIGGER {{name}} BEFORE {verb.upper()} ON {table} {refuse}"
                )
            same = " OR ".join(f"{column} = NEW.{column}" for column in _UNIQUE[table])
            stands = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608 - our own names
            statements[replace] = (
                f"CREATE TRIGGER {{name}} BEFORE INSERT ON {table} WHEN EXISTS ({stands}) {refuse}"
            )
    return statements
