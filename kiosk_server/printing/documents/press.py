"""The press: sets a proof and gives back its bytes, their digest and the number of pages."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from kiosk_server.fonts import RARE_PLANES
from kiosk_server.printing.documents.papers import ProofPaper, Rendered
from kiosk_server.printing.documents.typesetter import CannotBeSet, Typesetter
from kiosk_server.printing.documents.wording import content

__all__ = ["CannotBeSet", "Press"]
_TEMPLATE = Path(__file__).with_name("proof.typ")


class Press:
    """Turns papers into PDF/A-2b documents; one is enough for a process, from any thread."""

    def __init__(self, font_directories: Sequence[Path] = RARE_PLANES) -> None:
        """`font_directories` hold fonts beside the committed ones; absent ones do no harm."""
        self._setter = Typesetter(_TEMPLATE, font_directories)

    def render(self, paper: ProofPaper) -> Rendered:
        """`paper` as a PDF; the same paper gives the same bytes.

        Raises CannotBeSet, with the characters that no font has, rather than print boxes.
        """
        pdf, pages = self._setter.set_pdf(
            content(paper), name=paper.holder_name, at=paper.printed_at
        )
        return Rendered(pdf=pdf, pages=pages, digest=hashlib.sha256(pdf).hexdigest())
