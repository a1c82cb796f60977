"""Paid with a phone and sent home, or with no phone at all; and a biller who does not confirm."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from kiosk_server.bills.models import BillPayment
from kiosk_server.cases.models import Case
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.payments.models import PaymentOrder, PaymentRefund
from kiosk_server.settings import Settings
from tests.support.booking_person import MORNING
from tests.support.browser import LANDSCAPE, PORTRAIT, chromium, keep_shot
from tests.support.browser_door import browser_door
from tests.support.errand import Errand, digits_of, errand
from tests.support.kiosk_person import AYGUL

pytestmark = pytest.mark.browser

PAID_ITEM = "SAMPLE-ZR-02"
PHONE = (390, 844)
Row = TypeVar("Row")
PLACES = [("zh", PORTRAIT), ("ug", LANDSCAPE)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for phone, terminal and desk."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def here(browser: Browser, tmp_path: Path, sqlite_template: Path) -> Iterator[Errand]:
    """A Wednesday morning at the terminal."""
    (tmp_path / "kiosk.sqlite3").write_bytes(sqlite_template.read_bytes())
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'kiosk.sqlite3'}", instance=tmp_path)
    with browser_door(settings) as door:
        door.it_is(MORNING)
        with errand(browser, door) as found:
            found.card = AYGUL
            yield found


def scanned(page: Page) -> str:
    """What a camera reads off a screen."""
    found = zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot())))
    assert len(found) == 1
    return str(found[0].text)


def begun(kiosk: Page) -> None:
    """Where there is one channel only, the page has asked it for a code by itself."""
    expect(kiosk.locator("form[data-module='carry-on']")).to_have_count(0)


def pay_with_phone(here: Errand, kiosk: Page, phone: Page) -> None:
    """The code on the terminal is scanned, the simulated cashier pressed; the terminal goes on."""
    begun(kiosk)
    here.work()
    expect(kiosk.locator("svg.qr")).to_be_visible()
    phone.goto(here.here(scanned(kiosk)))
    phone.click('form button[type="submit"]')
    here.later(seconds=31)
    expect(kiosk.locator("main .pay-slip .num")).to_be_visible()


def one(here: Errand, kind: type[Row]) -> Row:
    """The only row of its kind."""
    with here.database.reading() as session:
        return session.scalars(select(kind)).one()


def keep_address(here: Errand, phone: Page) -> None:
    """Her address is written into the book of her phone."""
    phone.goto(f"{here.door.origin}/m/addresses/new")
    phone.fill("#recipient", AYGUL["name"])
    phone.fill("input#phone", "13800000011")
    levels = phone.locator("[data-divisions] select")
    for _ in range(2):
        with phone.expect_response("**/m/addresses/new"):
            levels.last.select_option(index=1)
    phone.fill("#street", "测试路1号")
    phone.click('main form button[type="submit"].button-main')
    phone.wait_for_url("**/m/addresses")


@pytest.mark.policy("P26", "P42", "P43")
@pytest.mark.parametrize(("language", "panel"), PLACES, ids=["zh", "ug"])
def test_paid_with_a_phone_and_sent_home(
    here: Errand, language: str, panel: tuple[int, int]
) -> None:
    """Applied at the terminal, paid by a scanned code, sent, and followed to the hand-over."""
    _, phone = here.phone_of_aygul(language)
    keep_address(here, phone)
    kiosk = here.terminal(panel, language)
    here.apply(kiosk, PAID_ITEM)
    kiosk.click('main a[href$="/ways"]')
    keep_shot(kiosk, f"ways-{language}")
    kiosk.click('main a[href$="/send"]')
    keep_shot(kiosk, f"send-{language}")
    kiosk.locator('button[name="to"]').first.click()
    kiosk.wait_for_url("**/kiosk/paying*")
    pay_with_phone(here, kiosk, here.open(PHONE))
    keep_shot(kiosk, f"paid-{language}")

    case, order = one(here, Case), one(here, PaymentOrder)
    assert (order.state, order.subject_id) == ("paid", case.id)
    here.later(minutes=3)
    parcel = one(here, DeliveryOrder)
    phone.goto(f"{here.door.origin}/m/deliveries/{parcel.id}")
    phone.click('form[action$="/code"] button')
    assert len(digits_of(phone.locator(".m-hand-over").inner_text())) == 6
    keep_shot(phone, f"hand-over-{language}")
    here.later(hours=3)
    phone.goto(f"{here.door.origin}/m/cases/{case.id}")
    lines = phone.locator("ol li")
    expect(lines.first).to_be_visible()
    keep_shot(phone, f"timeline-{language}")
    assert one(here, DeliveryOrder).state == "delivered"
    assert one(here, Case).state == "completed"


@pytest.mark.policy("P43")
@pytest.mark.parametrize(("language", "panel"), PLACES, ids=["zh", "ug"])
def test_with_no_phone_at_all(here: Errand, language: str, panel: tuple[int, int]) -> None:
    """A slip with the code, cash at the window, the paper from the clerk's hand."""
    kiosk = here.terminal(panel, language)
    here.apply(kiosk, PAID_ITEM)
    kiosk.click('main a[href$="/ways"]')
    kiosk.click('button[name="way"][value="collect"]')
    kiosk.wait_for_url("**/kiosk/paying*")
    begun(kiosk)
    kiosk.click('form[action="/kiosk/paying/slip"] button')
    code = kiosk.locator(".pay-figure").inner_text()
    keep_shot(kiosk, f"slip-{language}")
    kiosk.locator("main .acts form button").last.click()

    desk = here.clerk("chuangkou")
    desk.goto(f"{here.door.origin}/staff/window")
    desk.locator('main form button[type="submit"]').first.click()
    desk.fill('input[name="number"]', code)
    desk.locator('main form[action$="/find"] button').click()
    desk.locator('button[name="handed"]').first.click()
    assert one(here, PaymentOrder).state == "paid"
    keep_shot(desk, f"window-{language}")
    desk.check('input[name="seen"]')
    desk.click('form[action$="/hand-out"] button')
    assert one(here, Case).state == "completed"
    keep_shot(desk, f"handed-out-{language}")


