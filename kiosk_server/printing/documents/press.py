"""
The press: sets a paper with typst and gives back its bytes.

Fonts are loaded once and shared; each thread has a compiler of its own, because a compiler
remembers the data of its last paper. System fonts are shut out, so the same values give the
same bytes on every machine, and a digest printed yesterday can be made again.
"""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typst

from kiosk_server.fonts import HERE, RARE_PLANES, paper_directories
from kiosk_server.printing.characters import Coverage, unprintable
from kiosk_server.printing.documents.papers import ProofPaper, Rendered
from kiosk_server.printing.documents.wording import content

_TEMPLATE = Path(__file__).with_name("proof.typ")
_SERIF = ("Noto Serif SC", "Noto Sans SC")
_SANS = ("Noto Sans SC",)
_ARABIC_SCRIPT = ("UKIJ Ekran", "UKIJ Tuz")


class CannotBeSet(Exception):
    """A paper that cannot be set whole. `missing` names the characters that no font has."""

    def __init__(self, reason: str, *, missing: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.missing = missing


class Press:
    """Turns papers into PDF/A-2b documents; one is enough for a process, from any thread."""

    def __init__(self, font_directories: Sequence[Path] = RARE_PLANES) -> None:
        """`font_directories` hold fonts beside the committed ones; absent ones do no harm."""
        folders = [str(folder) for folder in paper_directories(font_directories)]
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
        )
        own = {*_SERIF, *_SANS, *_ARABIC_SCRIPT}
        rare = tuple(sorted(family for family in self._fonts.families() if family not in own))
        self._families = {
            "serif": _SERIF + rare + _ARABIC_SCRIPT,
            "sans": _SANS + rare + _ARABIC_SCRIPT,
        }
        self._directories = tuple(font_directories)
        self._bold = Coverage.of([HERE / "NotoSerifSC-Bold.otf"])
        self._of_this_thread = threading.local()

    def render(self, paper: ProofPaper) -> Rendered:
        """`paper` as a PDF; the same paper gives the same bytes.

        Raises CannotBeSet, with the characters that no font has, rather than print boxes.
        """
        data = content(paper)
        # The bold cut knows the common characters only. A name is bold whole or not at all:
        # one thin character inside a bold name looks like a forgery.
        data["bold_name"] = not self._bold.missing(paper.holder_name)
        data["fonts"] = self._families
        missing = unprintable("".join(_texts(data)), directories=self._directories)
        if missing:
            raise CannotBeSet("no font has every character", missing=missing)
        compiler = self._compiler()
        try:
            pdf = compiler.compile(
                format="pdf",
                sys_inputs={"paper": json.dumps(data, ensure_ascii=False)},
                pdf_standards="a-2b",
                timestamp=int(paper.printed_at.timestamp()),
            )
            pages = int(compiler.query("<pages>", field="value", one=True))
        except typst.TypstError as fault:
            raise CannotBeSet(fault.message) from fault
        if not isinstance(pdf, bytes):
            raise CannotBeSet("typst gave back no document")
        return Rendered(pdf=pdf, pages=pages, digest=hashlib.sha256(pdf).hexdigest())

    def _compiler(self) -> typst.Compiler:
        compiler = getattr(self._of_this_thread, "compiler", None)
        if compiler is None:
            compiler = typst.Compiler(str(_TEMPLATE), font_paths=self._fonts)
            self._of_this_thread.compiler = compiler
        return compiler


def _texts(value: Any) -> Iterator[str]:
    """Every string inside a JSON value."""
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from _texts(part)
        case list() | tuple():
            for part in value:
                yield from _texts(part)
