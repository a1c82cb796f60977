"""What named verifiers ask for, and the log that its holder alone finds; on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.certificates.rules import Channel
from kiosk_server.core import clock
from kiosk_server.core.database import Base, Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, Refused, TooMany
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.my_phones import notices_of
from kiosk_server.residents.phone_rules import NoticeKind, PhoneEnd
from kiosk_server.residents.phones import end_phone
from kiosk_server.showing import requests
from kiosk_server.showing.looking_up import CodeRefused
from kiosk_server.showing.models import FieldRequest
from kiosk_server.showing.requests import Answer, Wanted
from kiosk_server.showing.rules import Looker, Mode, RequestState
from kiosk_server.showing.staff_looks import PER_DAY, StaffReason, look_as_staff
from kiosk_server.showing.uses import NewUse, forget_uses, record_use, uses_of
from tests.support.showing import HOTEL, POLICE, Shower, reason_of, scan
from tests.support.wallets import STRANGER, resident

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
WANTED = Wanted(("vehicle_class",), "核对准驾车型")
CLERK = Actor("staff", "01jd3v9q2m8x4k7t5w6y0z1clk")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing unless a test says otherwise."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def shower(database: Database) -> Shower:
    """A mother who shows her licence."""
    return Shower(database)


def asked(shower: Shower, looker: Looker = POLICE, wanted: Wanted = WANTED) -> str:
    """Have a verifier ask by a code that answers names."""
    code = shower.show(mode=Mode.AUTHORISE)
    with shower.database.unit_of_work() as session:
        row = requests.ask(session, code.token, looker, wanted)
        assert isinstance(row, FieldRequest), row
    assert shower.sees(code).request_id == row.id
    return row.id


def collected(database: Database, request_id: str, looker: Looker = POLICE) -> Answer:
    """What the verifier gets."""
    with database.unit_of_work() as session:
        return requests.collect(session, request_id, looker)


def answered(shower: Shower, request_id: str, *, yes: bool = True) -> None:
    """Let the holder answer."""
    with shower.database.unit_of_work() as session:
        answer = requests.confirm if yes else requests.decline
        answer(session, shower.holder, request_id)


@pytest.mark.policy("P31", "P34")
def test_the_holder_reads_who_why_and_what_and_it_is_delivered_once(
    database: Database, shower: Shower
) -> None:
    """Nothing before the answer, the named field after it, nothing a second time."""
    request = asked(shower)
    assert collected(database, request) == Answer(RequestState.ASKED)
    with database.reading() as session:
        question = requests.question_for(session, shower.holder, request)
    assert (question.organisation, question.purpose) == ("测试交警大队", "核对准驾车型")
    assert [field.id for field in question.fields] == ["vehicle_class"]
    answered(shower, request)
    first, second = collected(database, request), collected(database, request)
    assert [(each.field.id, each.value) for each in first.fields] == [("vehicle_class", "C1")]
    assert second == Answer(RequestState.DELIVERED)
    with database.reading() as session:
        (use,) = uses_of(session, shower.holder.resident_id or "", question.certificate.holder)
    assert (use.channel, use.organisation, use.purpose) == (
        Channel.LEAVE,
        "测试交警大队",
        "核对准驾车型",
    )
    assert use.fields == ("vehicle_class",)


def test_a_refusal_is_final_and_stands_in_the_log(database: Database, shower: Shower) -> None:
    """Declined: the verifier gets nothing and is told so; it cannot be confirmed afterwards."""
    request = asked(shower)
    answered(shower, request, yes=False)
    assert collected(database, request) == Answer(RequestState.DECLINED)
    with pytest.raises(Conflict):
        answered(shower, request)
    with database.reading() as session:
        assert session.scalars(select(UsageRecord.outcome)).all() == ["declined"]


def test_an_answer_that_comes_late_or_a_phone_that_ended_gives_nothing(
    database: Database, shower: Shower
) -> None:
    """Two minutes, and a phone that still stands: otherwise nothing is delivered."""
    request, other = asked(shower), asked(shower)
    answered(shower, other)
    with clock.frozen(NOON + timedelta(minutes=2)):
        with pytest.raises(Conflict, match="request_over"):
            answered(shower, request)
        assert collected(database, other) == Answer(RequestState.CONFIRMED, over=True)
    with database.unit_of_work() as session:
        phone = session.get_one(AccountPhone, shower.holder.phone_id)
        end_phone(session, phone, PhoneEnd.LOST, by=SYSTEM)
    assert collected(database, other) == Answer(RequestState.CONFIRMED, over=True)


def test_nobody_collects_or_answers_anothers_question(database: Database, shower: Shower) -> None:
    """Another organisation, another desk, another person: it is not there for them."""
    request = asked(shower)
    answered(shower, request)
    for other in (HOTEL, replace(POLICE, member_id="01jd3v9q2m8x4k7t5w6y0z1oth"), Looker()):
        with pytest.raises(NotFound):
            collected(database, request, other)
    with database.unit_of_work() as session:
        stranger = shower.sign_in_stranger(session)
        with pytest.raises(NotFound):
            requests.question_for(session, stranger, request)
        with pytest.raises(NotFound):
            requests.confirm(session, stranger, request)


@pytest.mark.policy("P34")
def test_more_than_the_scene_gives_cannot_be_asked(database: Database, shower: Shower) -> None:
    """A field outside the scene, no purpose, no name: refused, and the code stays alive for who
    asks rightly."""
    code = shower.show(mode=Mode.AUTHORISE)
    for wanted in (Wanted(("file_number",), "x"), Wanted((), "x"), Wanted(("number",), " ")):
        with pytest.raises(Invalid), database.unit_of_work() as session:
            requests.ask(session, code.token, POLICE, wanted)
    assert reason_of(scan(database, code.token)) == "wrong_audience"
    assert reason_of(scan(database, code.token, POLICE)) == "wrong_audience"
    with database.unit_of_work() as session:
        refused = requests.ask(session, code.token, HOTEL, WANTED)
        assert isinstance(refused, CodeRefused)
        assert isinstance(requests.ask(session, code.token, POLICE, WANTED), FieldRequest)


def test_a_verifiers_sign_leads_to_the_same_question(database: Database, shower: Shower) -> None:
    """Scanned by the phone: its own certificate alone, in an approved scene alone."""
    wanted = Wanted(("vehicle_class",), "租车登记", scene="transport")
    with database.unit_of_work() as session:
        row = requests.ask_by_sign(session, shower.holder, shower.certificate_id, POLICE, wanted)
        with pytest.raises(Refused, match="scene_not_approved"):
            requests.ask_by_sign(session, shower.holder, shower.certificate_id, HOTEL, wanted)
        with pytest.raises(NotFound):
            requests.ask_by_sign(
                session,
                shower.sign_in_stranger(session),
                shower.certificate_id,
                POLICE,
                wanted,
            )
    answered(shower, row.id)
    assert collected(database, row.id).title == "电子驾驶证"


@pytest.mark.policy("P39")
def test_the_log_is_found_by_its_holder_alone(database: Database, shower: Shower) -> None:
    """Nobody else reads it, and no index leads from an organisation, a member or a terminal."""
    scan(database, shower.show().token, POLICE)
    with database.unit_of_work() as session:
        other = resident(session, STRANGER, "测试·别人")
        mine = person(shower.holder.resident_id or "")
        assert len(uses_of(session, mine.id, mine)) == 1
        with pytest.raises(NotFound):
            uses_of(session, other, mine)
    table = Base.metadata.tables["certificate_usage"]
    led = {column.name for index in table.indexes for column in index.columns}
    assert led == {"holder", "id", "certificate_id", "at", "show_code_id"}


def test_the_log_comes_in_pages(database: Database, shower: Shower) -> None:
    """The newest first, each look once, to the end."""
    mine = person(shower.holder.resident_id or "")
    with database.unit_of_work() as session:
        certificate = session.get_one(Certificate, shower.certificate_id)
        for number in range(7):
            use = NewUse(Channel.LIVE_CODE, "genuine", scene="transport", purpose=f"{number}")
            record_use(session, certificate, use)
    seen: list[str] = []
    after: str | None = None
    with database.reading() as session:
        while part := uses_of(session, mine.id, mine, after=after, limit=3):
            seen += [use.id for use in part]
            after = part[-1].id
    assert len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)


@pytest.mark.policy("P39")
def test_looks_are_forgotten_when_their_time_is_over(database: Database, shower: Shower) -> None:
    """After the scene's days, and never later than the house's setting."""
    scan(database, shower.show("transport").token)
    scan(database, shower.show("inspection").token)

    def left(days: int, kept: int) -> list[str | None]:
        with clock.frozen(NOON + timedelta(days=days)), database.unit_of_work() as session:
            forget_uses(session, timedelta(days=kept))
            return list(session.scalars(select(UsageRecord.scene)))

    assert left(29, 365) == ["transport", "inspection"]
    assert left(31, 365) == ["inspection"]
    assert left(40, 40) == ["inspection"]
    assert left(41, 40) == []


@pytest.mark.policy("P34", "P39")
def test_staff_look_for_a_stated_reason_and_the_holder_is_told(
    database: Database, shower: Shower
) -> None:
    """One certificate, words of why, audited; it stands in the same log and among the notices."""
    scan(database, shower.show().token, POLICE)
    with database.unit_of_work() as session:
        with pytest.raises(Invalid, match="reason_missing"):
            look_as_staff(session, shower.certificate_id, StaffReason.OBJECTION, " ", by=CLERK)
        seen = look_as_staff(
            session, shower.certificate_id, StaffReason.OBJECTION, "核对异议", by=CLERK
        )
    assert [use.organisation for use in seen] == ["测试交警大队"]
    mine = person(shower.holder.resident_id or "")
    with database.reading() as session:
        latest = uses_of(session, mine.id, mine)[0]
        kinds = [row.kind for row in notices_of(session, shower.holder.account_id)]
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.event == "showing.uses_seen")
        ).one()
    assert (latest.channel, latest.outcome, latest.purpose) == (
        Channel.STAFF,
        "objection",
        "核对异议",
    )
    assert NoticeKind.USES_SEEN in kinds
    assert entry.actor_id == CLERK.id
    assert entry.facts == {"reason": "objection", "looks": 1}


@pytest.mark.policy("P39")
def test_staff_cannot_look_in_bulk(database: Database, shower: Shower) -> None:
    """Twenty logs in a day, no more."""
    with database.unit_of_work() as session:
        for _ in range(PER_DAY):
            look_as_staff(session, shower.certificate_id, StaffReason.MISUSE, "核查", by=CLERK)
        with pytest.raises(TooMany):
            look_as_staff(session, shower.certificate_id, StaffReason.MISUSE, "核查", by=CLERK)


@pytest.mark.policy("P34")
def test_a_purpose_lies_sealed(database: Database, shower: Shower) -> None:
    """Neither the question nor the look keeps a verifier's words in clear."""
    request = asked(shower)
    answered(shower, request)
    collected(database, request)
    with database.reading() as session:
        rows = [
            *session.execute(text("SELECT * FROM field_request")),
            *session.execute(text("SELECT * FROM certificate_usage")),
        ]
    clear = [str(value) for row in rows for value in row if isinstance(value, str)]
    assert rows
    assert not any("准驾车型" in value for value in clear)


def test_a_guardian_shows_and_reads_until_the_right_ends(
    database: Database, shower: Shower
) -> None:
    """What one holds for another stands in the other's log; whoever lost the right reads none."""
    scan(database, shower.show().token)
    with database.unit_of_work() as session:
        other = resident(session, STRANGER, "测试·别人")
        session.execute(update(Certificate).values(resident_id=other))
        with pytest.raises(NotFound):
            uses_of(session, shower.holder.resident_id or "", person(other))