@pytest.mark.policy("P43", "P52")
@pytest.mark.parametrize(("language", "panel"), PLACES, ids=["zh", "ug"])
def test_the_printer_dies_after_payment(
    here: Errand, language: str, panel: tuple[int, int]
) -> None:
    """The screen offers a print code or the money: one prints in a second visit, one is repaid."""
    kiosk = here.terminal(panel, language)
    here.apply(kiosk, PAID_ITEM)
    kiosk.click('main a[href$="/ways"]')
    kiosk.click('button[name="way"][value="here"]')
    kiosk.wait_for_url("**/kiosk/paying*")
    pay_with_phone(here, kiosk, here.open(PHONE))
    kiosk.wait_for_url("**/kiosk/printing*")
    here.printer_says("taken", "printing", "not_printed", trouble="jam")
    expect(kiosk.locator('form[action="/kiosk/printing/code"]')).to_be_visible()
    keep_shot(kiosk, f"not-printed-{language}")
    if language == "ug":
        kiosk.click('main a[href$="/money"]')
        kiosk.click('form[action$="/money"] button')
        here.later(minutes=1)
        refund = one(here, PaymentRefund)
        assert (refund.state, refund.reason) == ("done", "not_done")
        assert one(here, PaymentOrder).state == "refunded"
        keep_shot(kiosk, "money-back-ug")
        return
    kiosk.click('form[action="/kiosk/printing/code"] button')
    code = digits_of(kiosk.locator(".code-figure").inner_text())
    keep_shot(kiosk, "print-code-zh")
    again = here.terminal(panel, language)
    again.goto(f"{here.door.origin}/kiosk/reprint")
    again.fill("#code", code)
    again.click('button[form="code-form"]')
    again.click('main form[action^="/kiosk/notice"] button[type="submit"]')
    again.wait_for_url("**/kiosk/printing*")
    here.printer_says("taken", "printing", "printed")
    again.click('button[name="answer"][value="yes"]')
    here.work()
    assert one(here, Case).state == "completed"
    assert one(here, PaymentOrder).state == "paid"


@pytest.mark.policy("P43", "P47")
@pytest.mark.parametrize(("language", "panel"), PLACES, ids=["zh", "ug"])
def test_a_biller_who_does_not_confirm(here: Errand, language: str, panel: tuple[int, int]) -> None:
    """The bill is paid, its biller says neither yes nor no; it is undone, and the money is back."""
    kiosk = here.terminal(panel, language)
    kiosk.goto(f"{here.door.origin}/kiosk/bills")
    kiosk.click('main a[href*="sample-water"]')
    kiosk.fill("#account", "1010000005")
    kiosk.click('button[form="account-form"]')
    kiosk.wait_for_url("**/kiosk/bills/owed*")
    keep_shot(kiosk, f"bill-owed-{language}")
    kiosk.locator("main .acts form button").last.click()
    kiosk.wait_for_url("**/kiosk/paying*")
    pay_with_phone(here, kiosk, here.open(PHONE))
    kiosk.wait_for_url("**/kiosk/bills/*")
    keep_shot(kiosk, f"bill-waits-{language}")
    for _ in range(6):
        here.later(hours=6)
    assert one(here, BillPayment).state == "reversed"
    refund = one(here, PaymentRefund)
    assert (refund.state, refund.amount_fen) == ("done", one(here, PaymentOrder).amount_fen)
