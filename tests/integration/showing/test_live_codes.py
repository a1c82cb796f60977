"""Live codes on both databases: one look, and everybody who would like a second one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.lives import CertificateVerb, ChangeReason
from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.certificates.versions import change
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, TooMany
from kiosk_server.core.identifiers import new_token
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.my_phones import notices_of
from kiosk_server.residents.phone_rules import NoticeKind, PhoneEnd
from kiosk_server.residents.phones import end_phone
from kiosk_server.showing import pins
from kiosk_server.showing.codes import ShowWish, forget_show_codes, make_code, stop_code, watch
from kiosk_server.showing.looking_up import CodeRefused, Redeemed
from kiosk_server.showing.models import ShowCode
from kiosk_server.showing.rules import MOST_REFUSALS_KEPT, CodeState, Mode, ShowTerms
from tests.support.at_once import at_once
from tests.support.showing import HOTEL, PIN, POLICE, TERMS, Shower, reason_of, scan
from tests.support.wallets import MOTHER, STRANGER, resident

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing unless a test says otherwise."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def shower(database: Database) -> Shower:
    """A mother who shows her licence."""
    return Shower(database)


def outcomes(database: Database) -> list[str]:
    """What stands in the log, the first look first."""
    with database.reading() as session:
        return list(session.scalars(select(UsageRecord.outcome).order_by(UsageRecord.id)))


def audited(database: Database, event: str) -> list[str]:
    """The reasons that were audited under *event*."""
    with database.reading() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.event == event))
        return [str(row.facts.get("reason", "")) for row in rows.all()]


@pytest.mark.policy("P31", "P34")
def test_anybody_sees_the_least_and_the_holder_sees_the_look(
    database: Database, shower: Shower
) -> None:
    """Kind and masked name for whoever gives no name; the holder is told at once."""
    code = shower.show()
    assert shower.sees(code).uses == ()
    seen = scan(database, code.address("https://fuwu.example.cn"))
    assert isinstance(seen, Redeemed)
    assert (seen.title, seen.masked_holder, seen.fields) == ("电子驾驶证", "阿***·测试", ())
    told = shower.sees(code)
    assert told.state is CodeState.USED
    (use,) = told.uses
    assert (use.outcome, use.organisation, use.scene, use.fields) == (
        "genuine",
        None,
        "transport",
        (),
    )


@pytest.mark.policy("P31", "P34")
def test_a_verifier_sees_what_the_scene_gives_and_no_more(
    database: Database, shower: Shower
) -> None:
    """The scene's fields in clear, the file number not; the log says who saw which."""
    code = shower.show("transport")
    seen = scan(database, code.token, POLICE)
    assert isinstance(seen, Redeemed)
    given = {each.field.id: each.value for each in seen.fields}
    assert given == {"holder_name": "阿依古丽·测试", "number": MOTHER, "vehicle_class": "C1"}
    (use,) = shower.sees(code).uses
    assert use.organisation == "测试交警大队"
    assert set(use.fields) == set(given)


def test_another_scenes_verifier_sees_nothing_and_leaves_the_code_alive(
    database: Database, shower: Shower
) -> None:
    """Wrong audience: told, recorded, audited; the right one can still look."""
    code = shower.show("transport")
    assert reason_of(scan(database, code.token, HOTEL)) == "wrong_audience"
    assert [use.organisation for use in shower.sees(code).uses] == ["测试宾馆"]
    assert isinstance(scan(database, code.token, POLICE), Redeemed)
    assert audited(database, "showing.code_refused") == ["wrong_audience"]


def test_a_photograph_that_comes_first_leaves_a_warning_and_a_dead_code(
    database: Database, shower: Shower
) -> None:
    """The second one is told that it was used; the holder is warned of both, once."""
    code = shower.show()
    assert isinstance(scan(database, code.token), Redeemed)
    for _ in range(3):
        assert reason_of(scan(database, code.token, POLICE)) == "already_used"
    told = shower.sees(code)
    assert told.contested
    assert [use.outcome for use in told.uses] == ["genuine", *["already_used"] * 3]
    with database.reading() as session:
        kinds = [row.kind for row in notices_of(session, shower.holder.account_id)]
    assert kinds.count(NoticeKind.CODE_SHOWN_TWICE) == 1
    assert audited(database, "showing.code_used") == [""]
    assert audited(database, "showing.code_refused") == ["already_used"] * 3


