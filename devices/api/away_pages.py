"""The host's own pages while the line is dead (断网): what happened, and what becomes of a visit.

They answer beneath `/kiosk/`, where the browser shows its visit's cookies, and never pass to the
server. No script runs: a refresh tries again, a touch is told from it by `Sec-Fetch-User`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from devices.api.answers import problem
from devices.api.door import ROOM, may_pass
from devices.api.line_texts import LINE_TEXTS, LineTexts, filled
from devices.api.own_pages import OwnPages, beijing, for_a_person, way_back
from devices.host.events import LineWatch
from devices.host.guide_shelf import GuideShelf
from devices.host.kept_visit import GivenUp, GivenUpFor, Kept, Phase, outlook, phase_of
from devices.host.visit_marks import VisitMarks
from devices.host.visit_watch import VisitWatch, shows_visit

AWAY = ROOM + "away/"
_LEAVING = ROOM + "end"
_LARGE = frozenset({"l", "xl"})
_VISIT_COOKIES = ("kiosk_visit", "kiosk_mark", "kiosk_looks")
_FORGET = '"cookies", "storage"'


@dataclass(frozen=True)
class AwayPages:
    """Renders the pages of a dead line for the request at hand."""

    pages: OwnPages
    shelf: GuideShelf
    watch: LineWatch
    visits: VisitWatch
    marks: VisitMarks

    def offline(self) -> Response:
        """503: what happened, what is kept; a visit that nobody attends is ended here.

        For a script problem+json. A page that somebody wanted to leave ends the visit too.
        """
        self.visits.cut_off()
        if request.path == _LEAVING and request.method == "POST":
            return self.end()
        if not for_a_person():
            return problem(503, "line_dead", "The server does not answer")
        if request.method not in {"GET", "HEAD"}:
            # An address of its own: no way back in the browser's history may send an order again.
            return self._lead_to(back=way_back(), failed=request.path)
        return self._standing(way_back(), failed=request.path)

    def again(self) -> Response:
        """The same page at an address of its own: after an order that failed, and in a language
        that was touched. It leads back as soon as the line lives."""
        target = request.args.get("back", "")
        back = target if may_pass(target) and not target.startswith(AWAY) else ROOM
        if self.watch.alive:
            return Response(status=303, headers={"Location": back})
        ended = request.args.get("ended", "")
        if ended in set(GivenUpFor) and not _shows_visit():
            return self._ended(GivenUpFor(ended))
        return self._standing(back, failed=request.args.get("failed", back))

    def end(self) -> Response:
        """End the visit on this machine, at a person's wish."""
        self._end_visit()
        return _forgetting(self._lead_to(ended=GivenUpFor.LEFT.value))

    def _lead_to(self, **told: str) -> Response:
        address = url_for("away.again", language=self.pages.language(), **dict[str, Any](told))
        return Response(status=303, headers={"Location": address})

    def _standing(self, back: str, *, failed: str) -> Response:
        if not _shows_visit():
            return self._waiting(back)
        expected = outlook(
            untouched_seconds=self.visits.untouched_seconds,
            dead_seconds=self.watch.dead_seconds,
            large=self.pages.looks()["size"] in _LARGE,
        )
        match expected:
            case GivenUp(reason):
                self._end_visit()
                return _forgetting(self._ended(reason))
            case Kept():
                return self._kept(expected, phase_of(failed, visit=True), back)

    def _waiting(self, back: str) -> Response:
        texts = self._texts()
        return self._page(texts.title, texts.kept[Phase.WAITING], back=back, visit=False)

    def _kept(self, kept: Kept, phase: Phase, back: str) -> Response:
        texts = self._texts()
        lines = tuple(filled(line, minutes=kept.line_within_minutes) for line in texts.kept[phase])
        stay = filled(texts.stay, seconds=kept.touch_within_seconds)
        return self._page(texts.title, lines, back=back, visit=True, stay=stay)

    def _ended(self, reason: GivenUpFor) -> Response:
        texts = self._texts()
        lines = (texts.given_up[reason], texts.given_up_kept)
        return self._page(texts.given_up_title, lines, back=ROOM, visit=False)

    def _end_visit(self) -> None:
        self.visits.end()
        self.marks.end()

    def _page(
        self,
        title: tuple[str, ...],
        lines: tuple[str, ...],
        *,
        back: str,
        visit: bool,
        stay: str | None = None,
    ) -> Response:
        chinese = LINE_TEXTS["zh"]
        dead_since = self.pages.now() - timedelta(seconds=self.watch.dead_seconds)
        return self.pages.page(
            "offline.html",
            503,
            back=back,
            # With nobody here a look at what the heartbeat knows is enough; a visit tries itself.
            refresh=request.full_path if request.path == AWAY and not visit else back,
            line=self._texts(),
            title=title,
            chinese_title=chinese.title if title == self._texts().title else chinese.given_up_title,
            lines=lines,
            since=filled(self._texts().since, time=f"{beijing(dead_since):%H:%M}"),
            stay=stay,
            visit=visit,
            has_guides=self.shelf.book is not None,
            tongues=self._tongues(back),
        )

    def _tongues(self, back: str) -> list[tuple[str, str, str, str]]:
        """Tag, direction, name and address of the page in the other languages."""
        return [
            (tag, direction, name, url_for("away.again", language=language, back=back))
            for language, tag, direction, name in self.pages.other_languages()
        ]

    def _texts(self) -> LineTexts:
        return LINE_TEXTS[self.pages.language()]


def _shows_visit() -> bool:
    return shows_visit(request.headers.get("Cookie", ""))


def _forgetting(response: Response) -> Response:
    """Let the browser forget the visit with this answer."""
    for name in _VISIT_COOKIES:
        response.delete_cookie(name, path=ROOM, httponly=True, samesite="Strict")
    response.delete_cookie("kiosk_language", path="/", httponly=True, samesite="Strict")
    response.headers["Clear-Site-Data"] = _FORGET
    return response


def blueprint(away: AwayPages) -> Blueprint:
    """The pages' own addresses."""
    own = Blueprint("away", __name__)
    own.add_url_rule(AWAY, "again", away.again)
    own.add_url_rule(AWAY + "end", "end", away.end, methods=["POST"])
    return own
