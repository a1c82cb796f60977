"""The first boot, by touch: a real host with simulated devices, a real browser, a counter."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from devices.agent.first_boot import PASS_FILE
from devices.first_answers import FILE
from devices.host import acceptance
from tests.support.browser import LANDSCAPE, PATIENCE_MS, PORTRAIT, chromium, keep_shot
from tests.support.host_process import HostProcess, host_process
from tests.support.terminal_bench import CODE, Bench, bench

pytestmark = pytest.mark.browser

PANELS = [(*PORTRAIT, "portrait"), (*LANDSCAPE, "landscape")]
LANGUAGES = ["zh", "ug", "en"]


@dataclass
class Scene:
    """A terminal out of the box, and the technician's page."""

    stand: Bench
    host: HostProcess
    page: Page

    def touch(self, name: str) -> None:
        """Touch the button or link that says *name*."""
        found = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        found.or_(link).first.click()

    def type(self, text: str) -> None:
        """Type on the screen's own keys."""
        for character in text:
            self.page.locator(f'.key[value="{character}"]').click()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextmanager
def fresh_terminal(folder: Path, browser: Browser) -> Iterator[Scene]:
    """A terminal that has been told nothing but what hangs on it."""
    with bench(folder) as stand:
        told = stand.config.read_text("utf-8")
        told = re.sub(r"\[server\]\norigin = .*\n", "", told)
        stand.config.write_text("first_boot = true\n" + told, "utf-8")
        stand.counter.codes.add(CODE)
        with host_process(stand, wait_for=303) as host:
            context = browser.new_context(viewport={"width": 1080, "height": 1920})
            yield Scene(stand, host, context.new_page())
            context.close()


@pytest.fixture
def scene(tmp_path: Path, browser: Browser) -> Iterator[Scene]:
    """A terminal out of the box."""
    with fresh_terminal(tmp_path, browser) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Scene]:
    """One terminal out of the box, for looking at its questions only."""
    with fresh_terminal(tmp_path_factory.mktemp("questions"), browser) as fresh:
        yield fresh


def answer_by_touch(scene: Scene) -> None:
    """Go through language, panel, address and code as a technician does."""
    scene.page.goto(f"{scene.host.origin}/kiosk/")
    scene.touch("English")
    before = scene.page.locator(".card").bounding_box()
    scene.touch("Larger")
    after = scene.page.locator(".card").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] - before["width"] == pytest.approx(85.6 * 0.02, abs=1.0)
    scene.touch("Across")
    scene.touch("Next")
    for _ in "https://":
        scene.touch("Erase")
    scene.type(scene.stand.counter.origin)
    scene.touch("Next")
    scene.type(CODE.replace("-", ""))


def answer_quickly(scene: Scene) -> None:
    """The same answers without the many pages, up to the code in English."""
    scene.page.context.add_cookies(
        [{"name": "kiosk_language", "value": "en", "url": scene.host.origin}]
    )
    for key in [*[""] * len("https://"), *scene.stand.counter.origin]:
        scene.host.ask("POST", "/device/first-boot/address", data={"key": key})
    for key in CODE.replace("-", ""):
        scene.host.ask("POST", "/device/first-boot/code", data={"key": key})
    scene.page.goto(f"{scene.host.origin}/device/first-boot/code")


