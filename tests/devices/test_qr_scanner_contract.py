"""The code scanner's contract, on a serial line and as a keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.command_line import main
from devices.contracts.qr_scanner import (
    Nothing,
    Scanned,
    ScannerTrouble,
    ScanRefused,
    Unreadable,
)
from devices.contracts.states import Condition, Trouble
from devices.drivers.qr_scanner import KEPT_SECONDS, LineScanner, over_keyboard, over_serial
from devices.protocols.key_events import EVENT, Keystrokes, events_of
from devices.protocols.scan_lines import Framing
from devices.simulators.control import MisusedVerb
from devices.simulators.qr_scanners import ScannerOnFifo, ScannerOnPty
from devices.transports.keyboard import Keyboard
from devices.transports.scripted import ScriptedLine, VirtualClock

WAIT = 2.0
CODE = "https://example.invalid/v/A-001?n=1&M=x_Y"

Machine = ScannerOnPty | ScannerOnFifo
Pair = tuple[Machine, LineScanner]


def on_serial() -> Pair:
    """A scanner on a serial port, and its driver."""
    machine = ScannerOnPty()
    return machine, over_serial(machine.address)


def on_keyboard() -> Pair:
    """A scanner that types, and its driver; a FIFO cannot be grabbed."""
    machine = ScannerOnFifo()
    keyboard = Keyboard(machine.address, take=lambda _: None)
    return machine, LineScanner(keyboard, lambda: Keystrokes().feed)


@pytest.fixture(params=[on_serial, on_keyboard], ids=["serial", "keyboard"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Each kind of scanner with its driver, both listening."""
    make: Callable[[], Pair] = request.param
    machine, scanner = make()
    machine.start()
    assert scanner.status().condition is Condition.READY
    yield machine, scanner
    scanner.close()
    machine.stop()


def test_codes_come_in_the_order_in_which_they_were_shown(pair: Pair) -> None:
    """Each code is given once, then there is nothing."""
    machine, scanner = pair
    machine.scan(CODE)
    machine.scan("A-002")

    assert scanner.next_scan(WAIT) == Scanned(CODE)
    assert scanner.next_scan(WAIT) == Scanned("A-002")
    assert scanner.next_scan(0.01) == Nothing()


def test_asking_for_the_state_loses_no_code(pair: Pair) -> None:
    """A code that comes while the scanner is asked how it is waits for its reader."""
    machine, scanner = pair
    machine.scan(CODE)

    assert scanner.status().condition is Condition.READY
    assert scanner.next_scan(WAIT) == Scanned(CODE)


def test_a_code_of_the_last_visit_does_not_reach_the_next(pair: Pair) -> None:
    """What was shown before `forget` is gone, whole or begun; what comes after is read."""
    machine, scanner = pair
    machine.scan(CODE)
    scanner.status()
    machine.scan(CODE)
    machine.send(events_of("half") if isinstance(machine, ScannerOnFifo) else b"half")
    scanner.forget()
    machine.scan("A-003")

    assert scanner.next_scan(WAIT) == Scanned("A-003")


def test_half_a_code_is_refused_and_the_next_is_read(pair: Pair) -> None:
    """A scanner that stops within a code ends that code, not the service."""
    machine, scanner = pair
    machine.send(events_of("half") if isinstance(machine, ScannerOnFifo) else b"half")

    assert scanner.next_scan(0.01) == ScanRefused(Unreadable.INCOMPLETE)

    machine.scan(CODE)

    assert scanner.next_scan(WAIT) == Scanned(CODE)


def test_a_pulled_cable_is_told_and_plugged_in_again_it_scans(pair: Pair) -> None:
    """The scanner is absent while the cable is pulled and is opened again by itself."""
    machine, scanner = pair
    machine.pull_cable()

    assert isinstance(scanner.next_scan(0.01), ScannerTrouble)
    assert scanner.status().troubles == (Trouble.OFFLINE,)
    with pytest.raises(MisusedVerb):
        machine.scan(CODE)

    machine.plug_cable()

    assert scanner.status().condition is Condition.READY
    machine.scan(CODE)
    assert scanner.next_scan(WAIT) == Scanned(CODE)


