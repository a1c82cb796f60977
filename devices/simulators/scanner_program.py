"""
`python -m devices.simulators.scanner_program -d sim:HOST:PORT …`: stands in for `scanimage`, with
its words, its files and its exit codes, over a simulated flatbed.
"""

import argparse
import json
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

_PATIENCE_SECONDS = 20.0
_INVALID = 4
_SENTENCES = {
    3: "Device busy",
    4: "Invalid argument",
    6: "Document feeder jammed",
    7: "Document feeder out of documents",
    8: "Scanner cover is open",
    9: "Error during device I/O",
}


def main(arguments: Sequence[str]) -> int:
    """Scan as asked and return the exit status, which is SANE's."""
    given = _parser().parse_args(list(arguments))
    status, page = _page(given.device, given.resolution, only_open=given.dont_scan)
    if status == _INVALID:
        return _fail(f"open of device {given.device} failed: {_SENTENCES[_INVALID]}", 1)
    if given.dont_scan:
        return 0
    sys.stderr.write("Scanning page 1\nProgress: 0.0%\r")
    if status:
        return _fail(f"sane_read: {_SENTENCES[status]}", status)
    path = Path(given.batch % 1)
    try:
        path.write_bytes(page)
    except OSError as fault:
        return _fail(f"could not write the page: {type(fault).__name__}", 1)
    sys.stderr.write("Progress: 100.0%\rScanned page 1. (scanner status = 5)\n")
    if given.batch_print:
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()
    sys.stderr.write("Batch terminated, 1 page scanned\n")
    return 0


def _page(device: str, dots_per_inch: int, *, only_open: bool) -> tuple[int, bytes]:
    _, host, port = device.split(":")
    try:
        with (
            socket.create_connection((host, int(port)), _PATIENCE_SECONDS) as line,
            line.makefile("rwb") as channel,
        ):
            wish = {"dots_per_inch": dots_per_inch, "only_open": only_open}
            channel.write(json.dumps(wish).encode() + b"\n")
            channel.flush()
            told = json.loads(channel.readline())
            return int(told["status"]), channel.read(int(told.get("length", 0)))
    except (OSError, ValueError):
        # Nobody there, or somebody who hung up before the first line was whole.
        return _INVALID, b""


def _fail(words: str, status: int) -> int:
    sys.stderr.write(f"scanimage: {words}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scanner_program", description=__doc__)
    parser.add_argument("-d", dest="device", required=True)
    parser.add_argument("--resolution", type=int, default=200)
    parser.add_argument("--batch", default="p%d.pnm")
    for flag in ("--dont-scan", "--batch-print", "--progress"):
        parser.add_argument(flag, action="store_true")
    for ignored in ("-x", "-y", "--mode", "--source", "--format", "--batch-count"):
        parser.add_argument(ignored)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