def test_a_terminal_is_set_up_by_touch_alone(scene: Scene) -> None:
    """Language, panel, address, code, trials of every device, and the sheet on paper; then the
    terminal serves, and the pages of the set-up are gone."""
    scene.stand.sam.place_card("resident-1")
    answer_by_touch(scene)
    scene.touch("Enrol")
    scene.page.wait_for_url("**/device/first-boot/trials", timeout=PATIENCE_MS)
    scene.page.get_by_role("heading", name="Try the devices").wait_for(timeout=PATIENCE_MS)
    state = scene.stand.folder / "state"
    kept = tomllib.loads((state / FILE).read_text("utf-8"))
    assert kept["server"] == {"origin": scene.stand.counter.origin}
    assert kept["model"]["px_per_mm"] == pytest.approx(4.05)
    assert kept["model"]["format"] == "landscape"
    keep_shot(scene.page, "first-boot-trials")
    for kind in ("page", "slip"):
        scene.page.locator(f'button[name="begin"][value="{kind}"]').click()
        scene.page.locator(f'button[name="good"][value="{kind}"]').click(timeout=PATIENCE_MS)
    scene.page.locator('button[name="begin"][value="card"]').click()
    scene.page.get_by_text("read, 18 digits in order").wait_for(timeout=PATIENCE_MS)
    keep_shot(scene.page, "first-boot-trials-done")
    scene.touch("Print the acceptance sheet and begin")
    scene.page.get_by_role("heading", name="The set-up is done").wait_for()
    keep_shot(scene.page, "first-boot-done")
    sheet = json.loads((state / acceptance.FILE).read_text("utf-8"))
    assert {kind: each["state"] for kind, each in sheet["results"].items()} == {
        "page": "confirmed",
        "slip": "confirmed",
        "card": "confirmed",
        "code": "absent",
    }
    counter = scene.stand.counter
    assert counter.wait_for(lambda: bool(counter.checks), 30)
    (told,) = counter.checks
    assert (told["id"], told["kind"], told["code_window"]) == (sheet["id"], "acceptance", None)
    assert {(each["device"], each["test"]): each["result"] for each in told["results"]} == {
        ("a4_printer", "page"): "pass",
        ("receipt_printer", "slip"): "pass",
        ("id_reader", "card"): "pass",
        ("qr_scanner", "code"): "skipped",
        ("screen", "ruler"): "pass",
    }
    assert not (state / PASS_FILE).exists()
    assert scene.host.ask("GET", "/device/first-boot/trials").status_code == 404
    scene.touch("To the start")
    scene.page.get_by_role("heading", name="kiosk").wait_for()


def test_trials_are_the_technicians_alone(scene: Scene) -> None:
    """A browser without the pass finds no page of the set-up once the terminal is enrolled."""
    answer_quickly(scene)
    scene.touch("Enrol")
    scene.page.get_by_role("heading", name="Try the devices").wait_for(timeout=PATIENCE_MS)
    assert scene.host.ask("GET", "/device/first-boot/trials").status_code == 404
    assert scene.host.ask("POST", "/device/first-boot/finish").status_code == 404
    stolen = {"Cookie": "kiosk_setup=guessed"}
    assert scene.host.ask("GET", "/device/first-boot/trials", headers=stolen).status_code == 404


def test_a_wrong_code_is_said_and_costs_only_the_code(scene: Scene) -> None:
    """A code that the server refuses is asked for again; the address stays."""
    scene.stand.counter.codes.clear()
    answer_quickly(scene)
    scene.touch("Enrol")
    assert "wrong, used or expired" in scene.page.locator("[role=alert]").inner_text()
    assert not (scene.stand.folder / "state" / PASS_FILE).exists()
    scene.touch("Back")
    assert scene.page.locator("output").inner_text() == scene.stand.counter.origin


def test_an_address_that_is_none_is_said(questions: Scene) -> None:
    """What cannot be an origin is not taken, and the keys are there to mend it."""
    scene = questions
    scene.page.goto(f"{scene.host.origin}/device/first-boot/address")
    scene.type("kiosk/path")
    scene.page.locator(".acts .button-main").click()
    assert scene.page.locator("[role=alert]").is_visible()
    assert scene.page.locator(".key").first.is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height", "panel"), PANELS)
def test_every_page_fits_and_can_be_touched(
    questions: Scene, language: str, width: int, height: int, panel: str
) -> None:
    """Nothing scrolls, whatever is touched is at least 15 mm high, and axe has no word."""
    scene, page = questions, questions.page
    page.set_viewport_size({"width": width, "height": height})
    page.context.add_cookies(
        [{"name": "kiosk_language", "value": language, "url": scene.host.origin}]
    )
    for step in ("", "panel", "address", "code"):
        page.goto(f"{scene.host.origin}/device/first-boot/{step}")
        keep_shot(page, f"first-boot-{step or 'language'}-{language}-{panel}")
        too_much = page.evaluate(
            "() => [document.documentElement.scrollWidth - innerWidth,"
            " document.documentElement.scrollHeight - innerHeight]"
        )
        assert max(too_much) <= 0, (step, too_much)
        heights = page.eval_on_selector_all(
            "button, .acts a", "all => all.map(each => each.getBoundingClientRect().height)"
        )
        assert min(heights) >= 15 * 4.0, step
        # Axe reads words and roles, which are the same in either format.
        found = Axe().run(page) if panel == "portrait" else None
        assert found is None or found.violations_count == 0, found.generate_report()
