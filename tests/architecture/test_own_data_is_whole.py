"""Nothing that belongs to a resident is kept without his being told of it (个人信息保护法 45)."""

import ast

from sqlalchemy import Table

import kiosk_server.app  # noqa: F401 - with it, every room's tables
from kiosk_server.core.database import Base
from tests.support.source_tree import python_trees

QUERIES = "kiosk_server/own_data/queries.py"
TOLD_OTHERWISE = {
    "binding_code": "lives for minutes, for the account to be bound",
    "holding_right": "told with each certificate of his wallet",
    "phone_account": "told as the account itself",
    "print_reprint_right": "a day's right, of the visit",
    "visit_card_read": "of the visit",
    "visit_help_request": "of the visit",
    "visit_phone_pass": "of the visit",
    "visit_presence_proof": "of the visit",
}
"""Table -> why "my data" has no count of its own for it."""


def of_residents() -> dict[str, str]:
    """Table -> model, of every table that refers to a resident, by key or by name."""
    found = {}
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        assert isinstance(table, Table)
        keys = {key.column.table.name for key in table.foreign_keys}
        if "resident" in keys or "resident_id" in table.columns:
            found[table.name] = mapper.class_.__name__
    return found


def test_every_table_of_a_resident_is_counted_among_his_data() -> None:
    """A table that refers to a resident is read by `own_data`, or says here where it is told."""
    (source,) = (tree for name, tree in python_trees() if name == QUERIES)
    counted = {
        node.value.id
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    found = of_residents()
    untold = {table for table, model in found.items() if model not in counted}
    assert sorted(untold) == sorted(TOLD_OTHERWISE)
