"""The holder answers: a sign that she scanned, a verifier's question; pages and API alike."""

import re
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import digest, new_token
from kiosk_server.credentials import keys
from kiosk_server.credentials.signs import sign_code
from kiosk_server.partners.people import revoke_device
from kiosk_server.partners.rules import OrganisationVerb
from kiosk_server.partners.signs import SignWish, make_sign, revoke_sign, sign_of
from kiosk_server.public.verifiers import DEVICE_COOKIE, SESSION_COOKIE
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.models import AccountPhone, PhoneAccount
from kiosk_server.settings import Settings
from kiosk_server.showing.models import FieldRequest, ShowCode
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, PhoneBrowser, Program
from tests.support.showing import PIN
from tests.support.verifying import ADMINISTRATOR, OTHER_CODE, Hotel
from tests.support.wallets import FilledPlatform, licence, opened

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
FLEET = ("transport",)


@dataclass
class Desk:
    """A bus company whose clerk sits before a bound tablet, with one sign on the counter."""

    app: Flask
    name: str = "测试客运站"
    code: str = "91653001MA0TE0T01D"
    login: str = "aygul"
    hotel: Hotel = field(init=False)

    def __post_init__(self) -> None:
        self.database: Database = self.app.extensions["kiosk_database"]
        self.settings: Settings = self.app.extensions["kiosk_settings"]
        self.hotel = Hotel(self.database, self.name, self.code, FLEET, self.login).employ()
        self.hotel.sign_in()
        self.client: FlaskClient = self.app.test_client()
        for cookie, value in (
            (SESSION_COOKIE, self.hotel.session_token),
            (DEVICE_COOKIE, self.hotel.joined.device_secret),
        ):
            self.client.set_cookie(cookie, value, path="/scan")
        with self.database.unit_of_work() as session:
            keys.rotate(session, by=SYSTEM)
            wish = SignWish("二号窗口", "transport", "购票核对")
            self.sign_id = make_sign(session, self.hotel.id, wish, by=ADMINISTRATOR).id
            self.sign_code = sign_code(session, sign_of(session, self.sign_id))

    def post(self, path: str, page: str = "", **fields: str | list[str]) -> TestResponse:
        """Send a form of a page, with its token."""
        found = _CSRF.search(self.client.get(page or path).text)
        assert found is not None
        return self.client.post(path, data={"csrf_token": found[1], **fields})

    @property
    def desk(self) -> str:
        """The page of its sign."""
        return f"/scan/desk/{self.sign_id}"


@pytest.fixture
def desk(app: Flask) -> Desk:
    """The bus company."""
    return Desk(app)


@pytest.fixture
def phone(app: Flask) -> PhoneBrowser:
    """A holder with a driving licence and a PIN, signed in on the pages."""
    browser = PhoneBrowser(app)
    browser.sign_in()
    prove, proof = "/m/me/prove", {"name": AYGUL["name"], "identity_number": AYGUL["number"]}
    browser.post("/m/me/prove/name", prove, **proof)
    prove_by_region(browser.database)
    with browser.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
    assert resident is not None
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(browser.database, platform, person(resident), types=["driving_licence"])
    browser.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN)
    return browser


def prove_by_region(database: Database) -> None:
    """Let every phone be as sure as one that the region's app has checked."""
    with database.unit_of_work() as session:
        session.execute(update(AccountPhone).values(level=Level.CHECKED.value))


def certificate(database: Database) -> str:
    """The id of the licence."""
    with database.reading() as session:
        return session.scalars(select(Certificate.id)).one()


def scan(phone: PhoneBrowser, text: str) -> TestResponse:
    """Scan or type a text at `/m/scan`."""
    return phone.post("/m/scan", "/m/scan", code=text)


def give(phone: PhoneBrowser, desk: Desk, pin: str = PIN) -> TestResponse:
    """Agree at the sign."""
    where = f"/m/signs/{desk.sign_code}"
    return phone.post(where, where, certificate=certificate(phone.database), pin=pin)


