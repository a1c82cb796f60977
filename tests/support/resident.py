"""A resident before the screen, played in a real browser: what the hands do, and what is seen."""

import os
import re
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.support.browser import PATIENCE_MS, keep_shot
from tests.support.journey import Product


@dataclass
class Resident:
    """One person with one card; each step is a touch on the screen or a hand at the machine."""

    product: Product
    page: Page
    language: str
    format: str = "portrait"
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)
        self._steps = 0

    def arrive(self) -> None:
        """Come to the waiting screen and begin in one's own language."""
        self.page.goto(f"{self.product.origin}/kiosk/")
        self.look("attract")
        self.page.click(f'button[name="language"][value="{self.language}"]')
        self.at("/kiosk/services")

    def choose(self, item: str) -> None:
        """Choose a service, read its guide, agree to the reading of the card."""
        self.page.click(f'a[href="/kiosk/guides/{item}"]')
        self.at(f"/kiosk/guides/{item}")
        self.page.click(f'a[href="/kiosk/notice?item={item}"]')
        self.at("/kiosk/notice")
        self.send("/kiosk/notice")

    def state_purpose(self) -> None:
        """Say what the result is for, and promise to use it for nothing else."""
        self.at("/kiosk/purpose")
        self.page.locator('label:has(input[name="purpose"])').first.click()
        self.page.locator('label:has(input[name="promise"])').click()
        self.page.click('button[form="purpose"]')

    def place_card(self, card: str) -> None:
        """Place a card, wait for one's masked name, take the card away again."""
        self.at("/kiosk/card")
        self.product.reader.do("place_card", card=card)
        expect(self.page.locator("main [data-words]")).to_contain_text("***", timeout=PATIENCE_MS)
        self.look("name")
        self.product.reader.do("take_card")

    def prove(self) -> None:
        """Give the second proof by the simulated comparison."""
        self.at("/kiosk/proof")
        self.page.click('a[href="/kiosk/proof/face"]')
        self.page.click('button[name="answer"][value="same"]')
        self.at("/kiosk/decision")

    def read_why(self) -> None:
        """Look at the reasons of the decision and come back."""
        self.page.click('a[href="/kiosk/decision/reasons"]')
        self.at("/kiosk/decision/reasons")
        self.page.click('a[rel="prev"]')
        self.at("/kiosk/decision")

    def print(self) -> None:
        """Ask for the paper."""
        self.send("/kiosk/decision/print")
        self.at("/kiosk/printing")

    def see(self, selector: str, name: str) -> None:
        """Wait until the screen shows *selector*."""
        self.page.wait_for_selector(selector)
        self.look(name)

    def take_paper(self) -> None:
        """Wait for the printer's word, and say that the paper came out."""
        self.see('button[name="answer"][value="yes"]', "came-out")
        self.page.click('button[name="answer"][value="yes"]')
        self.at("/kiosk/rating")

    def rate(self, level: int) -> None:
        """Rate, which ends the visit."""
        self.page.locator(f'label:has(input[name="level"][value="{level}"])').click()
        self.look("rated")
        self.page.click('button[form="rating"]')
        self.at("/kiosk/ended")

    def skip_rating(self) -> None:
        """Leave without a rating, by one touch."""
        self.send("/kiosk/rating/skip")
        self.at("/kiosk/ended")

    def send(self, action: str) -> None:
        """Touch the button of the form that goes to *action*."""
        self.page.click(f'main form[action^="{action}"] button[type="submit"]')

    def at(self, path: str) -> None:
        """Be led to *path*, and look at it."""
        self.page.wait_for_url(re.compile(re.escape(self.product.origin + path) + r"(\?.*)?$"))
        self.look(path.removeprefix("/kiosk/").replace("/", "-"))

    def look(self, name: str) -> None:
        """Keep a picture where pictures are asked for; the page must not scroll (guide)."""
        self._steps += 1
        if os.environ.get("KIOSK_TEST_SHOTS"):
            self.page.wait_for_load_state("load")
            keep_shot(self.page, f"{self.language}-{self.format}-{self._steps:02d}-{name}")

    def stores(self) -> dict[str, int]:
        """How much the browser still holds of anything."""
        held: dict[str, int] = self.page.evaluate(
            "() => ({local: localStorage.length, session: sessionStorage.length})"
        )
        return held | {"cookies": len(self.page.context.cookies())}

    def _note(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error":
            self.errors.append(text)
