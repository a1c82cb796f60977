"""
A new key for old fields (密钥轮换), on a live database.

Every column whose name ends in `_sealed` is found in the metadata by that name: no room can
forget to register one. Its cell is bound to table, name without the ending, and the row's `id`.

The order of a rotation: give every server the new key as the last of KIOSK_FIELD_KEYS, rotate
until nothing is left, and only then take the old key away. Small batches keep locks short; a
value that somebody writes meanwhile is left as written.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, LargeBinary, MetaData, Table, func, literal, select
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Session

from kiosk_server.core.cryptography import KEY_ID_BYTES, SealBroken
from kiosk_server.core.database import Database, keyring_of

ENDING = "_sealed"
BATCH = 200


@dataclass(frozen=True)
class SealedColumn:
    """One column of sealed cells, and the name they are bound to."""

    table: Table
    column: Column[bytes]
    name: str


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: how many values it sealed again, and which do not open."""

    resealed: int
    broken: tuple[str, ...]


def sealed_columns(metadata: MetaData) -> Iterator[SealedColumn]:
    """Yield every sealed column of *metadata*."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith(ENDING):
                yield SealedColumn(table, column, column.name.removesuffix(ENDING))


def values_left(session: Session, metadata: MetaData) -> int:
    """Return how many values are still sealed with an older key."""
    return sum(
        session.scalar(select(func.count()).select_from(each.table).where(_is_old(session, each)))
        or 0
        for each in sealed_columns(metadata)
    )


def rotate(database: Database, metadata: MetaData) -> Rotation:
    """Seal every value again that an older key sealed; may be stopped and started at any time."""
    resealed, broken = 0, []
    for each in sealed_columns(metadata):
        after: str | None = ""
        while after is not None:
            with database.unit_of_work() as session:
                after, done, failed = _reseal_batch(session, each, after)
            resealed += done
            broken += failed
    return Rotation(resealed=resealed, broken=tuple(broken))


def _reseal_batch(
    session: Session, each: SealedColumn, after: str
) -> tuple[str | None, int, list[str]]:
    """Return the last row's id (None at the end), how many were sealed, and which do not open."""
    keyring = keyring_of(session)
    row_id = each.table.c.id
    rows = session.execute(
        select(row_id, each.column)
        .where(row_id > after, _is_old(session, each))
        .order_by(row_id)
        .limit(BATCH)
    ).all()
    done, failed = 0, []
    for row, sealed in rows:
        cell = {"table": each.table.name, "column": each.name, "row": row}
        try:
            again = keyring.seal(keyring.open(sealed, **cell), **cell)
        except SealBroken:
            failed.append(f"{each.table.name}.{each.name}/{row}")
            continue
        # Only what was read is replaced: a value written or wiped since then stays as it is.
        changed = session.execute(
            update_rows(each.table)
            .where(row_id == row, each.column == sealed)
            .values({each.column: again})
            .returning(row_id)
        )
        done += changed.one_or_none() is not None
    return (rows[-1][0] if rows else None), done, failed


def _is_old(session: Session, each: SealedColumn) -> ColumnElement[bool]:
    current = keyring_of(session).current_key_id.encode().ljust(KEY_ID_BYTES, b"\0")
    # The key's id follows the version byte.
    key_id = func.substr(each.column, 2, KEY_ID_BYTES, type_=LargeBinary)
    return each.column.is_not(None) & (key_id != literal(current, LargeBinary))
