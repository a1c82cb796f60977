"""
A flatbed scanner without SANE: glass and lid on a loopback port, asked by `scanner_program`, which
stands where SANE's own program would.

One connection is one page: a line of JSON with the dots to the inch, answered by a line of JSON
and, where its status is 0, by a portable anymap.
"""

import json
import socketserver
import threading
from collections.abc import Callable

from PIL import Image

from devices.simulators.control import MisusedVerb, Verb
from devices.simulators.sample_pages import SamplePage, draw

_LID = (196, 196, 192)
_GLASS_MM = (216.0, 297.0)
_MM_PER_INCH = 25.4
_ASKEW_DEGREES = 3.5
# The numbers of SANE_Status.
_GOOD, _INVALID, _JAMMED, _COVER_OPEN = 0, 4, 6, 8


class FlatbedSimulator:
    """The scanner; `address` is what SANE's program would call a device name."""

    def __init__(self, port: int = 0) -> None:
        self._page: SamplePage | None = None
        self._askew = False
        self._status = _GOOD
        scanner = self

        class Scan(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for part in scanner.answer(self.rfile.readline(1000)):
                    self.wfile.write(part)

        self._server = _Server(("127.0.0.1", port), Scan)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="flatbed", daemon=True
        )

    @property
    def address(self) -> str:
        """The device name: `sim:HOST:PORT`."""
        host, port = self._server.server_address[:2]
        return f"sim:{host!s}:{port}"

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        return {
            "lay": self.lay,
            "take_away": self.take_away,
            "open_cover": self._turning(_COVER_OPEN),
            "close_cover": self._turning(_GOOD),
            "jam": self._turning(_JAMMED),
            "clear_jam": self._turning(_GOOD),
            "pull_cable": self._turning(_INVALID),
            "plug_cable": self._turning(_GOOD),
        }

    def state(self) -> dict[str, object]:
        """Return what a dock shows."""
        return {"page": self._page or "", "pages": [page.value for page in SamplePage]}

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def lay(self, page: str, *, askew: bool = True) -> None:
        """Lay a sample page onto the glass, a little askew unless told otherwise."""
        if page not in set(SamplePage):
            raise MisusedVerb(f"pages: {', '.join(SamplePage)}")
        self._page, self._askew = SamplePage(page), askew

    def take_away(self) -> None:
        """Clear the glass."""
        self._page = None

    def answer(self, line: bytes) -> list[bytes]:
        """Return the parts of the answer to one request."""
        wish = json.loads(line)
        if self._status or wish.get("only_open"):
            return [_line(status=self._status)]
        picture = self._seen(int(wish["dots_per_inch"]))
        head = f"P6\n{picture.width} {picture.height}\n255\n".encode()
        pixels = picture.tobytes()
        return [_line(status=_GOOD, length=len(head) + len(pixels)), head, pixels]

    def _turning(self, status: int) -> Callable[[], None]:
        def turn() -> None:
            self._status = status

        return turn

    def _seen(self, dots_per_inch: int) -> Image.Image:
        scale = dots_per_inch / _MM_PER_INCH
        width, height = (round(mm * scale) for mm in _GLASS_MM)
        glass = Image.new("RGB", (width, height), _LID)
        if self._page is None:
            return glass
        sheet = draw(self._page, dots_per_inch=dots_per_inch)
        mask = Image.new("L", sheet.size, 255)
        if self._askew:
            # A4 turned in the glass of A4 would lose its corners: it lies there a little smaller.
            small = round(sheet.width * 0.93), round(sheet.height * 0.93)
            how = (_ASKEW_DEGREES, Image.Resampling.BICUBIC, True)
            sheet, mask = (each.resize(small).rotate(*how) for each in (sheet, mask))
        glass.paste(sheet, (round(2 * scale), round(2 * scale)), mask)
        return glass


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


def _line(**facts: object) -> bytes:
    return json.dumps(facts).encode() + b"\n"
