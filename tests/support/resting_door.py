"""A door of the smallest kind for the shell's tests: a waiting screen, a visit, and bad pages.

Every page asks the door a few times a second where to go, so that a test can send it as a person's
touch would, without a hand on the browser.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_ASKS = """<script>
setInterval(async () => {
  const left = localStorage.left || 'nothing'
  const to = await (await fetch('/order?at=' + location.pathname + '&left=' + left)).text()
  if (to) location.href = to
}, 100)
</script>"""
_PAGES: Mapping[str, str] = {
    "/kiosk/": "<title>rest</title><h1>waiting</h1>",
    "/kiosk/visit": """<title>visit</title><h1>visit</h1>
<script>localStorage.left = 'planted'; document.cookie = 'left=planted; max-age=9999'</script>""",
    "/kiosk/blank": "<title>blank</title>",
    "/kiosk/hang": """<title>hang</title><h1>hang</h1>
<script>setTimeout(() => { for (;;); })</script>""",
    "/kiosk/popup": "<title>popup</title><h1>popup</h1><script>open('/kiosk/visit')</script>",
    "/kiosk/ways": """<title>ways</title><h1>ways</h1>
<style>a, input { display: block; height: 100px; font-size: 40px }</style>
<a href="http://127.0.0.2:9/">other host</a><a target=_blank href="/kiosk/visit">window</a>
<a href="mailto:nobody@example.invalid">mail</a><a download href="/kiosk/visit">file</a>
<a href="view-source:http://127.0.0.1/">source</a><a href="file:///etc/passwd">disk</a>
<input type=file>""",
}


class RestingDoor:
    """What a test sees of the door, and where it sends the page."""

    def __init__(self) -> None:
        self.origin = ""
        self.asked: Counter[str] = Counter()
        """How often each page has asked for an order."""
        self.left: dict[str, str] = {}
        """What each page has found of earlier ones."""
        self._orders: list[str] = []

    def send_to(self, path: str) -> None:
        """Send the next page that asks to *path*, and nowhere else."""
        self._orders = [path]

    def body(self, target: str) -> str | None:
        """What a request is answered."""
        parts = urlsplit(target)
        if parts.path == "/order":
            asked = parse_qs(parts.query)
            self.asked[asked["at"][0]] += 1
            self.left[asked["at"][0]] = asked["left"][0]
            return self._orders.pop(0) if self._orders else ""
        page = _PAGES.get(parts.path)
        return None if page is None else page + _ASKS


@contextmanager
def resting_door(port: int = 0) -> Iterator[RestingDoor]:
    """Serve the pages on loopback for the length of the block."""
    door = RestingDoor()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = door.body(self.path)
            data = (body or "").encode()
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            # A browser that is killed leaves requests half read.
            return

    server = Server(("127.0.0.1", port), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    door.origin = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
