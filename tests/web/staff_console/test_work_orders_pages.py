"""Work orders in the console: lists, one order from opening to check, and who is refused."""

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from kiosk_server.core import clock
from kiosk_server.staff_console.work_orders import CHIPS, DEVICES, PERIODS
from kiosk_server.terminals.rules import Condition
from kiosk_server.work_orders.checklists import CHECKLISTS, checklist_for
from kiosk_server.work_orders.rules import OrderState, OrderVerb
from tests.support.ailing import Ailing
from tests.support.inspect_page import faults_of
from tests.support.staff_browser import StaffBrowser, database_of

ONE, OF_TOWN = "AT-0001", "AT-0003"
HERE = "/staff/work-orders"
ALL_WELL = {f"point.{point}": "good" for point in checklist_for("a4_printer")}


@pytest.fixture
def town(app: Flask) -> Iterator[Ailing]:
    """Two terminals of the centre and one of the township; the first has no paper."""
    begin = datetime.fromisoformat("2026-11-22T12:00:00+08:00")
    town = Ailing(database_of(app), now=begin).open(centre=2, town=1)
    town.says(ONE, Condition.NEEDS_ATTENTION, "paper_out")
    town.wait(20)
    with clock.frozen(town.now):
        yield town


@pytest.fixture
def technician(app: Flask, town: Ailing) -> StaffBrowser:
    """The technician of the city, signed in."""
    return StaffBrowser(app).sign_in("weihu")


def proper(answer: TestResponse) -> str:
    """The text of a page in which nothing is wrong."""
    assert answer.status_code == 200, answer.text
    assert faults_of(answer.text, answer.headers["Content-Security-Policy"], help_phone="") == []
    return answer.text


def opened(town: Ailing, browser: StaffBrowser) -> str:
    """Open an order for the town's alert; return its address."""
    alert = f"/staff/alerts/{town.alerts()[0].id}"
    answer = browser.post(f"{alert}/work-order", alert)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def at_work(path: str, browser: StaffBrowser) -> None:
    """Take the order, go there, and begin."""
    for verb, fields in (
        ("assign", {}),
        ("set_out", {}),
        ("arrive", {"reason": "screen_dead"}),
        ("begin", {}),
    ):
        assert browser.post(f"{path}/{verb}", path, **fields).status_code == 303


@pytest.mark.policy("P53")
def test_from_the_alert_to_done(town: Ailing, technician: StaffBrowser) -> None:
    """Each page on the way offers what can be done next, and the steps stand with a name."""
    path = opened(town, technician)
    assert "我来接" in proper(technician.get(path))
    at_work(path, technician)
    assert "手工登记：屏幕不亮" in proper(technician.get(path))
    gap = technician.post(f"{path}/finish", path, cause="supply")
    assert gap.status_code == 422
    assert gap.text.count("请选一个。") == len(ALL_WELL)
    done = technician.post(f"{path}/finish", path, cause="supply", **ALL_WELL)
    assert done.status_code == 303
    page = proper(technician.get(path))
    assert "已完工，等复核" in page
    assert "测试·维护报完工：耗材用完或装错" in page
    assert f"{path}/check" not in page
    refused = technician.post(f"{path}/check", path)
    assert refused.status_code == 403
    assert "自己修的，要别人来复核" in refused.text


def test_lists_show_and_sift(town: Ailing, technician: StaffBrowser) -> None:
    """The order stands in the lists that it belongs to, and only there; unchanged is not resent."""
    assert "没有这样的工单" in proper(technician.get(HERE))
    path = opened(town, technician)
    shown = {chip for chip in CHIPS if path in proper(technician.get(f"{HERE}?standing={chip}"))}
    assert shown == {"in_hand", "nobody"}
    assert path not in proper(technician.get(f"{HERE}?severity=urgent"))
    assert path not in proper(technician.get(f"{HERE}?site=songtake"))
    first = technician.get(HERE)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert technician.client.get(HERE, headers=tag).status_code == 304
    technician.post(f"{path}/assign", path)
    assert technician.client.get(HERE, headers=tag).status_code == 200
    assert "A4 打印机：纸用完了" in proper(technician.get(f"{HERE}/mine"))
    assert path in proper(technician.get(f"/staff/terminals/{ONE}"))


def test_second_order_is_told_why_not(town: Ailing, technician: StaffBrowser) -> None:
    """One trouble, one order: the refusal says so in words."""
    opened(town, technician)
    alert = f"/staff/alerts/{town.alerts()[0].id}"
    again = technician.post(f"{alert}/work-order", alert)
    assert again.status_code == 409
    assert "已经有在办的工单" in again.text


def test_what_was_seen_is_reported(technician: StaffBrowser) -> None:
    """A form of choices alone; a gap is named where it is."""
    form = f"/staff/terminals/{ONE}/work-order"
    proper(technician.get(form))
    gap = technician.post(form, form, device="qr_scanner")
    assert gap.status_code == 422
    assert gap.text.count("请选一个。") == 2
    sent = technician.post(form, form, device="qr_scanner", trouble="fault", severity="soon")
    assert sent.status_code == 303
    assert "扫码器：故障" in proper(technician.get(sent.headers["Location"]))


