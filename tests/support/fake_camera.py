"""
A browser whose camera sees what a test holds before it: pictures of other screens, as phones do.

Chromium opens the file anew each time a page opens the camera, so that one browser serves for many
pictures of one size.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import qrcode
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import COMMAND, QUIET
from tests.support.missing import need_program

SIZE = (640, 480)
_FRAMES = 4
_ROOM = 440
"""Pixels that a picture takes of the camera's 480."""


@dataclass(frozen=True)
class Camera:
    """A browser, and the file that its camera sees."""

    browser: Browser
    film: Path

    def see(self, picture: bytes) -> None:
        """Hold a picture (PNG) before the camera: what is opened from now on sees it."""
        self._take(Image.open(io.BytesIO(picture)).convert("RGB"))

    def see_code(self, text: str) -> None:
        """Hold a QR code with *text* before the camera."""
        self._take(qrcode.make(text, border=4).get_image().convert("RGB"))

    def _take(self, picture: Image.Image) -> None:
        held = Image.new("RGB", SIZE, (205, 205, 200))
        picture.thumbnail((_ROOM, _ROOM), Image.Resampling.LANCZOS)
        grown = picture.resize((_ROOM, picture.height * _ROOM // picture.width))
        held.paste(grown, ((SIZE[0] - grown.width) // 2, (SIZE[1] - grown.height) // 2))
        frame = io.BytesIO()
        held.save(frame, "JPEG", quality=92, subsampling="4:2:0")
        self.film.write_bytes(frame.getvalue() * _FRAMES)


@contextmanager
def camera(folder: Path) -> Iterator[Camera]:
    """Lend a browser with a camera for the length of the block."""
    chromium = need_program("chromium", COMMAND)
    film = folder / "film.mjpeg"
    eye = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *eye])
        lent = Camera(browser, film)
        lent.see_code("nothing yet")
        try:
            yield lent
        finally:
            browser.close()
