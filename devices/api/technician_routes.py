"""
The technician's pages (维护页面): by touch alone, every key a button of a form, no script.

Nothing here is found without a code but the keypad itself. While a visit goes on nothing else
is shown than that: it is ended first, or waited for.
"""

import sqlite3
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, g, request

from devices.api.own_pages import OwnPages
from devices.api.page_texts import NATIVE_NAMES, TEXTS, Language
from devices.api.technician_texts import OFFERED, TECHNICIAN, Words
from devices.host.check_values import ScreenRole
from devices.host.device_trials import TrialState
from devices.host.readiness_reports import ReportState
from devices.host.readiness_words import DEVICES, code_words
from devices.host.screen_codes import DIGITS, CodeLocked, CodeTaken, CodeWrong
from devices.host.self_tests import (
    GRID_CELLS,
    GRID_COLUMNS,
    GRID_ROWS,
    SelfTest,
    SkipReason,
    Standing,
)
from devices.host.technician_session import IDLE_SECONDS, Present
from devices.host.technician_work import SHEETS, DailyPoint, Paper, TechnicianWork

PLACE = "/device/technician/"
COOKIE = "kiosk_technician"
_KEYS = "1234567890"
_LOOKS = 10
"""How often the page with the keys comes back by itself before it goes."""
_CODE_ENDPOINTS = frozenset(
    f"technician.{name}" for name in ("code", "type_one", "choose_language", "enter")
)
_KEEPER_MAY = frozenset({"home", "paper", "load", "loaded", "daily", "choose", "daily_done"})
RULER_MM = 100
DONE_CELLS = frozenset({26, 27})
"""Of the touch grid: under the button in the middle, which shows them by being pressed."""
_GRID_SECONDS = 120
_SETTLE_SECONDS = 0.5
# The browser keeps nothing of the visit that was ended.
_FORGET = '"storage"'


