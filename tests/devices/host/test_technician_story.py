"""A technician at a machine without a line: a real host, simulated devices, a real browser."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from devices.api.technician_texts import OFFERED, TECHNICIAN
from devices.host.check_values import ScreenRole
from devices.host.screen_codes import FILE, WINDOW_SECONDS, code_for
from tests.support.browser import LANDSCAPE, PATIENCE_MS, PORTRAIT, chromium, keep_shot
from tests.support.counter_server import Page as Answer
from tests.support.host_process import HostProcess, host_process
from tests.support.terminal_bench import Bench, bench

PLACE = "/device/technician/"
# The pages sign out by themselves, and say so.
_RULES = {"rules": {"meta-refresh": {"enabled": False}}}
PANELS = [(*PORTRAIT, "portrait"), (*LANDSCAPE, "landscape")]


@dataclass
class Scene:
    """A terminal in service, the key for codes on it."""

    stand: Bench
    host: HostProcess

    def code(self, role: ScreenRole = ScreenRole.TECHNICIAN, *, windows_ago: int = 0) -> str:
        """The code that the console would show."""
        window = int(self.stand.counter.now()) // WINDOW_SECONDS - windows_ago
        return code_for(self.stand.counter.screen_key, role, window)

    def type(self, code: str) -> requests.Response:
        """Type a code on the screen's keys and enter it."""
        for digit in code:
            self.host.ask("POST", f"{PLACE}key", data={"key": digit})
        return self.host.ask("POST", f"{PLACE}enter")

    def cut_the_line(self, *, cut: bool = True) -> None:
        """Cut the line, or mend it."""
        wish = "line-cut" if cut else "line-mended"
        answer = self.host.ask("POST", "/dock/do", data={"deed": wish})
        assert answer.status_code < 400, answer.text

    def kinds_told(self) -> list[str]:
        """The kinds of the checks that the server has, in the order of their arrival."""
        return [each["kind"] for each in self.stand.counter.checks]


@contextmanager
def in_service(folder: Path) -> Iterator[Scene]:
    """A terminal that was given its key."""
    with bench(folder) as stand:
        stand.enrol()
        with host_process(stand) as host:
            until = time.monotonic() + 20
            while not (folder / "state" / FILE).exists() and time.monotonic() < until:
                time.sleep(0.05)
            yield Scene(stand, host)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One terminal for all attacks; each leaves it as it found it."""
    with in_service(tmp_path_factory.mktemp("terminal")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def touch(page: Page, name: str) -> None:
    """Touch the button or link that says *name*."""
    button = page.get_by_role("button", name=name, exact=True)
    button.or_(page.get_by_role("link", name=name, exact=True)).first.click()


@pytest.mark.browser
@pytest.mark.policy("P53")
def test_a_technician_works_without_the_line_and_the_server_learns_of_it(
    tmp_path: Path, browser: Browser
) -> None:
    """The line is dead: code, paper with its page, self-test, away; the line returns, and the
    server has all of it in order, once each."""
    with in_service(tmp_path) as scene:
        scene.stand.sam.place_card("resident-1")
        scene.cut_the_line()
        context = browser.new_context(viewport={"width": 1080, "height": 1920}, locale="en-GB")
        page = context.new_page()
        page.goto(f"{scene.host.origin}{PLACE}")
        for digit in scene.code():
            page.locator(f'.key[value="{digit}"]').click()
        touch(page, "Enter")
        assert scene.host.ask("GET", "/kiosk/").status_code == 503
        touch(page, "Load A4 paper")
        touch(page, "250 sheets")
        page.get_by_role("button", name="Right", exact=True).click(timeout=PATIENCE_MS)
        page.get_by_role("status").filter(has_text="Kept").wait_for()
        touch(page, "Self-test")
        assert "阿依古丽" not in _tested(page)
        touch(page, "Keep the results")
        touch(page, "Readiness report")
        touch(page, "Make and print")
        page.get_by_text("Printed and kept.").wait_for(timeout=PATIENCE_MS)
        assert "Ready to serve." in page.inner_text("main")
        touch(page, "Back")
        touch(page, "Leave, and serve again")
        context.close()
        assert scene.kinds_told() == []
        scene.cut_the_line(cut=False)
        told = scene.stand.counter
        assert told.wait_for(lambda: len(told.check_papers) == 1, 30)
    assert scene.kinds_told() == ["technician_entry", "paper_loaded", "self_test", "readiness"]
    _is_the_report(told.check_papers[told.checks[3]["id"]], tmp_path)
    loaded, tested = told.checks[1]["results"], told.checks[2]["results"]
    assert (loaded[0]["device"], loaded[0]["result"], loaded[0]["measured"]) == (
        "a4_printer", "pass", 250.0,
    )  # fmt: skip
    found = {(each["device"], each["test"]): (each["result"], each["code"]) for each in tested}
    absent = {("qr_scanner", "code"), ("card_slot", "chip"), ("document_scanner", "picture"),
              ("speaker", "voice"), ("cabinet", "lamps"), ("cabinet", "contacts")}  # fmt: skip
    assert {each for each, how in found.items() if how == ("skipped", "not_fitted")} == absent
    failed = {each: how for each, how in found.items() if how[0] == "fail"}
    assert failed == dict.fromkeys(
        [("line", "round_trip"), ("line", "rate")], ("fail", "line_dead")
    )
    assert sum(how == ("pass", None) for how in found.values()) == 10


def _is_the_report(pdf: bytes, folder: Path) -> None:
    """The server has what lies on the terminal, and its words can be selected."""
    (kept,) = (folder / "state" / "readiness").glob("*.pdf")
    assert kept.read_bytes() == pdf
    with pdfium.PdfDocument(pdf) as document:
        words = document[0].get_textpage().get_text_range()
    for word in ("开机就绪报告", "就绪 READY", "AT-0001", "SAM: ", "断 dead", "合格 passed"):
        assert word in words


def _tested(page: Page) -> str:
    """Do what the pages lead to until nothing is left; returns the page's text at the end."""
    while page.locator(".now").count():
        test = page.inner_text(".now h2")
        touch(page, "Test")
        if test == "Touch":
            page.locator(".cell input").evaluate_all("cells => cells.forEach(c => c.click())")
            touch(page, "All touched")
        page.locator(".now [role=status]").wait_for(state="detached")
        right = page.locator(".now").get_by_role("button", name="Right", exact=True)
        if right.count():
            right.click()
        keep_shot(page, f"technician-after-{test}")
    return page.inner_text("main")


