"""“This is wrong” and “they did not take it” on the phone's pages, with what is handed in."""

import base64
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.services import Actor
from kiosk_server.certificates import evidence, objections, refusals
from kiosk_server.certificates.models import (
    Certificate,
    Objection,
    ObjectionEvidence,
    RefusalReport,
)
from kiosk_server.certificates.objection_rules import LARGEST_FILE_BYTES, RefusedFor
from kiosk_server.certificates.rules import Channel
from kiosk_server.core.errors import Invalid, NotFound
from kiosk_server.files import pictures
from kiosk_server.files import services as files
from kiosk_server.showing.uses import NewUse, record_use
from mobile_api.certificate_partners import EXTENSION
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, MEMET, PhoneBrowser, Program
from tests.support.wallets import FilledPlatform, licence

CLERK = Actor("staff", "clerk-of-this-test")
PDF = b"%PDF-1.7\n% unreal\n%%EOF\n"


def photograph() -> bytes:
    """A JPEG that says where it was taken."""
    image = Image.new("RGB", (40, 30), "white")
    exif = image.getexif()
    exif[0x010F] = "maker-of-this-test"
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def browser(app: Flask) -> PhoneBrowser:
    """Somebody with a licence in her wallet, in a browser."""
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], platform=platform)
    return proven(PhoneBrowser(app), AYGUL)


def proven(phone: PhoneBrowser, somebody: dict[str, str]) -> PhoneBrowser:
    """Sign in and prove who holds the phone."""
    phone.sign_in()
    told = {"name": somebody["name"], "identity_number": somebody["number"]}
    assert phone.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    return phone


def licence_page(browser: PhoneBrowser) -> str:
    """The address of the licence."""
    browser.get("/m/wallet")
    with browser.database.reading() as session:
        return f"/m/certificates/{session.scalars(select(Certificate.id)).one()}"


def send(browser: PhoneBrowser, page: str, action: str = "", **fields: Any) -> TestResponse:
    """Send the form on *page* with a file in it."""
    if "evidence" in fields:
        fields["evidence"] = (BytesIO(fields["evidence"]), "picture.exe")
    return browser.post(action or page, page, **fields)


def raised(browser: PhoneBrowser, **fields: Any) -> str:
    """Object to the class of vehicle; return the objection's address."""
    wish = {"field": "vehicle_class", "words": "应该是 C2（测试）"} | fields
    answer = send(browser, f"{licence_page(browser)}/objection", **wish)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def kept(browser: PhoneBrowser) -> list[tuple[str, bytes]]:
    """Type and content of every file that was handed in."""
    with browser.database.reading() as session:
        rows = session.scalars(select(ObjectionEvidence).order_by(ObjectionEvidence.id))
        return [(row.media_type, files.read(session, row.file_id)) for row in rows]


@pytest.mark.policy("P32")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_what_is_wrong_is_said_on_the_certificate_and_answered_there(
    browser: PhoneBrowser, language: str
) -> None:
    """Form, last day, list, and the answer with whom to complain to, in every language."""
    browser.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    page = licence_page(browser)
    assert f"{page}/objection" in browser.get(page).text
    inspect(browser.get(f"{page}/objection"))
    mine = raised(browser, evidence=photograph())
    inspect(browser.get(mine))
    assert mine in browser.get("/m/objections").text
    inspect(browser.get("/m/objections"))
    with browser.database.unit_of_work() as session:
        row = session.scalars(select(Objection)).one()
        objections.acknowledge(session, row.id, by=CLERK)
        reason = RefusedFor.RECORD_IS_RIGHT
        objections.answer_refused(session, row.id, reason, "与登记一致（测试）。", by=CLERK)
    answered = browser.get(mine)
    inspect(answered)
    assert "与登记一致（测试）。" in answered.text
    assert 'href="tel:' in answered.text
    assert "withdraw" not in answered.text


@pytest.mark.policy("P39")
def test_a_look_is_objected_to_from_the_log_and_answered(browser: PhoneBrowser) -> None:
    """The log leads to the form with the look chosen; the answer changes no certificate."""
    page = licence_page(browser)
    with browser.database.unit_of_work() as session:
        one = session.scalars(select(Certificate)).one()
        record_use(session, one, NewUse(Channel.SCAN, "genuine"))
    form = f"{page}/objection?field=look"
    assert form in browser.get("/m/uses").text
    inspect(browser.get("/m/uses"))
    assert 'value="look" required checked' in browser.get(form).text
    mine = send(browser, form, f"{page}/objection", field="look", words="我没去过（测试）")
    with browser.database.unit_of_work() as session:
        row = session.scalars(select(Objection)).one()
        objections.acknowledge(session, row.id, by=CLERK)
        with pytest.raises(NotFound):
            objections.answer_corrected(session, row.id, "更正（测试）", (), by=CLERK)
        objections.answer_about_look(session, row.id, "那是您递出的纸件（测试）。", by=CLERK)
        assert session.scalars(select(Certificate.state)).all() == ["valid"]
    answered = browser.get(mine.headers["Location"])
    assert "那是您递出的纸件（测试）。" in answered.text
    inspect(answered)


