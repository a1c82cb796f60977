"""
The typesetter: compiles one template with typst from data, with the house's fonts alone.

Fonts are loaded once and shared; each thread has a compiler of its own, because a compiler
remembers the data of its last paper. System fonts are shut out, so the same values give the
same bytes on every machine, and a digest printed yesterday can be made again.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from kiosk_server.fonts import HERE, RARE_PLANES, paper_directories
from kiosk_server.printing.characters import Coverage, unprintable

_SERIF = ("Noto Serif SC", "Noto Sans SC")
_SANS = ("Noto Sans SC",)
_ARABIC_SCRIPT = ("UKIJ Ekran", "UKIJ Tuz")


class CannotBeSet(Exception):
    """A paper that cannot be set whole. `missing` names the characters that no font has."""

    def __init__(self, reason: str, *, missing: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.missing = missing


class Typesetter:
    """Sets one template; one is enough for a process, from any thread."""

    def __init__(self, template: Path, font_directories: Sequence[Path] = RARE_PLANES) -> None:
        """`font_directories` hold fonts beside the committed ones; absent ones do no harm."""
        self._template = template
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

    def set_pdf(self, data: Mapping[str, Any], *, name: str, at: datetime) -> tuple[bytes, int]:
        """A PDF/A-2b of `data` and its number of pages; the same values give the same bytes.

        `name` is set bold whole or not at all: one thin character inside a bold name looks like
        a forgery. Raises CannotBeSet, with the characters that no font has, rather than print
        boxes.
        """
        compiler, inputs = self._compiler(), self._inputs(data, name)
        try:
            pdf = compiler.compile(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards="a-2b",
                timestamp=int(at.timestamp()),
            )
            pages = int(compiler.query("<pages>", field="value", one=True))
        except typst.TypstError as fault:
            raise CannotBeSet(fault.message) from fault
        if not isinstance(pdf, bytes):
            raise CannotBeSet("typst gave back no document")
        return pdf, pages

    def set_png(self, data: Mapping[str, Any], *, name: str, dots_per_inch: int) -> bytes:
        """The first page of `data` as a PNG. Raises CannotBeSet as `set_pdf` does."""
        compiler, inputs = self._compiler(), self._inputs(data, name)
        try:
            made = compiler.compile(format="png", sys_inputs=inputs, ppi=float(dots_per_inch))
        except typst.TypstError as fault:
            raise CannotBeSet(fault.message) from fault
        first = made[0] if isinstance(made, list) else made
        if not isinstance(first, bytes):
            raise CannotBeSet("typst gave back no picture")
        return first

    def _inputs(self, data: Mapping[str, Any], name: str) -> dict[str, str]:
        # The bold cut knows the common characters only.
        whole = {**data, "bold_name": not self._bold.missing(name), "fonts": self._families}
        missing = unprintable("".join(_texts(whole)), directories=self._directories)
        if missing:
            raise CannotBeSet("no font has every character", missing=missing)
        return {"paper": json.dumps(whole, ensure_ascii=False)}

    def _compiler(self) -> typst.Compiler:
        compiler = getattr(self._of_this_thread, "compiler", None)
        if compiler is None:
            compiler = typst.Compiler(str(self._template), font_paths=self._fonts)
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
