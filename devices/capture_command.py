"""
`python -m devices capture --from sane:NAME|v4l2:PATH OUT.pdf`: a document scanner used alone,
without host or server.

With --check one picture is taken and measured, and none is kept.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from devices.contracts.document_scanner import (
    Cancelled,
    DocumentScanner,
    NoDocument,
    Picture,
    Scanned,
    ScannerFailed,
)
from devices.drivers.document_camera import over_video
from devices.drivers.sane_scanner import SaneScanner
from devices.host.scanner_check import check_scanner
from devices.protocols.page_making import NoPicture, Page, make_page
from devices.protocols.page_pdf import pdf_of
from devices.settings import MEMORY_DIRECTORY

_MOST_PAGES = 99


def run(argv: Sequence[str]) -> int:
    """Scan what lies there and write it as a PDF.

    Returns 0; 1 with a code on standard error where the scanner did not do it; 2 for words that
    make no sense.
    """
    parser = _parser()
    asked = parser.parse_args(argv)
    if asked.check is (asked.out is not None):
        parser.error("either OUT.pdf or --check is wanted")
    scanner = _scanner(asked)
    if scanner is None:
        parser.error("an address looks like sane:NAME or v4l2:/dev/video0")
    try:
        return _check(scanner) if asked.check else _capture(scanner, asked)
    finally:
        scanner.close()


def _capture(scanner: DocumentScanner, asked: argparse.Namespace) -> int:
    pages: list[Page] = []

    def arrived(picture: Picture) -> None:
        pages.append(make_page(picture, colour=not asked.grey))

    try:
        end = scanner.scan(arrived, most=asked.pages)
    except NoPicture as fault:
        return _say(f"picture_unreadable: {fault}")
    match end:
        case Scanned():
            asked.out.write_bytes(pdf_of(pages))
            found = sum(page.cut_out for page in pages)
            sys.stdout.write(json.dumps({"pages": len(pages), "sheets_found": found}) + "\n")
            return 0
        case NoDocument():
            return _say("no_document: The feeder is empty.")
        case Cancelled():
            return _say("cancelled: The scan was given up.")
        case ScannerFailed(trouble=trouble, detail=detail):
            return _say(f"{trouble.value}: {detail or 'The scanner needs attention.'}")


def _check(scanner: DocumentScanner) -> int:
    status = scanner.status()
    found = check_scanner(scanner)
    told = {**status.as_json(), "picture": found.as_json()}
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return 0 if status.usable and found.code is None else 1


def _scanner(asked: argparse.Namespace) -> DocumentScanner | None:
    scheme, _, rest = str(asked.address).partition(":")
    if not rest:
        return None
    match scheme:
        case "sane":
            return SaneScanner(
                rest,
                memory=Path(MEMORY_DIRECTORY),
                program=asked.program,
                source=asked.source,
                mode=asked.mode,
                dots_per_inch=asked.dots_per_inch,
            )
        case "v4l2":
            return over_video(rest)
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices capture", description=__doc__)
    parser.add_argument("--from", dest="address", required=True, help="sane:NAME or v4l2:PATH")
    parser.add_argument("--check", action="store_true", help="take one picture and keep none")
    parser.add_argument("--grey", action="store_true", help="leave the colour out")
    parser.add_argument(
        "--pages", type=int, choices=range(1, _MOST_PAGES + 1), default=1, metavar="N"
    )
    parser.add_argument("--source", help="a feeder, in the scanner's own words")
    parser.add_argument("--mode", default="Color", help="colour, in the scanner's own words")
    parser.add_argument("--dots-per-inch", type=int, default=200, help="of a scanner")
    parser.add_argument("--program", default="scanimage", help="SANE's program")
    parser.add_argument("out", nargs="?", type=Path, metavar="OUT.pdf")
    return parser


def _say(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1
