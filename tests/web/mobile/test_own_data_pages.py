"""My data on the phone: seen, copied, erased; the account closed; consents; messages."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import Actor
from kiosk_server.bookings import waiting
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.notices import services as notices
from kiosk_server.notices.rules import Topic
from kiosk_server.own_data.rules import ERASED_AT_ONCE, DataKind
from kiosk_server.own_data.services import close_accounts
from kiosk_server.residents import consents
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.consents import Purpose
from kiosk_server.residents.models import AccountPhone, PhoneAccount, PhoneToken
from kiosk_server.showing.staff_looks import StaffReason, look_as_staff
from tests.support.booking import DAY_OF, NOON, TERMS, BookedSite
from tests.support.inspect_page import inspect
from tests.support.owner import choose_pin, owner, resident_of
from tests.support.phone import AYGUL, PhoneBrowser, messages_to
from tests.support.phone import carry_out as work

CLERK = Actor("staff", "clerk-of-this-test")
PAGES = ("/m/data", "/m/data/looks", "/m/data/erase", "/m/consents", "/m/notices")


@pytest.fixture
def mine(app: Flask) -> PhoneBrowser:
    """A phone that a window has checked."""
    return owner(app, level=Level.CHECKED)


def licence_id(browser: PhoneBrowser) -> str:
    with browser.database.reading() as session:
        return session.scalars(select(Certificate.id)).one()


@pytest.mark.policy("P63")
@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_everything_that_is_kept_is_told_with_its_end(mine: PhoneBrowser, language: str) -> None:
    """Each kind with why and until when; nothing in clear; the copy waits for the PIN."""
    mine.client.set_cookie("m_look", f"{language}.xl.contrast", path="/m")
    for path in PAGES:
        answer = mine.get(path)
        assert answer.status_code == 200, path
        inspect(answer)
        assert AYGUL["number"] not in answer.text
    asked = mine.post("/m/data/copy", "/m/data")
    assert asked.headers["Location"] == "/m/show?next=%2Fm%2Fdata"
    choose_pin(mine)
    read = mine.post("/m/data/copy", "/m/data")
    assert AYGUL["number"] in read.text
    assert AYGUL["name"] in read.text
    assert read.headers["Cache-Control"] == "no-store"


@pytest.mark.policy("P63")
def test_the_copy_holds_every_kind_and_is_audited(mine: PhoneBrowser) -> None:
    """As JSON: all kinds by name, the certificate's content among them."""
    choose_pin(mine)
    file = mine.post("/m/data/copy.json", "/m/data")
    assert file.headers["Content-Disposition"].startswith("attachment")
    kinds = json.loads(file.data)["kinds"]
    assert set(kinds) == {kind.value for kind in DataKind}
    assert AYGUL["number"] in kinds["wallet"][0]["content"]
    with mine.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert "account.data_copied" in events


@pytest.mark.policy("P63")
def test_what_no_law_keeps_goes_at_once(mine: PhoneBrowser) -> None:
    """Department contents and messages go; what the law keeps is refused; a button for each."""
    page = mine.get("/m/data/erase").text
    assert "/m/data/erase/wallet" in page
    assert "/m/data/erase/cases" not in page
    gone = mine.post("/m/data/erase/wallet", "/m/data/erase")
    assert gone.headers["Location"] == "/m/data/erase?erased=wallet"
    assert "已删除：部门提供的证照" in mine.get(gone.headers["Location"]).text
    assert "/m/data/erase/wallet" not in mine.get("/m/data/erase").text
    assert mine.post("/m/data/erase/cases", "/m/data/erase").status_code == 403
    assert mine.post("/m/data/erase/nonsense", "/m/data/erase").status_code == 404
    assert AYGUL["number"] not in mine.get(f"/m/certificates/{licence_id(mine)}").text


def test_erasing_asks_for_surer_proof(app: Flask) -> None:
    """Who proved himself by name alone is led to a surer way, and erases nothing."""
    named = owner(app)
    page = named.get("/m/data/erase").text
    assert "/m/me/prove?next=/m/data/erase" in page
    assert 'action="/m/data/erase' not in page
    assert named.post("/m/data/erase/wallet", "/m/me").status_code == 403


