"""Holding for a child and an organisation; being told that something ends soon."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.certificates import expiry, rights
from kiosk_server.certificates.holders import (
    Holder,
    enter_organisation,
    holder_named,
    name_of,
    organisation,
    person,
)
from kiosk_server.certificates.models import ExpiryNotice
from kiosk_server.certificates.rights import Basis, Proof, RightKind
from kiosk_server.certificates.wallet import types_for
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessage
from kiosk_server.residents import accounts
from kiosk_server.residents.consents import Purpose, give
from tests.support.certificates import issued
from tests.support.wallets import (
    CHILD,
    COMPANY,
    STRANGER,
    FilledPlatform,
    licence,
    mother,
    opened,
    resident,
)

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
BIRTH = Proof(Basis.BIRTH_CERTIFICATE, "TEST-CS-0020")
FAR = date(2099, 1, 1)
ENDING = licence(valid_until=date(2026, 12, 15))
"""Ends 25 days after `NOON`."""


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def her(database: Database) -> Holder:
    """Somebody with a child and a company."""
    return mother(database)


@pytest.fixture
def child(database: Database) -> Holder:
    """A child of seven."""
    with database.unit_of_work() as session:
        return person(resident(session, CHILD, "测试·古丽娜"))


@pytest.fixture
def company(database: Database) -> Holder:
    """An unreal company."""
    with database.unit_of_work() as session:
        found = enter_organisation(session, code=COMPANY, name="测试商贸有限公司")
        return organisation(found.id)


def guard(database: Database, her: Holder, child: Holder, until: date = FAR) -> rights.Right:
    """Enter the right of a guardian."""
    with database.unit_of_work() as session:
        return rights.give(
            session, her.id, RightKind.GUARDIAN, child, BIRTH, until=until, by=SYSTEM
        )


def test_a_guardian_opens_the_childs_wallet_until_it_is_of_age(
    database: Database, her: Holder, child: Holder
) -> None:
    """The right holds through the day before the eighteenth birthday, whatever was entered."""
    assert guard(database, her, child).until == date(2037, 5, 31)
    for day, holders in ((date(2037, 5, 31), [her, child]), (date(2037, 6, 1), [her])):
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        with clock.frozen(at), database.reading() as session:
            assert rights.holders_for(session, her.id) == holders


@pytest.mark.policy("P34")
def test_nobody_elses_certificate_is_told_of(
    database: Database, her: Holder, child: Holder
) -> None:
    """By id, another person's certificate is not found, exactly like one that does not exist."""
    with database.unit_of_work() as session:
        stranger = resident(session, STRANGER, "测试·买买提")
        of_child = issued(session, resident_id=child.id)
    right = guard(database, her, child)
    with database.reading() as session:
        assert rights.certificate_for(session, her.id, of_child.id).id == of_child.id
        for actor, certificate in ((stranger, of_child.id), (her.id, "no-such-id")):
            with pytest.raises(NotFound) as refused:
                rights.certificate_for(session, actor, certificate)
            assert refused.value.code == "certificate_not_found"
        with pytest.raises(NotFound):
            rights.require_holder(session, stranger, child)
    with database.unit_of_work() as session:
        rights.revoke_right(session, right.id, by=SYSTEM)
    with database.unit_of_work() as session:
        with pytest.raises(NotFound):
            rights.certificate_for(session, her.id, of_child.id)
        with pytest.raises(NotFound):
            rights.revoke_right(session, right.id, by=SYSTEM)


def test_an_agent_opens_the_organisations_wallet(
    database: Database, her: Holder, company: Holder
) -> None:
    """An organisation has its own types; a person's are not among them."""
    proof = Proof(Basis.BUSINESS_LICENCE, COMPANY)
    with database.unit_of_work() as session:
        rights.give(session, her.id, RightKind.AGENT, company, proof, until=FAR, by=SYSTEM)
        assert rights.who_holds_for(session, company) == [her.id]
        assert name_of(session, company) == "测试商贸有限公司"
        assert holder_named(company.key) == company
    assert [kind.id for kind in types_for(company)] == ["vehicle_licence", "business_licence"]


@pytest.mark.parametrize(
    ("kind", "basis", "reference", "at"),
    [
        (RightKind.GUARDIAN, Basis.BUSINESS_LICENCE, "1", "basis"),
        (RightKind.GUARDIAN, Basis.BIRTH_CERTIFICATE, " ", "reference"),
        (RightKind.AGENT, Basis.POWER_OF_ATTORNEY, "1", "holder"),
    ],
)
def test_a_right_needs_its_record(
    database: Database, her: Holder, child: Holder, kind: RightKind, basis: Basis,
    reference: str, at: str,
) -> None:  # fmt: skip
    """A basis that proves nothing of the kind, no reference, the wrong holder: all are named."""
    proof = Proof(basis, reference)
    with database.unit_of_work() as session, pytest.raises(Invalid) as refused:
        rights.give(session, her.id, kind, child, proof, until=FAR, by=SYSTEM)
    assert [fault.at for fault in refused.value.fields] == [at]


