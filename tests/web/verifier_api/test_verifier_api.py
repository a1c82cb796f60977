"""The verifiers' API: what a program sees, what its holder reads of it, and what is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id, new_token
from kiosk_server.credentials import codes, keys
from kiosk_server.partners import organisations, programs, signs
from kiosk_server.partners.rules import OrganisationVerb
from kiosk_server.partners.signs import SignWish
from kiosk_server.showing.requests import Wanted, ask_by_sign, confirm, decline
from kiosk_server.showing.rules import Mode
from kiosk_server.showing.scenes import scenes
from kiosk_server.showing.uses import uses_of
from kiosk_server.showing.verifiers import looker_of
from tests.support.showing import Shower, scan
from tests.support.verifying import ADMINISTRATOR, OTHER_CODE, Hotel

API = "/api/verifier/v1"
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


@dataclass
class Program:
    """A verifying organisation's program."""

    app: Flask
    hotel: Hotel
    quotas: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)
        self.secret = self.hotel.program(**self.quotas)
        self.token = self.take_token().get_json()["access_token"]

    def take_token(self, **changes: Any) -> TestResponse:
        """Ask for a token."""
        body = {
            "grant_type": "client_credentials",
            "client_id": self.secret.client_id,
            "client_secret": self.secret.secret,
        }
        return self.client.post(f"{API}/token", json=body | changes)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send one request with the token."""
        sent = {"Authorization": f"Bearer {self.token}"} | headers
        return self.client.open(f"{API}{path}", method=method, json=body, headers=sent)

    def look(self, code: str, **more: Any) -> TestResponse:
        """Look a live code up."""
        return self.call("POST", "/looks", {"code": code} | more)

    def ask(self, code: str, *fields: str) -> TestResponse:
        """Ask whoever shows a code."""
        body = {"code": code, "fields": list(fields), "purpose": "租车登记"}
        return self.call("POST", "/questions", body)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon in Beijing unless a test says otherwise."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def hotel(database: Database) -> Hotel:
    """An organisation approved for travel and lodging."""
    return Hotel(database, scenes=("transport", "lodging"))


@pytest.fixture
def program(app: Flask, hotel: Hotel) -> Program:
    """Its program, with a token."""
    return Program(app, hotel)


@pytest.fixture
def shower(database: Database) -> Shower:
    """A mother who shows her licence."""
    return Shower(database)


def log_of(shower: Shower) -> list[Any]:
    """What she reads in her log, the newest first."""
    her = str(shower.holder.resident_id)
    with shower.database.reading() as session:
        return uses_of(session, her, person(her))


def code_of(answer: TestResponse) -> tuple[int, str]:
    """Status and stable code of a problem."""
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.policy("P31", "P34")
def test_a_look_gives_the_fields_of_the_scene_and_is_read_by_its_holder(
    program: Program, shower: Shower
) -> None:
    """The program has what the scene gives and no more; she reads who, why and which fields."""
    shown = program.look(shower.show().token, purpose="租车登记").get_json()
    assert shown["genuine"]
    assert {each["id"] for each in shown["fields"]} == {"number", "holder_name", "vehicle_class"}
    use = log_of(shower)[0]
    assert (use.id, use.organisation, use.purpose) == (shown["use_id"], "测试宾馆", "租车登记")
    assert list(use.fields) == [each["id"] for each in shown["fields"]]


def test_a_second_look_and_a_stranger_s_code_show_nothing(program: Program, shower: Shower) -> None:
    """Refusals are answers with a reason, not errors."""
    code = shower.show().token
    assert program.look(code).get_json()["genuine"]
    assert program.look(code).get_json()["reason"] == "already_used"
    assert program.look(new_token(128)).get_json()["reason"] == "not_ours"
    assert program.look("https://elsewhere.example/x").get_json()["reason"] == "unreadable"


def test_a_look_sent_again_under_its_key_is_answered_again(
    program: Program, shower: Shower
) -> None:
    """A lost answer is not a lost look: the code was used once and the quota counts once."""
    code, key = shower.show().token, new_id()
    first = program.call("POST", "/looks", {"code": code}, **{"Idempotency-Key": key})
    again = program.call("POST", "/looks", {"code": code}, **{"Idempotency-Key": key})
    assert first.get_json() == again.get_json()
    assert program.call("GET", "/account").get_json()["quota"]["used_today"] == 1


@pytest.mark.policy("P31")
def test_a_scene_that_was_not_granted_shows_nothing(program: Program, shower: Shower) -> None:
    """A code for an inspection is no business of a hotel's, by any door."""
    code = shower.show("inspection").token
    assert program.look(code).get_json()["reason"] == "wrong_audience"
    asked = shower.show("inspection", Mode.AUTHORISE).token
    assert program.ask(asked, "number").get_json()["reason"] == "wrong_audience"
    assert program.take_token(scenes=["inspection"]).status_code == 422
    granted = program.call("GET", "/scenes").get_json()["items"]
    assert [each["id"] for each in granted] == ["transport", "lodging"]