def test_an_old_photograph_is_over(database: Database, shower: Shower) -> None:
    """After its minute a code shows nothing, and the holder reads that somebody tried."""
    code = shower.show()
    with clock.frozen(NOON + timedelta(seconds=59)):
        assert shower.sees(code).seconds_left == 1
    with clock.frozen(NOON + timedelta(seconds=60)):
        assert reason_of(scan(database, code.token)) == "code_over"
        assert shower.sees(code).over
    assert outcomes(database) == ["code_over"]


def test_a_photograph_passed_round_does_not_fill_the_log(
    database: Database, shower: Shower
) -> None:
    """The first few refused looks are told, all of them are audited."""
    code = shower.show()
    with clock.frozen(NOON + timedelta(hours=1)):
        for _ in range(MOST_REFUSALS_KEPT + 3):
            assert reason_of(scan(database, code.token)) == "code_over"
    assert len(outcomes(database)) == MOST_REFUSALS_KEPT
    assert len(audited(database, "showing.code_refused")) == MOST_REFUSALS_KEPT + 3


def test_what_is_no_code_of_ours_says_so(database: Database, shower: Shower) -> None:
    """Another site's address is unreadable, a made-up token is not ours; both leave no look."""
    assert reason_of(scan(database, "https://evil.example/s/")) == "unreadable"
    assert reason_of(scan(database, new_token(128))) == "not_ours"
    assert outcomes(database) == []
    assert audited(database, "showing.code_refused") == ["not_ours"]


def test_two_at_once_one_sees(database: Database, shower: Shower) -> None:
    """Of hands that touch at the same moment exactly one is shown something."""
    code = shower.show()

    def touch() -> Redeemed | CodeRefused:
        with clock.frozen(NOON):
            return scan(database, code.token)

    answers = at_once(*[touch] * 4)
    refused = [reason_of(each) for each in answers if isinstance(each, CodeRefused)]
    assert refused == ["already_used"] * 3
    assert sorted(outcomes(database)) == [*["already_used"] * 3, "genuine"]


def test_three_codes_live_and_the_fourth_stops_the_first(
    database: Database, shower: Shower
) -> None:
    """At most three of one person, over all his phones."""
    first, *others = [shower.show() for _ in range(4)]
    assert shower.sees(first).state is CodeState.STOPPED
    assert reason_of(scan(database, first.token)) == "stopped"
    assert all(isinstance(scan(database, code.token), Redeemed) for code in others)


def test_codes_made_at_once_keep_to_the_limit(database: Database, shower: Shower) -> None:
    """Two phones of one person that ask together cannot have more alive than one."""
    terms = ShowTerms(most_alive=1)

    def make() -> None:
        with clock.frozen(NOON), database.unit_of_work() as session:
            make_code(session, shower.holder, shower.wish(), terms)

    at_once(*[make] * 4)
    with database.reading() as session:
        alive = select(func.count()).where(ShowCode.state == CodeState.ALIVE.value)
        assert session.scalar(alive) == 1


def test_a_stopped_phones_code_is_dead(database: Database, shower: Shower) -> None:
    """Signed out there, or stopped with the card: what it shows is worth nothing from then on."""
    code = shower.show()
    with database.unit_of_work() as session:
        phone = session.get_one(AccountPhone, shower.holder.phone_id)
        end_phone(session, phone, PhoneEnd.LOST, by=SYSTEM)
    assert reason_of(scan(database, code.token)) == "stopped"


def test_a_certificate_withheld_meanwhile_shows_nothing(database: Database, shower: Shower) -> None:
    """The code was made while it was good; the look says what it is now, and why."""
    code = shower.show()
    with database.unit_of_work() as session:
        row = session.get_one(Certificate, shower.certificate_id)
        change(session, row, CertificateVerb.WITHHOLD, reason=ChangeReason.UNDER_INQUIRY, by=SYSTEM)
    seen = scan(database, code.token, POLICE)
    assert isinstance(seen, CodeRefused)
    assert (seen.reason.value, seen.title) == ("withheld", "电子驾驶证")
    assert reason_of(scan(database, code.token, POLICE)) == "already_used"
    with pytest.raises(Conflict, match="certificate_not_serving"):
        shower.show()