@pytest.mark.browser
def test_what_no_finger_reached_is_shown(scene: Scene, browser: Browser) -> None:
    """Cells that were left alone are dead zones: the test fails, and a picture shows where."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 1024}, locale="zh-CN", has_touch=True
    )
    cookie = _cookie(scene)
    secret = cookie["Cookie"].partition("=")[2]
    context.add_cookies([{"name": "kiosk_technician", "value": secret, "url": scene.host.origin}])
    page = context.new_page()
    page.goto(f"{scene.host.origin}{PLACE}touch")
    cells = page.locator(".cell")
    assert cells.count() == 58
    box = page.locator(".cells").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 1280, "height": 1024}
    cells.first.tap()
    assert page.locator(".cell :checked").count() == 1
    page.locator(".cell input").evaluate_all("all => all.slice(1, -2).forEach(c => c.click())")
    touch(page, TECHNICIAN["zh"]["touch_done"])
    page.locator(".trial-failed").wait_for()
    assert page.locator(".dead rect").evaluate_all(
        "all => all.map(c => [c.x.baseVal.value, c.y.baseVal.value])"
    ) == [[4, 9], [5, 9]]
    assert "dead_zones" in page.locator(".trial-failed").inner_text()
    context.close()
    scene.host.ask("POST", f"{PLACE}leave", headers=cookie)


def test_wrong_and_ended_codes_are_refused(scene: Scene) -> None:
    """Digits at random, last week's code, another terminal's: the keypad again, and no cookie."""
    other = code_for(bytes(32), ScreenRole.TECHNICIAN, int(time.time()) // WINDOW_SECONDS)
    for code in ("00000000", scene.code(windows_ago=84), other, ""):
        answer = scene.type(code)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert TECHNICIAN["zh"]["wrong"] in answer.text
    assert scene.type(scene.code()).status_code == 303
    assert scene.host.ask("GET", f"{PLACE}home").headers["Location"] == PLACE


def test_a_keeper_loads_paper_and_tests_nothing(scene: Scene) -> None:
    """His code opens paper and the daily check; the self-test and its report send him back."""
    cookie = _cookie(scene, ScreenRole.KEEPER)
    for path in ("home", "paper/a4_printer", "paper/receipt_printer", "daily"):
        assert scene.host.ask("GET", PLACE + path, headers=cookie).status_code == 200
    for method, path in (
        ("GET", "tests"),
        ("POST", "tests"),
        ("POST", "report"),
        ("POST", "ready"),
    ):
        answer = scene.host.ask(method, PLACE + path, headers=cookie)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PLACE}home")
    for point in re.findall(r'name="good" value="(\w+)"', _get(scene, "daily", cookie)):
        scene.host.ask("POST", f"{PLACE}daily", headers=cookie, data={"good": point})
    done = scene.host.ask("POST", f"{PLACE}daily/done", headers=cookie)
    assert done.headers["Location"] == f"{PLACE}home?done=daily"
    counter = scene.stand.counter
    assert counter.wait_for(lambda: "daily_check" in scene.kinds_told(), 20)
    (told,) = [each for each in counter.checks if each["kind"] == "daily_check"]
    assert (told["by"], len(told["results"])) == ("keeper", 7)
    scene.host.ask("POST", f"{PLACE}leave", headers=cookie)


def test_nobody_s_visit_is_cut_short_unasked(scene: Scene) -> None:
    """With a visit under way the pages show that alone; ended there, its cookie goes with it."""
    visit = ("Set-Cookie", "kiosk_visit=secret; Path=/kiosk/")
    html = ("Content-Type", "text/html; charset=utf-8")
    scene.stand.counter.pages["/kiosk/start"] = Answer(headers=(html, visit))
    scene.host.ask("GET", "/kiosk/start")
    cookie = _cookie(scene)
    for path in ("home", "tests", "daily"):
        answer = scene.host.ask("GET", PLACE + path, headers=cookie)
        assert answer.headers["Location"] == f"{PLACE}visit"
    assert scene.host.ask("GET", "/kiosk/").status_code == 200
    ended = scene.host.ask("POST", f"{PLACE}visit", headers=cookie)
    assert re.search(r"kiosk_visit=;.*Path=/kiosk/", ended.headers["Set-Cookie"])
    assert scene.host.ask("GET", f"{PLACE}home", headers=cookie).status_code == 200
    assert scene.host.ask("GET", "/kiosk/").status_code == 503
    scene.host.ask("POST", f"{PLACE}leave", headers=cookie)
    assert scene.host.ask("GET", "/kiosk/").status_code == 200


def test_another_origin_and_the_signing_door_lead_nowhere(scene: Scene) -> None:
    """A foreign page cannot type; the door to the server does not lead to these pages."""
    for origin in ("http://evil.test", "null"):
        answer = scene.host.ask(
            "POST", f"{PLACE}key", headers={"Origin": origin}, data={"key": "1"}
        )
        assert answer.status_code == 403
    unnamed = requests.post(f"{scene.host.origin}{PLACE}key", data={"key": "1"}, timeout=60)
    assert unnamed.status_code == 403
    before = len(scene.stand.counter.asked)
    for path in ("/kiosk/../device/technician/", "/kiosk/%2e%2e/device/technician/home"):
        raw = requests.Request("GET", scene.host.origin).prepare()
        raw.url = scene.host.origin + path
        with requests.Session() as session:
            answer = session.send(raw, timeout=10, allow_redirects=False)
        assert TECHNICIAN["zh"]["home"] not in answer.text
    asked = scene.stand.counter.asked[before:]
    assert not [each for each in asked if "technician" in each.url]


@pytest.mark.browser
@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize(("width", "height", "panel"), PANELS)
def test_the_pages_fit_and_can_be_read(
    scene: Scene, browser: Browser, language: str, width: int, height: int, panel: str
) -> None:
    """No page is wider than the panel, what is touched is large, and axe finds nothing."""
    context = browser.new_context(viewport={"width": width, "height": height})
    secret = _cookie(scene)["Cookie"].partition("=")[2]
    given = {"kiosk_language": language, "kiosk_technician": secret}
    context.add_cookies(
        [{"name": name, "value": v, "url": scene.host.origin} for name, v in given.items()]
    )
    page = context.new_page()
    for path in ("", "home", "tests", "touch", "ready", "paper/a4_printer",
                 "paper/receipt_printer", "daily", "visit"):  # fmt: skip
        page.goto(f"{scene.host.origin}{PLACE}{path}")
        keep_shot(page, f"technician-{path.replace('/', '-') or 'code'}-{language}-{panel}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main a')]"
            ".filter(each => each.getBoundingClientRect().height < 44).length"
        )
        assert small == 0, path
        if panel == "portrait":
            # Across, the same page stands in other places; what axe reads is the same.
            found = Axe().run(page, options=_RULES)
            assert found.violations_count == 0, (path, found.generate_report())
    context.close()
    scene.host.ask("POST", f"{PLACE}leave", headers={"Cookie": f"kiosk_technician={secret}"})


def _cookie(scene: Scene, role: ScreenRole = ScreenRole.TECHNICIAN) -> dict[str, str]:
    answer = scene.type(scene.code(role))
    assert answer.status_code == 303, answer.text
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


def _get(scene: Scene, path: str, headers: dict[str, str]) -> str:
    return scene.host.ask("GET", PLACE + path, headers=headers).text