def test_a_right_is_given_once_and_not_over_the_grown(
    database: Database, her: Holder, child: Holder
) -> None:
    """A second one is a conflict; for who is of age there is none."""
    guard(database, her, child)
    with pytest.raises(Conflict):
        guard(database, her, child)
    with database.unit_of_work() as session:
        grown = person(resident(session, STRANGER, "测试·买买提"))
    with pytest.raises(Refused):
        guard(database, her, grown)
    with pytest.raises(Invalid):
        guard(database, her, her)


@pytest.mark.parametrize(
    ("number", "day"),
    [("653001201906010020", date(2037, 6, 1)), ("653001200802290012", date(2026, 3, 1))],
)
def test_the_day_of_age(number: str, day: date) -> None:
    """Eighteen years after birth; who was born on 29 February waits for 1 March."""
    assert rights.of_age_on(number) == day


def test_a_code_that_is_none_enters_no_organisation(database: Database) -> None:
    """The check of a unified code has to hold; entered twice it is one."""
    with database.unit_of_work() as session:
        with pytest.raises(Invalid):
            enter_organisation(session, code=COMPANY[:-1] + "8", name="x")
        first = enter_organisation(session, code=COMPANY, name="x")
        again = enter_organisation(session, code=COMPANY.lower(), name="y")
        assert again.id == first.id
        assert name_of(session, organisation(first.id)) == "y"


class _Phones:
    """Keeps what was sent."""

    simulated = True

    def __init__(self) -> None:
        self.sent: list[PhoneMessage] = []

    def send(self, message: PhoneMessage) -> MessageOutcome:
        self.sent.append(message)
        return MessageOutcome.SENT


def _notices(database: Database) -> list[str]:
    with database.unit_of_work() as session:
        expiry.tell_of_expiry(session)
        return list(session.scalars(select(ExpiryNotice.id).order_by(ExpiryNotice.id)))


def test_each_threshold_is_told_once(database: Database, her: Holder) -> None:
    """25 days before the end it is told once, and once more in the last week."""
    platform = FilledPlatform()
    platform.hold("driving_licence", ENDING)
    opened(database, platform, her)
    assert len(_notices(database)) == 1
    assert len(_notices(database)) == 1
    with clock.frozen(NOON + timedelta(days=19)):
        assert len(_notices(database)) == 2
        assert len(_notices(database)) == 2
    with database.reading() as session:
        topics = list(session.scalars(select(OutboxMessage.topic)))
    assert topics.count(expiry.EXPIRY_TOLD) == 2


def test_the_message_names_type_and_day_alone(database: Database, her: Holder) -> None:
    """Who has an account and agreed is told by phone; without either, or renewed, nobody is."""
    platform = FilledPlatform()
    platform.hold("driving_licence", ENDING)
    opened(database, platform, her)
    phones = _Phones()
    (notice,) = _notices(database)
    assert expiry.send_expiry_notice(database, phones, notice) is MessageOutcome.REFUSED
    with database.unit_of_work() as session:
        assert session.get_one(ExpiryNotice, notice).outcome == expiry.NO_PHONE
        session.get_one(ExpiryNotice, notice).outcome = None
        account = accounts.open_by_number(session, "19900000022")
        account.resident_id = her.id
    assert expiry.send_expiry_notice(database, phones, notice) is MessageOutcome.REFUSED
    with database.unit_of_work() as session:
        assert session.get_one(ExpiryNotice, notice).outcome == expiry.NO_PHONE
        session.get_one(ExpiryNotice, notice).outcome = None
        give(session, her.id, Purpose.EXPIRY_MESSAGES, by=Actor("resident", her.id))
    assert expiry.send_expiry_notice(database, phones, notice) is MessageOutcome.SENT
    (message,) = phones.sent
    assert message.values == {"kind": "电子驾驶证", "day": "2026-12-15"}
    platform.answers.pop("driving_licence")
    opened(database, platform, her, anew=True)
    with database.unit_of_work() as session:
        session.get_one(ExpiryNotice, notice).outcome = None
    expiry.send_expiry_notice(database, phones, notice)
    with database.reading() as session:
        assert session.get_one(ExpiryNotice, notice).outcome == expiry.NOT_NEEDED
    assert len(phones.sent) == 1