def test_the_cable_may_be_pulled_at_every_byte(pair: Pair) -> None:
    """Half a code from before the break is never completed by what comes after it."""
    machine, scanner = pair
    sent = b"A-7\r" if isinstance(machine, ScannerOnPty) else events_of("7\r")
    for place in range(len(sent)):
        machine.send(sent[:place])
        scanner.status()
        machine.pull_cable()
        scanner.status()
        machine.plug_cable()
        assert scanner.status().condition is Condition.READY
        machine.scan("B-8")

        assert scanner.next_scan(WAIT) == Scanned("B-8")


def test_a_scanner_that_is_not_there_is_absent(tmp_path: Path) -> None:
    """A path without device is an absent scanner, not an error."""
    for scanner in (over_serial(str(tmp_path / "a")), over_keyboard(str(tmp_path / "b"))):
        assert scanner.status().condition is Condition.ABSENT
        assert isinstance(scanner.next_scan(0), ScannerTrouble)
        scanner.forget()
        scanner.close()


def test_a_keyboard_is_taken_for_the_host_alone() -> None:
    """The device is grabbed each time it is opened; one that another has is no scanner."""
    machine = ScannerOnFifo()
    grabbed: list[int] = []
    machine.start()
    try:
        keyboard = Keyboard(machine.address, take=grabbed.append)
        scanner = LineScanner(keyboard, lambda: Keystrokes().feed)
        scanner.status()
        scanner.close()
        scanner.status()
        scanner.close()

        assert len(grabbed) == 2
        # A FIFO knows no grab, as a device that another process has refuses it.
        assert over_keyboard(machine.address).status().condition is Condition.ABSENT
    finally:
        machine.stop()


def test_dropped_keystrokes_spoil_only_their_code() -> None:
    """When the kernel drops events the code in hand is refused and the next one is read."""
    machine, scanner = on_keyboard()
    machine.start()
    try:
        scanner.status()
        machine.send(events_of("A-") + EVENT.pack(0, 0, 0, 3, 0) + EVENT.pack(0, 0, 0, 0, 0))
        machine.scan("A-9")

        assert scanner.next_scan(WAIT) == ScanRefused(Unreadable.INCOMPLETE)
        assert scanner.next_scan(WAIT) == Scanned("A-9")
    finally:
        scanner.close()
        machine.stop()


def test_a_scanner_without_suffix_ends_a_code_by_silence() -> None:
    """Where no suffix is set, a quarter of a second of silence ends a code."""
    clock = VirtualClock()
    line = ScriptedLine([b"A-001"], clock)
    scanner = LineScanner(
        line, lambda: lambda data: [data], framing=Framing(suffix=b""), clock=clock
    )
    scanner.status()
    line.write(b"")

    assert scanner.next_scan(1.0) == Scanned("A-001")
    assert scanner.next_scan(1.0) == Nothing()
    assert clock.monotonic() < 3


def test_a_code_that_nobody_asked_for_is_not_kept() -> None:
    """What was shown and not asked for within ten seconds is gone, visit or no visit."""
    clock = VirtualClock()
    line = ScriptedLine([b"A-001\r"], clock)
    scanner = LineScanner(line, lambda: lambda data: [data], clock=clock)
    scanner.status()
    line.write(b"")
    # The scripted line brings one byte a look.
    for _ in range(len("A-001\r")):
        scanner.status()
    clock.sleep(KEPT_SECONDS + 0.1)

    assert scanner.next_scan(0) == Nothing()


def test_a_flood_of_codes_keeps_the_last_ones() -> None:
    """A scanner that nobody listens to does not fill the memory."""
    machine, scanner = on_serial()
    machine.start()
    try:
        scanner.status()
        for number in range(40):
            machine.scan(f"A-{number}")
            scanner.status()

        assert scanner.next_scan(0) == Scanned("A-24")
    finally:
        scanner.close()
        machine.stop()


def test_the_scan_command_prints_one_code(capsys: pytest.CaptureFixture[str]) -> None:
    """`scan` prints the text and nothing else, or a code and a sentence."""
    machine = ScannerOnPty()
    machine.start()
    try:
        assert main(["scan", "--port", machine.address, "--timeout", "0"]) == 1
        assert capsys.readouterr().err.startswith("no_code: ")
        machine.pull_cable()
        assert main(["scan", "--port", machine.address]) == 1
        assert capsys.readouterr().err.startswith("offline: ")
        assert main(["scan", "--keyboard", machine.address]) == 1
        assert capsys.readouterr().err.startswith("offline: ")
    finally:
        machine.stop()
