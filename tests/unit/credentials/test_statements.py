"""What certificates bear out, one word at a time."""

from datetime import date

import pytest

from kiosk_server.credentials.statements import STATEMENTS, derived

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("born_on", "told"),
    [
        ("1966-11-20", {"over_18": True, "over_60": True}),
        ("1966-11-21", {"over_18": True, "over_60": False}),
        ("2008-11-21", {"over_18": False, "over_60": False}),
        ("2008-02-29", {"over_18": True, "over_60": False}),
        ("", {}),
        ("about 1966", {}),
    ],
)
def test_ages_turn_on_the_birthday(born_on: str, told: dict[str, bool]) -> None:
    """On the day itself, not before; what is no day bears nothing out."""
    assert derived("passport", {"born_on": born_on}, TODAY) == told


def test_an_address_is_here_or_elsewhere() -> None:
    """Without an address nothing is said; an identity card bears out all there is."""
    here = {"address": "阿图什市幸福路街道示例小区", "born_on": "1990-03-07"}
    assert tuple(derived("id_card", here, TODAY)) == STATEMENTS
    assert derived("household_register", {"address": "喀什市"}, TODAY) == {"resident_here": False}
    assert derived("household_register", {}, TODAY) == {}


def test_other_certificates_bear_nothing_out() -> None:
    """A day of birth on them may be somebody else's."""
    assert derived("marriage_certificate", {"born_on": "1950-01-01"}, TODAY) == {}
