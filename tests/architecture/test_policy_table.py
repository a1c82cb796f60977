"""What tests promise about the policy, and what the documents say is promised."""

import re

from tests.support.source_tree import ROOT

_MARK = re.compile(r"policy\(((?:\"P\d+\"(?:,\s*)?)+)\)")
_ID = re.compile(r"\bP\d{2}\b")


def marked() -> set[str]:
    """Return every rule that a test claims to prove."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for mark in _MARK.finditer(path.read_text(encoding="utf-8")):
            found.update(_ID.findall(mark[1]))
    return found


def test_every_proven_rule_stands_in_the_table() -> None:
    """A rule that a test proves is explained in docs/policy.md: rule, mechanism, test."""
    table = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    assert marked() - set(_ID.findall(table)) == set()