def test_another_division_knows_nothing_of_it(
    app: Flask, town: Ailing, technician: StaffBrowser
) -> None:
    """Neither the page nor a verb nor a picture: 404, and the try is audited."""
    path = opened(town, technician)
    other = StaffBrowser(app).sign_in("songtake")
    assert other.get(path).status_code == 404
    assert path not in proper(other.get(HERE))
    assert other.post(f"{path}/assign", HERE).status_code == 404
    assert other.get(f"{path}/photos/01none").status_code == 404
    form = f"/staff/terminals/{ONE}/work-order"
    assert other.post(form, HERE, device="terminal").status_code == 404


def test_who_has_no_right_opens_and_works_nothing(app: Flask, town: Ailing) -> None:
    """An administrator sees terminals, and neither opens nor takes nor checks an order."""
    technician = StaffBrowser(app).sign_in("weihu")
    path = opened(town, technician)
    other = StaffBrowser(app).sign_in("guanli")
    page = proper(other.get(path))
    assert "csrf_token" in page
    assert "/assign" not in page
    for verb in OrderVerb:
        assert other.post(f"{path}/{verb}", path).status_code == 403
    alert = f"/staff/alerts/{town.alerts()[0].id}"
    assert other.post(f"{alert}/work-order", alert).status_code == 403


def test_unknown_verbs_and_strangers_as_assignees(town: Ailing, technician: StaffBrowser) -> None:
    """What is not in the table is not found; nobody is sent who is not on a list."""
    path = opened(town, technician)
    assert technician.post(f"{path}/delete", path).status_code == 404
    assert technician.post(f"{path}/assign", path, staff="01nobody").status_code == 422
    assert technician.post(f"{path}/finish", path, cause="x").status_code in (409, 422)
    assert technician.client.post(f"{path}/assign").status_code in (400, 403)


def test_parts_and_pictures(town: Ailing, technician: StaffBrowser) -> None:
    """A part is kept with its serial; a picture is shown as JPEG and not kept by browsers."""
    path = opened(town, technician)
    at_work(path, technician)
    bad = technician.post(f"{path}/parts", path, code="id_reader", quantity="1")
    assert bad.status_code == 422
    assert "整机设备要填新序列号" in bad.text
    good = technician.post(
        f"{path}/parts", path, code="id_reader", quantity="1", serial_in="SN-778"
    )
    assert good.status_code == 303
    assert "SN-778" in proper(technician.get(path))
    assert "只拍机器" in proper(technician.get(path))
    token = re.search(r'name="csrf_token" value="([^"]+)"', technician.get(path).text)
    assert token is not None
    for data, status in ((b"%PDF-1.7", 422), (_picture(), 303)):
        sent = technician.client.post(
            f"{path}/photos",
            data={"csrf_token": token.group(1), "photo": (BytesIO(data), "IMG_1.png")},
        )
        assert sent.status_code == status
    link = re.search(rf'href="({path}/photos/[^"]+)"', proper(technician.get(path)))
    assert link is not None
    shown = technician.get(link.group(1))
    assert shown.mimetype == "image/jpeg"
    assert shown.headers["Cache-Control"] == "no-store"


def test_figures(town: Ailing, technician: StaffBrowser) -> None:
    """What is done is counted; while the alert stands it is counted as not mended."""
    assert "没有完工的工单" in proper(technician.get(f"{HERE}/figures"))
    path = opened(town, technician)
    at_work(path, technician)
    technician.post(f"{path}/finish", path, cause="supply", **ALL_WELL)
    for days in PERIODS:
        page = proper(technician.get(f"{HERE}/figures?days={days}"))
        assert "A4 打印机" in page
        assert '<dd class="is-warn">1' in page


def test_both_languages_have_every_word(town: Ailing, technician: StaffBrowser) -> None:
    """Every page of an order at work speaks English as well, and no word is missing."""
    path = opened(town, technician)
    at_work(path, technician)
    technician.post("/staff/language", "/staff/", language="en")
    for page in (path, HERE, f"{HERE}/mine", f"{HERE}/figures"):
        assert re.search(r"[Ww]ork order", proper(technician.get(page)))


def test_words_for_everything_that_can_be_chosen(app: Flask) -> None:
    """Devices, points, states: whatever the rules know has words in both languages."""
    messages = app.extensions["kiosk_messages"]
    wanted = {f"staff-work-state-{state}" for state in OrderState}
    wanted |= {f"staff-work-point-{point}" for points in CHECKLISTS.values() for point in points}
    wanted |= {f"staff-device-{device}" for device in DEVICES[1:]}
    for language in ("zh", "en"):
        missing = {each for each in wanted if not messages.knows(each.replace("_", "-"), language)}
        assert missing == set()


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "blue").save(out, "PNG")
    return out.getvalue()
