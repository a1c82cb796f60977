"""The code on the paper, its check and the verdict: pure decisions."""

import hashlib
import hmac
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.rules import (
    CHECK_LENGTH,
    CODE_LENGTH,
    Claim,
    Printed,
    Reason,
    Standing,
    check_holds,
    check_of,
    judge,
    read_token,
    token,
)
from kiosk_server.core.identifiers import CROCKFORD

TODAY = date(2026, 11, 21)
PRINTED = Printed(
    code="7q2m9xkd4hwr7q2m9xkd4hwr7q",
    number="TEST-2026-000468",
    kind="个人参保证明",
    issuer="阿图什市社会保险中心",
    issued_on=TODAY,
    masked_holder="阿***·测试",
)
VALID = Standing(CertificateState.VALID, valid_until=None)
REVOKED = Standing(CertificateState.REVOKED, valid_until=None)
CODES = st.text(alphabet=CROCKFORD, min_size=CODE_LENGTH, max_size=CODE_LENGTH)


def mac(data: bytes) -> bytes:
    """A keyed digest with a key that only this test knows."""
    return hmac.digest(b"of this test", data, hashlib.sha256)


def holds(text: str, printed: Printed = PRINTED) -> bool | None:
    """Whether a token passes as the token of `printed`."""
    claim = read_token(text)
    return (
        False if claim is None or claim.code != printed.code else check_holds(claim, printed, mac)
    )


def test_a_token_is_read_back() -> None:
    """What the QR says claims the code and a check that holds."""
    text = token(PRINTED, mac)
    assert len(text) == CODE_LENGTH + 1 + CHECK_LENGTH
    assert holds(text) is True


@pytest.mark.parametrize("at", [place for place in range(40) if place != CODE_LENGTH])
def test_no_character_of_a_token_can_be_changed(at: int) -> None:
    """Changing any one character, of code or check, to any other makes the paper fail."""
    text = token(PRINTED, mac)
    for other in CROCKFORD.replace(text[at], ""):
        assert holds(text[:at] + other + text[at + 1 :]) is False


@given(st.sampled_from(["code", "number", "kind", "issuer", "masked_holder"]), st.text(min_size=1))
def test_no_printed_field_can_be_changed(field: str, other: str) -> None:
    """The check of one paper never vouches for other words in any field."""
    changed = Printed(**(asdict(PRINTED) | {field: other}))
    if changed != PRINTED:
        assert check_of(changed, mac) != check_of(PRINTED, mac)


def test_the_day_of_issue_cannot_be_changed() -> None:
    """The check vouches for the day on the paper."""
    changed = replace(PRINTED, issued_on=TODAY + timedelta(days=1))
    assert check_of(changed, mac) != check_of(PRINTED, mac)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20), st.integers(1, 19))
def test_fields_lend_each_other_nothing(number: str, kind: str, cut: int) -> None:
    """Moving characters from one field to the next changes the check."""
    joined = number + kind
    cut = min(cut, len(joined) - 1)
    one = replace(PRINTED, number=number, kind=kind)
    other = replace(PRINTED, number=joined[:cut], kind=joined[cut:])
    if one != other:
        assert check_of(one, mac) != check_of(other, mac)


@given(CODES, st.data())
def test_typing_is_forgiving_and_exact(code: str, data: st.DataObject) -> None:
    """Capitals, groups, spaces and look-alike letters do not matter to who types a code."""
    typed = "".join(
        data.draw(st.sampled_from({"0": "0Oo", "1": "1IiLl"}.get(each, each + each.upper())))
        + data.draw(st.sampled_from(["", " ", "-"]))
        for each in code
    )
    assert read_token(typed) == Claim(code)


@given(st.text(max_size=60))
def test_anything_else_claims_nothing_or_is_whole(text: str) -> None:
    """No text breaks the reader, and what it accepts has the length of a code or a token."""
    claim = read_token(text)
    if claim is not None:
        assert len(claim.code) == CODE_LENGTH
        assert claim.check is None or len(claim.check) == CHECK_LENGTH


@pytest.mark.parametrize("text", ["", "7q2m", "u" * CODE_LENGTH, "７" * CODE_LENGTH, "a" * 27])
def test_what_is_no_code_claims_nothing(text: str) -> None:
    """Too short, too long, letters that the alphabet lacks, full-width digits: no claim."""
    assert read_token(text) is None


def test_without_a_check_nothing_is_said_about_it() -> None:
    """A typed code has no check, which is neither right nor wrong."""
    assert check_holds(Claim(PRINTED.code), PRINTED, mac) is None


@pytest.mark.parametrize(
    ("standing", "check", "document", "reason"),
    [
        (None, None, None, Reason.UNKNOWN),
        (None, True, True, Reason.UNKNOWN),
        (VALID, True, None, None),
        (VALID, None, None, None),
        (VALID, None, True, None),
        (VALID, False, None, Reason.ALTERED),
        (VALID, True, False, Reason.ALTERED),
        (REVOKED, True, None, Reason.REVOKED),
        (REVOKED, False, None, Reason.ALTERED),
        (replace(REVOKED, valid_until=date(2026, 1, 1)), True, None, Reason.REVOKED),
        (replace(VALID, state=CertificateState.WITHHELD), True, None, Reason.WITHHELD),
        (replace(VALID, state=CertificateState.SUPERSEDED), True, None, Reason.SUPERSEDED),
        (replace(VALID, state=CertificateState.CANCELLED), True, None, Reason.CANCELLED),
        (replace(VALID, state=CertificateState.RESCINDED), True, None, Reason.RESCINDED),
        (replace(VALID, state=CertificateState.LAPSED), True, None, Reason.EXPIRED),
        (replace(VALID, state=CertificateState.PREPARED), True, None, Reason.UNKNOWN),
        (replace(VALID, valid_until=TODAY), True, None, None),
        (replace(VALID, valid_until=date(2026, 11, 20)), True, None, Reason.EXPIRED),
        (replace(VALID, valid_from=TODAY), True, None, None),
        (replace(VALID, valid_from=date(2026, 11, 22)), True, None, Reason.NOT_YET_VALID),
        (replace(VALID, stopped=True), True, None, Reason.STOPPED),
    ],
)
def test_verdicts(
    standing: Standing | None, check: bool | None, document: bool | None, reason: Reason | None
) -> None:
    """Each way a paper can stand leads to its one verdict; the last day still counts."""
    verdict = judge(standing, check_holds=check, document_matches=document, today=TODAY)
    assert verdict.reason == reason
    assert verdict.genuine is (reason is None)
    assert verdict.word == (reason.value if reason else "genuine")
