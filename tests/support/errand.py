"""
What a resident, a phone and a clerk do at one counter in real browsers: applied, paid, handed out.

The counter is `browser_door`: the story's own day, a signed terminal. The worker works when the
story says so, with the product's table of reactions.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route

from kiosk_server.bill_reactions import look_after_bills
from kiosk_server.core.database import Database
from kiosk_server.delivery_reactions import look_after_deliveries
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.payment_reactions import look_after_payments
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.result_reactions import look_after_results
from tests.support.browser import PATIENCE_MS, keep_shot
from tests.support.browser_door import BrowserDoor
from tests.support.kiosk_person import SAM, Person
from tests.support.owner import owner
from tests.support.phone import PhoneBrowser
from tests.support.staff_browser import StaffBrowser
from tests.support.terminal_client import API, database_of

PHONE, DESK = (390, 844), (1280, 900)


@dataclass
class Errand:
    """One errand before one counter; `open` gives a screen with a profile of its own."""

    browser: Browser
    door: BrowserDoor
    card: dict[str, str] = field(default_factory=dict)
    """What lies on the reader."""
    contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """The database of the counter."""
        return database_of(self.door.app)

    def open(self, size: tuple[int, int]) -> Page:
        """A screen of this size."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    def work(self) -> None:
        """Let the worker look after everything and carry out what waits."""
        with self.door.now():
            context = Context(self.database, self.door.settings)
            for look_after in (
                look_after_payments,
                look_after_deliveries,
                look_after_bills,
                look_after_results,
            ):
                look_after(context)
            worker = Dispatcher(self.database, HANDLERS, context)
            # What a courier tells is an errand for the house, whose lane may have been worked.
            while worker.work(go_on=lambda: True):
                pass

    def later(self, **more: float) -> None:
        """Let time go by: `later(minutes=3)`; then the worker works."""
        told = self.door.day + (datetime.now(UTC) - self.door.begun)
        self.door.it_is(told + timedelta(**more))
        self.work()

    def terminal(self, size: tuple[int, int], language: str) -> Page:
        """Somebody comes to the terminal and touches his language."""
        page = self.open(size)
        page.route("**/device/v1/**", self._host)
        page.goto(f"{self.door.origin}/kiosk/")
        page.click(f'button[name="language"][value="{language}"]')
        page.wait_for_url("**/kiosk/services")
        return page

    def _host(self, route: Route) -> None:
        """Answer a page as the device host does whose reader has found a card on it."""
        asked = route.request
        path = urlsplit(asked.url).path.removeprefix("/device/v1")
        if path == "/token":
            route.fulfill(json={"token": "of-this-boot"})
        elif path == "/card-reads" and self.card:
            self._send_card(str((asked.post_data_json or {}).get("nonce")))
            route.fulfill(status=201, json={"id": "1"})
        elif path == "/card-reads/1" and asked.method == "GET":
            route.fulfill(json={"state": "done", "masked_name": "***"})
        else:
            route.fulfill(status=404, json={"code": "none"})

    def _send_card(self, nonce: str) -> None:
        body = {
            "version": 1,
            "nonce": nonce,
            "kind": "resident",
            "fields": self.card,
            "sam_id": SAM,
            "terminal": self.door.terminal.id,
            "read_at": "2026-11-21T19:03:12Z",
        }
        with self.door.now():
            taken = self.door.terminal.post(f"{API}/card-reads", json_body=body)
        assert taken.status_code == 201, taken.text

    def apply(self, page: Page, item: str) -> None:
        """From the services to the decision: notice, purpose, card, second proof."""
        page.goto(f"{self.door.origin}/kiosk/guides/{item}")
        page.click(f'a[href="/kiosk/notice?item={item}"]')
        page.click('main form[action^="/kiosk/notice"] button[type="submit"]')
        page.wait_for_url("**/kiosk/purpose")
        page.locator('label:has(input[name="purpose"])').first.click()
        page.locator('label:has(input[name="promise"])').click()
        page.click('button[form="purpose"]')
        page.wait_for_url("**/kiosk/proof")
        page.click('a[href="/kiosk/proof/face"]')
        page.click('button[name="answer"][value="same"]')
        page.wait_for_url("**/kiosk/decision")

    def printer_says(self, *states: str, trouble: str | None = None) -> None:
        """The terminal reports how the sheet goes that is wanted of it, to its end."""
        host = Person(self.door.terminal)
        with self.door.now():
            job = next(want["job"] for want in host.wants() if want["kind"] == "print_a4")
            pages = host.terminal.get(f"{API}/print-jobs/{job}").get_json()["pages"]
            for sequence, state in enumerate(states, 1):
                told: dict[str, object] = {"pages_done": pages if state == "printed" else 0}
                if state == "not_printed":
                    told["trouble"] = trouble
                assert host.report(job, sequence, state, **told).status_code == 200

    def phone_of_aygul(self, language: str) -> tuple[PhoneBrowser, Page]:
        """The phone of the card's holder: signed in, named, in *language*."""
        with self.door.now():
            signed_in = owner(self.door.app)
        cookie = signed_in.client.get_cookie("m_session", path="/m")
        assert cookie is not None
        page = self.open(PHONE)
        page.context.add_cookies(
            [
                {"name": name, "value": value, "url": f"{self.door.origin}/m/"}
                for name, value in (
                    ("m_session", cookie.value),
                    ("m_look", f"{language}.m.light"),
                )
            ]
        )
        return signed_in, page

    def clerk(self, login: str) -> Page:
        """A member of staff at a desk's browser."""
        with self.door.now():
            signed_in = StaffBrowser(self.door.app).sign_in(login)
        cookie = signed_in.client.get_cookie("staff_session", path="/staff")
        assert cookie is not None
        page = self.open(DESK)
        address = f"{self.door.origin}/staff/"
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        return page

    def here(self, address: str) -> str:
        """The same page at this counter: codes name the origin that the settings tell."""
        return self.door.origin + urlsplit(address).path


@contextmanager
def errand(browser: Browser, door: BrowserDoor) -> Iterator[Errand]:
    """Lend an errand; its screens are closed in the end."""
    found = Errand(browser, door)
    try:
        yield found
    finally:
        for number, context in enumerate(found.contexts):
            keep_shot(context.pages[0], f"last-{number}")
            context.close()


def digits_of(text: str) -> str:
    """The digits in *text*, run together."""
    return "".join(re.findall(r"\d", text))