def test_the_holder_confirms_and_the_answer_comes_once(program: Program, shower: Shower) -> None:
    """A code that answers questions is not used up by a look; what she confirms is taken once."""
    code = shower.show(mode=Mode.AUTHORISE).token
    first = program.look(code).get_json()
    assert first["reason"] == "question_needed"
    assert "number" in first["may_ask"]
    assert log_of(shower) == []
    question = program.ask(code, "number").get_json()["id"]
    assert program.call("GET", f"/questions/{question}").get_json()["state"] == "asked"
    early = program.call("POST", f"/questions/{question}/answer").get_json()
    assert early["fields"] == []
    with shower.database.unit_of_work() as session:
        confirm(session, shower.holder, question)
    taken = program.call("POST", f"/questions/{question}/answer").get_json()
    assert [each["id"] for each in taken["fields"]] == ["number"]
    again = program.call("POST", f"/questions/{question}/answer").get_json()
    assert (again["state"], again["fields"]) == ("delivered", [])
    assert log_of(shower)[0].fields == ("number",)


def test_the_holder_declines(program: Program, shower: Shower) -> None:
    """A program is told that she declined, and has nothing."""
    question = program.ask(shower.show(mode=Mode.AUTHORISE).token, "number").get_json()["id"]
    with shower.database.unit_of_work() as session:
        decline(session, shower.holder, question)
    assert program.call("GET", f"/questions/{question}").get_json()["state"] == "declined"
    assert program.call("POST", f"/questions/{question}/answer").get_json()["fields"] == []


def test_only_fields_of_the_scene_can_be_asked_for(program: Program, shower: Shower) -> None:
    """A field beyond the scene is refused before the holder is bothered; the code still lives."""
    code = shower.show(mode=Mode.AUTHORISE).token
    assert code_of(program.ask(code, "home_address")) == (422, "question_invalid")
    assert program.ask(code, "number").get_json()["id"]


def test_an_offline_code_is_judged_here_and_stands_in_the_log(
    program: Program, shower: Shower
) -> None:
    """The server's verdict over an offline code, with the look recorded under its own channel."""
    with shower.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        certificate = session.get_one(Certificate, shower.certificate_id)
        texts = {
            scene: codes.issue_codes(
                session,
                certificate,
                scene_id=scene,
                origin=program.app.extensions["kiosk_settings"].public_origin,
                count=1,
                by=SYSTEM,
                phone_id=phone,
            )[0].text
            for scene, phone in (("transport", shower.holder.phone_id), ("inspection", None))
        }
    shown = program.call("POST", "/offline-looks", {"code": texts["transport"]}).get_json()
    assert (shown["genuine"], shown["scene"]) == (True, "transport")
    assert (log_of(shower)[0].channel, log_of(shower)[0].organisation) == ("offline", "测试宾馆")
    other = program.call("POST", "/offline-looks", {"code": texts["inspection"]}).get_json()
    assert (other["reason"], other["fields"]) == ("wrong_audience", [])
    strange = program.call("POST", "/offline-looks", {"code": "ZZ1:AAAA"}).get_json()
    assert strange["reason"] == "unreadable"


def test_answers_at_a_sign_are_its_own_organisation_s(
    program: Program, shower: Shower, hotel: Hotel
) -> None:
    """What a holder confirms at a sign is listed and taken by the sign's organisation alone."""
    wish = SignWish("前台", "transport", "租车登记")
    with hotel.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        sign = signs.make_sign(session, hotel.id, wish, by=ADMINISTRATOR)
        verifier = signs.sign_of(session, sign.id).verifier
        assert verifier is not None
        wanted = Wanted(("number",), sign.purpose, sign.scene)
        asked = ask_by_sign(
            session, shower.holder, shower.certificate_id, looker_of(verifier), wanted
        )
        confirm(session, shower.holder, asked.id)
    listed = program.call("GET", "/signs").get_json()["items"]
    assert [each["id"] for each in listed] == [sign.id]
    assert listed[0]["address"].startswith("http")
    path = f"/signs/{sign.id}/answers"
    other = Program(program.app, Hotel(hotel.database, "测试旅行社", OTHER_CODE, ("transport",)))
    assert code_of(other.call("GET", path)) == (404, "partner_sign_not_found")
    assert code_of(other.call("POST", f"{path}/{asked.id}")) == (404, "partner_sign_not_found")
    assert [each["id"] for each in program.call("GET", path).get_json()["items"]] == [asked.id]
    taken = program.call("POST", f"{path}/{asked.id}").get_json()
    assert [each["id"] for each in taken["fields"]] == ["number"]
    with hotel.database.unit_of_work() as session:
        signs.revoke_sign(session, sign.id, by=ADMINISTRATOR)
    assert code_of(program.call("GET", path)) == (409, "sign_over")


