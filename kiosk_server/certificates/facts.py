"""
The facts of a proof that serve to compare it with the paper, sealed in one cell of its row.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk_server.core.cryptography import Keyring

# The cell is bound to the column's name without its ending, as key rotation expects it.
_TABLE, _COLUMN = "certificate", "facts"


@dataclass(frozen=True)
class Fact:
    """One line to compare with the paper: 累计月数, 177."""

    label: str
    value: str


def seal_facts(keyring: Keyring, certificate_id: str, facts: Sequence[Fact]) -> bytes:
    """The facts sealed for the row of one proof."""
    text = json.dumps([[fact.label, fact.value] for fact in facts], ensure_ascii=False)
    return keyring.seal(text, table=_TABLE, column=_COLUMN, row=certificate_id)


def open_facts(keyring: Keyring, certificate_id: str, sealed: bytes) -> tuple[Fact, ...]:
    """The facts of one proof; SealBroken when the cell was moved or altered."""
    text = keyring.open(sealed, table=_TABLE, column=_COLUMN, row=certificate_id)
    return tuple(Fact(label, value) for label, value in json.loads(text))
