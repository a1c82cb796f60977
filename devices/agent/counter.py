"""The server as the host sees it: each call of the terminal wire with its outcomes."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from devices.agent import check_wire, wire
from devices.agent.clock import ServerClock
from devices.agent.line import problem_code
from devices.agent.machine import MachineFacts
from devices.host.check_values import CheckRecord
from devices.host.command_values import CommandAnswer
from devices.host.ports import (
    Acknowledged,
    CapturedDocument,
    CaptureTaken,
    LineDead,
    PrintJob,
    PrintReport,
    ReadTaken,
    ReducedRead,
    Refused,
    Reply,
    ScanTaken,
    ScanText,
    ServerDoor,
    Want,
)
from devices.host.residue import ResidueReport
from devices.host.screen_codes import ScreenKey

_API = "/api/terminal/v1"
_Value = TypeVar("_Value")
Wants = tuple[Want, ...]


class ServerCounter:
    """Speaks the terminal wire over the line; any thread may call."""

    def __init__(
        self,
        line: ServerDoor,
        clock: ServerClock,
        terminal: str,
        *,
        machine: Callable[[], MachineFacts] | None = None,
        residue: Callable[[], ResidueReport] | None = None,
        locked: Callable[[], bool | None] = lambda: None,
    ) -> None:
        self._line = line
        self._clock = clock
        self._terminal = terminal
        self._machine = machine
        self._locked = locked
        self._residue = residue
        self._screen_key_edition = ""

    @property
    def screen_key_edition(self) -> str:
        """Which edition of the screen key the server holds, as its last answer to a heartbeat
        named it; empty where it named none."""
        return self._screen_key_edition

    def heartbeat(
        self, devices: Iterable[wire.DeviceState], *, software: str, open_jobs: int
    ) -> Wants | Refused | LineDead:
        """Say that the terminal lives and how it is; brings back what the server wants."""
        body = wire.heartbeat_body(
            devices,
            software=software,
            open_jobs=open_jobs,
            clock_offset_seconds=self._clock.offset_seconds,
            machine=self._machine() if self._machine else None,
            locked=self._locked(),
            residue=self._residue() if self._residue else None,
        )
        return self._call("POST", "/heartbeats", body, self._heard)

    def states(self, devices: Iterable[wire.DeviceState]) -> Wants | Refused | LineDead:
        """Tell at once that a device has changed."""
        return self._call("POST", "/states", wire.states_body(devices), wire.wants)

    def wants(self) -> Wants | Refused | LineDead:
        """Ask what the server wants now."""
        return self._call("GET", "/wants", None, wire.wants)

    def send_read(self, read: ReducedRead) -> ReadTaken | Refused | LineDead:
        """Hand over a reduced card read, dated by the server's time."""
        body = wire.card_read_body(read, terminal=self._terminal, read_at=self._clock.now())
        return self._call("POST", "/card-reads", body, wire.read_taken)

    def send_scan(self, scan: ScanText) -> ScanTaken | Refused | LineDead:
        """Hand over what a person showed to the scanner, dated by the server's time."""
        body = wire.scan_body(scan, terminal=self._terminal, scanned_at=self._clock.now())
        return self._call("POST", "/scans", body, lambda _: ScanTaken())

    def send_document(self, document: CapturedDocument) -> CaptureTaken | Refused | LineDead:
        """Hand over what a person laid down and accepted, dated by the server's time."""
        body = wire.capture_body(document, terminal=self._terminal, captured_at=self._clock.now())
        return self._call("POST", "/captures", body, wire.capture_taken)

    def print_job(self, job: str) -> PrintJob | Refused | LineDead:
        """Ask for the description of a print job."""
        return self._call("GET", f"/print-jobs/{job}", None, wire.print_job)

    def document(self, job: str) -> bytes | Refused | LineDead:
        """Fetch a paper into memory, as it is."""
        reply = self._line.send(
            "GET", f"{_API}/print-jobs/{job}/document", headers={"Accept-Encoding": "identity"}
        )
        match reply:
            case Reply(status=200):
                return reply.body
            case Reply():
                return Refused(problem_code(reply), reply.status)
            case LineDead():
                return reply

    def report(self, job: str, report: PrintReport) -> Acknowledged | Refused | LineDead:
        """Tell how a print job stands."""
        body = wire.report_body(report)
        return self._call("POST", f"/print-jobs/{job}/reports", body, lambda _: Acknowledged())

    def command(self, command_id: str) -> Mapping[str, object] | Refused | LineDead:
        """Fetch the envelope of a command, as it came: believing it is somebody else's matter."""
        return self._call("GET", f"/commands/{command_id}", None, wire.envelope)

    def command_keys(self) -> Mapping[str, object] | Refused | LineDead:
        """Fetch the list of keys that commands are signed with, as it came."""
        return self._call("GET", "/command-keys", None, wire.envelope)

    def answer_command(
        self, command_id: str, answer: CommandAnswer
    ) -> Acknowledged | Refused | LineDead:
        """Tell what became of a command."""
        body = wire.command_answer_body(answer)
        path = f"/commands/{command_id}/answers"
        return self._call("POST", path, body, lambda _: Acknowledged())

    def send_check(self, record: CheckRecord) -> Acknowledged | Refused | LineDead:
        """Hand over a check that was made at the machine."""
        body = check_wire.check_body(record)
        return self._call("POST", "/checks", body, lambda _: Acknowledged())

    def send_check_paper(self, check_id: str, pdf: bytes) -> Acknowledged | Refused | LineDead:
        """Hand over the paper of a check that the server has."""
        body = check_wire.check_paper_body(pdf)
        return self._call("POST", f"/checks/{check_id}/paper", body, lambda _: Acknowledged())

    def screen_key(self) -> ScreenKey | Refused | LineDead:
        """Fetch the key by which codes for the machine's screen are known."""
        return self._call("GET", "/screen-key", None, check_wire.screen_key)

    def _heard(self, answer: object) -> Wants:
        self._screen_key_edition = check_wire.screen_key_edition(answer)
        return wire.wants(answer)

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, object] | None,
        read: Callable[[object], _Value],
    ) -> _Value | Refused | LineDead:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        data = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode()
        reply = self._line.send(method, _API + path, headers=headers, body=data)
        if isinstance(reply, LineDead):
            return reply
        if reply.status // 100 != 2:
            return Refused(problem_code(reply), reply.status)
        try:
            return read(json.loads(reply.body))
        except ValueError as fault:
            # Another program's page on the server's address is no answer of the server.
            return LineDead(
                f"not the wire: {fault if isinstance(fault, wire.WireError) else 'JSON'}"
            )