@pytest.mark.policy("P31", "P34")
def test_a_sign_is_answered_once_and_shown_at_once(phone: PhoneBrowser, desk: Desk) -> None:
    """Who asks, where, why, what, in words; one PIN; the desk has it once, the log names it.

    Opening the sign's pages, as messengers do, asks and gives nothing."""
    led = scan(phone, f"{desk.settings.public_origin}/sign/{desk.sign_code}")
    assert (led.status_code, led.location) == (303, f"/m/signs/{desk.sign_code}")
    page = phone.get(f"/m/signs/{desk.sign_code}?lang=zh")
    seen = " ".join(inspect(page).text)
    for words in ("测试客运站", "二号窗口", "交通出行", "购票核对", "准驾车型"):
        assert words in seen
    phone.get(f"/sign/{desk.sign_code}")
    before = desk.client.get(f"{desk.desk}/state")
    assert before.text == "0"
    with phone.database.reading() as session:
        assert session.scalars(select(FieldRequest.id)).all() == []
    answered = give(phone, desk)
    assert answered.location.startswith("/m/requests/")
    changed = desk.client.get(
        f"{desk.desk}/state", headers={"If-None-Match": before.headers["ETag"]}
    )
    assert (changed.status_code, changed.text) == (200, "1")
    looked = desk.client.get(desk.desk)
    inspect(looked)
    assert "653001199003070022" not in looked.text
    taken = desk.post(desk.desk)
    assert "653001199003070022" in taken.text
    assert "阿依古丽·测试" in taken.text
    assert "653001199003070022" not in desk.post(desk.desk).text
    done = phone.get(answered.location)
    assert "对方已经看到" in done.text
    log = phone.get("/m/uses").text
    assert "测试客运站" in log
    assert "购票核对" in log


@pytest.mark.policy("P31")
def test_nothing_is_given_without_the_pin(phone: PhoneBrowser, desk: Desk) -> None:
    """A wrong PIN gives nothing, also on a phone that may show for five minutes."""
    answer = give(phone, desk, "111222")
    assert answer.status_code == 422
    assert "亮证密码不对" in answer.text
    assert desk.client.get(f"{desk.desk}/state").text == "0"
    with phone.database.reading() as session:
        assert session.scalars(select(FieldRequest.id)).all() == []


@pytest.mark.policy("P31", "P34")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_false_signs_are_named_and_given_nothing(
    phone: PhoneBrowser, desk: Desk, language: str
) -> None:
    """Another's address, a changed letter, a revoked sign: each is told in words, none opened."""
    phone.post("/m/look", "/m/me", language=language)
    evil = scan(phone, f"https://evil.example/sign/{desk.sign_code}")
    assert (evil.status_code, "evil.example" in evil.text) == (422, False)
    inspect(evil, scans=True)
    changed = desk.sign_code[:-4] + ("AAAA" if not desk.sign_code.endswith("AAAA") else "BBBB")
    for code in (changed, "0" * 26 + desk.sign_code[26:]):
        page = phone.get(f"/m/signs/{code}")
        inspect(page)
        assert page.status_code == 422
        public = phone.client.get(f"/sign/{code}?lang={language}")
        inspect(public)
        assert "测试客运站" not in page.text + public.text
    assert give(phone, desk).status_code == 303
    with phone.database.unit_of_work() as session:
        revoke_sign(session, desk.sign_id, by=ADMINISTRATOR)
    assert phone.get(f"/m/signs/{desk.sign_code}").status_code == 422
    asked = phone.client.get(f"/sign/{desk.sign_code}?lang={language}")
    assert "测试客运站" not in asked.text


@pytest.mark.policy("P31", "P39")
def test_each_organisation_has_its_own_desk(app: Flask, phone: PhoneBrowser, desk: Desk) -> None:
    """Neither another organisation nor an anonymous browser learns that anything came."""
    other = Desk(app, "测试别家", OTHER_CODE, "other")
    give(phone, desk)
    for path in (desk.desk, f"{desk.desk}/state", f"{desk.desk}/print"):
        assert other.client.get(path).status_code == 404
        anonymous = app.test_client().get(path, headers={"Accept": "text/html"})
        assert (anonymous.status_code, anonymous.location) == (303, "/scan/sign-in")
    assert other.post(desk.desk, other.desk).status_code == 404
    assert desk.client.get(f"{desk.desk}/state").text == "1"


