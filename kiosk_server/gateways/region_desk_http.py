"""
The region's unified booking (统一预约) and the platform's hall management (大厅管理) over HTTP.

Nobody publishes how the region's own services are spoken with; this contract is ours, offered to
whoever connects them. Both sides sign as `region_signature` says; all of it may be sent twice.

    POST BOOKING/days          {"site", "group", "day", "as_of", "slots": [{"slot", "starts_at",
                               "ends_at", "free"}]}                       {"answer": "taken"}
    GET  BOOKING/wishes?after=N
                               {"answer": "wishes", "wishes": [{"position", "id", "verb":
                               "book" | "cancel", "slot", "services", "number", "name"}]}
    POST BOOKING/answers       {"id", "answer", "starts_at"}              {"answer": "taken"}
    POST HALL/tickets          {"site", "as_of", "tickets": [{"label", "group", "lane", "state",
                               "window", "calls", "taken_at", "called_at", "ended_at"}]}
                                                                          {"answer": "taken"}

A day and a ticket are told whole and take the place of what was told before. Moments are ISO 8601
with their offset.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from kiosk_server.bookings.ports import DayPublished, RegionWish, WishAnswer, WishVerb
from kiosk_server.gateways.signed_line import SignedLine
from kiosk_server.queue.ports import HallReport

log = structlog.get_logger()


class HttpUnifiedBooking:
    """The region's unified booking at *base*, with the key that both sides hold."""

    simulated = False

    def __init__(
        self,
        base: str,
        key: bytes,
        *,
        timeout_seconds: float = 5.0,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self._line = _line(base, key, "unified_booking_no_answer", timeout_seconds, pause)

    def publish(self, day: DayPublished) -> bool:
        """Show one day of one group there."""
        body = {
            "site": day.site_id,
            "group": day.group_code,
            "day": day.day.isoformat(),
            "as_of": day.as_of.isoformat(),
            "slots": [
                {
                    "slot": slot.id,
                    "starts_at": slot.starts_at.isoformat(),
                    "ends_at": slot.ends_at.isoformat(),
                    "free": slot.free,
                }
                for slot in day.slots
            ],
        }
        return _is_taken(self._line.ask("days", "POST", "/days", body))

    def wishes(self, after: int) -> Sequence[RegionWish] | None:
        """Return the next wishes; what cannot be read of an answer makes it no answer."""
        match self._line.ask("wishes", "GET", f"/wishes?after={after}", None):
            case {"answer": "wishes", "wishes": list(told)}:
                return _wishes(told, after)
            case _:
                return None

    def answer(self, told: WishAnswer) -> bool:
        """Say what became of a wish."""
        starts_at = told.starts_at.isoformat() if told.starts_at else None
        body = {"id": told.id, "answer": told.answer, "starts_at": starts_at}
        return _is_taken(self._line.ask("answers", "POST", "/answers", body))


class HttpHall:
    """The platform's hall management at *base*, with the key that both sides hold."""

    simulated = False

    def __init__(
        self,
        base: str,
        key: bytes,
        *,
        timeout_seconds: float = 5.0,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self._line = _line(base, key, "hall_no_answer", timeout_seconds, pause)

    def report(self, told: HallReport) -> bool:
        """Hand tickets over."""
        tickets = [
            {
                "label": each.label,
                "group": each.group_code,
                "lane": each.lane,
                "state": each.state,
                "window": each.window,
                "calls": each.calls,
                "taken_at": each.taken_at.isoformat(),
                "called_at": each.called_at.isoformat() if each.called_at else None,
                "ended_at": each.ended_at.isoformat() if each.ended_at else None,
            }
            for each in told.tickets
        ]
        body = {"site": told.site_id, "as_of": told.as_of.isoformat(), "tickets": tickets}
        return _is_taken(self._line.ask("tickets", "POST", "/tickets", body))


def _line(
    base: str, key: bytes, event: str, timeout: float, pause: Callable[[float], None] | None
) -> SignedLine:
    if pause is None:
        return SignedLine(base, key, event=event, timeout_seconds=timeout)
    return SignedLine(base, key, event=event, timeout_seconds=timeout, pause=pause)


def _is_taken(answer: Mapping[str, Any] | None) -> bool:
    return answer is not None and answer.get("answer") == "taken"


def _wishes(told: list[Any], after: int) -> list[RegionWish] | None:
    found = []
    for each in told:
        match each:
            case {
                "position": int(position),
                "id": str(name),
                "verb": "book",
                "slot": str(slot),
                "services": [*services],
                "number": str(number),
                "name": str(person),
            } if position > after and all(isinstance(one, str) for one in services):
                book = WishVerb.BOOK
                wish = RegionWish(position, name, book, slot, tuple(services), number, person)
                found.append(wish)
            case {"position": int(position), "id": str(name), "verb": "cancel"} if position > after:
                found.append(RegionWish(position, name, WishVerb.CANCEL))
            case _:
                log.error("unified_booking_unreadable")
                return None
    return sorted(found, key=lambda wish: wish.position)
