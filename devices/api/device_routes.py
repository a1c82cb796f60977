"""The device API, `/device/v1/…`: what a page may ask of the devices, and nothing more.

A page can begin a read and learn how it went. It cannot hand a read in: what is read goes from
the host to the server, and no route here takes a card's content or gives it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, request

from devices.api.answers import answer, problem
from devices.api.capture_routes import CaptureDesk, offer_captures
from devices.api.event_stream import Tickets, stream
from devices.api.guards import TOKEN_HEADER, BootToken
from devices.api.scan_routes import ScanDesk, offer_scans, offer_slot
from devices.api.speech_routes import SpeechDesk, offer_card, offer_speech
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.card_reading import FIELDS, CardReading, ReadProgress, ReadState
from devices.host.events import Event, EventBus, EventKind

LONGEST_HOLD_SECONDS = 1.0
"""How long an answer about a read is held back; the page counts seconds down meanwhile."""
_LONGEST_NONCE = 200


@dataclass(frozen=True)
class DeviceDesk:
    """What the device API stands on. `reading` is None while the terminal is not enrolled."""

    reading: CardReading | None
    statuses: Callable[[], Mapping[DeviceKind, DeviceStatus]]
    line_alive: Callable[[], bool | None]
    bus: EventBus
    token: BootToken
    tickets: Tickets
    scans: ScanDesk = field(default_factory=lambda: ScanDesk(None))
    captures: CaptureDesk = field(default_factory=CaptureDesk)
    speech: SpeechDesk = field(default_factory=SpeechDesk)
    visit_under_way: Callable[[], bool] = lambda: False


def blueprint(desk: DeviceDesk) -> Blueprint:
    """The routes under /device/v1."""
    device = Blueprint("device", __name__, url_prefix="/device/v1")
    _offer_state(device, desk)
    _offer_reading(device, desk)
    offer_scans(device, desk.scans)
    offer_slot(device, desk.scans)
    offer_captures(device, desk.captures)
    offer_card(device, desk.speech)
    offer_speech(device, desk.speech)
    _offer_events(device, desk)
    return device


def _offer_state(device: Blueprint, desk: DeviceDesk) -> None:
    @device.get("/token")
    def token() -> Response:
        if request.headers.get("Sec-Fetch-Site") != "same-origin":
            return problem(403, "not_same_origin", "Only a page of this door gets the token")
        return answer({"token": desk.token.value})

    @device.get("/health")
    def health() -> Response:
        conditions = {
            kind.value: status.condition.value for kind, status in desk.statuses().items()
        }
        return answer(
            {
                "status": "ok",
                "enrolled": desk.reading is not None,
                "visit": desk.visit_under_way(),
                "line": desk.line_alive(),
                "devices": conditions,
            }
        )


def _offer_reading(device: Blueprint, desk: DeviceDesk) -> None:
    @device.post("/card-reads")
    def begin_read() -> Response:
        if desk.reading is None:
            return problem(409, "not_enrolled", "This terminal is not enrolled")
        asked = _asked(request.get_json(silent=True))
        if asked is None:
            return problem(400, "invalid", "nonce and needs are wanted")
        return answer({"id": desk.reading.ask(*asked)}, 202)

    @device.get("/card-reads/<read>")
    def follow_read(read: str) -> Response:
        progress = _progress_of(desk.reading, read) if desk.reading is not None else None
        if progress is None:
            return problem(404, "read_not_found", "There is no such read")
        return answer(_progress(progress))

    @device.delete("/card-reads/<read>")
    def cancel_read(read: str) -> Response:
        if desk.reading is None or not desk.reading.cancel(read):
            return problem(404, "read_not_found", "There is no such read")
        return Response(status=204)


def _offer_events(device: Blueprint, desk: DeviceDesk) -> None:
    @device.post("/event-tickets")
    def sell_ticket() -> Response:
        return answer({"ticket": desk.tickets.sell()}, 201)

    @device.get("/events")
    def events() -> Response:
        if not (
            desk.token.fits(request.headers.get(TOKEN_HEADER))
            or desk.tickets.take(request.args.get("ticket", ""))
        ):
            return problem(401, "token_missing", "A token or a ticket is wanted")
        first = Event(EventKind.LINE, {"alive": desk.line_alive()})
        response = Response(stream(desk.bus, first), mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-store"
        return response


def _asked(body: object) -> tuple[str, tuple[str, ...]] | None:
    if not isinstance(body, dict) or set(body) != {"nonce", "needs"}:
        return None
    nonce, needs = body["nonce"], body["needs"]
    if not isinstance(nonce, str) or not 1 <= len(nonce) <= _LONGEST_NONCE:
        return None
    if not isinstance(needs, list) or not needs or not all(isinstance(n, str) for n in needs):
        return None
    return (nonce, tuple(needs)) if set(needs) <= FIELDS else None


def _progress_of(reading: CardReading, read: str) -> ReadProgress | None:
    # The page names the state that it shows: an answer that would change nothing is held back.
    shown = request.args.get("past")
    if shown not in set(ReadState):
        return reading.progress(read)
    return reading.progress_past(read, ReadState(shown), wait_seconds=LONGEST_HOLD_SECONDS)


def _progress(progress: ReadProgress) -> dict[str, str | None]:
    return {
        "state": progress.state.value,
        "read": progress.read,
        "masked_name": progress.masked_name,
        "code": progress.code,
    }
