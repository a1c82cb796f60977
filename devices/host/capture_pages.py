"""The pages of one capture, in memory that is overwritten before it is let go."""

from dataclasses import dataclass
from enum import StrEnum

from devices.protocols.page_making import Page, turned
from devices.protocols.page_pdf import pdf_of

MOST_PAGES = 8
LARGEST_DOCUMENT_BYTES = 4 * 1024 * 1024
"""What the server takes, and ten minutes of a line of 64 kbit/s."""


class CaptureState(StrEnum):
    """Where a capture stands, in the words of the device API; `ready` waits for the person."""

    SCANNING = "scanning"
    READY = "ready"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_work(self) -> bool:
        """Whether there is something to do that no person does."""
        return self in {CaptureState.SCANNING, CaptureState.SENDING}


@dataclass(frozen=True, slots=True)
class PageSeen:
    """One page as the screen may list it: its number, how it lies, whether its edge was found."""

    number: int
    lying: bool
    cut_out: bool


class CapturedPages:
    """One capture. Not safe between threads by itself: its holder has the lock."""

    def __init__(self, id_: str, nonce: str, most_pages: int) -> None:
        self.id = id_
        self.nonce = nonce
        self.state = CaptureState.SCANNING
        self.percent = 0
        self.code: str | None = None
        self.taken: str | None = None
        self._most = min(most_pages, MOST_PAGES)
        self._pages: dict[int, Page] = {}
        self._next = 1

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    @property
    def room(self) -> int:
        """How many more may come."""
        return self._most - len(self._pages)

    def seen(self) -> tuple[PageSeen, ...]:
        """All pages, in the order in which they came."""
        return tuple(
            PageSeen(number, page.width_px > page.height_px, page.cut_out)
            for number, page in self._pages.items()
        )

    def add(self, page: Page) -> bool:
        """Keep a page; False where there is no room."""
        if self.room <= 0:
            return False
        self._pages[self._next] = page
        self._next += 1
        return True

    def preview(self, number: int) -> bytes | None:
        """A page as JPEG."""
        page = self._pages.get(number)
        return bytes(page.jpeg) if page is not None else None

    def turn(self, number: int) -> bool:
        """Turn a page while its person looks at it."""
        page = self._pages.get(number)
        if page is None or self.state is not CaptureState.READY:
            return False
        self._pages[number] = turned(page)
        page.wipe()
        return True

    def leave_out(self, number: int) -> bool:
        """Wipe a page while its person looks at it."""
        if self.state is not CaptureState.READY or number not in self._pages:
            return False
        self._pages.pop(number).wipe()
        return True

    def go_on(self, state: CaptureState) -> bool:
        """Turn to more pages or to sending, if that makes sense now."""
        possible = self.count if state is CaptureState.SENDING else self.room
        if self.state is not CaptureState.READY or possible <= 0:
            return False
        self.state, self.percent, self.code = state, 0, None
        return True

    def wait(self, code: str | None) -> None:
        """Wait for the person, who is told *code* if something went wrong."""
        if self.state.is_work:
            self.state, self.code = CaptureState.READY, code

    def document(self) -> bytearray | None:
        """The PDF, or None where it would be larger than the server takes."""
        document = pdf_of(list(self._pages.values()))
        if len(document) <= LARGEST_DOCUMENT_BYTES:
            return document
        document[:] = bytes(len(document))
        return None

    def done(self, taken: str) -> None:
        """The server has it: nothing of it stays here."""
        self.wipe()
        self.state, self.taken = CaptureState.DONE, taken

    def failed(self, code: str) -> None:
        """The server will not have it, and a new capture would need a new nonce."""
        self.wipe()
        self.state, self.code = CaptureState.FAILED, code

    def wipe(self) -> None:
        """Overwrite every page."""
        for page in self._pages.values():
            page.wipe()
        self._pages.clear()
