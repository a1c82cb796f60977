"""A person tries to leave the terminal's page: real compositor, real Chromium, real policies."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PIL import Image

from tests.support.panel import SIZE, Panel, panel
from tests.support.resting_door import RestingDoor, resting_door

pytestmark = pytest.mark.browser

# What somebody who has plugged in a keyboard would try.
KEYS = (
    "F1 F3 F5 F6 F7 F10 F11 F12 Escape shift+Escape alt+Escape super super+l Menu Print"
    " ctrl+t ctrl+n ctrl+shift+n ctrl+w ctrl+shift+w ctrl+q ctrl+shift+q alt+F4"
    " ctrl+l alt+d ctrl+k ctrl+e ctrl+o ctrl+s ctrl+p ctrl+shift+p ctrl+u ctrl+h ctrl+j ctrl+d"
    " ctrl+f ctrl+g ctrl+shift+i ctrl+shift+j ctrl+shift+c ctrl+shift+b ctrl+shift+o ctrl+shift+a"
    " ctrl+shift+m ctrl+shift+Delete alt+f alt+e alt+Home alt+Left alt+Right ctrl+Tab ctrl+1"
    " ctrl+plus ctrl+minus ctrl+alt+F2 ctrl+alt+t ctrl+alt+Delete"
)
# Rows of the page `ways`, by what its links would open.
ROWS = {"other host": 95, "window": 195, "mail": 295, "file": 395, "source": 495, "disk": 595}
NOWHERE = (900, 700)
_BLANK = [(SIZE[0] * SIZE[1], (255, 255, 255))]


@dataclass
class Scene:
    """A person before the page `ways`; `rest` is what it looks like."""

    door: RestingDoor
    panel: Panel
    home: Image.Image
    rest: Image.Image

    def stays(self, *, seconds: float = 20.0) -> bool:
        """Whether the panel shows the page, and the page is alive, within *seconds*."""
        asked = self.door.asked["/kiosk/ways"]
        return self.panel.wait_for(
            lambda: self.panel.shows(self.rest) and self.door.asked["/kiosk/ways"] > asked,
            seconds=seconds,
        )

    def comes_home(self) -> bool:
        """Whether the panel shows the waiting screen after a while; goes on to `ways`."""
        home = self.panel.wait_for(lambda: self.panel.shows(self.home))
        enter(self.door, self.panel)
        return home and self.stays()


def enter(door: RestingDoor, shown: Panel) -> None:
    """Go to the page `ways`, with the pointer where nothing is."""
    asked = door.asked["/kiosk/ways"]

    def there() -> bool:
        return door.asked["/kiosk/ways"] > asked + 3

    for _ in range(4):
        # A page that is just being left takes its order with it: it is sent again.
        door.send_to("/kiosk/ways")
        if shown.wait_for(there, seconds=20):
            break
    assert there()
    shown.click(*NOWHERE)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """One panel for all attempts: each must leave it as it was."""
    with resting_door() as door, panel(door.origin) as shown:
        assert shown.wait_for(lambda: door.asked["/kiosk/"] > 3)
        home = shown.picture()
        enter(door, shown)
        assert shown.wait_for(lambda: shown.picture() != home)
        yield Scene(door, shown, home, shown.picture())


def test_the_page_fills_the_panel(scene: Scene) -> None:
    """No bar of the browser is there to touch: the corners are the page's own white."""
    picture = scene.panel.picture()
    corners = [(SIZE[0] - 60, 4), (SIZE[0] // 2, 4), (SIZE[0] // 2, SIZE[1] - 4)]
    assert [picture.getpixel(each) for each in corners] == [(255, 255, 255)] * 3


@pytest.mark.policy("P52")
def test_no_key_leads_out(scene: Scene) -> None:
    """After each combination the same page stands there, alive, with nothing before it."""
    led_out = []
    for keys in KEYS.split():
        scene.panel.press(keys)
        if not scene.stays():
            led_out.append(keys)
            scene.comes_home()
    assert led_out == []


@pytest.mark.parametrize("button", [2, 3])
def test_no_menu_and_no_middle_click(scene: Scene, button: int) -> None:
    """A long press or another button opens neither a menu nor a window."""
    for row in ROWS.values():
        scene.panel.click(60, row, button=button)
        assert scene.stays()


@pytest.mark.parametrize("row", ["window", "source", "disk"])
def test_a_touched_link_opens_nothing_foreign(scene: Scene, row: str) -> None:
    """Another window is closed, and a source or a disk is not shown at all."""
    scene.panel.click(60, ROWS[row])
    scene.panel.click(*NOWHERE)
    assert scene.stays(seconds=30)


@pytest.mark.parametrize("row", ["other host", "mail"])
def test_a_blocked_address_leads_home(scene: Scene, row: str) -> None:
    """The browser's own page about a blocked address stands for seconds, then the waiting
    screen."""
    scene.panel.click(60, ROWS[row])
    assert scene.comes_home()


def test_nothing_is_downloaded(scene: Scene) -> None:
    """A link that offers a file leaves none in the profile."""
    scene.panel.click(60, ROWS["file"])
    scene.panel.click(*NOWHERE)
    assert scene.stays(seconds=30)
    kept = [each for each in scene.panel.profiles.rglob("*") if "ownload" in each.name]
    assert [each for each in kept if each.is_dir() and any(each.iterdir())] == []


def test_a_dragged_link_goes_nowhere(scene: Scene) -> None:
    """Dragging a link over the page does not open it."""
    scene.panel.drag((60, ROWS["other host"]), (700, 300))
    scene.panel.click(*NOWHERE)
    assert scene.stays()


@pytest.mark.policy("P52")
def test_the_screen_is_never_black_while_browsers_change(scene: Scene) -> None:
    """After a visit the next browser takes over with the same picture; at most the browser's own
    white is seen for a moment, never black, and no bar."""
    profiles = scene.panel.profiles
    # An earlier attempt may still be followed by a change of its own.
    assert scene.panel.wait_for(lambda: len(list(profiles.glob("visit-*"))) == 1)
    enter(scene.door, scene.panel)
    assert scene.stays()
    (old,) = profiles.glob("visit-*")
    scene.door.send_to("/kiosk/")
    assert scene.panel.wait_for(lambda: scene.panel.shows(scene.home))
    strange: list[Image.Image] = []

    def taken_over() -> bool:
        seen = scene.panel.picture()
        if seen != scene.home and seen.getcolors(1) != _BLANK:
            strange.append(seen)
        return not old.exists()

    assert scene.panel.wait_for(taken_over)
    assert strange == []
    enter(scene.door, scene.panel)
    assert scene.stays()


def test_a_closed_browser_is_back_within_seconds(scene: Scene) -> None:
    """However somebody managed to close it, the waiting screen returns by itself."""
    scene.panel.kill_browser()
    assert scene.comes_home()
