"""Terminals in the database, on both engines."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound, WrongState
from kiosk_server.terminals import queries, services
from kiosk_server.terminals.models import EnrolmentCode, Terminal, TerminalNonce
from kiosk_server.terminals.nonces import forget_nonces, spend_nonce
from kiosk_server.terminals.rules import Condition, Grade, TerminalState, WithdrawalReason
from kiosk_server.terminals.services import (
    DeviceReport,
    Enrolled,
    EnrolmentRefused,
    HeartbeatWord,
)
from tests.support.at_once import at_once
from tests.support.first_rows import enter_places

BY = Actor(kind="staff", id="01technician")
pytestmark = pytest.mark.usefixtures("places")
READY = [
    DeviceReport(kind, Condition.READY, (), {})
    for kind in ("id_reader", "a4_printer", "receipt_printer")
]


@pytest.fixture
def places(database: Database) -> None:
    """The sample sites, so that terminals have somewhere to stand."""
    enter_places(database)


def enrolled(database: Database, key: bytes = b"k" * 32, site: str = "atushi-centre") -> Enrolled:
    """A terminal that was admitted just now."""
    with database.unit_of_work() as session:
        code = services.make_enrolment_code(session, site, by=BY).code
        outcome = services.enrol(session, code=code, public_key=key, model="m")
    assert isinstance(outcome, Enrolled)
    return outcome


def test_numbers_go_up_and_are_not_given_twice(database: Database) -> None:
    """Each reservation takes the next number, past 9999 too, revoked ones included."""
    with database.unit_of_work() as session:
        first = services.make_enrolment_code(session, "atushi-centre", by=BY)
        services.revoke(session, first.terminal_id, by=BY, reason=WithdrawalReason.RETIRED)
        second = services.make_enrolment_code(session, "atushi-centre", by=BY)
        assert (first.terminal_id, second.terminal_id) == ("AT-0001", "AT-0002")
        session.add(
            Terminal(id="AT-10000", site_id="atushi-centre", state=TerminalState.AWAITED.value)
        )
        session.flush()
        assert (
            services.make_enrolment_code(session, "atushi-centre", by=BY).terminal_id == "AT-10001"
        )


def test_two_may_reserve_at_once(database: Database) -> None:
    """Reservations that meet take different numbers; neither fails."""

    def reserve() -> str:
        with database.unit_of_work() as session:
            return services.make_enrolment_code(session, "atushi-centre", by=BY).terminal_id

    assert sorted(at_once(reserve, reserve)) == ["AT-0001", "AT-0002"]


def test_code_is_not_stored(database: Database) -> None:
    """The table holds a keyed digest from which no code can be read or tried offline."""
    with database.unit_of_work() as session:
        code = services.make_enrolment_code(session, "atushi-centre", by=BY).code
        row = session.scalars(select(EnrolmentCode)).one()
        assert code.replace("-", "") not in row.digest
        assert len(row.digest) == 32


def test_two_machines_with_one_code(database: Database) -> None:
    """Of two machines that send the same code at once, one is admitted."""
    with database.unit_of_work() as session:
        code = services.make_enrolment_code(session, "atushi-centre", by=BY).code

    def arrive(key: bytes) -> Enrolled | EnrolmentRefused:
        with database.unit_of_work() as session:
            return services.enrol(session, code=code, public_key=key, model="m")

    outcomes = at_once(lambda: arrive(b"a" * 32), lambda: arrive(b"b" * 32))
    assert [type(outcome) for outcome in outcomes].count(Enrolled) == 1
    assert EnrolmentRefused("code_used") in outcomes


def test_new_code_kills_the_old(database: Database) -> None:
    """A lost code is made anew under the same number; the lost one is worth nothing."""
    with database.unit_of_work() as session:
        lost = services.make_enrolment_code(session, "atushi-centre", by=BY, place="一楼")
        found = services.make_enrolment_code(
            session, "atushi-centre", by=BY, terminal_id=lost.terminal_id
        )
        assert found.terminal_id == lost.terminal_id
        refused = services.enrol(session, code=lost.code, public_key=b"k" * 32, model="m")
        assert refused == EnrolmentRefused("code_expired")
        taken = services.enrol(session, code=found.code, public_key=b"k" * 32, model="m")
    assert isinstance(taken, Enrolled)
    assert taken.place == "一楼"


def test_new_key_replaces_the_old(database: Database) -> None:
    """A machine that lost its disk comes back under its number; its old key opens nothing."""
    old = enrolled(database)
    with database.unit_of_work() as session:
        code = services.make_enrolment_code(
            session, "atushi-centre", by=BY, terminal_id=old.terminal_id
        ).code
        new = services.enrol(session, code=code, public_key=b"n" * 32, model="m")
    assert isinstance(new, Enrolled)
    assert (new.terminal_id, new.key_id != old.key_id) == (old.terminal_id, True)
    with database.reading() as session:
        assert queries.holder_of_key(session, old.key_id) is None
        assert queries.holder_of_key(session, new.key_id) is not None


def test_refused_enrolment_is_audited(database: Database) -> None:
    """A wrong code leaves an audit entry behind, and no trace of what was typed."""
    with database.unit_of_work() as session:
        services.enrol(session, code="AAAA-BBBB-CCCC", public_key=b"k" * 32, model="m")
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.event, entry.facts) == (
        "terminal.enrolment_refused",
        {"reason": "code_unknown"},
    )


def test_revocation_is_for_good(database: Database) -> None:
    """A revoked terminal's open code dies, its key stays refused, no verb leads back."""
    terminal = enrolled(database)
    with database.unit_of_work() as session:
        code = services.make_enrolment_code(
            session, "atushi-centre", by=BY, terminal_id=terminal.terminal_id
        ).code
        services.revoke(session, terminal.terminal_id, by=BY, reason=WithdrawalReason.STOLEN)
        refused = services.enrol(session, code=code, public_key=b"n" * 32, model="m")
        assert isinstance(refused, EnrolmentRefused)
        holder = queries.holder_of_key(session, terminal.key_id)
        assert holder is not None
        assert holder.revoked
        with pytest.raises(WrongState):
            services.make_enrolment_code(
                session, "atushi-centre", by=BY, terminal_id=terminal.terminal_id
            )
        with pytest.raises(WrongState):
            services.unlock(session, terminal.terminal_id, by=BY)


