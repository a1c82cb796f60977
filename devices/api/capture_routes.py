"""The device API for documents: a page can begin a capture, look at its pages and hand them in.

A preview goes to the page that the person looks at, and to no cache; the document itself goes from
the host to the server.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from devices.api.answers import answer, problem
from devices.host.capture_pages import MOST_PAGES
from devices.host.document_capture import CaptureProgress, DocumentCapture

_LONGEST_NONCE = 200


@dataclass(frozen=True)
class CaptureDesk:
    """What these routes stand on. `capturing` is None while the terminal is not enrolled."""

    capturing: DocumentCapture | None = None


def offer_captures(device: Blueprint, desk: CaptureDesk) -> None:
    """Put the routes of captures under *device*."""
    _offer_capture(device, desk)
    _offer_pages(device, desk)


def _offer_capture(device: Blueprint, desk: CaptureDesk) -> None:
    @device.post("/captures")
    def begin_capture() -> Response:
        if desk.capturing is None:
            return problem(409, "not_enrolled", "This terminal is not enrolled")
        asked = _asked(request.get_json(silent=True))
        if asked is None:
            return problem(400, "invalid", "nonce and most_pages are wanted")
        return answer({"id": desk.capturing.begin(*asked)}, 202)

    @device.get("/captures/<capture>")
    def follow_capture(capture: str) -> Response:
        progress = desk.capturing.progress(capture) if desk.capturing is not None else None
        return _not_found() if progress is None else answer(_progress(progress))

    @device.post("/captures/<capture>/accept")
    def accept_capture(capture: str) -> Response:
        if desk.capturing is None or desk.capturing.progress(capture) is None:
            return _not_found()
        done = desk.capturing.accept(capture)
        return answer({}, 202) if done else _not_now()

    @device.delete("/captures/<capture>")
    def drop_capture(capture: str) -> Response:
        if desk.capturing is None or not desk.capturing.drop(capture):
            return _not_found()
        return Response(status=204)


def _offer_pages(device: Blueprint, desk: CaptureDesk) -> None:
    @device.post("/captures/<capture>/pages")
    def another_page(capture: str) -> Response:
        if desk.capturing is None or desk.capturing.progress(capture) is None:
            return _not_found()
        done = desk.capturing.another(capture)
        return answer({}, 202) if done else _not_now()

    @device.get("/captures/<capture>/pages/<int:page>")
    def preview_page(capture: str, page: int) -> Response:
        jpeg = desk.capturing.preview(capture, page) if desk.capturing is not None else None
        if jpeg is None:
            return _not_found()
        response = Response(jpeg, mimetype="image/jpeg")
        response.headers["Cache-Control"] = "no-store"
        return response

    @device.post("/captures/<capture>/pages/<int:page>/turn")
    def turn_page(capture: str, page: int) -> Response:
        if desk.capturing is None or not desk.capturing.turn_page(capture, page):
            return _not_found()
        return Response(status=204)

    @device.delete("/captures/<capture>/pages/<int:page>")
    def leave_page_out(capture: str, page: int) -> Response:
        if desk.capturing is None or not desk.capturing.leave_out(capture, page):
            return _not_found()
        return Response(status=204)


def _asked(body: object) -> tuple[str, int] | None:
    if not isinstance(body, dict) or set(body) != {"nonce", "most_pages"}:
        return None
    nonce, most = body["nonce"], body["most_pages"]
    if not isinstance(nonce, str) or not 1 <= len(nonce) <= _LONGEST_NONCE:
        return None
    counts = isinstance(most, int) and not isinstance(most, bool) and 1 <= most <= MOST_PAGES
    return (nonce, most) if counts else None


def _progress(progress: CaptureProgress) -> dict[str, object]:
    return {
        "state": progress.state.value,
        "percent": progress.percent,
        "pages": [
            {"number": page.number, "lying": page.lying, "cut_out": page.cut_out}
            for page in progress.pages
        ],
        "code": progress.code,
        "capture": progress.capture,
    }


def _not_found() -> Response:
    return problem(404, "capture_not_found", "There is no such capture, or no such page in it")


def _not_now() -> Response:
    return problem(409, "capture_busy", "The capture is at something else, full, or empty")
