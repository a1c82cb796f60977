"""A phone before the pages of booking: of somebody proven by name, at a site with few places."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.bookings.models import Booking
from tests.support.booking import DAY, SITE, TWO_SLOTS, BookedSite
from tests.support.phone import AYGUL, NUMBER, PhoneBrowser

_SLOT = re.compile(r'name="slot_id" value="(\w+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')


@dataclass
class BookingPhone:
    """Somebody who books; forms are sent as they stand on their pages."""

    app: Flask
    site: BookedSite
    person: dict[str, str] = field(default_factory=lambda: AYGUL)
    number: str = NUMBER

    def __post_init__(self) -> None:
        self.browser = PhoneBrowser(self.app, number=self.number)
        self.browser.sign_in()
        told = {"name": self.person["name"], "identity_number": self.person["number"]}
        assert self.browser.post("/m/me/prove/name", "/m/me/prove", **told).status_code == 303

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.browser.get(path)

    def times(self, services: tuple[str, ...] = TWO_SLOTS, moves: str | None = None) -> str:
        """The address of the day's times, for some services or for a booking that is moved."""
        wish = {"moves": moves} if moves else {"services": ",".join(services)}
        return f"/m/book/time?{urlencode(wish | {'site': SITE, 'day': DAY.isoformat()})}"

    def choose(
        self, at: int = 0, services: tuple[str, ...] = TWO_SLOTS, moves: str | None = None
    ) -> TestResponse:
        """Touch the time that stands *at* this place on the page."""
        return self.send(self.form(at, services, moves), services, moves)

    def form(
        self, at: int = 0, services: tuple[str, ...] = TWO_SLOTS, moves: str | None = None
    ) -> dict[str, str]:
        """What the form of the day sends when a time is touched."""
        page = self.get(self.times(services, moves)).text
        key = _KEY.search(page)
        assert key is not None, page
        wish = {"moves": moves} if moves else {"services": ",".join(services)}
        slot_id = _SLOT.findall(page)[at]
        return {
            **wish,
            "site": SITE,
            "day": DAY.isoformat(),
            "slot_id": slot_id,
            "key": key[1],
        }

    def send(
        self,
        form: dict[str, str],
        services: tuple[str, ...] = TWO_SLOTS,
        moves: str | None = None,
    ) -> TestResponse:
        """Send what `form` gave."""
        return self.browser.post("/m/book/hold", self.times(services, moves), **form)

    def booked(self, at: int = 0, services: tuple[str, ...] = TWO_SLOTS) -> str:
        """Choose a time and say yes; return the booking's id."""
        page = self.choose(at, services).headers["Location"]
        assert self.browser.post(f"{page}/confirm", page).status_code == 303
        return page.rsplit("/", 1)[1]

    def wait(self) -> TestResponse:
        """Wait for a place on the day, which is full."""
        form = {"services": ",".join(TWO_SLOTS), "site": SITE, "day": DAY.isoformat()}
        return self.browser.post("/m/book/wait", self.times(), **form)

    def bookings(self) -> list[Booking]:
        """Everything that anybody has booked, the first one first."""
        with self.site.database.reading() as session:
            return list(session.scalars(select(Booking).order_by(Booking.id)))
