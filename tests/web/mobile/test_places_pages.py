"""Where to go: open to everybody, what is true now, and nobody's own place asked for."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

import mobile_api
from kiosk_server.audit.services import SYSTEM
from kiosk_server.bookings.life import Channel
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.places.hours import DayKind, DayTold, Interval
from kiosk_server.places.rules import Access
from kiosk_server.places.site_hours import ClosedFor, close, set_day
from kiosk_server.queue.services import take_ticket
from kiosk_server.terminals.models import DeviceState, Terminal
from mobile_api.web.looks import OFFERED
from tests.support.counter import OTHER_TERMINAL, SITE, TERMINAL, Counter
from tests.support.inspect_page import inspect
from tests.support.missing import need_program
from tests.unit.places.test_shapes import folder_of, square

OPEN = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""A Monday, 12:00 in Beijing."""
NIGHT = datetime(2026, 11, 23, 19, tzinfo=UTC)
PLACE = f"/m/places/{SITE}"
MODULE = Path(mobile_api.__file__).parent / "static/scripts/place-distance.mjs"


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """It is Monday noon."""
    with clock.frozen(OPEN):
        yield


@pytest.fixture
def town(app: Flask) -> Database:
    """The sample sites, and two terminals at the centre, the second one in a bank's hall."""
    database: Database = app.extensions["kiosk_database"]
    Counter(database, app.extensions["kiosk_settings"]).open()
    with database.unit_of_work() as session:
        session.execute(
            update(Terminal)
            .where(Terminal.id == OTHER_TERMINAL)
            .values(host_place_id="sample-bank", site_id="xingfulu", place="大厅")
        )
        session.execute(update(DeviceState).values(reported_at=OPEN, since=OPEN))
    return database


@pytest.mark.policy("P46", "P55")
@pytest.mark.parametrize("language", OFFERED)
def test_the_list_is_whole_without_a_map_or_a_sign_in(
    town: Database, client: FlaskClient, language: str
) -> None:
    """Every site by its own name, open or not, what it takes, its terminals; in every language."""
    client.set_cookie("m_look", f"{language}.m.light", path="/m")
    answer = client.get("/m/places")
    inspect(answer)
    assert answer.text.count('href="/m/places/') == 13
    assert "<svg class=" in answer.text
    assert "m-map" not in answer.text
    level = {"zh": "政务服务中心", "ug": "مۇلازىمەت مەركىزى", "en": "Government Services Centre"}
    one = client.get(PLACE)
    inspect(one)
    assert level[language] in one.text


@pytest.mark.policy("P46")
def test_open_now_and_next_follow_the_hours_and_what_stands_against_them(
    town: Database, client: FlaskClient
) -> None:
    """Open until lunch; at night the next morning; a closing counts at once, and says why."""
    assert "现在开门" in client.get(PLACE).text
    assert "14:00 关门" in client.get(PLACE).text
    with clock.frozen(NIGHT):
        shut = client.get(PLACE).text
        assert "现在不开门" in shut
        assert "11月24日 星期二" in shut
    with town.unit_of_work() as session:
        told = DayTold(date(2026, 11, 28), DayKind.MORE, ((time(10), time(13)),))
        set_day(session, SITE, told, by=SYSTEM)
        closing = Interval(OPEN - timedelta(hours=1), OPEN + timedelta(hours=3))
        close(session, SITE, closing, ClosedFor.POWER, by=SYSTEM)
    now = client.get(PLACE).text
    assert "现在不开门" in now
    assert "临时关闭 · 停电" in now
    assert "延时服务" in now


@pytest.mark.policy("P46")
def test_each_terminal_says_what_it_can_finish_now(town: Database, client: FlaskClient) -> None:
    """The one without paper can do nothing on paper; the one in a bank stands in the bank."""
    assert "1 台自助机，1 台现在能办事" in client.get("/m/places").text
    bank = client.get("/m/places/xingfulu").text
    assert "示例银行网点" in bank
    assert "现在能自己办" in bank
    with town.unit_of_work() as session:
        session.execute(
            update(DeviceState)
            .where(DeviceState.terminal_id == TERMINAL, DeviceState.kind == "a4_printer")
            .values(condition="needs_attention", troubles=["paper_out"])
        )
    assert "1 台自助机，0 台现在能办事" in client.get("/m/places").text
    assert "现在不能用，请到窗口" in client.get(PLACE).text


@pytest.mark.policy("P46")
def test_the_wait_is_told_by_group_while_it_is_open(town: Database, client: FlaskClient) -> None:
    """Who waits now, as a range; nothing is said of a queue that stands still for the night."""
    assert "社会保险：现在没有人等" in client.get(PLACE).text
    with town.unit_of_work() as session:
        for _ in range(3):
            take_ticket(session, SITE, "social-insurance", channel=Channel.COUNTER, by=SYSTEM)
    assert re.search("社会保险：3 人在等，约 [0-9]+—[0-9]+ 分钟", client.get(PLACE).text)
    with clock.frozen(NIGHT):
        assert "社会保险：" not in client.get(PLACE).text


