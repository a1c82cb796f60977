"""
A person at a terminal, without a browser: reads pages, touches their forms, places a card.

The terminal signs each call as the device host does; what a page posts is what its HTML says, and
every page that is fetched is inspected.
"""

import hashlib
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from werkzeug.test import TestResponse

from tests.support.inspect_page import PageRead, inspect
from tests.support.terminal_client import API, SignedTerminal

READY = (
    {"kind": "id_reader", "condition": "ready", "troubles": [], "details": {}},
    {"kind": "a4_printer", "condition": "ready", "troubles": [], "details": {}},
    {"kind": "receipt_printer", "condition": "ready", "troubles": [], "details": {}},
)
SAM = "05010020201130123456789012345678"
AYGUL = {"name": "阿依古丽·测试", "number": "653001199003070022", "valid_until": "2040-01-01"}
MEMET = {"name": "测试·买买提", "number": "65300119850615002X", "valid_until": "2035-06-20"}
EXPIRED = {"name": "测试·帕提古丽", "number": "653001197808120040", "valid_until": "2025-08-12"}
_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
_FIELD = re.compile(r"<(?:input|button)\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def ready_terminal(terminal: SignedTerminal, devices: object = READY) -> SignedTerminal:
    """Let *terminal* say how its devices are."""
    answer = terminal.post(f"{API}/states", json_body={"version": 1, "devices": devices})
    assert answer.status_code == 200, answer.text
    return terminal


@dataclass
class Person:
    """One person before one terminal; `page` is what the screen shows."""

    terminal: SignedTerminal
    page: PageRead = field(init=False)
    answer: TestResponse = field(init=False)
    path: str = ""

    def open(self, path: str) -> "Person":
        """Go to *path* and follow where it leads."""
        return self._follow(self.terminal.get(path), path)

    def touch(self, action: str, **values: str) -> "Person":
        """Send the form whose address begins with *action*, with *values* beside its own."""
        address, own = self.form(action)
        return self._follow(self.terminal.post(address, form={**own, **values}), address)

    def form(self, action: str) -> tuple[str, dict[str, str]]:
        """The address and the hidden fields of a form on the page."""
        for form in _FORM.findall(self.answer.text):
            attributes = dict(_ATTRIBUTE.findall(form[: form.index(">")]))
            address = unescape(attributes.get("action", ""))
            if attributes.get("method") == "post" and address.startswith(action):
                fields = [dict(_ATTRIBUTE.findall(tag)) for tag in _FIELD.findall(form)]
                hidden = {
                    each["name"]: unescape(each.get("value", ""))
                    for each in fields
                    if each.get("type") == "hidden"
                }
                return address, hidden
        raise AssertionError(f"{self.path} has no form for {action}: {self.page.actions}")

    def start(self, language: str = "zh") -> "Person":
        """Begin a visit in *language*."""
        return self.open("/kiosk/").touch("/kiosk/start", language=language)

    def agree(self, item: str) -> "Person":
        """Read the guide and the notice of *item*, and agree."""
        self.open(f"/kiosk/guides/{item}")
        return self.open(f"/kiosk/notice?item={item}").touch("/kiosk/notice")

    def nonce(self) -> str:
        """The server's nonce on the card page."""
        found = re.search(r'data-nonce="([^"]+)"', self.answer.text)
        assert found, f"no nonce on {self.path}"
        return found.group(1)

    def read_card(self, card: dict[str, str], *, kind: str = "resident") -> TestResponse:
        """Let the host send the card that was asked for by the page."""
        return self.terminal.post(
            f"{API}/card-reads",
            json_body={
                "version": 1,
                "nonce": self.nonce(),
                "kind": kind,
                "fields": card,
                "sam_id": SAM,
                "terminal": self.terminal.id,
                "read_at": "2026-11-21T19:03:12Z",
            },
        )

    def place_card(self, card: dict[str, str]) -> "Person":
        """Place a card that is taken, and go on as the page's script does."""
        taken = self.read_card(card)
        assert taken.status_code == 201, taken.text
        return self.open("/kiosk/card/read")

    def prove_by_face(self) -> "Person":
        """Give the second proof by the simulated comparison, and let the case be decided."""
        self.open("/kiosk/proof/face").touch("/kiosk/proof/face/begin")
        return self.touch("/kiosk/proof/face", answer="same").touch("/kiosk/deciding")

    def wants(self) -> list[dict[str, str]]:
        """What the server wants of the terminal."""
        wants: list[dict[str, str]] = self.terminal.get(f"{API}/wants").get_json()["wants"]
        return wants

    def document(self, job: str) -> bytes:
        """The document of *job*, whose digest the terminal checks."""
        told = self.terminal.get(f"{API}/print-jobs/{job}").get_json()
        data: bytes = self.terminal.get(f"{API}/print-jobs/{job}/document").data
        assert hashlib.sha256(data).hexdigest() == told["digest"]
        return data

    def report(self, job: str, sequence: int, state: str, **values: Any) -> TestResponse:
        """Let the terminal say how *job* goes."""
        body = {"version": 1, "sequence": sequence, "state": state, "trouble": None}
        body |= {"pages_done": 0, "at": "2026-11-21T19:05:00Z", **values}
        return self.terminal.post(f"{API}/print-jobs/{job}/reports", json_body=body)

    def print_whole(self, *, after: int = 0) -> str:
        """Let the terminal print the wanted sheet, *after* so many reports; return the job's id."""
        job = next(want["job"] for want in self.wants() if want["kind"] == "print_a4")
        pages = self.terminal.get(f"{API}/print-jobs/{job}").get_json()["pages"]
        for sequence, state in enumerate(("taken", "printing", "printed"), after + 1):
            done = pages if state == "printed" else 0
            assert self.report(job, sequence, state, pages_done=done).status_code == 200
        return job

    def _follow(self, answer: TestResponse, path: str) -> "Person":
        hops = 0
        while answer.status_code in (302, 303) and hops < 6:
            path = urljoin(path, answer.headers["Location"])
            parts = urlsplit(path)
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            answer, hops = self.terminal.get(path), hops + 1
        self.answer, self.path = answer, path
        if answer.mimetype == "text/html":
            self._look(answer)
        return self

    def _look(self, answer: TestResponse) -> None:
        self.page = inspect(answer)
