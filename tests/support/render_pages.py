"""
Draws kiosk pages without the server, and serves them on loopback for a browser.

The templates, words and static files are the product's own; only the view models are examples.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import kiosk_server.web
import kiosk_ui
from kiosk_server.web.messages import Argument, Messages
from kiosk_ui.pattern_book import pattern_book
from kiosk_ui.view_models import Language, Page, Reach, Screen, Size, Theme
from tests.support.kiosk_examples import examples, screen_of
from tests.support.real_words_examples import real_words

KIOSK = Path(kiosk_ui.__file__).parent
WEB = Path(kiosk_server.web.__file__).parent
STATIC = (KIOSK / "static", WEB / "static")
POLICY = (
    "default-src 'none'; script-src 'nonce-test'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)

STILL = POLICY.replace("form-action 'self'", "form-action 'none'")
"""What a page gets that is only measured: it cannot send itself away in the middle of it."""

MESSAGES = Messages([WEB / "locales", KIOSK / "locales"], strict=True)
JINJA = Environment(
    loader=FileSystemLoader([KIOSK / "templates", WEB / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
)


def words_in(language: str) -> "Words":
    """`t` of one language."""
    return Words(language)


class Words:
    """The words of one language, called like the `t` of a template."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, message_id: str, **arguments: Argument) -> str:
        return MESSAGES.text(self._language, message_id.replace("_", "-"), **arguments)


def render(page: Page) -> str:
    """The page as the browser gets it."""
    screen = page.screen
    return JINJA.get_template(page.template).render(
        page=page,
        screen=screen,
        t=words_in(screen.language.value),
        zh=words_in("zh"),
        csp_nonce=lambda: "test",
    )


def _screen_from(query: dict[str, list[str]]) -> Screen:
    def one(name: str, otherwise: str) -> str:
        return query.get(name, [otherwise])[0]

    return screen_of(
        Language(one("language", "zh")),
        Theme(one("theme", "light")),
        Size(one("size", "m")),
        Reach(one("reach", "standard")),
        float(one("mm", "4.03")),
    )


class _Handler(BaseHTTPRequestHandler):
    """
    `/page/<name>?language=…` draws an example; `/kiosk/static/now/…` the product's files.

    With `still` among the questions the page sends no form, whatever its scripts find missing.
    """

    protocol_version = "HTTP/1.1"
    quiet: ClassVar[bool] = True

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        name = address.path.removeprefix("/page/")
        screen = _screen_from(query)
        asked = address.path.startswith("/page/")
        known = examples(screen) if asked else {}
        if asked and name not in known:
            known = real_words(screen)
        if name in known:
            # A page that goes on by itself cannot be looked at: here it stands still.
            drawn = render(known[name]).replace(' data-module="carry-on"', "")
            policy = STILL if "still" in query else POLICY
            self._answer(drawn.encode(), "text/html; charset=utf-8", policy=policy)
        elif address.path == "/book":
            book = pattern_book(_screen_from(query))
            self._answer(render(book).encode(), "text/html; charset=utf-8")
        elif address.path == "/kiosk/panel.css":
            css = f":root{{--px-per-mm:{float(query['mm'][0])}}}"
            self._answer(css.encode(), "text/css")
        else:
            self._static(re.sub(r"^/kiosk/static/now/", "", address.path))

    def do_POST(self) -> None:
        """Take a form and leave the page where it is."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(204)
        self.end_headers()

    def _static(self, path: str) -> None:
        for folder in STATIC:
            file = folder / path
            if file.is_file():
                kind = "text/javascript" if file.suffix == ".mjs" else guess_type(file.name)[0]
                self._answer(file.read_bytes(), kind or "application/octet-stream", kept=True)
                return
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, body: bytes, kind: str, *, kept: bool = False, policy: str = POLICY) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "max-age=3600" if kept else "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: a test's output is its own."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the examples on a free port of loopback; gives the origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