@pytest.mark.policy("P31")
def test_a_revoked_device_has_nothing_in_the_middle(phone: PhoneBrowser, desk: Desk) -> None:
    """Between the holder's yes and the taking the tablet is revoked: nothing is delivered."""
    give(phone, desk)
    token = _CSRF.search(desk.client.get(desk.desk).text)
    assert token is not None
    with desk.database.unit_of_work() as session:
        revoke_device(session, desk.hotel.joined.device_id, by=ADMINISTRATOR)
    answer = desk.client.post(desk.desk, data={"csrf_token": token[1]})
    assert "653001199003070022" not in answer.text
    assert answer.status_code == 401
    with phone.database.reading() as session:
        assert session.scalars(select(FieldRequest.state)).all() == ["confirmed"]


def test_a_suspended_organisation_takes_nothing(phone: PhoneBrowser, desk: Desk) -> None:
    """Suspended after the yes, it takes nothing; the sign asks for nobody from then on."""
    give(phone, desk)
    desk.hotel.decide(OrganisationVerb.SUSPEND)
    assert desk.client.get(desk.desk, headers={"Accept": "text/html"}).status_code == 303
    assert phone.get(f"/m/signs/{desk.sign_code}").status_code == 422


def asked(phone: PhoneBrowser, desk: Desk, **fields: str | list[str]) -> TestResponse:
    """Let the clerk scan a code whose holder answers questions, and ask."""
    where = f"/m/show/{certificate(phone.database)}"
    page = phone.post(where, where, scene="transport", mode="authorise").text
    token = _shown_token(phone)
    assert token not in page
    offered = desk.post("/scan", code=token)
    assert "持证人要您先提问" in offered.text
    assert "653001199003070022" not in offered.text
    wanted: dict[str, str | list[str]] = {"fields": ["vehicle_class"], "purpose": "租车核对"}
    wanted |= fields
    return desk.post("/scan/ask", "/scan", code=token, **wanted)


def _shown_token(phone: PhoneBrowser) -> str:
    """A token that the test knows, put in place of the newest code's."""
    token = new_token(128)
    with phone.database.unit_of_work() as session:
        newest = session.scalars(select(ShowCode.id).order_by(ShowCode.id.desc())).first()
        session.execute(
            update(ShowCode).where(ShowCode.id == newest).values(token_digest=digest(token))
        )
    return token


@pytest.mark.policy("P31", "P34")
def test_a_question_is_answered_with_the_pin_and_delivered_once(
    phone: PhoneBrowser, desk: Desk
) -> None:
    """The holder reads who, why and what; the verifier sees the one field, one time."""
    waits = asked(phone, desk)
    assert waits.status_code == 303
    where = waits.location
    inspect(desk.client.get(where))
    assert desk.client.get(f"{where}/state").text == "0"
    with phone.database.reading() as session:
        request_id = session.scalars(select(FieldRequest.id)).one()
        code_id = session.scalars(select(FieldRequest.show_code_id)).one()
    assert phone.get(f"/m/show/codes/{code_id}").location == f"/m/requests/{request_id}"
    page = phone.get(f"/m/requests/{request_id}")
    seen = " ".join(inspect(page).text)
    for words in ("测试客运站", "租车核对", "准驾车型"):
        assert words in seen
    path = f"/m/requests/{request_id}"
    assert phone.post(path, path, answer="yes", pin="111222").status_code == 422
    assert phone.post(path, path, answer="yes", pin=PIN).location == path
    assert desk.client.get(f"{where}/state").text == "1"
    shown = desk.post(where)
    assert ">C1<" in shown.text
    assert "653001199003070022" not in shown.text
    assert ">C1<" not in desk.post(where).text


