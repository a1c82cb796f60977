"""
`python -m devices simulate KIND`: a simulated device on its own; KIND is sam, ipp, escpos, qr,
keyboard, chip, cabinet or flatbed.

Prints one JSON line, `{"kind", "address", "control"}`, and runs until it is told to end.
"""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from devices.simulators.cabinet_board import BoardOnPty
from devices.simulators.chip_on_vpcd import ChipOnVpcd
from devices.simulators.control import Control, Verb
from devices.simulators.escpos_mouths import Mouth, PtyMouth, TcpMouth
from devices.simulators.escpos_printer import EscposPrinterSimulator
from devices.simulators.flatbed import FlatbedSimulator
from devices.simulators.ipp_printer import IppPrinterSimulator
from devices.simulators.qr_scanners import ScannerOnFifo, ScannerOnPty
from devices.simulators.sam_on_pty import SamOnPty


class Simulator(Protocol):
    """What all simulated devices have in common."""

    @property
    def address(self) -> str:
        """What a driver is given."""
        ...

    @property
    def verbs(self) -> dict[str, Verb]:
        """What the control channel may ask."""
        ...

    def state(self) -> dict[str, object]:
        """Return what a dock shows."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


def simulate(arguments: Sequence[str]) -> int:
    """Run one simulator until SIGINT or SIGTERM, or the end of standard input if so asked."""
    given = _parser().parse_args(list(arguments))
    simulator = _simulator(given)
    control = Control(simulator.verbs, simulator.state, given.control_port)
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    if given.while_stdin_open:
        threading.Thread(target=_wait_for_end_of_input, args=(ending,), daemon=True).start()
    simulator.start()
    control.start()
    words = {"kind": given.kind, "address": simulator.address, "control": control.address}
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()
    ending.wait()
    control.stop()
    simulator.stop()
    return 0


def _wait_for_end_of_input(ending: threading.Event) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    ending.set()


def _simulator(given: argparse.Namespace) -> Simulator:
    match given.kind:
        case "sam":
            return SamOnPty(baud=given.baud, link=given.link)
        case "ipp":
            return IppPrinterSimulator(
                port=given.port, seconds_per_page=given.seconds_per_page, keep_in=given.keep_in
            )
        case "qr":
            return ScannerOnPty(link=given.link)
        case "keyboard":
            return ScannerOnFifo(link=given.link)
        case "chip":
            return ChipOnVpcd(given.slot)
        case "cabinet":
            return BoardOnPty(link=given.link)
        case "flatbed":
            return FlatbedSimulator(port=given.port)
        case _:
            return EscposPrinterSimulator(
                mouth=_mouth(given.on, given.port), width_mm=given.width_mm, keep_in=given.keep_in
            )


def _mouth(where: str, port: int) -> Mouth:
    match where:
        case "serial" | "usb":
            return PtyMouth(where)
        case _:
            return TcpMouth(port)


def _parser() -> argparse.ArgumentParser:
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--control-port", type=int, default=0, help="0 takes a free one")
    every.add_argument(
        "--while-stdin-open", action="store_true", help="end when standard input ends"
    )
    printer = argparse.ArgumentParser(add_help=False)
    printer.add_argument("--port", type=int, default=0, help="0 takes a free one")
    printer.add_argument("--keep-in", type=Path, help="folder for what was printed")
    parser = argparse.ArgumentParser(prog="python -m devices simulate", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    linked = argparse.ArgumentParser(add_help=False)
    linked.add_argument("--link", type=Path, help="path that leads to the port")
    sam = kinds.add_parser("sam", parents=[every, linked], help="card reader on a pseudo-terminal")
    sam.add_argument("--baud", type=int, default=115200)
    kinds.add_parser("qr", parents=[every, linked], help="code scanner on a pseudo-terminal")
    kinds.add_parser("keyboard", parents=[every, linked], help="code scanner that types, on a FIFO")
    kinds.add_parser("cabinet", parents=[every, linked], help="relay and input board on a pty")
    chip = kinds.add_parser("chip", parents=[every], help="social-security card in a vpcd slot")
    chip.add_argument("--slot", default="127.0.0.1:35963", help="where vpcd listens")
    ipp = kinds.add_parser("ipp", parents=[every, printer], help="document printer")
    ipp.add_argument("--seconds-per-page", type=float, default=1.5)
    flatbed = kinds.add_parser("flatbed", parents=[every], help="document scanner")
    flatbed.add_argument("--port", type=int, default=0, help="0 takes a free one")
    escpos = kinds.add_parser("escpos", parents=[every, printer], help="receipt printer")
    escpos.add_argument("--on", choices=("tcp", "serial", "usb"), default="tcp")
    escpos.add_argument("--width-mm", type=int, choices=(58, 80), default=80)
    return parser
