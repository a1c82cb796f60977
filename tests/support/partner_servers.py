"""One partner on loopback for a block: a free port, a thread, a handler that knows its service."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PartnerHandler(BaseHTTPRequestHandler):
    """What the handlers of all partners share: bodies read, answers with a length, silence."""

    protocol_version = "HTTP/1.1"

    def body(self) -> bytes:
        """Return what was sent."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def say(self, body: bytes, *, status: int = 200) -> None:
        """Answer with *body*."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """Say nothing and close: whoever asked cannot know what became of it."""
        self.close_connection = True

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def listening(handler: type[PartnerHandler]) -> Iterator[str]:
    """Serve on a free port of loopback while the block runs; yield the origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
