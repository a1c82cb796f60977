"""The code of arrival, made on the terminal without the line; and how seldom the key is fetched."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import zxingcpp
from flask import Blueprint
from PIL import Image, ImageDraw

from devices.api.arrival_sign import QUIET_MODULES, arrival_sign
from devices.api.own_pages import OwnPages
from devices.api.technician_routes import TechnicianPages
from devices.host.arrival_codes import arrival_code
from devices.host.check_values import ScreenRole
from devices.host.closure import ClosedFor
from devices.host.ports import LineDead, Refused
from devices.host.screen_codes import ScreenCodes, ScreenKey, code_for
from devices.host.screen_key_renewal import (
    REFUSED_EVERY_SECONDS,
    UNTOLD_EVERY_SECONDS,
    ScreenKeyRenewal,
)
from devices.host.technician_work import TechnicianWork
from kiosk_server.assets import arrival_codes as at_the_server
from tests.support.door_client import stand

NOON = datetime(2026, 11, 21, 4, 30, 20, tzinfo=UTC)
KEY = bytes(range(32))
PLACE = "https://zwfw.example.cn/staff/arrive/AT-0001"
LOOKS = ("?looks=8", "?looks=9", "?looks=-5")
GIVEN = ScreenKey(KEY, "key-one", "0a1b", PLACE)


@dataclass
class Hands:
    """The terminal's two clocks, and the server's end of the key."""

    at: datetime = NOON
    seconds: float = 0.0
    answer: ScreenKey | Refused | LineDead = GIVEN
    asked: int = 0
    screen_key_edition: str = ""

    def now(self) -> datetime:
        """The server's time as known here."""
        return self.at

    def screen_key(self) -> ScreenKey | Refused | LineDead:
        """Answer, and count."""
        self.asked += 1
        return self.answer

    def renewal(self, codes: ScreenCodes, key_id: str = "key-one") -> ScreenKeyRenewal:
        """A renewal by these hands, as a process that has just started holds it."""
        return ScreenKeyRenewal(self, codes, key_id, lambda: self.seconds)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def codes(tmp_path: Path, hands: Hands) -> ScreenCodes:
    """Codes of a terminal that was given its key."""
    made = ScreenCodes(tmp_path, hands.now)
    made.take_key(GIVEN)
    return made


@pytest.mark.policy("P53")
def test_both_ends_make_the_same_code() -> None:
    """The code is one key's and one minute's, and no code that is typed on a screen."""
    minute = int(NOON.timestamp()) // at_the_server.STEP_SECONDS
    code = arrival_code(KEY, NOON)
    assert code == at_the_server.code_at(KEY, minute)
    assert re.fullmatch("[A-Z2-7]{16}", code)
    others = {
        arrival_code(KEY, NOON + timedelta(seconds=60)),
        arrival_code(KEY[::-1], NOON),
        code_for(KEY, ScreenRole.TECHNICIAN, minute),
    }
    assert code not in others


def test_the_address_goes_on_without_the_line_and_over_a_restart(
    tmp_path: Path, codes: ScreenCodes, hands: Hands
) -> None:
    """Nothing but the key on disk is needed; a clock that is known to be broken shows nothing."""
    assert codes.arrival_address() == f"{PLACE}?code={arrival_code(KEY, NOON)}"
    hands.at += timedelta(days=30)
    again = ScreenCodes(tmp_path, hands.now)
    assert again.arrival_address() == f"{PLACE}?code={arrival_code(KEY, hands.at)}"
    hands.at = NOON - timedelta(days=900)
    assert again.arrival_address() is None


def test_without_key_or_address_nothing_is_shown(tmp_path: Path, hands: Hands) -> None:
    """A server that takes no arrivals, and a terminal that was never given a key."""
    codes = ScreenCodes(tmp_path, hands.now)
    assert codes.arrival_address() is None
    codes.take_key(ScreenKey(KEY, "key-one"))
    assert codes.arrival_address() is None


