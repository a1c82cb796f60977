"""
Statements that every deed passes, carried out without asking again what they mean.

SQLAlchemy keeps the translation of a statement, but looks it up at each call, and sorts at each
flush what is to be written. What is written with nearly every deed goes the short way:

    Writing(make, names).run(session, values)   one statement, translated once for each engine
    put(session, Kind, id=…)                    insert a row that nobody will look at again here
    enter(session, row)                         insert a new row now
    change(session, row, state=…)               update a row now
    hold(row, values)                           let a row say what a `Writing` wrote of it

What waits in the session is written first. After the last three the session holds the row as it
stands in the table, as after a flush.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ClauseElement,
    Column,
    Dialect,
    Insert,
    Table,
    bindparam,
    insert,
    inspect,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapper, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from kiosk_server.core.database import Base

_Processor = Callable[[Any], Any]
_OF = "of_row"


@dataclass(frozen=True)
class _Translated:
    """A statement as one engine's driver takes it."""

    text: str
    places: tuple[tuple[str, _Processor | None], ...]
    by_place: bool
    """Whether the driver takes values by their place, not by their name."""
    constants: Mapping[str, object]
    """What stands in the statement itself."""

    def values(self, given: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        """Return *given* as the driver takes them."""
        if self.constants:
            given = {**self.constants, **given}
        if self.by_place:
            return tuple(
                given[name] if process is None else process(given[name])
                for name, process in self.places
            )
        return {
            name: given[name] if process is None else process(given[name])
            for name, process in self.places
        }


class Writing:
    """
    One statement that writes and answers nothing but how many rows it wrote.

    *make* returns it for an engine (`sqlite`, `postgresql`); *names* are the columns that an
    insert or update gives values to.
    """

    def __init__(self, make: Callable[[str], ClauseElement], names: Iterable[str] = ()) -> None:
        self._make = make
        self._names = list(names)
        self._translated: dict[str, _Translated] = {}

    def run(self, session: Session, values: Mapping[str, object]) -> int:
        """Carry it out in the transaction of *session*; return how many rows it wrote."""
        line = session.connection()
        found = self._translated.get(line.dialect.name)
        if found is None:
            found = self._translated[line.dialect.name] = self._translate(line.dialect)
        return line.exec_driver_sql(found.text, found.values(values)).rowcount

    def _translate(self, dialect: Dialect) -> _Translated:
        made = self._make(dialect.name)
        compiled = cast(
            "SQLCompiler", made.compile(dialect=dialect, column_keys=self._names or None)
        )
        names = compiled.positiontup or list(compiled.binds)
        places = tuple(
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in names
        )
        constants = {name: compiled.binds[name].value for name in names}
        constants = {name: value for name, value in constants.items() if value is not None}
        return _Translated(compiled.string, places, bool(compiled.positional), constants)


def insert_unless_there(table: Table) -> Callable[[str], Insert]:
    """Return, by engine, an insert that writes nothing where a unique key stands in its way."""

    def make(engine_name: str) -> Insert:
        if engine_name == "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing().inline()
        return postgresql.insert(table).on_conflict_do_nothing().inline()

    return make


def put(
    session: Session, kind: type[Base], *, unless_there: bool = False, **values: object
) -> bool:
    """
    Insert a row of *kind*, given by attribute, now; *session* does not hold it.

    Returns False where *unless_there* and a unique key stands in its way.
    """
    session.flush()
    entering = _entering(kind, unless_there)
    return entering.write(session, {**entering.otherwise, **values})


def enter(session: Session, row: Base, *, unless_there: bool = False) -> bool:
    """
    Insert *row* now; *session* holds it from then on. Its id is the caller's to give.

    Returns False, and holds nothing, where *unless_there* and a unique key stands in its way.
    """
    session.flush()
    entering = _entering(type(row), unless_there)
    given = inspect(row).dict
    for name, value in entering.otherwise.items():
        if name not in given:
            set_committed_value(row, name, value)
    if not entering.write(session, given):
        return False
    make_transient_to_detached(row)
    session.add(row)
    return True


def change(session: Session, row: Base, **values: object) -> None:
    """Update *row*, which *session* holds, with *values* by attribute, now."""
    session.flush()
    changing, key, columns = _changing(type(row), tuple(values))
    given = {column: values[name] for name, column in columns}
    changing.run(session, {**given, _OF: getattr(row, key)})
    hold(row, values)


def hold(row: Base, values: Mapping[str, object]) -> None:
    """Let *row* say what was written of it, by attribute; nothing of it is written again."""
    for name, value in values.items():
        set_committed_value(row, name, value)


@dataclass(frozen=True)
class _Entering:
    writing: Writing
    names: tuple[tuple[str, str], ...]
    """Attribute and column."""
    otherwise: Mapping[str, object]
    """What an attribute is that was not given."""

    def write(self, session: Session, given: Mapping[str, object]) -> bool:
        """Insert what is *given* by attribute; return whether it stands there now."""
        return self.writing.run(session, {column: given[name] for name, column in self.names}) > 0


@cache
def _entering(kind: type[Base], unless_there: bool) -> _Entering:
    mapper: Mapper[Base] = inspect(kind)
    table = cast("Table", kind.__table__)
    names = tuple((each.key, each.columns[0].name) for each in mapper.column_attrs)
    otherwise = {name: _otherwise(table.c[column]) for name, column in names}
    make = insert_unless_there(table) if unless_there else lambda _: insert(table).inline()
    return _Entering(Writing(make, [column for _, column in names]), names, otherwise)


def _otherwise(column: Column[Any]) -> object:
    if column.default is None:
        return None
    if not isinstance(column.default, ScalarElementColumnDefault):
        raise TypeError("its default is not one value")
    return column.default.arg


@cache
def _changing(
    kind: type[Base], names: tuple[str, ...]
) -> tuple[Writing, str, tuple[tuple[str, str], ...]]:
    mapper: Mapper[Base] = inspect(kind)
    table = cast("Table", kind.__table__)
    (key,) = table.primary_key.columns
    columns = tuple((name, mapper.attrs[name].columns[0].name) for name in names)
    statement = update(table).where(key == bindparam(_OF, type_=key.type))
    writing = Writing(lambda _: statement, [column for _, column in columns])
    return writing, mapper.get_property_by_column(key).key, columns