class TechnicianPages:
    """The pages over *work*; the digits typed so far are kept here, and never in a page's URL."""

    def __init__(self, work: TechnicianWork, pages: OwnPages) -> None:
        self._work = work
        self._pages = pages
        self._typed = ""

    def blueprint(self) -> Blueprint:
        """The routes under /device/technician."""
        routes = Blueprint("technician", __name__, url_prefix=PLACE.rstrip("/"))
        routes.before_request(self._admit)
        routes.get("/")(self.code)
        routes.post("/key")(self.type_one)
        routes.post("/enter")(self.enter)
        routes.post("/language")(self.choose_language)
        routes.get("/visit")(self.visit)
        routes.post("/visit")(self.end_visit)
        routes.get("/home")(self.home)
        routes.get("/tests")(self.tests)
        routes.post("/tests")(self.act)
        routes.post("/report")(self.report)
        routes.get("/touch")(self.touch)
        routes.post("/touch")(self.touched)
        routes.get("/ready")(self.ready)
        routes.post("/ready")(self.make_ready)
        routes.get(f"/paper/<any({', '.join(Paper)}):printer>")(self.paper)
        routes.post(f"/paper/<any({', '.join(Paper)}):printer>")(self.load)
        routes.post(f"/paper/<any({', '.join(Paper)}):printer>/looked")(self.loaded)
        routes.get("/daily")(self.daily)
        routes.post("/daily")(self.choose)
        routes.post("/daily/done")(self.daily_done)
        routes.post("/leave")(self.leave)
        return routes

    def code(self) -> Response:
        """Ask for the code; the page renews the arrival's code on it, and itself, for a while."""
        looks = request.args.get("looks", 0, type=int)
        # Coming back counts on, a touch begins anew: nobody there for ten minutes, and it goes.
        last = looks + 1 >= _LOOKS
        return self._code_page(back="/kiosk/" if last else f"{PLACE}?looks={max(looks, 0) + 1}")

    def type_one(self) -> Response:
        """Take one key."""
        key = request.form.get("key", "")
        if key in _KEYS and key:
            self._typed = (self._typed + key)[:DIGITS]
        elif not key:
            self._typed = self._typed[:-1]
        return _to("")

    def choose_language(self) -> Response:
        """Read on in another language."""
        response = _to("")
        if (language := request.form.get("language", "")) in OFFERED:
            response.set_cookie("kiosk_language", language, path="/", samesite="Strict")
        return response

    def enter(self) -> Response:
        """Judge what was typed."""
        typed, self._typed = self._typed, ""
        try:
            outcome, secret = self._work.enter(typed)
        except sqlite3.OperationalError:
            return self._code_page("no_entry")
        match outcome:
            case CodeTaken():
                response = _to("home")
                response.set_cookie(COOKIE, secret, path=PLACE, httponly=True, samesite="Strict")
                return response
            case CodeLocked(seconds=seconds):
                return self._code_page("locked", minutes=-(-seconds // 60))
            case CodeWrong():
                return self._code_page("wrong")
            case _:
                return self._code_page("no_entry")

    def visit(self) -> Response:
        """Say that somebody's visit goes on."""
        return self._page("technician_visit.html")

    def end_visit(self) -> Response:
        """The person has left."""
        self._work.end_visit()
        response = _to("home")
        response.headers["Clear-Site-Data"] = _FORGET
        # Of the cookies only the visit's goes: the technician's own has just been given.
        response.delete_cookie("kiosk_visit", path="/kiosk/")
        return response

    def home(self) -> Response:
        """What can be done."""
        last = self._work.last_tests()
        done = request.args.get("done", "")
        return self._page(
            "technician_home.html",
            keeper=self._present.role is ScreenRole.KEEPER,
            done=done if done in {"tests", "paper", "daily"} else "",
            last=last.at.strftime("%Y-%m-%d") if last else "",
        )

    def tests(self) -> Response:
        """The guided self-test: what is to be done now, large, and where all others stand."""
        tests = self._work.tests
        standings = tests.standings()
        now = _now(standings)
        return self._page(
            "technician_tests.html",
            rows=list(standings.items()),
            now=now,
            standing=standings[now] if now else None,
            reasons=list(SkipReason),
            running=tests.running,
            ruler_px=round(RULER_MM * self._pages.settings.model.px_per_mm),
            dead=[divmod(cell, GRID_COLUMNS) for cell in sorted(tests.dead_cells)],
            grid=(GRID_COLUMNS, GRID_ROWS),
            back=f"{PLACE}tests",
        )

    def touch(self) -> Response:
        """The whole screen as cells, each to be touched."""
        cells = [cell for cell in sorted(GRID_CELLS) if cell not in DONE_CELLS]
        return self._page(
            "technician_touch.html", cells=cells, idle=_GRID_SECONDS, back=f"{PLACE}tests"
        )

    def touched(self) -> Response:
        """Every cell that was touched, and those of the button that says so."""
        cells = request.form.getlist("cell", type=int)
        self._work.tests.touched({*cells, *DONE_CELLS})
        return _to("tests")

    def ready(self) -> Response:
        """The readiness report: how the newest one stands."""
        standing = self._work.reports.standing
        return self._page(
            "technician_ready.html",
            standing=standing,
            reasons=[
                (DEVICES.get(each.whose, each.whose), code_words(each.code))
                for each in standing.reasons
            ],
            running=standing.state is ReportState.RUNNING or self._work.tests.running,
            back=f"{PLACE}ready",
        )

    def make_ready(self) -> Response:
        """Make a report, keep it and print it."""
        if not self._work.tests.running:
            self._work.reports.begin(self._present)
        return _to("ready")

    def act(self) -> Response:
        """Begin, judge or skip one test."""
        for deed, name in request.form.items():
            if name not in set(SelfTest):
                continue
            test = SelfTest(name)
            if deed == "begin":
                self._work.tests.begin(test)
                self._work.tests.settle(_SETTLE_SECONDS)
            elif deed in {"good", "bad"}:
                self._work.tests.judge(test, good=deed == "good")
            elif deed in set(SkipReason):
                self._work.tests.skip(test, SkipReason(deed))
        return _to("tests")

    def report(self) -> Response:
        """Keep the self-test as it stands."""
        self._work.report_tests(self._present)
        return _to("home?done=tests")

    def paper(self, printer: str) -> Response:
        """How paper is loaded, and how its page came out."""
        sheets, standing = self._work.loading(Paper(printer))
        return self._page(
            "technician_paper.html",
            printer=Paper(printer),
            amounts=SHEETS[Paper(printer)],
            sheets=sheets,
            standing=standing,
            running=self._work.tests.running,
            back=f"{PLACE}paper/{printer}",
        )

    def load(self, printer: str) -> Response:
        """Paper is in: print."""
        told = request.form.get("sheets", "")
        self._work.load(Paper(printer), int(told) if told.isascii() and told.isdigit() else 0)
        return _to(f"paper/{printer}")

    def loaded(self, printer: str) -> Response:
        """The page was looked at."""
        good = request.form.get("page") == "good"
        record = self._work.loaded(Paper(printer), self._present, good=good)
        return _to("home?done=paper" if record else f"paper/{printer}")

    def daily(self) -> Response:
        """The daily check."""
        points = self._work.daily()
        complete = all(good is not None for good in points.values())
        return self._page("technician_daily.html", points=list(points.items()), complete=complete)

    def choose(self) -> Response:
        """One point of it."""
        for deed, name in request.form.items():
            if deed in {"good", "bad"} and name in set(DailyPoint):
                self._work.choose(DailyPoint(name), good=deed == "good")
        return _to("daily")

    def daily_done(self) -> Response:
        """Keep it."""
        return _to("home?done=daily" if self._work.finish_daily(self._present) else "daily")

    def leave(self) -> Response:
        """Go, and let residents come."""
        self._work.leave()
        response = Response(status=303, headers={"Location": "/kiosk/"})
        response.delete_cookie(COOKIE, path=PLACE)
        response.delete_cookie("kiosk_language", path="/")
        return response

    @property
    def _present(self) -> Present:
        present: Present = g.technician
        return present

    def _admit(self) -> Response | None:
        endpoint = request.endpoint or ""
        if endpoint in _CODE_ENDPOINTS:
            return None
        present = self._work.present(request.cookies.get(COOKIE, ""))
        if present is None:
            return _to("")
        g.technician = present
        name = endpoint.removeprefix("technician.")
        if name in {"visit", "end_visit", "leave"}:
            return None
        if self._work.visit_under_way:
            return _to("visit")
        self._work.take_the_machine()
        allowed = present.role is ScreenRole.TECHNICIAN or name in _KEEPER_MAY
        return None if allowed else _to("home")

    def _code_page(
        self, wrong: str = "", *, minutes: int = 0, back: str = f"{PLACE}?looks=1"
    ) -> Response:
        typed = self._typed
        shown = "".join("●" if at < len(typed) else "·" for at in range(DIGITS))
        return self._page(
            "technician_code.html",
            typed=f"{shown[:4]} {shown[4:]}",
            keys=_KEYS,
            complete=len(typed) == DIGITS,
            wrong=wrong,
            minutes=minutes,
            languages=[(each, TEXTS[each].tag, NATIVE_NAMES[each]) for each in OFFERED],
            back=back,
            idle=round(IDLE_SECONDS) // _LOOKS,
        )

    def _page(self, template: str, **more: object) -> Response:
        language: Language = self._pages.language()
        words: Words = TECHNICIAN[language]
        told = {"back": PLACE, "idle": round(IDLE_SECONDS), **more}
        back = str(told.pop("back"))
        return self._pages.page(template, 200, back=back, words=words, place=PLACE, **told)


def pages_for(work: TechnicianWork) -> Callable[[OwnPages], Blueprint]:
    """What the application registers once it has its own pages."""
    return lambda pages: TechnicianPages(work, pages).blueprint()


def _to(step: str) -> Response:
    return Response(status=303, headers={"Location": f"{PLACE}{step}"})


def _now(standings: Mapping[SelfTest, Standing]) -> SelfTest | None:
    """What is waited for, before what has not been begun."""
    open_ones = {test: each.state for test, each in standings.items() if not each.skipped}
    for wanted in ({TrialState.RUNNING, TrialState.PASSED}, {TrialState.NOT_TRIED}):
        for test, state in open_ones.items():
            if state in wanted:
                return test
    return None
