"""Certificates on the phone: wallets by right, one certificate, copies; the pages and the API."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import enter_organisation, organisation, person
from kiosk_server.certificates.models import AnnotatedCopy
from kiosk_server.certificates.ports import SourceDown
from kiosk_server.certificates.rights import Basis, Proof, RightKind, give, revoke_right
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.identifiers import new_id
from mobile_api.certificate_partners import EXTENSION
from mobile_api.field_masks import masked_field
from tests.support.inspect_page import inspect
from tests.support.phone import AYGUL, MEMET, PhoneBrowser, Program
from tests.support.showing import PIN
from tests.support.wallets import (
    CHILD,
    COMPANY,
    FilledPlatform,
    QuickPress,
    licence,
    opened,
    resident,
)

FAR = timedelta(days=300)


@pytest.fixture
def platform(app: Flask) -> FilledPlatform:
    """Departments that hold a driving licence, and a press that sets nothing."""
    platform = FilledPlatform()
    platform.hold("driving_licence", licence())
    known = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(known, platform=platform, press=QuickPress())
    return platform


@pytest.fixture
def holder(app: Flask, platform: FilledPlatform) -> Program:
    """The licence's holder, by the API."""
    caller = Program(app).sign_in()
    assert caller.prove(AYGUL).status_code == 200
    return caller


@pytest.fixture
def browser(app: Flask, platform: FilledPlatform) -> PhoneBrowser:
    """The licence's holder, in a browser."""
    return proven(PhoneBrowser(app, number="13800000005"), AYGUL)


def proven(browser: PhoneBrowser, somebody: dict[str, str]) -> PhoneBrowser:
    """Sign in and prove who holds the phone."""
    browser.sign_in()
    told = {"name": somebody["name"], "identity_number": somebody["number"]}
    assert browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303
    return browser


def set_pin(caller: Program | PhoneBrowser) -> None:
    """Choose a PIN on this phone; for five minutes it is not asked for."""
    if isinstance(caller, Program):
        assert caller.call("PUT", "/show-pin", json={"pin": PIN}).status_code == 204
    else:
        assert caller.post("/m/show/new-pin", "/m/show", pin=PIN, again=PIN).status_code == 303


def of_type(wallet: dict[str, Any], name: str) -> dict[str, Any]:
    """One type of a wallet."""
    return next(kind for kind in wallet["types"] if kind["type"] == name)


def licence_of(holder: Program) -> str:
    """The id of the licence in a wallet."""
    wallet = holder.call("GET", "/certificates").get_json()
    found: str = of_type(wallet, "driving_licence")["certificates"][0]["id"]
    return found


def give_right(database: Database, kind: RightKind, whose: Callable[[Any], Any]) -> tuple[str, str]:
    """Let the holder hold for somebody; return the holder's key and the right's id."""
    with database.unit_of_work() as session:
        mine = resident(session, AYGUL["number"], AYGUL["name"])
        other = whose(session)
        basis = Basis.BIRTH_CERTIFICATE if kind is RightKind.GUARDIAN else Basis.BUSINESS_LICENCE
        until = clock.beijing_today() + FAR
        right = give(session, mine, kind, other, Proof(basis, "TEST-1"), until=until, by=SYSTEM)
        return other.key, right.id


def child(session: Any) -> Any:
    """The holder's child."""
    return person(resident(session, CHILD, "测试·古丽娜"))


def firm(session: Any) -> Any:
    """The holder's firm."""
    return organisation(enter_organisation(session, code=COMPANY, name="测试商贸有限公司").id)


@pytest.mark.policy("P30")
def test_a_wallet_tells_what_is_here_and_whom_to_ask(
    holder: Program, platform: FilledPlatform
) -> None:
    """Each type is here, down, not found or not electronic yet, with a desk and a telephone."""
    platform.answers["social_security_card"] = SourceDown()
    wallet = holder.call("GET", "/certificates").get_json()
    assert of_type(wallet, "driving_licence")["result"] == "here"
    assert of_type(wallet, "social_security_card")["result"] == "source_down"
    assert of_type(wallet, "id_card")["result"] == "not_found"
    assert all(kind["ask"]["phone"] and kind["ask"]["desk"] for kind in wallet["types"])


@pytest.mark.policy("P37")
def test_numbers_are_covered_until_they_are_asked_for(
    holder: Program, browser: PhoneBrowser
) -> None:
    """Lists, the certificate and its page hold no number in clear; a touch shows them."""
    one = licence_of(holder)
    for path in ("/certificates", f"/certificates/{one}"):
        assert AYGUL["number"] not in holder.call("GET", path).text
    set_pin(holder)
    set_pin(browser)
    assert AYGUL["number"] in holder.call("GET", f"/certificates/{one}/content").text
    page = f"/m/certificates/{one}"
    assert AYGUL["number"] not in browser.get("/m/wallet").text
    assert AYGUL["number"] not in browser.get(page).text
    shown = browser.post(page, page)
    assert AYGUL["number"] in shown.text
    assert shown.headers["Cache-Control"] == "no-store"


