"""
The cards that can be placed on the simulated reader: people who obviously do not exist.

Numbers are well formed, so that every check is exercised; the server's simulated record source
carries the same people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devices.contracts.id_reader import CardKind
from devices.protocols import id_card_texts

_FILE = Path(__file__).with_name("sample_people.json")

# The picture on a card is coded in a format that nobody may decode here; any bytes stand in.
PHOTO = bytes(1024)


@dataclass(frozen=True, slots=True)
class SampleCard:
    """One card: its key, what it is good for in a story, and what its chip holds; `appended` are
    the addresses that were written on it later, oldest first.
    """

    key: str
    kind: CardKind
    note: str
    full_name: str
    values: Mapping[str, str] = field(repr=False)
    appended: tuple[str, ...] = field(default=(), repr=False)

    @property
    def text(self) -> bytes:
        """The text block on the chip."""
        return id_card_texts.encode(self.kind, self.values)


def sample_cards() -> dict[str, SampleCard]:
    """Return all sample cards by key, in the order in which the dock shows them."""
    found = {}
    for entry in json.loads(_FILE.read_text("utf-8")):
        key = entry.pop("key")
        kind = CardKind(entry.pop("kind"))
        appended = tuple(entry.pop("appended", ()))
        note, full_name = entry.pop("note"), entry.pop("full_name")
        found[key] = SampleCard(key, kind, note, full_name, entry, appended)
    return found
