"""
A document printer on an HTTP port of its own, with the misfortunes of paper.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from devices.protocols.ipp import Malformed, decode, encode
from devices.protocols.ipp_codes import Operation
from devices.simulators.control import MisusedVerb, Verb
from devices.simulators.ipp_answers import IppAnswers
from devices.simulators.paper_path import A4, PaperPath

_LARGEST_REQUEST = 64 << 20


class IppPrinterSimulator:
    """The simulated printer; `address` is the URI that a driver is given."""

    def __init__(
        self, *, port: int = 0, seconds_per_page: float = 1.5, keep_in: Path | None = None
    ) -> None:
        self.paper = PaperPath(seconds_per_page=seconds_per_page, keep_in=keep_in)
        self._port = port
        self._keep_in = keep_in
        self._server: ThreadingHTTPServer | None = None
        self._lose_answer = False
        self._lose_request = False
        self.switch_on()
        self.answers = IppAnswers(self.paper, self.address)

    @property
    def address(self) -> str:
        """The printer's URI."""
        return f"ipp://127.0.0.1:{self._port}/ipp/print"

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        paper = self.paper
        return {
            "load_paper": lambda sheets=250: paper.set(sheets=_count(sheets)),
            "take_paper": lambda: paper.set(sheets=0),
            "open_cover": lambda: paper.set(cover_open=True),
            "close_cover": lambda: paper.set(cover_open=False),
            "jam": lambda: paper.set(jammed=True),
            "jam_next": paper.jam_next,
            "clear_jam": lambda: paper.set(jammed=False),
            "load_other_size": lambda: paper.set(medium="na_letter_8.5x11in"),
            "load_a4": lambda: paper.set(medium=A4),
            "set_envelopes": lambda sheets: paper.set(envelopes=_count(sheets)),
            "pause": lambda: paper.set(paused=True),
            "hold_next": paper.hold_next,
            "suspend_current": paper.suspend_current,
            "set_toner": lambda percent: paper.set(toner_percent=_count(percent)),
            "fill_output": lambda: paper.set(output_full=True),
            "empty_output": lambda: paper.set(output_full=False),
            "set_pace": lambda seconds: paper.set(seconds_per_page=float(seconds)),
            "be_busy": lambda: self._be_busy(busy=True),
            "be_free": lambda: self._be_busy(busy=False),
            "abort_current": paper.abort_current,
            "forget_finished": paper.forget,
            "switch_off": self.switch_off,
            "switch_on": self.switch_on,
            "lose_next_answer": self.lose_next_answer,
            "lose_next_request": self.lose_next_request,
        }

    def state(self) -> dict[str, object]:
        """Return paper, toner, covers and jobs, and where finished documents lie, if anywhere."""
        jobs = [
            {
                "id": job.number,
                "name": job.name,
                "state": job.state.name.lower(),
                "pages": job.pages,
                "pages_done": job.pages_done,
            }
            for job in self.paper.jobs()
        ]
        outputs = sorted(self._keep_in.glob("*.pdf")) if self._keep_in else []
        return {
            "on": self._server is not None,
            "busy": self.answers.busy,
            "sheets": self.paper.sheets,
            "toner_percent": self.paper.toner_percent,
            "reasons": self.paper.reasons,
            "jobs": jobs,
            "outputs": [str(path) for path in outputs],
        }

    def start(self) -> None:
        """Begin to print what comes."""
        self.paper.start()

    def stop(self) -> None:
        """End, leaving no thread and no port."""
        self.switch_off()
        self.paper.stop()

    def switch_on(self) -> None:
        """Listen, under the same address as before."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), self._handler())
            self._port = self._server.server_address[1]
            threading.Thread(
                target=self._server.serve_forever, args=(0.05,), name="ipp", daemon=True
            ).start()

    def switch_off(self) -> None:
        """Stop listening and forget all jobs, the one in hand included."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            self.paper.forget(all_jobs=True)

    def lose_next_answer(self) -> None:
        """Accept the next Print-Job and hang up without a word."""
        self._lose_answer = True

    def lose_next_request(self) -> None:
        """Hang up on the next Print-Job without accepting it."""
        self._lose_request = True

    def respond(self, body: bytes) -> bytes | None:
        """Return the answer to one request's bytes, or None to hang up."""
        try:
            question = decode(body)
        except Malformed:
            return None
        printing = question.code == Operation.PRINT_JOB
        if printing and self._lose_request:
            self._lose_request = False
            return None
        answer = encode(self.answers.answer(question))
        if printing and self._lose_answer:
            self._lose_answer = False
            return None
        return answer

    def _be_busy(self, *, busy: bool) -> None:
        self.answers.busy = busy

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        respond = self.respond

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                answer = respond(self.rfile.read(min(length, _LARGEST_REQUEST)))
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/ipp")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet: what a printer is sent is nobody's business."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise MisusedVerb("a whole number from 0 is wanted")
    return value
