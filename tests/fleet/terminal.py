"""One terminal of a fleet: its own key, the real signer and the real wire, and what it has said."""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.agent import wire
from devices.agent.clock import SERVER_TIME_HEADER, ServerClock
from devices.agent.identity import Identity, public_bytes
from devices.agent.signing import Signer
from devices.contracts.states import Condition, DeviceKind, DeviceStatus, Trouble
from tests.fleet.ledger import CLOCK_SKEW, Ledger, Word
from tests.fleet.ledger import Trouble as Told
from tests.fleet.script import Turn

API = "/api/terminal/v1"
SOFTWARE = "0.1.0"
OFF_SECONDS = 300.0
LATE_SECONDS = 90.0
_PRINTER, _READER = DeviceKind.A4_PRINTER, DeviceKind.ID_READER
_SAID: dict[Turn, tuple[DeviceKind, DeviceStatus, Told]] = {
    Turn.PAPER_OUT: (_PRINTER, DeviceStatus.of([Trouble.PAPER_OUT]), ("a4_printer", "paper_out")),
    Turn.JAM: (_PRINTER, DeviceStatus.of([Trouble.JAM]), ("a4_printer", "jam")),
    Turn.PAPER_LOW: (_PRINTER, DeviceStatus.of([Trouble.PAPER_LOW]), ("a4_printer", "paper_low")),
    Turn.READER_LOST: (_READER, DeviceStatus(Condition.ABSENT), ("id_reader", "absent")),
}


@dataclass(frozen=True)
class Request:
    """What goes over the wire, signed."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    server_time: str | None
    body: bytes


Send = Callable[[Request], Answer]


@dataclass
class Tally:
    """What all terminals met, counted; any thread may add."""

    heard: int = 0
    refused: int = 0
    refusals_meant: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class FleetTerminal:
    """
    A machine that says how it is. One thread at a time speaks for it.

    *now* is the fleet's clock in seconds, *send* the line, *origin* what its signatures name.
    """

    origin: str
    now: Callable[[], float]
    send: Send
    tally: Tally
    ledger: Ledger = field(default_factory=Ledger)
    turn: Turn = Turn.WELL
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    id: str = ""
    _skew_told: bool = False

    def __post_init__(self) -> None:
        self._clock = ServerClock(self._machine_time)

    def enrol(self, code: str) -> None:
        """Offer *code*; the terminal has a number and a key id afterwards."""
        shown = base64.b64encode(public_bytes(self.key)).decode()
        body = json.dumps(wire.enrolment_body(code, shown, "fleet")).encode()
        headers = {"Content-Type": "application/json"}
        sent = self.now()
        answer = self.send(Request("POST", f"{API}/enrolments", headers, body))
        # The server's first word of it: silence counts from here.
        self.ledger.words.append(Word(sent, self.now(), frozenset()))
        assert answer.status == 201, f"not enrolled: {answer.status} {answer.body!r}"
        given = wire.enrolment(json.loads(answer.body))
        self.id = given.terminal
        identity = Identity(given.terminal, given.key_id, self.origin, "", "", self.key)
        self._signer = Signer(identity, self._clock)
        slow = ServerClock(lambda: self._machine_time() - LATE_SECONDS)
        self._slow_signer = Signer(identity, slow)

    def take(self, turn: Turn) -> None:
        """Be so from now on, and say it as a host does: devices at once, all else as heartbeat."""
        if turn is Turn.REPLAYED:
            self._repeat_itself()
            return
        if turn is Turn.LATE:
            self._expect_refusal(self._signed(self._slow_signer, "/heartbeats", self._heartbeat()))
            return
        before, self.turn = self.turn, turn
        if turn is Turn.AWAY:
            return
        if before in _SAID or turn in _SAID:
            self._say("/states", wire.states_body(self._devices()))
        else:
            self.beat()

    def beat(self) -> None:
        """Say a whole heartbeat, unless it is away."""
        if self.turn is not Turn.AWAY:
            self._skew_told = self.turn is Turn.SKEWED
            # What is signed by a clock that is off is refused first; the answer puts it right.
            if abs(self._clock.offset_seconds + self._off()) > LATE_SECONDS:
                self._heal()
            self._say("/heartbeats", self._heartbeat())

    def _heal(self) -> None:
        answer = self._expect_refusal(self._signed(self._signer, "/heartbeats", self._heartbeat()))
        self._clock.heal(answer.server_time)

    def _say(self, path: str, body: dict[str, object]) -> Answer:
        request = self._signed(self._signer, path, body)
        sent = self.now()
        answer = self._sent(request)
        if answer.status == 200:
            self.ledger.words.append(Word(sent, self.now(), self._troubles()))
        return answer

    def _repeat_itself(self) -> None:
        request = self._signed(self._signer, "/heartbeats", self._heartbeat())
        sent = self.now()
        if self._sent(request).status == 200:
            self.ledger.words.append(Word(sent, self.now(), self._troubles()))
        self._expect_refusal(request)

    def _expect_refusal(self, request: Request) -> Answer:
        with self.tally.lock:
            self.tally.refusals_meant += 1
        return self._sent(request)

    def _sent(self, request: Request) -> Answer:
        answer = self.send(request)
        with self.tally.lock:
            self.tally.heard += answer.status == 200
            self.tally.refused += 400 <= answer.status < 500
            self.tally.failed += answer.status >= 500
        return answer

    def _signed(self, signer: Signer, path: str, body: dict[str, object]) -> Request:
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = signer.headers("POST", f"{self.origin}{API}{path}", data)
        headers["Content-Type"] = "application/json"
        return Request("POST", API + path, headers, data)

    def _heartbeat(self) -> dict[str, object]:
        return wire.heartbeat_body(
            self._devices(),
            software=SOFTWARE,
            open_jobs=0,
            clock_offset_seconds=self._clock.offset_seconds,
            locked=False,
        )

    def _devices(self) -> list[wire.DeviceState]:
        told = dict.fromkeys((_READER, _PRINTER, DeviceKind.RECEIPT_PRINTER), DeviceStatus.of())
        if self.turn in _SAID:
            kind, status, _ = _SAID[self.turn]
            told[kind] = status
        return [wire.DeviceState(kind, status) for kind, status in told.items()]

    def _troubles(self) -> frozenset[Told]:
        said = {_SAID[self.turn][2]} if self.turn in _SAID else set()
        return frozenset(said | ({CLOCK_SKEW} if self._skew_told else set()))

    def _off(self) -> float:
        return OFF_SECONDS if self.turn is Turn.SKEWED else 0.0

    def _machine_time(self) -> float:
        return self.now() + self._off()


def answer_of(status: int, headers: "dict[str, str]", body: bytes) -> Answer:
    """Return an answer as a terminal reads it."""
    return Answer(status, headers.get(SERVER_TIME_HEADER), body)