@pytest.mark.policy("P34")
def test_no_number_stands_in_clear_before_the_pin(
    holder: Program, browser: PhoneBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content, own view and copies wait for this phone's PIN, which is asked for again later."""
    one = licence_of(holder)
    page = f"/m/certificates/{one}"
    copy = made_copy(browser, one)
    for rest in ("content", "pdf", "png"):
        refused = holder.call("GET", f"/certificates/{one}/{rest}")
        assert (refused.status_code, refused.get_json()["code"]) == (403, "pin_needed")
    for answer in (
        browser.post(page, page),
        browser.get(f"{page}/view.pdf"),
        browser.get(f"{page}/view.png"),
        browser.get(f"{copy}/copy.pdf"),
        browser.get(f"{copy}/copy.png"),
    ):
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/m/show?next=%2Fm%2Fc")
    chosen = browser.post("/m/show/new-pin", f"/m/show?next={page}", pin=PIN, again=PIN, next=page)
    assert chosen.headers["Location"] == page
    assert AYGUL["number"] in browser.post(page, page).text
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    wrong = browser.post(page, page, pin="111222")
    assert wrong.status_code == 422
    assert AYGUL["number"] not in wrong.text
    inspect(wrong)
    assert AYGUL["number"] in browser.post(page, page, pin=PIN).text


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("number", "653001199003070022", "653001********0022"),
        ("holder_name", "阿依古丽·测试", "阿***·测试"),
        ("address", "示例小区1幢", "示***"),
        ("plate", "新P测0022", "新***"),
        ("sex", "女", "***"),
        ("born_on", "1990-03-07", "1***"),
        ("valid_until", "2026-12-15", "2026-12-15"),
        ("issuer", "测试机关", "测试机关"),
    ],
)
def test_what_says_something_of_a_person_is_covered(field: str, value: str, shown: str) -> None:
    """Issuer and days stay in clear, everything else is covered."""
    assert masked_field(field, value) == shown


def test_somebody_elses_certificate_is_as_unknown_as_none(app: Flask, holder: Program) -> None:
    """By its id, a stranger gets the same answer as for an id that nobody has: page and API."""
    one = licence_of(holder)
    stranger = Program(app, number="13800000002").sign_in()
    assert stranger.prove(MEMET).status_code == 200
    set_pin(stranger)
    for rest in ("", "/content", "/pdf", "/png"):
        theirs = stranger.call("GET", f"/certificates/{one}{rest}")
        nobodys = stranger.call("GET", f"/certificates/{new_id()}{rest}")
        assert (theirs.status_code, theirs.get_json()["code"]) == (404, "certificate_not_found")
        assert theirs.get_json()["title"] == nobodys.get_json()["title"]
    looker = proven(PhoneBrowser(app, number="13800000003"), MEMET)
    set_pin(looker)
    for page in ("", "/copy", "/view.pdf"):
        assert looker.get(f"/m/certificates/{one}{page}").status_code == 404


@pytest.mark.parametrize(("kind", "whose"), [(RightKind.GUARDIAN, child), (RightKind.AGENT, firm)])
@pytest.mark.policy("P30")
def test_another_wallet_opens_by_right_and_closes_with_it(
    app: Flask, holder: Program, kind: RightKind, whose: Callable[[Any], Any]
) -> None:
    """A child's or an organisation's wallet opens to who holds for it, until that is revoked."""
    database: Database = app.extensions["kiosk_database"]
    key, right = give_right(database, kind, whose)
    wallet = holder.call("GET", f"/certificates?holder={key}").get_json()
    assert wallet["holder"] == key
    assert [each["right"] for each in wallet["holders"]] == [None, kind.value]
    held = [one["id"] for each in wallet["types"] for one in each["certificates"]]
    stranger = Program(app, number="13800000002").sign_in()
    stranger.prove(MEMET)
    assert stranger.call("GET", f"/certificates?holder={key}").status_code == 404
    with database.unit_of_work() as session:
        revoke_right(session, right, by=SYSTEM)
    closed = holder.call("GET", f"/certificates?holder={key}")
    assert (closed.status_code, closed.get_json()["code"]) == (404, "holder_not_found")
    for one in held:
        assert holder.call("GET", f"/certificates/{one}").status_code == 404


def test_who_is_not_proven_sees_no_wallet(app: Flask, platform: FilledPlatform) -> None:
    """A number alone opens no certificate: the page leads to where one proves oneself."""
    caller = Program(app).sign_in()
    assert caller.call("GET", "/certificates").get_json()["code"] == "level_too_low"
    browser = PhoneBrowser(app, number="13800000004")
    browser.sign_in()
    answer = browser.get("/m/wallet")
    assert answer.status_code == 403
    assert "/m/me/prove" in answer.text
    assert platform.asked == []


def test_the_cover_of_what_does_not_serve_says_so(
    browser: PhoneBrowser, platform: FilledPlatform
) -> None:
    """An expired licence is shown as expired, and no copy is offered of it."""
    yesterday = clock.beijing_today() - timedelta(days=1)
    platform.hold("driving_licence", licence(valid_until=yesterday))
    page = browser.get("/m/wallet").text
    assert "已过期" in page
    one = page.split("/m/certificates/")[1][:26]
    shown = browser.get(f"/m/certificates/{one}").text
    assert "请换证" in shown
    assert f"/m/certificates/{one}/copy" not in shown


