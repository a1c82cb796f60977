"""
The pages of the first boot (首次开机): asked by touch alone, every key a button of a form.

Before enrolment they belong to whoever stands there; afterwards to the browser that enrolled, by
its pass. Nobody else finds them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from flask import Blueprint, Response, request

from devices.agent.first_boot import (
    ADDRESS_KEYS,
    CODE_CHARACTERS,
    CODE_KEYS,
    Admitted,
    Field,
    FirstBoot,
    Panel,
)
from devices.api.answers import problem
from devices.api.first_boot_texts import FIRST_BOOT, OFFERED, TRIAL_WORDS, standing
from devices.api.own_pages import OwnPages
from devices.api.page_texts import NATIVE_NAMES, TEXTS
from devices.host.device_trials import DeviceTrials, TrialKind

PLACE = "/device/first-boot/"
COOKIE = "kiosk_setup"
_COOKIE_SECONDS = 2 * 3600
# ID-1 of ISO/IEC 7810: every bank and ID card.
CARD_MM = (85.6, 53.98)
_CHANGES = {"much_smaller": -0.25, "smaller": -0.02, "larger": 0.02, "much_larger": 0.25}

Step = Literal["language", "panel", "address", "code"]
_BEFORE: dict[Step, Step] = {"panel": "language", "address": "panel", "code": "address"}
_AFTER: dict[Step, Step] = {"language": "panel", "panel": "address", "address": "code"}


@dataclass(frozen=True)
class FirstBootDesk:
    """What the pages stand on. `finish` keeps and prints the sheet and says whether a printer
    took it; `trials` are there once the terminal is enrolled."""

    first_boot: FirstBoot
    trials: DeviceTrials | None
    finish: Callable[[], bool]

    @property
    def enrolled(self) -> bool:
        """Whether what is left are the trials."""
        return self.trials is not None


def blueprint(desk: FirstBootDesk, pages: OwnPages) -> Blueprint:
    """The routes under /device/first-boot."""
    routes = Blueprint("first_boot", __name__, url_prefix=PLACE.rstrip("/"))

    @routes.before_request
    def admit() -> Response | None:
        if not desk.enrolled or desk.first_boot.admits(request.cookies.get(COOKIE, "")):
            return None
        return problem(404, "not_found", "There is no such page")

    if desk.trials is None:
        _offer_questions(routes, desk.first_boot, pages)
        _offer_enrolment(routes, desk.first_boot, pages)
    else:
        _offer_trials(routes, desk, desk.trials, pages)
    return routes


def _offer_questions(routes: Blueprint, first_boot: FirstBoot, pages: OwnPages) -> None:
    @routes.get("/")
    def begin() -> Response:
        return _question(pages, first_boot, "language")

    @routes.get("/<any(panel, address, code):step>")
    def ask(step: Step) -> Response:
        return _question(pages, first_boot, step)

    @routes.post("/language")
    def choose() -> Response:
        response = _to("panel")
        language = request.form.get("language", "")
        if language in OFFERED:
            response.set_cookie("kiosk_language", language, path="/", samesite="Strict")
        return response

    @routes.post("/panel")
    def measure() -> Response:
        if (change := _CHANGES.get(request.form.get("change", ""))) is not None:
            first_boot.resize(change)
        turned: Panel
        for turned in get_args(Panel):
            if request.form.get("turn") == turned:
                first_boot.turn(turned)
        return _to("panel")

    @routes.post("/<any(address, code):step>")
    def type_one(step: Step) -> Response:
        if "key" in request.form:
            first_boot.press(Field(step), request.form["key"])
        elif step == "address":
            wrong = first_boot.check_address()
            if wrong is not None:
                return _question(pages, first_boot, step, wrong=wrong.value)
            return _to("code")
        return _to(step)


def _offer_enrolment(routes: Blueprint, first_boot: FirstBoot, pages: OwnPages) -> None:
    @routes.post("/enrol")
    def enrol() -> Response:
        outcome = first_boot.enrol()
        if not isinstance(outcome, Admitted):
            wrong = outcome if outcome in FIRST_BOOT["zh"] else "refused"
            return _question(pages, first_boot, "code", wrong=wrong)
        response = _page(pages, "first_boot_enrolled.html", terminal=outcome.terminal)
        response.set_cookie(
            COOKIE,
            outcome.secret,
            path=PLACE,
            max_age=_COOKIE_SECONDS,
            httponly=True,
            samesite="Strict",
        )
        return response

    # The enrolled page refreshes itself to here while the old process still answers.
    routes.add_url_rule("/trials", "not_yet", lambda: _page(pages, "first_boot_enrolled.html"))


def _offer_trials(
    routes: Blueprint, desk: FirstBootDesk, trials: DeviceTrials, pages: OwnPages
) -> None:
    @routes.get("/trials")
    def show() -> Response:
        words = FIRST_BOOT[pages.language()]
        rows = [
            (kind, words[TRIAL_WORDS[kind]], standing(words, kind, each.state), each)
            for kind, each in trials.results().items()
        ]
        return _page(
            pages,
            "first_boot_trials.html",
            rows=rows,
            running=trials.running,
            complete=trials.complete,
        )

    @routes.post("/trials")
    def act() -> Response:
        for deed, kind in request.form.items():
            if kind not in set(TrialKind):
                continue
            if deed == "begin":
                trials.begin(TrialKind(kind))
            elif deed in {"good", "bad"}:
                trials.judge(TrialKind(kind), good=deed == "good")
        return _to("trials")

    @routes.post("/finish")
    def finish() -> Response:
        response = _page(pages, "first_boot_done.html", printed=desk.finish())
        response.delete_cookie(COOKIE, path=PLACE)
        response.delete_cookie("kiosk_language", path="/")
        return response


def _question(
    pages: OwnPages, first_boot: FirstBoot, step: Step, *, wrong: str | None = None
) -> Response:
    answers = first_boot.answers
    width, height = (round(mm * answers.px_per_mm) for mm in CARD_MM)
    return _page(
        pages,
        f"first_boot_{step}.html",
        answers=answers,
        wrong=wrong,
        step=step,
        before=_BEFORE.get(step),
        after=_AFTER.get(step),
        changes=list(_CHANGES),
        card=(width, height),
        typed=answers.address if step == "address" else _grouped(answers.code),
        keys=ADDRESS_KEYS if step == "address" else CODE_KEYS,
        code_complete=len(answers.code) == CODE_CHARACTERS,
        languages=[(each, TEXTS[each].tag, NATIVE_NAMES[each]) for each in OFFERED],
    )


def _grouped(code: str) -> str:
    shown = code.ljust(CODE_CHARACTERS, "·")
    return " ".join(shown[at : at + 4] for at in range(0, CODE_CHARACTERS, 4))


def _page(pages: OwnPages, template: str, **more: object) -> Response:
    words = FIRST_BOOT[pages.language()]
    return pages.page(template, 200, back=f"{PLACE}trials", words=words, place=PLACE, **more)


def _to(step: str) -> Response:
    return Response(status=303, headers={"Location": f"{PLACE}{step}"})


def start_here() -> Response:
    """Lead whoever opens the terminal's door to the first question."""
    return Response(status=303, headers={"Location": PLACE})