@pytest.mark.policy("P46")
def test_programs_are_told_the_same(town: Database, client: FlaskClient) -> None:
    """Position, wait, access and what terminals can finish stand in the API's list of sites."""
    with town.unit_of_work() as session:
        take_ticket(session, SITE, "general", channel=Channel.COUNTER, by=SYSTEM)
    sites = client.get("/api/mobile/v1/sites").get_json()["items"]
    (centre,) = [site for site in sites if site["id"] == SITE]
    assert centre["position"] == {"latitude": 39.712, "longitude": 76.168, "sample": True}
    assert {wait["group"]: wait["waiting"] for wait in centre["waits"]}["general"] == 1
    assert centre["access"][0] == "step_free"
    (terminal,) = centre["terminals"]
    assert (terminal["host"], len(terminal["can_finish"])) == (None, 4)
    (bank,) = [site for site in sites if site["id"] == "xingfulu"]
    assert bank["terminals"][0]["host"] == "示例银行网点"
    assert bank["access"] is None


def test_the_way_in_is_told_where_it_is_known(town: Database, client: FlaskClient) -> None:
    """The centre says what it has; of another site nothing is known, and nothing is said."""
    assert "门口没有台阶" in client.get(PLACE).text
    assert "无障碍" not in client.get("/m/places/xingfulu").text
    for each in Access:
        for language in OFFERED:
            words = (MODULE.parents[2] / "locales" / language / "places.ftl").read_text("utf-8")
            assert f"m-access-{each.value.replace('_', '-')} =" in words


def test_a_place_that_is_none_is_not_found(town: Database, client: FlaskClient) -> None:
    """In the phone's own words."""
    answer = client.get("/m/places/nowhere")
    assert answer.status_code == 404
    inspect(answer)


@pytest.mark.policy("P46")
def test_a_map_is_drawn_from_shapes_that_were_given(
    town: Database, app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    """Paths, and a numbered point for each site inside, that leads to it; the list stays whole."""
    folder = folder_of(tmp_path, square("653001", 76, 39.5))
    app.extensions["kiosk_settings"] = replace(app.extensions["kiosk_settings"], map_shapes=folder)
    answer = client.get("/m/places")
    inspect(answer)
    assert answer.text.count('class="m-map-area"') == 1
    assert answer.text.count('class="m-map-point') > 5
    assert answer.text.count("data-away hidden") == 13


def test_a_broken_shape_takes_nobodys_list_away(
    town: Database, app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    """The page shows the list alone."""
    (tmp_path / "x.geojson").write_text("{", "utf-8")
    app.extensions["kiosk_settings"] = replace(
        app.extensions["kiosk_settings"], map_shapes=tmp_path
    )
    answer = client.get("/m/places")
    assert answer.status_code == 200
    assert "m-map-area" not in answer.text


@pytest.mark.policy("P39")
def test_only_a_page_with_a_list_may_ask_the_phone_where_it_is(
    town: Database, client: FlaskClient
) -> None:
    """The browser's leave is for the list; what it then knows, no address and no form takes."""
    listed = client.get("/m/places")
    assert "geolocation=(self)" in listed.headers["Permissions-Policy"]
    assert "geolocation=()" in client.get(PLACE).headers["Permissions-Policy"]
    assert "不会发给我们" in listed.text
    assert "<form" not in listed.text
    script = MODULE.read_text("utf-8")
    assert not re.search(r"fetch|XMLHttp|sendBeacon|WebSocket|\blocation\.|Storage|cookie", script)


def test_a_distance_is_that_of_the_great_circle() -> None:
    """The phone's own reckoning: Kashgar to Ürümqi, and two digits at most."""
    node = need_program("node", "apt-get install -y nodejs")
    program = f"""import {{ kilometres, rounded }} from {json.dumps(str(MODULE))};
const one = {{ latitude: 39.47, longitude: 75.99 }};
const other = {{ latitude: 43.83, longitude: 87.62 }};
console.log(Math.round(kilometres(one, other)), kilometres(one, one));
console.log(rounded(3.14), rounded(41.7));"""
    said = subprocess.run(
        [node, "--input-type=module", "-e", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert said.stdout.split() == ["1080", "0", "3.1", "42"]


@pytest.mark.policy("P28")
@pytest.mark.parametrize(
    ("language", "site", "words"),
    [
        ("zh", SITE, "由市里的部门在这里办理和决定"),
        ("zh", "songtake", "委托受理"),
        ("ug", "sample-village-1", "بۇ يەر ياردەملىشىدۇ"),
        ("en", "songtake", "委托受理"),
    ],
)
def test_a_place_says_who_decides(
    town: Database, client: FlaskClient, language: str, site: str, words: str
) -> None:
    """The city's centre decides; a township takes in for it; a village helps and hands on."""
    client.set_cookie("m_look", f"{language}.m.light", path="/m")
    answer = client.get(f"/m/places/{site}")
    inspect(answer)
    assert words in answer.text
