"""Proofs set per second, against an empty page by the same typesetter."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from tempfile import NamedTemporaryFile

import typst

from kiosk_server.printing.documents.press import Press
from tests.bench.side_by_side import Measured, seconds_in_turns
from tests.support.papers import proof

PAPERS = 10


def measure() -> Iterator[Measured]:
    """Yield proofs per second of one thread, then of two against one."""
    press = Press()
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    papers = [proof(document_number=f"TEST-2026-{number:06}") for number in range(PAPERS)]
    with NamedTemporaryFile("w", suffix=".typ") as empty:
        empty.write('#set page(paper: "a4")\n1\n')
        empty.flush()
        compiler = typst.Compiler(empty.name, font_paths=fonts)
        ours, theirs = seconds_in_turns(
            lambda: [press.render(paper) for paper in papers],
            lambda: [compiler.compile(format="pdf", pdf_standards="a-2b") for _ in papers],
        )
    yield Measured(
        "A4 proofs set, one thread", PAPERS / ours, PAPERS / theirs, "/s", "an empty page by typst"
    )
    with ThreadPoolExecutor(2) as threads:
        two, one = seconds_in_turns(
            lambda: list(threads.map(press.render, papers)),
            lambda: [press.render(paper) for paper in papers],
        )
    yield Measured("A4 proofs set, two threads", PAPERS / two, PAPERS / one, "/s", "one thread")
