"""
A person who means to have the paper: touches again whatever the machine around him does.

Each step goes to the page where it is asked, touches what the page offers, and has been done when
the visit has gone on: as people do before a bad line, and after a power cut.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from werkzeug.test import TestResponse

from devices.simulators.sam_on_pty import SamOnPty
from tests.support.kiosk_person import Person

PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.05
_AGAIN, _YES, _NO = "/kiosk/printing/again", 'value="yes"', 'value="no"'
WAY = [
    *("services", "notice", "purpose", "card", "proof"),
    *("deciding", "decision", "printing", "rating"),
]
"""The steps of a visit, as their pages are named, in the order in which they are due."""


class Window(Protocol):
    """The browser that he stands before."""

    def get(self, path: str) -> TestResponse:
        """Go to an address."""
        ...

    def post(self, path: str, *, form: dict[str, str] | None = None) -> TestResponse:
        """Send a form."""
        ...

    def device(self, method: str, path: str, **body: Any) -> TestResponse:
        """Ask the device API as a page's script does."""
        ...


class Machine(Protocol):
    """What he stands before and what his card lies on."""

    sam: SamOnPty

    @property
    def screen(self) -> Window:
        """The browser of the moment."""
        ...

    def documents(self) -> int:
        """How many documents have ever come out whole: he can look into the tray."""
        ...


@dataclass
class Stubborn(Person):
    """A person before `machine`, who wants `item` of it for `purpose`."""

    machine: Machine = field(kw_only=True)
    item: str = "SAMPLE-ZR-01"
    purpose: str = "loan"
    looked_after: int = field(init=False)

    def __post_init__(self) -> None:
        self.looked_after = self.machine.documents()

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """The main job, step by step, from the first touch to the end."""
        notice, face = f"/kiosk/notice?item={self.item}", "/kiosk/proof/face"
        said = {"purpose": self.purpose, "promise": "yes"}
        return [
            ("start", lambda: self.persist("/kiosk/", "/kiosk/start", "services", language="zh")),
            ("notice", lambda: self.persist(notice, "/kiosk/notice", "purpose")),
            ("purpose", lambda: self.persist("/kiosk/purpose", "/kiosk/purpose", "card", **said)),
            ("card", self.lay_card),
            ("face", self.show_face),
            ("proof", lambda: self.persist(face, face, "deciding", answer="same")),
            ("decide", lambda: self.persist("/kiosk/deciding", "/kiosk/deciding", "decision")),
            ("print", lambda: self.persist("/kiosk/decision", "/kiosk/decision/print", "printing")),
            ("sheet", self.wait_for_paper),
            ("came out", self.say_it_came_out),
            ("rating", self.leave),
        ]

    def persist(self, where: str, action: str, then: str, **values: str) -> None:
        """Touch *action* on the page *where* until the visit has come to the step *then*."""

        def gone_on() -> bool:
            self.open(where)
            if self.answer.status_code == 200 and f'action="{action}' in self.answer.text:
                self.touch(action, **values)
            return self._stands_at(then) or self.has_come_to(then)

        self._until(gone_on, action)

    def has_come_to(self, step: str) -> bool:
        """Whether what is due now is *step* or a later one: a page out of its order leads there."""
        self.open("/kiosk/rating")
        return self._stands_at(step)

    def show_face(self) -> None:
        """Begin the comparison."""
        begin = "/kiosk/proof/face/begin"

        def begun() -> bool:
            self.open("/kiosk/proof/face")
            if self.answer.status_code != 200 or not self.path.startswith("/kiosk/proof/face"):
                return False
            if begin not in self.answer.text:
                return True
            self.touch(begin)
            return False

        self._until(begun, begin)

    def say_it_came_out(self) -> None:
        """Answer for the paper."""
        self.persist("/kiosk/printing", "/kiosk/printing/came-out", "rating", answer="yes")

    def lay_card(self) -> None:
        """Lay the card down as often as a page asks for it, and go on."""

        def read() -> bool:
            self.open("/kiosk/card")
            if self._stands_at("proof"):
                return True
            if self.answer.status_code == 200 and 'data-nonce="' in self.answer.text:
                self.machine.sam.module.take()
                begun = self._device("POST", "/device/v1/card-reads", json=self._wanted())
                self.machine.sam.place_card("resident-1")
                if begun is not None:
                    self._wait_for_read(str(begun["id"]))
            return False

        self._until(read, "the card")
        self.machine.sam.module.take()

    def wait_for_paper(self) -> None:
        """Wait until the page asks whether it came out; where it does not know, look and say so."""

        def asked() -> bool:
            self.open("/kiosk/printing")
            if self.answer.status_code != 200:
                return False
            if _AGAIN in self.answer.text:
                self.touch(_AGAIN)
                return False
            if _NO in self.answer.text and not self._lies_there():
                self.touch("/kiosk/printing/came-out", answer="no")
                return False
            return _YES in self.answer.text

        self._until(asked, "the paper")

    def leave(self) -> None:
        """Go without a rating, until the first page stands there for the next person."""

        def left() -> bool:
            self.open("/kiosk/rating")
            if 'action="/kiosk/rating/skip' in self.answer.text:
                self.touch("/kiosk/rating/skip")
            return "/kiosk/start" in self.open("/kiosk/").answer.text

        self._until(left, "the first page again")

    def _stands_at(self, step: str) -> bool:
        page = self.path.partition("?")[0].removeprefix("/kiosk/")
        return self.answer.status_code == 200 and page in WAY[WAY.index(step) :]

    def _lies_there(self) -> bool:
        return self.machine.documents() > self.looked_after

    def _wanted(self) -> dict[str, object]:
        return {"nonce": self.nonce(), "needs": ["name", "number", "valid_until"]}

    def _wait_for_read(self, read: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = self._device("GET", f"/device/v1/card-reads/{read}")
            if found is None or found["state"] in {"failed", "done"}:
                return
            time.sleep(_LOOK_SECONDS)

    def _device(self, method: str, path: str, **body: Any) -> dict[str, Any] | None:
        answer = self.machine.screen.device(method, path, **body)
        return answer.get_json() if answer.status_code < 400 else None

    def _until(self, reached: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            seen = f"{self.path} {self.answer.status_code}\n{_words(self.answer)}"
            assert time.monotonic() < until, f"{what} did not come about: {seen}"
            time.sleep(_LOOK_SECONDS)

    def _look(self, answer: TestResponse) -> None:
        # What the host itself says, and it says so by its status, has rules of its own.
        if answer.status_code < 500:
            super()._look(answer)


def _words(answer: TestResponse) -> str:
    seen = re.sub(r"<(svg|head)\b.*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL)
    return " ".join(seen.split())
