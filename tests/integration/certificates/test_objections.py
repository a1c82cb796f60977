"""Objections and reports of refusals, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.certificates import objection_queries, objections, queries, refusals
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.holders import Holder
from kiosk_server.certificates.models import Certificate, Objection
from kiosk_server.certificates.objection_rules import (
    LIFE,
    MOST_FILES,
    ObjectionState,
    ObjectionVerb,
    RefusedFor,
    Scene,
)
from kiosk_server.certificates.objections import Complaint, Evidence
from kiosk_server.certificates.refusals import Incident
from kiosk_server.certificates.rules import Reason
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Conflict, Invalid, NotFound, WrongState
from tests.support.certificates import issued
from tests.support.wallets import STRANGER, FilledPlatform, licence, mother, opened, resident

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
CLERK = Actor("staff", "clerk-of-this-test")
PICTURE = Evidence(b"\xff\xd8\xff picture", "image/jpeg")
WRONG = Complaint("content", "累计月数应为 178 个月。", (PICTURE,))
RIGHT = (Fact("险种", "城镇职工基本养老保险"), Fact("累计月数", "178"))
INCIDENT = Incident("id_card", Scene.LODGING, "测试宾馆前台", "只收实体身份证。")


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing, a Friday."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def her(database: Database) -> Holder:
    """Somebody with a proof issued here."""
    holder = mother(database)
    with database.unit_of_work() as session:
        issued(session, resident_id=holder.id)
    return holder


def raised(database: Database, her: Holder, complaint: Complaint = WRONG) -> str:
    """An objection to her only certificate."""
    with database.unit_of_work() as session:
        certificate = session.scalars(select(Certificate.id)).one()
        by = Actor("resident", her.id)
        return objections.raise_objection(session, her.id, certificate, complaint, by=by).id


def in_hand(database: Database, her: Holder) -> str:
    """An objection that a clerk has in hand."""
    objection = raised(database, her)
    with database.unit_of_work() as session:
        objections.acknowledge(session, objection, by=CLERK)
    return objection


@pytest.mark.policy("P32")
def test_an_objection_has_a_last_day_and_a_named_person(database: Database, her: Holder) -> None:
    """Ten working days for a proof of this house; who has it in hand is known to its raiser."""
    in_hand(database, her)
    with database.reading() as session:
        (view,) = objection_queries.objections_of(session, her.id)
    assert (view.due_on, view.due_provisional) == (date(2026, 12, 4), False)
    assert (view.state, view.acknowledged_by) == (ObjectionState.ACKNOWLEDGED, CLERK.id)
    assert (view.field_id, view.words) == ("content", WRONG.words)
    assert len(view.evidence) == 1
    assert not view.pressing


@pytest.mark.policy("P32")
def test_a_corrected_version_stands_in_place_of_the_wrong_one(
    database: Database, her: Holder
) -> None:
    """With the answer the old paper stops verifying and the new one says what is right."""
    objection = in_hand(database, her)
    with database.reading() as session:
        old = session.scalars(select(Certificate)).one()
        old_token = queries.token_of(session, old)
    with database.unit_of_work() as session:
        new = objections.answer_corrected(session, objection, "已更正。", RIGHT, by=CLERK)
        new_token = queries.token_of(session, new)
    with database.reading() as session:
        assert queries.find(session, old_token).verdict.reason is Reason.SUPERSEDED
        found = queries.find(session, new_token)
        assert found.verdict.genuine
        assert found.certificate is not None
        assert queries.facts_of(session, found.certificate) == RIGHT
        view = objection_queries.objection_view(session, objection)
        events = list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
    assert (view.state, view.answer) == (ObjectionState.CORRECTED, "已更正。")
    assert view.new_certificate_id == new.id
    assert [event for event in events if event.startswith("objection.")] == [
        "objection.raised", "objection.acknowledged", "objection.corrected",
    ]  # fmt: skip


@pytest.mark.policy("P32")
def test_a_department_corrects_its_own(database: Database) -> None:
    """Nobody here answers "corrected" before the department's new version was found."""
    holder, platform = mother(database), FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(database, platform, holder, types=["driving_licence"])
    objection = raised(database, holder, Complaint("vehicle_class", "应为 C1E。"))
    with database.unit_of_work() as session:
        assert session.get_one(Objection, objection).due_on == date(2026, 12, 11)
        objections.acknowledge(session, objection, by=CLERK)
        with pytest.raises(Conflict):
            objections.answer_corrected(session, objection, "已更正。", RIGHT, by=CLERK)
    platform.hold("driving_licence", licence(issued_on=date(2026, 11, 20)))
    opened(database, platform, holder, types=["driving_licence"], anew=True)
    with database.unit_of_work() as session:
        new = objections.answer_corrected(session, objection, "已更正。", (), by=CLERK)
        assert new.version == 2


@pytest.mark.policy("P32")
def test_a_refusal_states_its_reason(database: Database, her: Holder) -> None:
    """Reason, words, and the department to complain to; the certificate goes on verifying."""
    objection = in_hand(database, her)
    with database.unit_of_work() as session:
        with pytest.raises(Invalid):
            objections.answer_refused(session, objection, RefusedFor.RECORD_IS_RIGHT, " ", by=CLERK)
        objections.answer_refused(
            session, objection, RefusedFor.RECORD_IS_RIGHT, "与登记一致。", by=CLERK
        )
        view = objection_queries.objection_view(session, objection)
        certificate = session.scalars(select(Certificate)).one()
    assert (view.refused_for, view.answer) == ("record_is_right", "与登记一致。")
    assert view.type.department.phone
    assert certificate.state == "valid"