@pytest.mark.policy("P31")
def test_a_no_gives_nothing(phone: PhoneBrowser, desk: Desk) -> None:
    """The verifier learns that the holder did not agree, and nothing else."""
    where = asked(phone, desk).location
    with phone.database.reading() as session:
        path = f"/m/requests/{session.scalars(select(FieldRequest.id)).one()}"
    assert phone.post(path, path, answer="no").location == path
    told = desk.post(where)
    assert "持证人没有同意" in told.text
    assert ">C1<" not in told.text


@pytest.mark.policy("P31")
def test_no_more_is_asked_than_the_scene_gives(phone: PhoneBrowser, desk: Desk) -> None:
    """A field beyond the scene, none or no purpose: the form comes back, nothing is asked."""
    changes: tuple[dict[str, str | list[str]], ...] = (
        {"fields": ["file_number"]},
        {"fields": []},
        {"purpose": " "},
    )
    for change in changes:
        assert asked(phone, desk, **change).status_code == 422
    with phone.database.reading() as session:
        assert session.scalars(select(FieldRequest.id)).all() == []


def test_a_web_view_without_a_camera_types_the_code(phone: PhoneBrowser, desk: Desk) -> None:
    """The scanner is one field before scripts; what is no sign is named for what it is."""
    inspect(phone.get("/m/scan"), scans=True)
    assert scan(phone, desk.sign_code).location == f"/m/signs/{desk.sign_code}"
    origin = desk.settings.public_origin
    assert "别人的亮证码" in scan(phone, f"{origin}/s/{'A' * 22}").text
    assert scan(phone, f"{origin}/m/uses").location == "/m/uses"
    for text in (f"{origin}/staff/", f"{origin}/m/../staff/", "ZZ1:AAAA", "<script>"):
        answer = scan(phone, text)
        assert (answer.status_code, "<script>alert" in answer.text) == (422, False)


def test_the_sheet_bears_a_code_that_leads_to_the_sign(phone: PhoneBrowser, desk: Desk) -> None:
    """The printed sign names organisation and place in two languages, and its code is good."""
    sheet = desk.client.get(f"{desk.desk}/print")
    seen = " ".join(inspect(sheet).text)
    assert "测试客运站" in seen
    assert "二号窗口" in seen
    assert 'lang="ug"' in sheet.text
    assert desk.client.get("/scan/desk").location == desk.desk


@pytest.mark.policy("P31")
def test_a_program_answers_signs_and_questions(app: Flask, desk: Desk) -> None:
    """The API tells the same as the pages and asks for the same PIN."""
    program = Program(app).sign_in()
    assert program.prove(AYGUL).status_code == 200
    prove_by_region(program.database)
    with program.database.reading() as session:
        resident = session.scalars(select(PhoneAccount.resident_id)).one()
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    opened(program.database, platform, person(resident or ""), types=["driving_licence"])
    program.call("PUT", "/show-pin", json={"pin": PIN})
    seen = program.call("POST", "/signs/readings", json={"code": desk.sign_code}).get_json()
    assert (seen["organisation"], seen["place"]) == ("测试客运站", "二号窗口")
    (offer,) = seen["offers"]
    answer = {"code": desk.sign_code, "certificate_id": offer["certificate_id"], "pin": PIN}
    wrong = program.call("POST", "/signs/answers", json=answer | {"pin": "111222"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "pin_wrong")
    given = program.call("POST", "/signs/answers", json=answer)
    assert (given.status_code, given.get_json()["state"]) == (201, "confirmed")
    desk.post(desk.desk)
    again = program.call("GET", f"/requests/{given.get_json()['id']}").get_json()
    assert again["state"] == "delivered"
    spoilt = program.call("POST", "/signs/readings", json={"code": "x" * 30})
    assert (spoilt.status_code, spoilt.get_json()["code"]) == (403, "sign_refused")
    answered = program.call(
        "POST", f"/requests/{given.get_json()['id']}/answers", json={"agreed": False}
    )
    assert answered.status_code == 409
    assert (
        program.call("POST", f"/requests/{'0' * 26}/answers", json={"agreed": True}).status_code
        == 422
    )
