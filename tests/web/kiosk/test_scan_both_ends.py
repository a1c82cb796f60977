"""A slip before the scanner, all the way: serial line, driver, host, signature, server, page."""

import re
import threading
from collections.abc import Iterator, Mapping

import pytest

from devices.agent.clock import ServerClock
from devices.agent.counter import ServerCounter
from devices.agent.identity import Identity
from devices.agent.signing import Signer
from devices.drivers.qr_scanner import over_serial
from devices.host.code_scanning import CodeScanning, ScanProgress, ScanState
from devices.host.events import Event, EventBus, EventKind
from devices.host.ports import LineDead, Reply
from devices.simulators.qr_scanners import ScannerOnPty
from tests.support.kiosk_person import AYGUL, Person, ready_terminal
from tests.support.terminal_client import SignedTerminal, machine_time, origin_of

SCANNER = {"kind": "qr_scanner", "condition": "ready", "troubles": [], "details": {}}


class SignedLine:
    """The host's line to a server that lives in this process: its own signature on every call."""

    def __init__(self, terminal: SignedTerminal) -> None:
        self._terminal = terminal
        identity = Identity(
            terminal=terminal.id,
            key_id=terminal.key_id,
            server_origin=origin_of(terminal.app),
            site_name="",
            site_place="",
            private_key=terminal.key,
        )
        self._signer = Signer(identity, ServerClock(machine_time))

    def send(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply | LineDead:
        url = origin_of(self._terminal.app) + target
        signed = {**headers, **self._signer.headers(method, url, body)}
        answer = self._terminal.send_as(method, target, body, signed)
        return Reply(answer.status_code, tuple(answer.headers), answer.data)


@pytest.fixture
def scanner() -> Iterator[ScannerOnPty]:
    far = ScannerOnPty()
    far.start()
    yield far
    far.stop()


@pytest.fixture
def listening(
    person: Person, scanner: ScannerOnPty
) -> Iterator[tuple[CodeScanning, Iterator[Event | None]]]:
    """The host's scanning over the real driver and the real wire."""
    bus, near = EventBus(), over_serial(scanner.address)
    counter = ServerCounter(
        SignedLine(person.terminal), ServerClock(machine_time), person.terminal.id
    )
    scanning = CodeScanning(near, counter, bus)
    thread = threading.Thread(target=scanning.run)
    thread.start()
    yield scanning, bus.listen(beat_seconds=5)
    scanning.stop()
    thread.join(5)
    near.close()


def slip_of(holder: Person) -> str:
    """Somebody's paper jams, and what the QR code of his slip holds."""
    holder.start().agree("SAMPLE-RS-01").place_card(AYGUL).prove_by_face()
    holder.touch("/kiosk/decision/print")
    job = next(want["job"] for want in holder.wants() if want["kind"] == "print_a4")
    holder.report(job, 1, "not_printed", trouble="jam")
    holder.open("/kiosk/printing").touch("/kiosk/printing/code").touch("/kiosk/printing/code-slip")
    slip = next(want["job"] for want in holder.wants() if want["kind"] == "print_slip")
    described = holder.terminal.get(f"/api/terminal/v1/print-jobs/{slip}/document").get_json(
        force=True
    )
    holder.report(slip, 1, "printed", pages_done=1)
    holder.touch("/kiosk/end")
    return str(next(each["text"] for each in described["blocks"] if each["type"] == "qr"))


def test_a_printed_slip_is_scanned(
    person: Person,
    scanner: ScannerOnPty,
    listening: tuple[CodeScanning, Iterator[Event | None]],
) -> None:
    """The code that our own slip bears, before our own scanner, asks for its holder's card; the
    page had the nonce and never the code.
    """
    code = slip_of(person)
    ready_terminal(person.terminal, [SCANNER])
    person.start().open("/kiosk/reprint")
    found = re.search(r'data-nonce="([^"]+)"', person.answer.text)
    assert found
    assert code not in person.answer.text
    scanning, told = listening
    scan = scanning.ask(found.group(1))
    assert next(told) == Event(EventKind.SCAN, {"state": "waiting"})
    scanner.scan(code)
    for state in (ScanState.WAITING, ScanState.SENDING):
        scanning.progress_past(scan, state, wait_seconds=8)
    assert scanning.progress(scan) == ScanProgress(ScanState.DONE)
    person.open("/kiosk/notice").touch("/kiosk/notice")
    assert person.path == "/kiosk/card"