@pytest.mark.policy("P63")
def test_an_account_closes_after_days_in_which_any_phone_keeps_it(
    mine: PhoneBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked behind the PIN, told by message, kept open by a touch; closed, nothing of it stands."""
    choose_pin(mine)
    assert mine.post("/m/data/close", "/m/data/erase").status_code == 303
    work(mine.database, mine.settings)
    templates = [each["template"] for each in messages_to(mine.database, mine.number)]
    assert "account_closing_asked.zh" in templates
    assert "账号将于" in mine.get("/m/data").text
    assert mine.post("/m/data/keep", "/m/data/erase").status_code == 303
    with mine.database.unit_of_work() as session:
        assert close_accounts(session) == 0
    mine.post("/m/data/close", "/m/data/erase")
    later = clock.now() + timedelta(days=7, seconds=1)
    resident = resident_of(mine)
    with mine.database.unit_of_work() as session:
        consents.give(session, resident, Purpose.SUGGESTIONS, by=CLERK)
    with clock.frozen(later), mine.database.unit_of_work() as session:
        assert close_accounts(session) == 1
        assert close_accounts(session) == 0
    with mine.database.reading() as session:
        account = session.scalars(select(PhoneAccount)).one()
        assert (account.number_sealed, account.number_index, account.resident_id) == (
            None,
            None,
            None,
        )
        assert session.scalars(select(AccountPhone.end_reason)).all() == ["closed"]
        assert session.scalar(select(func.count()).select_from(PhoneToken)) == 0
        assert not consents.stands(session, resident, Purpose.SUGGESTIONS)
    assert mine.get("/m/").headers["Location"].startswith("/m/sign-in")


@pytest.mark.policy("P34")
def test_consents_are_given_in_a_version_and_taken_back(mine: PhoneBrowser) -> None:
    """What was agreed to, when, in which text; a newer text is asked anew."""
    resident = resident_of(mine)
    assert "/m/consents/expiry_messages/give" in mine.get("/m/consents").text
    given = mine.post("/m/consents/expiry_messages/give", "/m/consents")
    assert given.headers["Location"] == "/m/consents"
    assert "/m/consents/expiry_messages/withdraw" in mine.get("/m/consents").text
    with mine.database.reading() as session:
        assert consents.stands(session, resident, Purpose.EXPIRY_MESSAGES)
    mine.post("/m/consents/expiry_messages/withdraw", "/m/consents")
    with mine.database.reading() as session:
        assert not consents.stands(session, resident, Purpose.EXPIRY_MESSAGES)
        standing = {each.text.purpose: each for each in consents.consents_of(session, resident)}
    assert standing[Purpose.EXPIRY_MESSAGES].withdrawn_at is not None
    assert standing[Purpose.DIGITAL_CARD].withdrawn_at is None
    assert mine.post("/m/consents/no_such/give", "/m/consents").status_code == 404


@pytest.mark.policy("P39")
def test_what_staff_opened_is_read_with_its_reason(mine: PhoneBrowser) -> None:
    """The look, its reason in words, and a message that leads to the log."""
    with mine.database.unit_of_work() as session:
        look_as_staff(session, licence_id(mine), StaffReason.COMPLAINT, "测试投诉", by=CLERK)
    page = mine.get("/m/data/looks")
    inspect(page)
    assert "因投诉" in page.text
    told = mine.get("/m/notices").text
    assert "工作人员因说明的事由查看了您的用证记录" in told
    assert 'href="/m/uses"' in told


def test_messages_are_told_in_words_lead_on_and_are_read_by_a_touch(mine: PhoneBrowser) -> None:
    """Newest first, in the language of the page; opening the page reads none of them."""
    with mine.database.unit_of_work() as session:
        facts = {"type": "driving_licence", "day": "2026-12-15"}
        topic = Topic.CERTIFICATE_EXPIRING
        notices.tell(session, resident_of(mine), topic, licence_id(mine), **facts)
    page = mine.get("/m/notices")
    inspect(page)
    assert "<b>电子驾驶证 2026-12-15 到期</b>" in page.text
    assert f'href="/m/certificates/{licence_id(mine)}"' in page.text
    assert "<b>电子驾驶证" in mine.get("/m/notices").text
    assert "1 条没看过" in mine.get("/m/").text
    mine.post("/m/notices/seen", "/m/notices")
    assert "<b>电子驾驶证" not in mine.get("/m/notices").text
    assert "没看过" not in mine.get("/m/").text
    english = mine.get("/m/notices?lang=en").text
    assert "ends on 2026-12-15" in english


@pytest.mark.parametrize("language", ["zh", "ug", "en"])
def test_every_kind_has_its_words(app: Flask, language: str) -> None:
    """Each kind is named, and what can be erased at once says what that means."""
    messages = app.extensions["kiosk_messages"]
    for kind in DataKind:
        name = kind.value.replace("_", "-")
        assert messages.text(language, f"m-data-{name}")
        if kind in ERASED_AT_ONCE:
            assert messages.text(language, f"m-data-goes-{name}")


def test_what_can_be_erased_is_never_what_the_law_keeps() -> None:
    """Cases, proofs and objections stay."""
    assert not ERASED_AT_ONCE & {DataKind.CASES, DataKind.PROOFS, DataKind.OBJECTIONS}


@pytest.mark.policy("P63")
def test_the_copy_holds_what_was_booked_and_waited_for(mine: PhoneBrowser) -> None:
    """A visit that is booked and a place in the waiting list: both are in the copy."""
    choose_pin(mine)
    with clock.frozen(NOON):
        site = BookedSite.open(mine.database)
        site.people[0] = resident_of(mine)
        site.hold(0)
        site.hold(1, slot=1)
        with mine.database.unit_of_work() as session:
            waiting.join(session, DAY_OF, site.wish(0), terms=TERMS, by=CLERK)
    file = mine.post("/m/data/copy.json", "/m/data")
    booked, waited = json.loads(file.data)["kinds"]["bookings"]
    assert (booked["state"], booked["at"]) == ("held", "2026-11-25T10:00:00+08:00")
    assert (waited["state"], waited["until"]) == ("waiting", "2026-11-25")
