"""The week of slots in the console: seen, previewed, saved, copied; and the green channel."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kiosk_server.bookings.models import Booking
from kiosk_server.bookings.priorities import priority_groups, priority_of
from kiosk_server.bookings.templates import week_of
from kiosk_server.core import clock
from tests.support.booking import DAY, GROUP, NOON, SITE, BookedSite
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of, seed

HERE = f"/staff/sites/{SITE}/slots"
GREEN = f"/staff/sites/{SITE}/green"
ADDED = {
    "edit": "set",
    "group": GROUP,
    "weekdays": "3",
    "opens": "11:00",
    "closes": "12:00",
    "minutes": "15",
    "capacity": "4",
    "walk_in": "2",
}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is Monday noon in Beijing."""
    with clock.frozen(NOON):
        yield


@pytest.fixture
def site(app: Flask) -> BookedSite:
    """Two slots of a Wednesday, one place in each of them to be booked."""
    seed(app)
    return BookedSite.open(database_of(app))


@pytest.fixture
def clerk(app: Flask, site: BookedSite) -> StaffBrowser:
    """A clerk of the city, signed in."""
    return StaffBrowser(app).sign_in("chuangkou")


def proper(answer: TestResponse, status: int = 200) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert faults_of(answer.text, policy, help_phone="") == []
    return answer.text


def carried(page: str) -> dict[str, str]:
    """What a preview hands over to saving."""
    return {"looked_at": page.split('name="looked_at" value="')[1].split('"', maxsplit=1)[0]}


def drafts(site: BookedSite) -> int:
    with site.database.reading() as session:
        return len(week_of(session, SITE))


def test_a_time_is_added_after_its_effects_were_seen(clerk: StaffBrowser, site: BookedSite) -> None:
    """The preview changes nothing; saving makes the slots at once, and twice the same is once."""
    assert "10:00–10:30" in proper(clerk.get(HERE))
    preview = proper(clerk.post(f"{HERE}/preview", HERE, **ADDED))
    assert "没有人失去位置" in preview
    assert (drafts(site), len(site.slots())) == (1, 2)
    for _again in range(2):
        saved = clerk.post(HERE, HERE, **ADDED, **carried(preview))
        assert saved.status_code == 303
    assert (drafts(site), len(site.slots())) == (2, 6)
    assert "已保存" in proper(clerk.get(f"{HERE}?saved=yes&told=0"))


def test_a_time_that_goes_says_who_loses_his_place(clerk: StaffBrowser, site: BookedSite) -> None:
    """The preview counts the bookings; saving ends them and says how many were told."""
    held = site.hold(1)
    gone = {"edit": "remove", "group": GROUP, "weekday": "3", "opens": "10:00"}
    assert "删去这一段" in proper(clerk.get(f"{HERE}?group={GROUP}&weekday=3&opens=10:00"))
    preview = proper(clerk.post(f"{HERE}/preview", HERE, **gone))
    assert "1 个预约会失去位置" in preview
    assert "2026-11-25" in preview
    saved = clerk.post(HERE, HERE, **gone, **carried(preview))
    assert saved.location.endswith("told=1")
    with site.database.reading() as session:
        assert session.get_one(Booking, held.id).state == "cancelled"


def test_what_overlaps_or_was_changed_meanwhile_is_not_saved(
    clerk: StaffBrowser, site: BookedSite
) -> None:
    """A fault stands at its field; a week that another changed is shown as it is now."""
    wrong = clerk.post(f"{HERE}/preview", HERE, **{**ADDED, "opens": "10:15"})
    assert "重叠" in proper(wrong, 422)
    wrong = clerk.post(f"{HERE}/preview", HERE, **{**ADDED, "walk_in": "0"})
    assert "至少给现场留一个" in proper(wrong, 422)
    stale = clerk.post(HERE, HERE, **ADDED, looked_at="older")
    assert "别人刚改过" in proper(stale, 409)
    assert drafts(site) == 1


def test_days_and_weeks_are_copied(clerk: StaffBrowser, site: BookedSite) -> None:
    """A day is copied to another; a week from a site that has one."""
    asked = {"edit": "copy_day", "weekday": "3", "weekdays": "4"}
    preview = proper(clerk.post(f"{HERE}/preview", HERE, **asked))
    assert clerk.post(HERE, HERE, **asked, **carried(preview)).status_code == 303
    assert drafts(site) == 2
    empty = clerk.post(f"{HERE}/preview", HERE, edit="copy_week", from_site="songtake-centre")
    assert empty.status_code == 422


def test_another_divisions_week_is_not_there(app: Flask, site: BookedSite) -> None:
    """A clerk of a township neither sees nor changes the week of the city."""
    other = StaffBrowser(app).sign_in("songtake")
    assert other.get(HERE).status_code == 404
    assert other.get(GREEN).status_code == 404
    assert other.post(HERE, "/staff/bookings", **ADDED).status_code == 404


@pytest.mark.policy("P41")
def test_the_green_channel_of_a_site(clerk: StaffBrowser, site: BookedSite) -> None:
    """Places opened for a day stand in its slots at once; a group is added and let go again."""
    assert "军人" in proper(clerk.get(GREEN))
    asked = {"group": GROUP, "day": DAY.isoformat(), "reason": "emergency", "places": "2"}
    opened = clerk.post(f"{GREEN}/places", GREEN, **asked, opens="10:00", closes="10:15")
    assert opened.status_code == 303
    assert [slot.capacity for slot in site.slots()] == [4, 2]
    page = proper(clerk.get(GREEN))
    end = page.split("/green/places/")[1].split("/end")[0]
    assert clerk.post(f"{GREEN}/places/{end}/end", GREEN).status_code == 303
    assert [slot.capacity for slot in site.slots()] == [2, 2]
    wrong = clerk.post(f"{GREEN}/places", GREEN, **asked, opens="12:00", closes="10:15")
    assert "先开后关" in proper(wrong, 422)
    names = {"zh": "退役军人", "ug": "پېنسىيەگە چىققان ھەربىي", "en": "Veterans"}
    assert clerk.post(f"{GREEN}/groups", GREEN, **names).status_code == 303
    assert clerk.post(f"{GREEN}/groups", GREEN, **names).status_code == 422
    with site.database.reading() as session:
        added = priority_groups(session, SITE)[-1]
        assert (added.names["en"], priority_of(session, SITE, added.code)) == ("Veterans", "other")
    assert "退役军人" in proper(clerk.get(GREEN))
    assert clerk.post(f"{GREEN}/groups/{added.code}/end", GREEN).status_code == 303
    with site.database.reading() as session:
        assert len(priority_groups(session, SITE)) == 5
