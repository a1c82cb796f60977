"""Proving who one is: name and number, the code of a terminal, and numbers that change hands."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, TooMany
from kiosk_server.residents import accounts, phones
from kiosk_server.residents.assurance import Level, Way
from kiosk_server.residents.models import PhoneAccount
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.phone_rules import PhoneKind, TokenKind
from kiosk_server.residents.phones import Device, PhoneHolder
from kiosk_server.residents.ports import RealName, RealNameAnswer
from kiosk_server.residents.proving import (
    NameProven,
    NameRefused,
    check_name,
    make_binding_code,
    use_binding_code,
)
from kiosk_server.residents.services import find_or_register
from tests.support.phone import AYGUL, MEMET, NUMBER

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


class Source:
    """A real-name source that answers as it is told, and remembers what it was asked."""

    simulated = True

    def __init__(self, answer: RealNameAnswer = RealNameAnswer.SAME) -> None:
        self.answer = answer
        self.asked: list[RealName] = []

    def check(self, question: RealName) -> RealNameAnswer:
        """Answer as told."""
        self.asked.append(question)
        return self.answer


def phone(database: Database, number: str = NUMBER) -> str:
    """Sign a phone in by a code; return its access token."""
    with database.unit_of_work() as session:
        account = accounts.open_by_number(session, number)
        opened = phones.open_phone(
            session,
            account,
            Device(PhoneKind.APP, "phone"),
            way=Way.SMS_CODE,
            level=Level.NUMBER,
        )
        return phones.issue_tokens(session, opened).access


def holder(database: Database, token: str) -> PhoneHolder:
    """Return whose *token* is."""
    with database.reading() as session:
        found = phones.holder_of(session, token, TokenKind.ACCESS)
    assert found is not None
    return found


def compare(
    database: Database, source: Source, me: PhoneHolder, person: dict[str, str]
) -> NameProven | NameRefused:
    """Have *person*'s name and number compared with the number of *me*."""
    return check_name(database, source, me, name=person["name"], number=person["number"])


def prove(database: Database, token: str, person: dict[str, str]) -> NameProven | NameRefused:
    """Prove by name that *person* holds the phone of *token*."""
    return compare(database, Source(), holder(database, token), person)


def card_code(database: Database, person: dict[str, str], way: Way = Way.ID_CARD) -> str:
    """Return the code that a terminal shows to *person* after it has read the card."""
    with database.unit_of_work() as session:
        resident = find_or_register(session, **person, kind=CardKind.RESIDENT)
        return make_binding_code(session, resident.id, way=way, by=SYSTEM).code


def use(database: Database, token: str, code: str) -> NameProven | NameRefused:
    """Type a terminal's code into the phone of *token*."""
    with database.unit_of_work() as session:
        return use_binding_code(session, holder(database, token), code)


def test_three_that_agree_bind_the_account_once(database: Database) -> None:
    """The account becomes the resident's; the number that is compared is the account's own."""
    token, source = phone(database), Source()
    outcome = compare(database, source, holder(database, token), AYGUL)
    assert isinstance(outcome, NameProven)
    assert (outcome.level, source.asked[0].phone) == (Level.NAMED, NUMBER)
    assert holder(database, token).resident_id == outcome.resident_id


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (RealNameAnswer.DIFFERENT, "name_differs"),
        (RealNameAnswer.NO_ANSWER, "name_check_silent"),
    ],
)
def test_three_that_differ_bind_nothing(
    database: Database, answer: RealNameAnswer, code: str
) -> None:
    """Which of the three is another's, nobody learns."""
    token = phone(database)
    outcome = compare(database, Source(answer), holder(database, token), AYGUL)
    assert outcome == NameRefused(code)
    assert holder(database, token).resident_id is None


def test_names_are_not_guessed_through_us(database: Database) -> None:
    """Five questions in an hour, then none; what cannot be right is not asked at all."""
    token, source = phone(database), Source(RealNameAnswer.DIFFERENT)
    me = holder(database, token)
    with pytest.raises(Invalid) as fault:
        check_name(database, source, me, name="x", number="653001199003070021")
    assert [field.code for field in fault.value.fields] == ["name_invalid", "number_invalid"]
    for _ in range(5):
        compare(database, source, me, AYGUL)
    with pytest.raises(TooMany, match="too_many_name_checks"):
        compare(database, source, me, AYGUL)
    assert len(source.asked) == 5


