"""Codes to a number: limits, guessing, and what a stranger can learn."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Invalid, TooMany
from kiosk_server.gateways.sms_simulated import SimulatedPhones
from kiosk_server.residents import sign_in_codes
from kiosk_server.residents.models import PhoneAccount, SignInCode
from kiosk_server.residents.one_time_codes import MOST_WRONG_CODES
from kiosk_server.residents.sign_in_codes import (
    PER_SOURCE,
    CodeAsked,
    CodeRefused,
    NumberProven,
    ask_code,
    check_code,
    send_sign_in_code,
)
from kiosk_server.settings import Settings
from tests.support.phone import NUMBER, carry_out, last_code, messages_to

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
HOME = "203.0.113.7"


def ask(database: Database, number: str = NUMBER, source: str = HOME) -> CodeAsked:
    """Ask for a code in Chinese."""
    return ask_code(database, number=number, source=source, language="zh")


def check(database: Database, challenge: str, code: str) -> NumberProven | CodeRefused:
    """Type a code, in a unit of its own."""
    with database.unit_of_work() as session:
        return check_code(session, challenge, code)


def test_the_right_code_proves_the_number_once(database: Database, settings: Settings) -> None:
    """The code from the message proves the number, and serves no second time."""
    asked = ask(database)
    code = last_code(database, settings, NUMBER)
    assert check(database, asked.challenge, code) == NumberProven(NUMBER)
    assert check(database, asked.challenge, code) == CodeRefused("code_over")


def test_a_code_lapses_after_five_minutes(database: Database, settings: Settings) -> None:
    """What was read too late proves nothing."""
    with clock.frozen(NOW):
        asked = ask(database)
        code = last_code(database, settings, NUMBER)
    with clock.frozen(NOW + timedelta(minutes=5)):
        assert check(database, asked.challenge, code) == CodeRefused("code_over")


def test_five_wrong_codes_end_the_code(database: Database, settings: Settings) -> None:
    """Whoever guesses has five tries; then the right one is refused too."""
    asked = ask(database)
    code = last_code(database, settings, NUMBER)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    left = [check(database, asked.challenge, wrong) for _ in range(MOST_WRONG_CODES)]
    assert left[0] == CodeRefused("code_wrong", MOST_WRONG_CODES - 1)
    assert left[-1] == CodeRefused("code_over")
    assert check(database, asked.challenge, code) == CodeRefused("code_over")


def test_nobody_uses_up_anothers_tries(database: Database, settings: Settings) -> None:
    """A code answers only whoever holds the challenge that it was asked with."""
    asked = ask(database)
    code = last_code(database, settings, NUMBER)
    for _ in range(MOST_WRONG_CODES * 2):
        assert check(database, "a-challenge-of-nobody", code) == CodeRefused("code_over")
    assert check(database, asked.challenge, code) == NumberProven(NUMBER)


@pytest.mark.parametrize(
    ("gap", "allowed"),
    [(timedelta(0), 1), (timedelta(seconds=61), 5), (timedelta(minutes=61), 10)],
)
def test_a_number_is_not_flooded(database: Database, gap: timedelta, allowed: int) -> None:
    """One a minute, five an hour, ten a day, whoever asks and from wherever; known or not."""
    sent, codes = 0, set()
    for at in range(12):
        with clock.frozen(NOW + at * gap):
            try:
                ask(database, source=f"198.51.{at}.1")
                sent += 1
            except TooMany as refusal:
                codes.add((refusal.code, refusal.retry_after_seconds > 0))
    assert codes == {("too_many_codes", True)}
    assert sent == allowed


def test_one_address_cannot_flood_many_numbers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A neighbourhood that asks for every number in turn is told to wait."""
    kind, _, window = PER_SOURCE
    monkeypatch.setattr(sign_in_codes, "PER_SOURCE", (kind, 4, window))
    with clock.frozen(NOW):
        for at in range(4):
            ask(database, number=f"1390000{at:04}", source=f"203.0.113.{at}")
        with pytest.raises(TooMany, match="too_many_codes"):
            ask(database, number="13911111111")
        ask(database, number="13911111112", source="198.51.100.1")


def test_the_house_has_a_limit_in_all(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many addresses ask, no more than the hour's messages leave the house."""
    monkeypatch.setattr(sign_in_codes, "IN_ALL", ("sms_all_hour", 2, timedelta(hours=1)))
    for at in range(2):
        ask(database, number=f"1390000000{at}", source=f"198.51.{at}.1")
    with pytest.raises(TooMany, match="too_many_codes"):
        ask(database, number="13900000009", source="198.51.9.1")


def test_a_flood_is_audited_but_fills_no_audit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusals are written down up to a bound, so that knocking costs the house nothing."""
    monkeypatch.setattr(sign_in_codes, "_AUDITED", ("sms_refused", 3, timedelta(hours=1)))
    with clock.frozen(NOW):
        ask(database)
        for _ in range(6):
            with pytest.raises(TooMany):
                ask(database)
        with database.reading() as session:
            refused = select(func.count()).where(AuditEntry.event == "account.refused")
            assert session.scalar(refused) == 3


def test_asking_opens_no_account(database: Database) -> None:
    """A number that somebody typed is not kept as anybody's; known and unknown do the same work."""
    ask(database)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PhoneAccount)) == 0


def test_no_number_is_asked_for_what_is_none(database: Database) -> None:
    """What cannot be a mobile number is refused before anything is counted."""
    with pytest.raises(Invalid, match="phone_number_invalid"):
        ask(database, number="12345")


@pytest.mark.policy("P63")
def test_a_code_leaves_nothing_behind(database: Database, settings: Settings) -> None:
    """Number and code stand sealed until the message is out; then the code is wiped."""
    asked = ask(database)
    with database.reading() as session:
        row = session.get_one(SignInCode, asked.code_id)
        assert NUMBER.encode() not in row.number_sealed
        assert asked.challenge not in (row.mac, row.challenge_digest)
        assert row.message_sealed is not None
    carry_out(database, settings)
    with database.reading() as session:
        assert session.get_one(SignInCode, asked.code_id).message_sealed is None


def test_a_message_is_handed_over_once(database: Database, settings: Settings) -> None:
    """The worker may come twice; the phone rings once, and reads out where that was asked."""
    asked = ask_code(database, number=NUMBER, source=HOME, language="ug", voice=True)
    carry_out(database, settings)
    send_sign_in_code(database, SimulatedPhones(database), asked.code_id)
    (message,) = messages_to(database, NUMBER)
    assert message["voice"] is True
    assert message["template"] == "sign_in_code.ug"
