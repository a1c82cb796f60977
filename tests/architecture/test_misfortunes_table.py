"""The table of misfortunes names stories that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "misfortunes.md"
_ROW = re.compile(r"^\| (\d+) \|(.+)\|$", re.MULTILINE)
_STORY = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
FEWEST = 30


def test_every_misfortune_has_its_story() -> None:
    """At least thirty rows, numbered in order, each ending in tests that exist."""
    rows = _ROW.findall(TABLE.read_text(encoding="utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= FEWEST
    for number, row in rows:
        stories = _STORY.findall(row)
        assert stories, f"row {number} names no story"
        for file, name in stories:
            text = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {name}\(", text, re.MULTILINE), f"{file}::{name}"


def test_no_misfortune_stands_twice() -> None:
    """Each row is another misfortune, with another first story."""
    rows = [row for _, row in _ROW.findall(TABLE.read_text(encoding="utf-8"))]
    whats = [row.split("|")[0].strip() for row in rows]
    assert len(whats) == len(set(whats))