@pytest.mark.policy("P63")
def test_a_new_phone_sees_nothing_of_the_person_until_it_proves_it(database: Database) -> None:
    """A message to the number alone shows nobody: who holds the SIM is not yet the person."""
    assert isinstance(prove(database, phone(database), AYGUL), NameProven)
    second = holder(database, phone(database))
    assert (second.level, second.resident_id) == (Level.NUMBER, None)


@pytest.mark.policy("P63")
def test_a_number_with_a_new_holder_leaves_the_old_one_nothing_to_lose(database: Database) -> None:
    """The carrier gave the number to somebody else: he gets an account of his own with it."""
    old = phone(database)
    prove(database, old, AYGUL)
    new = phone(database)
    outcome = prove(database, new, MEMET)
    assert isinstance(outcome, NameProven)
    with database.reading() as session:
        assert phones.holder_of(session, old, TokenKind.ACCESS) is None
        assert holder(database, new).resident_id == outcome.resident_id
        own = session.get_one(PhoneAccount, holder(database, new).account_id)
        assert accounts.number_of(session, own) == NUMBER


def test_one_person_has_one_account(database: Database) -> None:
    """Who proves himself on a second number keeps his account, and the number comes to it."""
    first, second = phone(database), phone(database, "13800000002")
    prove(database, first, AYGUL)
    prove(database, second, AYGUL)
    assert holder(database, first).account_id == holder(database, second).account_id
    with database.reading() as session:
        account = session.get_one(PhoneAccount, holder(database, first).account_id)
        assert accounts.number_of(session, account) == "13800000002"


def test_a_phone_that_is_proven_is_not_taken_over_by_another_name(database: Database) -> None:
    """A second person must sign in for himself: a binding is made once."""
    token = phone(database)
    prove(database, token, AYGUL)
    with pytest.raises(Conflict, match="phone_is_anothers"):
        prove(database, token, MEMET)


@pytest.mark.parametrize(("way", "level"), [(Way.ID_CARD, Level.CARD), (Way.WINDOW, Level.CHECKED)])
def test_a_code_from_a_terminal_binds_and_binds_again(
    database: Database, way: Way, level: Level
) -> None:
    """The card at a terminal, or a window, raises the phone; after a loss the new one too."""
    for token in (phone(database), phone(database)):
        outcome = use(database, token, card_code(database, AYGUL, way))
        assert isinstance(outcome, NameProven)
        assert outcome.level is level
        assert holder(database, token).resident_id == outcome.resident_id


def test_a_terminals_code_serves_once_and_for_minutes(database: Database) -> None:
    """A code that was used, replaced by a newer one, or left lying binds nobody."""
    token = phone(database)
    with clock.frozen(NOW):
        older, newer = card_code(database, AYGUL), card_code(database, AYGUL)
        assert use(database, token, older) == NameRefused("binding_code_wrong")
        assert isinstance(use(database, token, f"{newer[:4]} {newer[4:]}"), NameProven)
        assert use(database, token, newer) == NameRefused("binding_code_wrong")
        last = card_code(database, AYGUL)
    with clock.frozen(NOW + timedelta(minutes=5)):
        assert use(database, token, last) == NameRefused("binding_code_wrong")


def test_a_terminals_code_is_not_guessed(database: Database) -> None:
    """Five wrong codes in an hour, then none is compared."""
    token = phone(database)
    for _ in range(5):
        assert use(database, token, "00000000") == NameRefused("binding_code_wrong")
    with pytest.raises(TooMany, match="too_many_name_checks"):
        use(database, token, card_code(database, AYGUL))


def test_a_proof_never_lowers_a_phone(database: Database) -> None:
    """Who laid his card on a terminal stays as sure after a check of his name."""
    token = phone(database)
    use(database, token, card_code(database, AYGUL))
    prove(database, token, AYGUL)
    assert holder(database, token).level is Level.CARD