def test_a_certificate_that_is_no_longer_held_shows_nothing(
    database: Database, shower: Shower
) -> None:
    """A right that ended between the code and the look ends the code."""
    code = shower.show()
    with database.unit_of_work() as session:
        other = resident(session, STRANGER, "测试·别人")
        session.execute(update(Certificate).values(resident_id=other))
    assert reason_of(scan(database, code.token)) == "stopped"


def test_nobody_shows_watches_or_stops_what_is_anothers(database: Database, shower: Shower) -> None:
    """Another person's certificate, and another person's code, are not there for him."""
    code = shower.show()
    with database.unit_of_work() as session:
        other = shower.sign_in_stranger(session)
    assert pins.set_pin(database, other, PIN) is None
    with database.unit_of_work() as session:
        with pytest.raises(NotFound):
            make_code(session, other, shower.wish(), TERMS)
        with pytest.raises(NotFound):
            watch(session, other, code.id)
        with pytest.raises(NotFound):
            stop_code(session, other, code.id)
    assert isinstance(scan(database, code.token), Redeemed)


def test_a_scene_that_the_certificate_does_not_serve_in_is_refused(
    database: Database, shower: Shower
) -> None:
    """A driving licence signs nobody in at a hotel."""
    with pytest.raises(Invalid, match="scene_unfit"):
        shower.show("lodging")
    with pytest.raises(NotFound), database.unit_of_work() as session:
        make_code(session, shower.holder, ShowWish(shower.certificate_id, "nowhere"), TERMS)


def test_a_stopped_code_is_dead(database: Database, shower: Shower) -> None:
    """The holder ends it himself; ending it twice changes nothing."""
    code = shower.show()
    for _ in range(2):
        with database.unit_of_work() as session:
            stop_code(session, shower.holder, code.id)
    assert reason_of(scan(database, code.token)) == "stopped"


def test_no_token_lies_in_the_database(database: Database, shower: Shower) -> None:
    """A copy of the tables shows nobody's certificate: digests stand there, no token."""
    code = shower.show(mode=Mode.PRESENT)
    with database.reading() as session:
        row = session.execute(text("SELECT * FROM show_code")).one()
        facts = [str(entry.facts) for entry in session.scalars(select(AuditEntry))]
    assert code.token not in " ".join(map(str, row))
    assert not any(code.token in fact for fact in facts)
    assert code.token not in repr(code)


def test_without_the_pin_nothing_is_shown(database: Database, shower: Shower) -> None:
    """Five minutes after it was typed it is asked for again; wrong ones are counted and lock."""
    with clock.frozen(NOON + timedelta(minutes=6)):
        with pytest.raises(Refused, match="pin_needed"):
            shower.show()
        refused = pins.unlock(database, shower.holder, "111112")
        assert refused == pins.PinRefused("pin_wrong", 4)
        assert pins.unlock(database, shower.holder, PIN) is None
        assert shower.show().token
        for left in (4, 3, 2, 1, 0):
            wrong = pins.unlock(database, shower.holder, "111112")
            assert wrong == pins.PinRefused("pin_wrong", left)
        with pytest.raises(TooMany, match="too_many_show_pin"):
            pins.unlock(database, shower.holder, PIN)
        with database.reading() as session:
            locked = select(AuditEntry).where(AuditEntry.event == "showing.pin_locked")
            assert len(session.scalars(locked).all()) == 1
    with clock.frozen(NOON + timedelta(minutes=22)):
        assert pins.unlock(database, shower.holder, PIN) is None


def test_a_pin_is_changed_by_who_knows_it(database: Database, shower: Shower) -> None:
    """The old one is asked for; a weak one is refused; a second phone has its own."""
    assert pins.set_pin(database, shower.holder, "602947", old="000001") == pins.PinRefused(
        "pin_wrong", 4
    )
    assert pins.set_pin(database, shower.holder, "602947", old=PIN) is None
    with pytest.raises(Invalid, match="pin_weak"):
        pins.set_pin(database, shower.holder, "123456", old="602947")
    second = shower.sign_in(shower.holder.resident_id or "")
    assert pins.unlock(database, second, "602947") == pins.PinRefused("pin_missing")


def test_dead_codes_are_forgotten_and_their_looks_are_not(
    database: Database, shower: Shower
) -> None:
    """A day after its minute the code's row goes; the holder's log keeps the look."""
    scan(database, shower.show().token)
    with clock.frozen(NOON + timedelta(days=1, minutes=2)), database.unit_of_work() as session:
        assert forget_show_codes(session) == 1
    assert outcomes(database) == ["genuine"]