def test_one_organisation_never_reads_another_one_s_question(
    program: Program, shower: Shower
) -> None:
    """Nor does a second credential of the same organisation: an answer is one desk's."""
    question = program.ask(shower.show(mode=Mode.AUTHORISE).token, "number").get_json()["id"]
    other = Program(program.app, Hotel(shower.database, "测试旅行社", OTHER_CODE, ("transport",)))
    for stranger in (other, Program(program.app, program.hotel)):
        for method, path in (("GET", ""), ("POST", "/answer")):
            answer = stranger.call(method, f"/questions/{question}{path}")
            assert code_of(answer) == (404, "request_not_found")


def _revoke(program: Program) -> None:
    with program.hotel.database.unit_of_work() as session:
        programs.revoke_credential(session, program.secret.client_id, by=ADMINISTRATOR)


def _rotate(program: Program) -> None:
    with program.hotel.database.unit_of_work() as session:
        programs.rotate_secret(session, program.secret.client_id, by=ADMINISTRATOR)


def _suspend(program: Program) -> None:
    program.hotel.decide(OrganisationVerb.SUSPEND)


@pytest.mark.parametrize("end", [_revoke, _rotate, _suspend])
def test_what_is_ended_is_dead_in_the_middle_of_a_question(
    program: Program, shower: Shower, end: Callable[[Program], None]
) -> None:
    """Neither the token nor the credential opens what the holder confirmed meanwhile."""
    question = program.ask(shower.show(mode=Mode.AUTHORISE).token, "number").get_json()["id"]
    end(program)
    with shower.database.unit_of_work() as session:
        confirm(session, shower.holder, question)
    answer = program.call("POST", f"/questions/{question}/answer")
    assert code_of(answer) == (401, "token_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert code_of(program.take_token()) == (401, "credential_refused")


def test_a_scene_taken_away_ends_with_the_next_look(program: Program, shower: Shower) -> None:
    """A token that was got before shows nothing in that scene any more."""
    with shower.database.unit_of_work() as session:
        organisations.set_scenes(session, program.hotel.id, ["lodging"], scenes(), by=ADMINISTRATOR)
    assert program.look(shower.show().token).get_json()["reason"] == "wrong_audience"


def test_a_quota_ends_looks_with_the_seconds_to_wait(
    app: Flask, hotel: Hotel, shower: Shower
) -> None:
    """Past it a live code is not even opened: whoever shows it can be looked at later."""
    program = Program(app, hotel, {"per_minute": 2, "per_day": 100})
    for _ in range(2):
        assert program.look(new_token(128)).status_code == 200
    code = shower.show().token
    refused = program.look(code)
    assert code_of(refused) == (429, "too_many_verifier_minute")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert program.call("GET", "/account").status_code == 200, "only looks are counted"
    assert shower.sees(shower.show()).uses == ()
    with clock.frozen(NOON + timedelta(seconds=59)):
        assert scan(shower.database, code), "the code was left alone"


def test_guessed_secrets_are_made_to_wait(program: Program) -> None:
    """A neighbourhood that tries secrets waits, and a name that exists is answered like none."""
    wrong = [
        program.take_token(client_secret=new_token(), client_id=client)
        for client in (program.secret.client_id, new_id()) * 30
    ]
    assert {code_of(answer) for answer in wrong} == {(401, "credential_refused")}
    assert code_of(program.take_token()) == (429, "too_many_verifier_credential")


def test_nothing_is_done_without_a_token(program: Program) -> None:
    """A token in the address, of another scheme or over its time opens nothing."""
    for sent in ("", "Basic abc", "Bearer ", f"Bearer {new_token()}", "Bearer " + "x" * 500):
        answer = program.client.get(f"{API}/account", headers={"Authorization": sent})
        assert code_of(answer) == (401, "token_needed")
    assert program.client.get(f"{API}/account?access_token={program.token}").status_code == 401
    with clock.frozen(NOON + timedelta(minutes=10)):
        assert program.call("GET", "/account").status_code == 401


def test_logs_and_the_audit_name_no_person(
    program: Program, shower: Shower, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a program was shown stands sealed in the holder's log and nowhere else."""
    shown = program.look(shower.show().token, purpose="只给持证人看").get_json()
    said = capsys.readouterr()
    with shower.database.reading() as session:
        use = session.scalars(select(UsageRecord)).one()
    assert b"purpose" not in (use.purpose_sealed or b"")
    for each in shown["fields"]:
        assert each["value"] not in said.out + said.err
    assert "只给持证人看" not in said.out + said.err