def test_the_table_of_an_objection() -> None:
    """Nothing is answered before somebody has it in hand; answers are ends."""
    assert LIFE.open_verbs(ObjectionState.RAISED) == {
        ObjectionVerb.ACKNOWLEDGE, ObjectionVerb.WITHDRAW,
    }  # fmt: skip
    assert LIFE.ends() == {
        ObjectionState.CORRECTED, ObjectionState.REFUSED, ObjectionState.EXPLAINED,
        ObjectionState.WITHDRAWN,
    }  # fmt: skip


def test_it_is_raised_once_and_can_be_taken_back(database: Database, her: Holder) -> None:
    """A second one for the same field waits for the first; taken back, it can be raised anew."""
    first = raised(database, her)
    with pytest.raises(Conflict):
        raised(database, her)
    by = Actor("resident", her.id)
    with database.unit_of_work() as session:
        objections.withdraw(session, her.id, first, by=by)
        with pytest.raises(WrongState):
            objections.acknowledge(session, first, by=CLERK)
    raised(database, her)


@pytest.mark.policy("P34")
def test_it_is_ones_own_and_sealed(database: Database, her: Holder) -> None:
    """Nobody objects to or withdraws another's; the words do not stand in clear."""
    objection = raised(database, her)
    with database.unit_of_work() as session:
        stranger = resident(session, STRANGER, "测试·买买提")
        certificate = session.scalars(select(Certificate.id)).one()
        by = Actor("resident", stranger)
        with pytest.raises(NotFound):
            objections.raise_objection(session, stranger, certificate, WRONG, by=by)
        with pytest.raises(NotFound):
            objections.withdraw(session, stranger, objection, by=by)
        row = session.execute(text("SELECT * FROM objection")).one()
    clear = " ".join(str(value) for value in row if not isinstance(value, bytes | memoryview))
    assert "累计月数" not in clear


@pytest.mark.parametrize(
    ("at", "complaint"),
    [
        ("words", replace(WRONG, words=" ")),
        ("words", replace(WRONG, words="字" * 501)),
        ("field", replace(WRONG, field_id="ethnic_group")),
        ("evidence", replace(WRONG, evidence=(PICTURE,) * (MOST_FILES + 1))),
        ("evidence", replace(WRONG, evidence=(Evidence(b"MZ", "image/jpeg"),))),
        ("evidence", replace(WRONG, evidence=(Evidence(b"<html>", "text/html"),))),
    ],
)
def test_what_is_missing_is_named(
    database: Database, her: Holder, at: str, complaint: Complaint
) -> None:
    """No words, too many, no such field, too many files, files that are not what they say."""
    with pytest.raises(Invalid) as refused:
        raised(database, her, complaint)
    assert {fault.at for fault in refused.value.fields} == {at}


@pytest.mark.policy("P32")
def test_near_and_past_last_days_are_pressed_for(database: Database, her: Holder) -> None:
    """Once a day from three days before; past its day it is an overrun in the audit."""
    raised(database, her)
    counted = []
    for days in (10, 11, 11, 15):
        with clock.frozen(NOON + timedelta(days=days)), database.unit_of_work() as session:
            counted.append(objections.press(session))
            (view,) = objection_queries.open_objections(session)
            assert view.pressing is (days >= 11)
    assert counted == [0, 1, 0, 1]
    with database.reading() as session:
        events = list(session.scalars(select(AuditEntry.event)))
    assert events.count("objection.overdue") == 1


@pytest.mark.policy("P14")
def test_a_refusal_is_reported_on_the_spot_and_answered(database: Database, her: Holder) -> None:
    """Scene, place and words are taken at once; within five working days somebody answers."""
    by = Actor("resident", her.id)
    with database.unit_of_work() as session:
        report = refusals.report(session, her.id, INCIDENT, by=by)
        assert report.due_on == date(2026, 11, 27)
        assert objection_queries.count_waiting(session) == 1
        row = session.execute(text("SELECT * FROM refusal_report")).one()
        clear = " ".join(str(each) for each in row if not isinstance(each, bytes | memoryview))
        assert "测试宾馆" not in clear
        with pytest.raises(Invalid):
            refusals.answer(session, report.id, "", by=CLERK)
        refusals.answer(session, report.id, "已告知该宾馆应当接受。", by=CLERK)
        with pytest.raises(WrongState):
            refusals.answer(session, report.id, "再答", by=CLERK)
    with database.reading() as session:
        (view,) = objection_queries.reports_of(session, her.id)
        assert objection_queries.open_reports(session) == []
    assert (view.place, view.answer) == (INCIDENT.place, "已告知该宾馆应当接受。")
    assert view.answered_by == CLERK.id


@pytest.mark.parametrize(
    ("at", "incident"),
    [("place", replace(INCIDENT, place="")), ("said", replace(INCIDENT, said=""))],
)
def test_a_report_says_where_and_what(
    database: Database, her: Holder, at: str, incident: Incident
) -> None:
    """Both are asked for by name."""
    with database.unit_of_work() as session, pytest.raises(Invalid) as refused:
        refusals.report(session, her.id, incident, by=Actor("resident", her.id))
    assert [fault.at for fault in refused.value.fields] == [at]