def test_a_phone_reads_the_sign() -> None:
    """The drawing, quiet zone and all, is read as the address that it was made of."""
    address = f"{PLACE}?code={arrival_code(KEY, NOON)}"
    sign = arrival_sign(address)
    picture = Image.new("L", (sign.side * 4, sign.side * 4), 255)
    pen = ImageDraw.Draw(picture)
    for found in re.finditer(r"M(\d+) (\d+)h1v1h-1z", sign.path):
        column, row = int(found[1]), int(found[2])
        assert min(column, row) >= QUIET_MODULES
        pen.rectangle((column * 4, row * 4, column * 4 + 3, row * 4 + 3), fill=0)
    assert [each.text for each in zxingcpp.read_barcodes(picture)] == [address]


def _keys(own: OwnPages) -> Blueprint:
    # Before a code is typed the pages ask nothing of the work behind them.
    return TechnicianPages(cast("TechnicianWork", None), own).blueprint()


@pytest.mark.parametrize(
    ("path", "closed"), [("/kiosk/", ClosedFor.LOCKED), ("/device/technician/", None)]
)
def test_the_sign_stands_where_a_technician_looks(path: str, closed: ClosedFor | None) -> None:
    """On the page of a terminal out of service and above the keys, and nowhere without a key."""
    found = stand(closed=lambda: closed, arrival=lambda: f"{PLACE}?code=ABC", technician=_keys)
    page = found.browser.ask("GET", path).get_data(as_text=True)
    assert f'<path d="{arrival_sign(f"{PLACE}?code=ABC").path}"/>' in page
    assert "维护人员到场扫码" in page
    bare = stand(closed=lambda: closed, technician=_keys).browser.ask("GET", path)
    assert 'class="arrival"' not in bare.get_data(as_text=True)


def test_the_key_is_fetched_once_and_then_only_for_another_edition(
    codes: ScreenCodes, hands: Hands
) -> None:
    """A day of heartbeats that name the same edition asks for nothing; another one is fetched."""
    renewal = hands.renewal(codes)
    hands.screen_key_edition = "0a1b"
    for _ in range(200):
        assert renewal.renew()
        hands.seconds += 600
    assert hands.asked == 0
    hands.screen_key_edition = "0c2d"
    hands.answer = ScreenKey(KEY[::-1], "key-one", "0c2d", PLACE)
    assert [renewal.renew(), renewal.renew()] == [True, True]
    assert hands.asked == 1
    assert codes.arrival_address() == f"{PLACE}?code={arrival_code(KEY[::-1], NOON)}"


def test_a_terminal_that_was_enrolled_anew_fetches_its_key(
    codes: ScreenCodes, hands: Hands
) -> None:
    """The key goes with the signing key: with another one the kept key is worth nothing."""
    renewal = hands.renewal(codes, "key-two")
    hands.answer = LineDead("off")
    assert not renewal.renew()
    hands.answer = ScreenKey(KEY[::-1], "key-two", "ee")
    assert renewal.renew()
    assert codes.key_id == "key-two"
    assert hands.asked == 2


def test_a_server_that_names_no_edition_is_asked_once_a_day(
    codes: ScreenCodes, hands: Hands
) -> None:
    """A key that changes at an older server is learned of within a day."""
    renewal = hands.renewal(codes)
    for _ in range(10):
        renewal.renew()
        hands.seconds += UNTOLD_EVERY_SECONDS / 9
    assert hands.asked == 1


def test_a_refusal_is_not_repeated_at_once(tmp_path: Path, hands: Hands) -> None:
    """A server that gives no key is left alone for ten minutes, and checks go on being sent."""
    hands.answer = Refused("terminal_not_found", 404)
    renewal = hands.renewal(ScreenCodes(tmp_path, hands.now))
    assert all(renewal.renew() for _ in range(5))
    assert hands.asked == 1
    hands.seconds += REFUSED_EVERY_SECONDS
    assert renewal.renew()
    assert hands.asked == 2


def test_the_page_with_the_keys_renews_the_code_and_goes_in_the_end() -> None:
    """It comes back every minute with a new code, and after ten of them makes room."""
    browser = stand(technician=_keys).browser
    targets = [
        re.search(r'content="(\d+); url=([^"]+)"', browser.ask("GET", path).text)
        for path in (f"/device/technician/{asked}" for asked in ("", *LOOKS))
    ]
    assert [found.groups() for found in targets if found] == [
        ("60", "/device/technician/?looks=1"),
        ("60", "/device/technician/?looks=9"),
        ("60", "/kiosk/"),
        ("60", "/device/technician/?looks=1"),
    ]