@pytest.mark.policy("P32")
def test_a_photograph_is_drawn_anew_and_five_files_are_enough(browser: PhoneBrowser) -> None:
    """What a picture says besides its pixels is dropped; the type is told by the content."""
    mine = raised(browser, evidence=photograph())
    for _ in range(4):
        assert send(browser, mine, f"{mine}/evidence", evidence=PDF).status_code == 303
    found = kept(browser)
    assert [media for media, _ in found] == ["image/jpeg", *["application/pdf"] * 4]
    assert b"maker-of-this-test" not in found[0][1]
    assert f"{mine}/evidence" not in browser.get(mine).text
    token = browser.get(mine).text.split('name="csrf_token" value="')[1].split('"')[0]
    sixth = {"csrf_token": token, "evidence": (BytesIO(PDF), "six.pdf")}
    assert browser.client.post(f"{mine}/evidence", data=sixth).status_code == 409
    assert len(kept(browser)) == 5


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "missing"),
        (b"MZ\x90 a program", "file_unknown"),
        (b"%PDF-1.7 without an end", "file_unknown"),
        (b"\xff\xd8\xff no picture", "file_unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_unknown"),
        (b"%PDF-" + b"0" * LARGEST_FILE_BYTES, "too_large"),
    ],
)
def test_what_is_no_photograph_and_no_pdf_is_refused(data: bytes, code: str) -> None:
    """By its content, whatever it is called."""
    with pytest.raises(Invalid) as refused:
        evidence.evidence_of(data)
    assert [each.code for each in refused.value.fields] == [code]


def test_a_picture_of_too_many_pixels_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The header alone says that it is too large."""
    monkeypatch.setattr(pictures, "LARGEST_PIXELS", 40 * 30 - 1)
    with pytest.raises(Invalid) as refused:
        evidence.evidence_of(photograph())
    assert [each.code for each in refused.value.fields] == ["too_large"]


def test_a_form_says_what_is_missing_and_keeps_what_was_written(browser: PhoneBrowser) -> None:
    """No field, no words, a program instead of a photograph: told at its field, nothing raised."""
    form = f"{licence_page(browser)}/objection"
    empty = send(browser, form, field="", words=" ")
    assert empty.status_code == 422
    assert "请选一项" in empty.text
    assert "请写明" in empty.text
    inspect(empty)
    program = send(browser, form, field="vehicle_class", words="留着（测试）", evidence=b"MZ\x90")
    assert program.status_code == 422
    assert "留着（测试）" in program.text
    assert "看不出这是照片还是 PDF" in program.text
    with browser.database.reading() as session:
        assert session.scalars(select(Objection)).all() == []


def test_an_objection_is_withdrawn_and_is_nobody_elses(app: Flask, browser: PhoneBrowser) -> None:
    """A stranger finds neither the page nor its files; its raiser takes it back."""
    mine = raised(browser)
    stranger = proven(PhoneBrowser(app, number="13800000002"), MEMET)
    assert stranger.get(mine).status_code == 404
    assert stranger.post(f"{mine}/evidence", "/m/me", evidence="x").status_code in (404, 422)
    assert send(stranger, "/m/me", f"{mine}/evidence", evidence=PDF).status_code == 404
    assert stranger.post(f"{mine}/withdraw", "/m/me").status_code == 404
    assert browser.post(f"{mine}/withdraw", mine).status_code == 303
    assert "您已撤回" in browser.get(mine).text
    assert kept(browser) == []


@pytest.mark.policy("P14")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_who_was_refused_tells_it_from_the_certificate(
    browser: PhoneBrowser, language: str
) -> None:
    """The certificate leads to the form with its kind chosen; the answer stands on the page."""
    browser.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    form = "/m/refusals/new?type=driving_licence"
    assert form in browser.get(licence_page(browser)).text
    assert 'value="driving_licence" selected' in browser.get(form).text
    inspect(browser.get(form))
    wrong = browser.post("/m/refusals/new", form, type="no_such_type", place="x", said="x")
    assert wrong.status_code == 422
    told = browser.post(
        "/m/refusals/new",
        form,
        type="driving_licence",
        scene="lodging",
        place="测试宾馆",
        said="只收原件",
    )
    mine = told.headers["Location"]
    inspect(browser.get(mine))
    with browser.database.unit_of_work() as session:
        report = session.scalars(select(RefusalReport)).one()
        refusals.answer(session, report.id, "已告知该宾馆（测试）。", by=CLERK)
    assert "已告知该宾馆（测试）。" in browser.get(mine).text


def test_a_file_goes_by_the_api_too(app: Flask, browser: PhoneBrowser) -> None:
    """Base 64 in, the number of files out; nonsense is refused, and another's objection unknown."""
    mine = raised(browser).rsplit("/", 1)[1]
    caller = Program(app, number="13800000003").sign_in()
    assert caller.prove(AYGUL).status_code == 200
    path = f"/objections/{mine}/evidence"
    sent = caller.call("POST", path, json={"content": base64.b64encode(PDF).decode()})
    assert (sent.status_code, sent.get_json()["evidence"]) == (201, 1)
    wrong = caller.call("POST", path, json={"content": "no base 64 at all"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "evidence_invalid")
    stranger = Program(app, number="13800000002").sign_in()
    assert stranger.prove(MEMET).status_code == 200
    theirs = stranger.call("POST", path, json={"content": base64.b64encode(PDF).decode()})
    assert theirs.get_json()["code"] == "objection_not_found"
