"""
SQL that one test compiled, for the engines of all others.

Every test opens engines of its own, and SQLAlchemy keeps compiled statements by engine and by
dialect object: each test would compile all SQL of the product anew, most of what it costs. What is
shared is text and the reading of rows; connections, transactions and events stay each engine's own.
"""

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.sql.compiler import Compiled
from sqlalchemy.util import LRUCache

_STATEMENTS_KEPT = 3_000
_shared: dict[tuple[str, str, object], tuple[Dialect, LRUCache[Any, Compiled]]] = {}


def install() -> None:
    """Let every engine of this process use what the first of its kind has compiled."""
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    # By now this engine's own dialect has asked the server what it is: only dialects of one
    # server compile the same text.
    own, engine = connection.dialect, connection.engine
    kind = (own.name, own.driver, own.server_version_info)
    if kind not in _shared:
        _shared[kind] = (own, LRUCache(_STATEMENTS_KEPT))
    dialect, compiled = _shared[kind]
    connection.dialect = engine.dialect = dialect
    engine._compiled_cache = compiled
