"""What a holder gave at a sign: it waits there alone, for its organisation, two minutes, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk_server.certificates.models import UsageRecord
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.core.identifiers import new_token
from kiosk_server.showing.asking import askable, waiting_at
from kiosk_server.showing.requests import Wanted, ask_by_sign, collect, confirm, standing
from kiosk_server.showing.rules import ANYBODY, REQUEST_LIFE, Looker, Mode
from tests.support.showing import HOTEL, POLICE, Shower

SIGN_ID = "01jd3v9q2m8x4k7t5w6y0z1sgn"
SIGN = replace(POLICE, member_id=None, terminal_id=SIGN_ID)
WANTED = Wanted(("vehicle_class",), "路检", "transport")


def given(shower: Shower, sign: Looker = SIGN, wanted: Wanted = WANTED) -> str:
    """Let the holder agree at a sign; return the question's id."""
    with shower.database.unit_of_work() as session:
        asked = ask_by_sign(session, shower.holder, shower.certificate_id, sign, wanted)
        confirm(session, shower.holder, asked.id)
        return asked.id


@pytest.mark.policy("P31", "P34")
def test_an_answer_waits_at_its_sign_and_is_taken_once(database: Database) -> None:
    """Watching takes nothing; whoever of the organisation takes it stands in the holder's log."""
    request_id = given(Shower(database))
    with database.reading() as session:
        assert [each.id for each in waiting_at(session, SIGN_ID)] == [request_id]
        assert waiting_at(session, "01jd3v9q2m8x4k7t5w6y0z1oth") == []
        assert standing(session, request_id, SIGN).fields == ()
    with database.unit_of_work() as session:
        answer = collect(session, request_id, SIGN, taken_by=POLICE.member_id)
        assert [(each.field.id, each.value) for each in answer.fields] == [("vehicle_class", "C1")]
    with database.unit_of_work() as session:
        assert waiting_at(session, SIGN_ID) == []
        assert collect(session, request_id, SIGN).fields == ()
        log = session.query(UsageRecord).one()
        assert (log.organisation_id, log.member_id) == (POLICE.organisation_id, POLICE.member_id)
        assert (log.terminal_id, log.fields) == (SIGN_ID, "vehicle_class")


@pytest.mark.policy("P39")
def test_another_sign_or_organisation_learns_nothing(database: Database) -> None:
    """By the id of a question nobody else sees even that it stands."""
    request_id = given(Shower(database))
    for other in (replace(SIGN, terminal_id="01jd3v9q2m8x4k7t5w6y0z1oth"), HOTEL, POLICE, ANYBODY):
        with database.unit_of_work() as session:
            with pytest.raises(NotFound, match="request_not_found"):
                standing(session, request_id, other)
            with pytest.raises(NotFound, match="request_not_found"):
                collect(session, request_id, other)


def test_what_nobody_takes_is_void(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes after the question nothing waits, and nothing is delivered."""
    request_id = given(Shower(database))
    later = clock.now() + REQUEST_LIFE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with database.unit_of_work() as session:
        assert waiting_at(session, SIGN_ID) == []
        assert collect(session, request_id, SIGN).fields == ()


@pytest.mark.policy("P31")
def test_a_sign_asks_within_its_scene_alone(database: Database) -> None:
    """A scene that its organisation was not granted is refused, whatever the sign says."""
    shower = Shower(database)
    with pytest.raises(Refused, match="scene_not_approved"):
        given(shower, replace(SIGN, scenes=frozenset()))


@pytest.mark.policy("P31")
def test_what_may_be_asked_is_told_to_whom_it_may_be_told(database: Database) -> None:
    """Names of fields, no value; of a code that waits for questions, to a verifier of its scene."""
    shower = Shower(database)
    code = shower.show(mode=Mode.AUTHORISE)
    plain = shower.show()
    with database.reading() as session:
        offer = askable(session, code.token, POLICE)
        assert offer is not None
        assert [field.id for field in offer.fields] == ["number", "holder_name", "vehicle_class"]
        assert askable(session, code.token, HOTEL) is None
        assert askable(session, code.token, ANYBODY) is None
        assert askable(session, plain.token, POLICE) is None
        assert askable(session, new_token(128), POLICE) is None
        assert askable(session, "x", POLICE) is None
    assert shower.sees(code).uses == ()