def test_revocation_is_not_undone_by_an_enrolment(database: Database) -> None:
    """A machine that enrols while its number is being revoked stays outside."""
    with database.unit_of_work() as session:
        issued = services.make_enrolment_code(session, "atushi-centre", by=BY)

    def arrive() -> Enrolled | EnrolmentRefused:
        with database.unit_of_work() as session:
            return services.enrol(session, code=issued.code, public_key=b"n" * 32, model="m")

    with ThreadPoolExecutor(1) as hands:
        with database.unit_of_work() as session:
            services.revoke(session, issued.terminal_id, by=BY, reason=WithdrawalReason.STOLEN)
            session.flush()
            arriving = hands.submit(arrive)
            wait([arriving], timeout=0.2)
        assert isinstance(arriving.result(), EnrolmentRefused)
    with database.reading() as session:
        view = queries.find(session, issued.terminal_id)
    assert view is not None
    assert view.state is TerminalState.REVOKED


def test_since_moves_with_the_state_alone(database: Database) -> None:
    """The same word again keeps `since`; another word moves it."""
    terminal = enrolled(database)
    start = clock.now()
    jam = [DeviceReport("a4_printer", Condition.NEEDS_ATTENTION, ("jam",), {})]
    for seconds, devices in ((0, READY), (30, READY), (60, jam)):
        with clock.frozen(start + timedelta(seconds=seconds)), database.unit_of_work() as session:
            services.report_states(session, terminal.terminal_id, devices=devices)
    with database.reading() as session:
        found = {view.kind: view for view in queries.devices_of(session, terminal.terminal_id)}
    assert found["id_reader"].since == start
    assert found["id_reader"].reported_at == start + timedelta(seconds=30)
    assert found["a4_printer"].since == start + timedelta(seconds=60)
    assert found["a4_printer"].troubles == ("jam",)


def test_heartbeat_and_change_may_meet(database: Database) -> None:
    """Two words about the same new device at once are both taken."""
    terminal = enrolled(database)

    def tell() -> None:
        with database.unit_of_work() as session:
            services.report_states(session, terminal.terminal_id, devices=READY)

    at_once(tell, tell)
    with database.reading() as session:
        assert len(queries.devices_of(session, terminal.terminal_id)) == 3


def test_fleet_shows_the_worst_first_and_only_mine(database: Database) -> None:
    """The list begins with who wants a person, and leaves other sites' terminals out."""
    good, stopped, other = (
        enrolled(database, key * 32, site)
        for key, site in ((b"a", "xingfulu"), (b"b", "xingfulu"), (b"c", "atushi-centre"))
    )
    word = HeartbeatWord(software="1", devices=READY, spool_open=0, clock_offset_seconds=0.0)
    dead_reader = DeviceReport("id_reader", Condition.ABSENT, ("offline",), {})
    with database.unit_of_work() as session:
        for terminal in (good, stopped, other):
            services.heartbeat(session, terminal.terminal_id, word=word)
        services.report_states(session, stopped.terminal_id, devices=[dead_reader])
        awaited = services.make_enrolment_code(session, "xingfulu", by=BY)
    with database.reading() as session:
        found = queries.fleet(session, site_ids=["xingfulu"])
    assert [(view.id, view.standing.grade) for view in found] == [
        (stopped.terminal_id, Grade.STOPPED),
        (awaited.terminal_id, Grade.AWAITED),
        (good.terminal_id, Grade.GOOD),
    ]
    assert found[1].code_until == awaited.expires_at


def test_terminal_stands_somewhere(database: Database) -> None:
    """No code is made for a site that does not exist."""
    with database.unit_of_work() as session, pytest.raises(NotFound):
        services.make_enrolment_code(session, "nowhere", by=BY)


def test_unknown_terminal_is_not_found(database: Database) -> None:
    """What does not exist can be neither reported on nor changed."""
    with database.unit_of_work() as session:
        with pytest.raises(NotFound):
            services.report_states(session, "AT-9999", devices=[])
        with pytest.raises(NotFound):
            services.lock(session, "AT-9999", by=BY, reason=WithdrawalReason.MAINTENANCE)
        assert queries.find(session, "AT-9999") is None
        assert not queries.ability_at(session, "AT-9999", needs=()).possible


def test_nonce_is_spent_once(database: Database) -> None:
    """Of two requests with one nonce at once, one is believed; old nonces are forgotten."""
    terminal = enrolled(database).terminal_id

    def spend() -> bool:
        with database.unit_of_work() as session:
            return spend_nonce(session, terminal, nonce="n" * 22)

    assert sorted(at_once(spend, spend)) == [False, True]
    with database.unit_of_work() as session:
        assert forget_nonces(session) == 0
    with clock.frozen(clock.now() + timedelta(minutes=4)), database.unit_of_work() as session:
        assert forget_nonces(session) == 1
        assert session.scalar(select(func.count()).select_from(TerminalNonce)) == 0