def test_what_ends_soon_is_told_in_the_wallet(
    browser: PhoneBrowser, platform: FilledPlatform
) -> None:
    """A licence that ends within two months says in how many days."""
    soon = clock.beijing_today() + timedelta(days=18)
    platform.hold("driving_licence", licence(valid_until=soon))
    page = browser.get("/m/wallet").text
    assert "18 天后到期" in page
    assert soon.isoformat() in page


@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_every_page_of_a_certificate_is_in_order(
    browser: PhoneBrowser, platform: FilledPlatform, language: str
) -> None:
    """Wallet, certificate, form and copy: one h1, labels, language, in every language."""
    one = browser.get("/m/wallet").text.split("/m/certificates/")[1][:26]
    copy = made_copy(browser, one)
    browser.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    for path in ("/m/wallet", f"/m/certificates/{one}", f"/m/certificates/{one}/copy", copy):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        inspect(answer)
        assert answer.headers["Cache-Control"] == "no-store"


def made_copy(browser: PhoneBrowser, one: str) -> str:
    """Make a copy by the form; return its address."""
    form = f"/m/certificates/{one}/copy"
    answer = browser.post(form, form, purpose="办理入住（测试）", fields="vehicle_class", days="1")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_copy_is_made_fetched_and_stopped_by_its_maker(browser: PhoneBrowser) -> None:
    """The form leads to the copy; its file is handed out; stopped, it says so."""
    one = browser.get("/m/wallet").text.split("/m/certificates/")[1][:26]
    copy = made_copy(browser, one)
    assert "办理入住（测试）" in browser.get(copy).text
    set_pin(browser)
    file = browser.get(f"{copy}/copy.pdf")
    assert file.data.startswith(b"%PDF-")
    assert file.headers["Cache-Control"] == "no-store"
    assert browser.post(f"{copy}/stop", copy).status_code == 303
    assert "已停用" in browser.get(copy).text


def test_a_wish_without_purpose_or_fields_is_told_at_its_fields(browser: PhoneBrowser) -> None:
    """Nothing is made, and the form says what is missing."""
    one = browser.get("/m/wallet").text.split("/m/certificates/")[1][:26]
    form = f"/m/certificates/{one}/copy"
    answer = browser.post(form, form, purpose=" ")
    assert answer.status_code == 422
    assert "请写明用途" in answer.text
    assert "至少选一项" in answer.text


def test_a_copy_by_the_api_is_made_once_for_a_key(app: Flask, holder: Program) -> None:
    """The same Idempotency-Key makes one copy, which is listed, and is nobody else's."""
    one = licence_of(holder)
    wish = {
        "purpose": "测试用途",
        "fields": ["vehicle_class"],
        "valid_until": clock.beijing_today().isoformat(),
    }
    headers = {"Idempotency-Key": "copy-of-a-licence-0001"}
    first, again = (
        holder.call("POST", f"/certificates/{one}/copies", json=wish, headers=headers)
        for _ in range(2)
    )
    assert first.status_code == again.status_code == 201, first.text
    assert first.get_json() == again.get_json()
    copy = first.get_json()["id"]
    assert [each["id"] for each in holder.call("GET", "/copies").get_json()["items"]] == [copy]
    stranger = Program(app, number="13800000002").sign_in()
    stranger.prove(MEMET)
    assert stranger.call("GET", f"/copies/{copy}").status_code == 404
    assert stranger.call("POST", f"/copies/{copy}/stop").status_code == 404
    set_pin(holder)
    assert holder.call("GET", f"/copies/{copy}/png").get_json()["media_type"] == "image/png"
    with app.extensions["kiosk_database"].reading() as session:
        assert len(session.scalars(select(AnnotatedCopy)).all()) == 1


def test_a_form_of_another_site_makes_no_copy_and_shows_nothing(browser: PhoneBrowser) -> None:
    """Without the form's own token nothing is shown in clear and nothing is made."""
    one = browser.get("/m/wallet").text.split("/m/certificates/")[1][:26]
    for path in (f"/m/certificates/{one}", f"/m/certificates/{one}/copy"):
        assert browser.client.post(path, data={"purpose": "x"}).status_code == 400


def test_a_correction_leads_from_the_old_version_to_the_new(
    app: Flask, holder: Program, platform: FilledPlatform
) -> None:
    """The department's newer licence is the wallet's; the old one says so and names both."""
    old = licence_of(holder)
    later = licence(issued_on=clock.beijing_today())
    platform.hold("driving_licence", later)
    database: Database = app.extensions["kiosk_database"]
    with database.unit_of_work() as session:
        mine = person(resident(session, AYGUL["number"], AYGUL["name"]))
    opened(database, platform, mine, anew=True)
    new = licence_of(holder)
    assert new != old
    told = holder.call("GET", f"/certificates/{old}").get_json()
    assert told["standing"] == "superseded"
    assert [version["id"] for version in told["versions"]] == [new, old]
