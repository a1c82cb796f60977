"""Whether a visit is under way, told from the traffic of the door alone."""

from dataclasses import dataclass, field

import pytest

from devices.host.ports import Reply
from devices.host.visit_watch import LONGEST_SILENCE_SECONDS, VisitWatch

GIVEN = "kiosk_visit=abc; HttpOnly; Path=/kiosk/; SameSite=Strict"
TAKEN = "kiosk_visit=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/kiosk/"


@dataclass
class Watched:
    """A watch with a clock of its own, and what it told."""

    time: float = 1000.0
    told: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visits = VisitWatch(self.told.append, now=lambda: self.time)

    def pass_page(self, cookies: str = "", *set_cookies: str) -> None:
        """One page through the door."""
        with self.visits.page(cookies):
            pass
        self.visits.answered(Reply(200, tuple(("Set-Cookie", each) for each in set_cookies), b""))


def test_a_visit_lasts_from_its_cookie_to_its_end() -> None:
    """The cookie's gift begins a visit, its removal ends it, and each is told once."""
    door = Watched()
    door.pass_page("kiosk_language=zh")
    assert not door.visits.under_way
    door.pass_page("", GIVEN)
    door.pass_page("a=1; kiosk_visit=abc")
    assert door.visits.under_way
    door.pass_page("kiosk_visit=abc", TAKEN)
    assert not door.visits.under_way
    assert door.told == [True, False]


def test_a_host_that_was_started_anew_knows_a_visit_by_its_cookie() -> None:
    """The first page that shows a secret is a visit under way; other cookies are none."""
    door = Watched()
    door.pass_page("other_kiosk_visit=1; kiosk_visit=")
    assert not door.visits.under_way
    door.pass_page("kiosk_visit=abc")
    assert door.visits.under_way


def test_a_visit_that_nobody_attends_is_over() -> None:
    """After the server's longest patience a visit counts as ended, and that is told too."""
    door = Watched()
    door.pass_page("", GIVEN)
    door.time += LONGEST_SILENCE_SECONDS - 1
    assert door.visits.under_way
    door.time += 1
    assert not door.visits.under_way
    assert door.told == [True, False]


@pytest.mark.parametrize("cookies", ["", "kiosk_visit=abc"])
def test_a_page_that_waits_is_known(cookies: str) -> None:
    """While a page waits for the server, others can leave it the line."""
    visits = VisitWatch()
    assert visits.silent_seconds() == float("inf")
    with visits.page(cookies), visits.page(cookies):
        assert visits.asking
    assert not visits.asking
    assert visits.silent_seconds() < 60
