"""What may be asked, when a biller is asked again, and the table of a payment's life."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk_server.bills.billers import biller_named, billers, billers_from
from kiosk_server.bills.life import BILL_LIFE, LIVE, MONEY_BACK, OPEN, BillState, BillVerb
from kiosk_server.bills.rules import (
    FIRST_QUESTION,
    GIVE_UP_AFTER,
    LONGEST_PAUSE,
    BillKind,
    account_of,
    is_given_up,
    next_question,
)
from kiosk_server.core.errors import Invalid, NotFound

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.policy("P43", "P47")
def test_every_kind_of_bill_has_a_biller_that_says_who_answers() -> None:
    """Water, electricity, gas, heat, telephone, cable television, social insurance, fines."""
    found = billers()
    assert {biller.kind for biller in found} == set(BillKind)
    for biller in found:
        assert biller.phone
        assert all(biller.answers[language] for language in ("zh", "ug", "en", "ky"))
        assert account_of(biller, biller.account_example) == biller.account_example
        assert "示例" in biller.names["zh"]
        assert "待核" in biller.basis


def test_a_biller_is_found_by_its_code() -> None:
    """And by nothing else."""
    assert biller_named("sample-heat").kind is BillKind.HEAT
    with pytest.raises(NotFound, match="biller_not_found"):
        biller_named("heat")


def test_an_account_is_read_as_people_write_it() -> None:
    """Spaces, hyphens and small letters are no faults; another length is one."""
    social = biller_named("sample-social")
    assert account_of(social, " sb70-100 001 ") == "SB70100001"
    for wrong in ("", "70100001", "SB7010000", "SB701000011", "x" * 100):
        with pytest.raises(Invalid, match="account_invalid"):
            account_of(social, wrong)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ('account_example = "1"', 'account_example = "x"'),
        ('phone = "12345"', 'phone = ""'),
        ('gateway = "water"', 'gateway = "Water works"'),
        ('kind = "water"', 'kind = "wine"'),
        ('ky = "ت" }\nphone', 'ky = "" }\nphone'),
    ],
)
def test_billers_are_checked_where_they_are_read(word: str, other: str) -> None:
    """A slip in the file is found before anybody types a number."""
    words = '{ zh = "甲", ug = "ئا", en = "A", ky = "ت" }'
    text = (
        f'[[biller]]\ncode = "a"\nkind = "water"\nnames = {words}\nanswers = {words}\n'
        f'phone = "12345"\naccount_label = {words}\naccount_example = "1"\n'
        'account_pattern = \'[0-9]\'\nicon = "drop"\nbasis = "b"\ngateway = "water"\n'
    )
    assert len(billers_from(text)) == 1
    with pytest.raises(ValueError, match="two billers"):
        billers_from(text * 2)
    assert word in text
    with pytest.raises(ValueError, match=r"."):
        billers_from(text.replace(word, other))


def test_a_biller_is_asked_ever_later_and_given_up_once() -> None:
    """From half a minute to a quarter of an hour, and after four hours no more."""
    assert next_question(NOW, NOW) == NOW + FIRST_QUESTION
    late = NOW + timedelta(hours=3)
    assert next_question(NOW, late) == late + LONGEST_PAUSE
    assert not is_given_up(NOW, NOW + GIVE_UP_AFTER - timedelta(seconds=1))
    assert is_given_up(NOW, NOW + GIVE_UP_AFTER)


@pytest.mark.policy("P43")
def test_from_money_that_went_back_nothing_leads_to_settled() -> None:
    """Refused, reversed and released are ends; a settled bill can only be undone by its biller."""
    assert BILL_LIFE.ends() == MONEY_BACK | {BillState.RELEASED}
    assert BILL_LIFE.open_verbs(BillState.SETTLED) == {BillVerb.REVERSE, BillVerb.REFUSE}
    assert OPEN < LIVE
    assert not LIVE & MONEY_BACK


def test_while_a_reversal_is_asked_a_confirmation_decides_nothing() -> None:
    """Only what its biller says to the reversal does."""
    confirmed = BILL_LIFE.after(BillState.REVERSING, BillVerb.CONFIRM)
    assert confirmed is BillState.REVERSING
    assert BILL_LIFE.after(BillState.REVERSING, BillVerb.KEEP) is BillState.SETTLED
