"""Which rule decides: an explicit table from the name in an item's version to the rule."""

from collections.abc import Mapping

from kiosk_server.cases.decisions.decision import Rule
from kiosk_server.cases.decisions.estate import EstateSearch
from kiosk_server.cases.decisions.fund import FundProof
from kiosk_server.cases.decisions.insurance import InsuranceProof

RULES: Mapping[str, Rule] = {
    rule.name: rule for rule in (InsuranceProof(), EstateSearch(), FundProof())
}


def case_number(division_code: str, day: str, running: int) -> str:
    """
    Return a local 办件编号: county division, YYMMDD, six running digits.

    It stands until the region's unified numbering (统一办件编码) gives one; nobody parses it.
    """
    return f"{division_code[:6]}{day[2:]}{running:06d}"


def series_of(item_code: str) -> str:
    """Return the beginning of the numbers of an item's proofs: letters and digits only."""
    return "".join(mark for mark in item_code if mark.isalnum())[-20:]
