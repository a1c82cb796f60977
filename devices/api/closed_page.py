"""The gate before everything that a resident uses: shut while the terminal is out of service.

It needs no server. Technicians' ways stay open, and so do styles, fonts and the host's health.
"""

from collections.abc import Callable

from flask import Flask, Response, request

from devices.api.answers import problem
from devices.api.closed_texts import CLOSED_TEXTS
from devices.api.door import ROOM
from devices.api.message_texts import message_words
from devices.api.own_pages import OwnPages, for_a_person
from devices.host.closure import ClosedFor
from devices.host.screen_message import Message

OUT_OF_SERVICE = "out_of_service"
_PEOPLE_S = (
    ROOM,
    "/device/v1/card-reads",
    "/device/v1/scans",
    "/device/v1/chip-reads",
    "/device/v1/captures",
    "/device/v1/speech",
)
# What the browser still holds of the visit that was under way goes with it.
_FORGET = '"cookies", "storage"'


def install(
    app: Flask,
    pages: OwnPages,
    closed: Callable[[], ClosedFor | None],
    message: Callable[[], Message | None],
) -> None:
    """Answer with the page of the reason, for a script with a problem, while *closed* gives one;
    what the technicians have the screen say stands on that page too."""

    def stand_in_the_way() -> Response | None:
        reason = closed() if request.path.startswith(_PEOPLE_S) else None
        if reason is None:
            return None
        response = _page(pages, reason, message()) if for_a_person() else _refusal()
        response.headers["Clear-Site-Data"] = _FORGET
        return response

    app.before_request(stand_in_the_way)


def _page(pages: OwnPages, reason: ClosedFor, message: Message | None) -> Response:
    texts = CLOSED_TEXTS[reason]
    language = pages.language()
    return pages.page(
        "closed.html",
        503,
        back=ROOM,
        closed=texts[language],
        closed_chinese=texts["zh"],
        message=message_words(message, language),
        others=pages.others(lambda each: " ".join(texts[each].title)),
    )


def _refusal() -> Response:
    return problem(503, OUT_OF_SERVICE, "This terminal is out of service")
