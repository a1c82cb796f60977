"""
The terminal's commands: `run` and `enrol` for the daemon, `read-card`, `read-chip`, `print`,
`resume`, `slip`, `scan` and `capture` for one device alone, `simulate` for the far end of a wire,
`prompts` for recordings.

Results go to standard output, a code and a sentence to standard error. Exit status 0 is done, 1
a device that did not do it, 2 a command that makes no sense.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from devices import single_device

# Loaded only when called: one device alone needs neither the web host nor the simulators.
_ELSEWHERE = {
    "run": ("devices.run_command", "run"),
    "enrol": ("devices.agent.command", "enrol"),
    "await-quiet": ("devices.shell.quiet", "run"),
    "screen": ("devices.shell.screen", "run"),
    "simulate": ("devices.simulators.command", "simulate"),
    "prompts": ("devices.prompts_command", "run"),
    "residue": ("devices.residue_command", "run"),
    "capture": ("devices.capture_command", "run"),
}


def main(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit status."""
    if arguments and arguments[0] in _ELSEWHERE:
        module, name = _ELSEWHERE[arguments[0]]
        command: Callable[[list[str]], int | None] = getattr(import_module(module), name)
        return command(list(arguments[1:])) or 0
    given = _parser().parse_args(list(arguments))
    act: Callable[[argparse.Namespace], single_device.Outcome] = given.act
    match act(given):
        case single_device.Done(result):
            if result:
                print(result)
            return 0
        case single_device.Failed(code, sentence):
            print(f"{code}: {sentence}", file=sys.stderr)
            return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devices", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, purpose in (
        ("run", "run the device host of this terminal"),
        ("enrol", "exchange an enrolment code for a key of this terminal"),
        ("await-quiet", "wait until nobody has been at the terminal for a minute"),
        ("screen", "keep the screen's browser well and fresh"),
        ("simulate", "play a device: sam, ipp, escpos, qr, keyboard, chip…"),
        ("prompts", "list and check the sentences that the terminal says"),
        ("residue", "what past visits left on this terminal; wipe it"),
        ("capture", "scan a document, write it as a PDF"),
    ):
        commands.add_parser(name, help=purpose)
    _add_read_card(commands.add_parser("read-card", help="read one ID card, print it as JSON"))
    _add_print(commands.add_parser("print", help="print a PDF and wait until it is out"))
    _add_resume(commands.add_parser("resume", help="let a paused printer and held jobs go on"))
    _add_slip(commands.add_parser("slip", help="print a text file, any script, as a slip"))
    _add_scan(commands.add_parser("scan", help="wait for one code, print its text"))
    _add_read_chip(commands.add_parser("read-chip", help="read one chip card, print it as JSON"))
    return parser


def _add_read_chip(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reader", default="", help="part of the PC/SC reader's name")
    command.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for a card")
    command.set_defaults(
        act=lambda given: single_device.read_chip(
            single_device.pcsc_slot(given.reader), given.timeout
        )
    )


def _add_scan(command: argparse.ArgumentParser) -> None:
    where = command.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", help="serial port, such as /dev/kiosk/qrscan")
    where.add_argument("--keyboard", help="input device, such as /dev/input/event5")
    command.add_argument("--baud", type=int, default=9600)
    command.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for a code")
    command.set_defaults(act=_scan)


def _scan(given: argparse.Namespace) -> single_device.Outcome:
    if given.port:
        scanner = single_device.serial_scanner(given.port, given.baud)
    else:
        scanner = single_device.keyboard_scanner(given.keyboard)
    return single_device.scan_code(scanner, given.timeout)


def _add_read_card(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", required=True, help="serial port, such as /dev/ttyUSB0")
    command.add_argument("--baud", type=int, default=115200)
    command.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for a card")
    command.set_defaults(
        act=lambda given: single_device.read_card(given.port, given.baud, given.timeout)
    )


def _add_print(command: argparse.ArgumentParser) -> None:
    command.add_argument("--to", required=True, help="such as ipp://HOST:PORT/ipp/print")
    command.add_argument("--timeout", type=float, default=300.0, help="seconds to wait for paper")
    command.add_argument("file", type=Path)
    command.set_defaults(
        act=lambda given: single_device.print_document(given.to, given.file, given.timeout)
    )


def _add_resume(command: argparse.ArgumentParser) -> None:
    command.add_argument("--to", required=True, help="such as ipp://HOST:PORT/ipp/print")
    command.set_defaults(act=lambda given: single_device.resume_printer(given.to))


def _add_slip(command: argparse.ArgumentParser) -> None:
    command.add_argument("--to", required=True, help="tcp://HOST:9100, serial:/dev/… or usb:/dev/…")
    command.add_argument("--width", type=int, choices=(58, 80), default=80, help="millimetres")
    command.add_argument("file", type=Path)
    command.set_defaults(
        act=lambda given: single_device.print_slip(given.to, given.file, given.width)
    )
