"""The development dock (开发用模拟设备): place a card, run out of paper, cut the line.

What the terminal says aloud stands here as text, for a desk without a loudspeaker. Absent in
production: the routes do not exist there. Everything on it is simulated, the people on the cards
too, so that showing them is no matter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, send_file
from flask import send_from_directory as send_from

from devices.api.answers import problem
from devices.api.dock_deeds import DEEDS, LAMPS, NAMES
from devices.api.simulator_control import SimulatorControl
from devices.contracts.states import DeviceKind, DeviceStatus
from devices.host.line_switch import LineSwitch
from devices.host.speaking import Line

_SHOWN_OUTPUTS = 6
_LONGEST_TEXT = 1_000
_FILES = {"dock.css": "text/css", "dock.mjs": "text/javascript"}


@dataclass(frozen=True)
class Dock:
    """What can be played; `line` is None while the terminal is not enrolled."""

    simulators: Mapping[DeviceKind, SimulatorControl]
    statuses: Callable[[], Mapping[DeviceKind, DeviceStatus]]
    line: LineSwitch | None
    spoken: Callable[[], tuple[Line, ...]] | None = None


@dataclass(frozen=True, slots=True)
class _Panel:
    kind: str
    zh: str
    en: str
    condition: str
    troubles: tuple[str, ...]
    answers: bool
    scans: bool
    card: str
    cards: tuple[Mapping[str, object], ...]
    deeds: tuple[tuple[str, str, str], ...]
    jobs: tuple[Mapping[str, object], ...]
    outputs: tuple[str, ...]
    lamps: tuple[tuple[str, str, bool], ...]


def blueprint(dock: Dock) -> Blueprint:
    """The routes under /dock."""
    routes = Blueprint("dock", __name__)

    @routes.get("/dock")
    def page() -> str:
        return render_template("dock.html", **_live(dock))

    @routes.get("/dock/live")
    def live() -> str:
        return render_template("dock_live.html", **_live(dock))

    @routes.get("/dock/files/<name>")
    def file(name: str) -> Response:
        if name not in _FILES:
            return problem(404, "not_found", "There is no such file")
        return send_from("static", name, mimetype=_FILES[name])

    @routes.post("/dock/do")
    def do() -> Response:
        text = request.form.get("text", "")[:_LONGEST_TEXT]
        minded = _carry_out(dock, request.form.get("deed", ""), text)
        if minded is not None:
            return problem(409, "not_done", minded)
        return Response(status=303, headers={"Location": "/dock"})

    @routes.get("/dock/outputs/<kind>/<name>")
    def output(kind: str, name: str) -> Response:
        found = next((path for path in _outputs(dock, kind) if path.name == name), None)
        if found is None or not found.is_file():
            return problem(404, "not_found", "There is no such paper")
        return send_file(found.resolve())

    routes.add_url_rule("/dock/", "slash", lambda: redirect("/dock"))
    return routes


def _carry_out(dock: Dock, wish: str, text: str) -> str | None:
    """Do what a button says; returns what stood against it, if anything."""
    if wish in {"line-cut", "line-mended"}:
        if dock.line is None:
            return "not enrolled"
        dock.line.cut = wish == "line-cut"
        return None
    if wish == "scan":
        scanner = dock.simulators.get(DeviceKind.QR_SCANNER)
        return scanner.do("scan", text=text) if scanner else "no simulated scanner"
    if wish.startswith("card:"):
        reader = dock.simulators.get(DeviceKind.ID_READER)
        card = wish.removeprefix("card:")
        return reader.do("place_card", card=card) if reader else "no simulated reader"
    deed = DEEDS.get(wish)
    simulator = dock.simulators.get(deed.device) if deed is not None else None
    if deed is None or simulator is None:
        return "no such deed here"
    return simulator.do(deed.verb, **deed.arguments)


def _live(dock: Dock) -> dict[str, object]:
    statuses = dock.statuses()
    return {
        "panels": [_panel(kind, control, statuses) for kind, control in dock.simulators.items()],
        "spoken": None if dock.spoken is None else tuple(reversed(dock.spoken())),
        "enrolled": dock.line is not None,
        "line_cut": dock.line is not None and dock.line.cut,
    }


def _panel(
    kind: DeviceKind, control: SimulatorControl, statuses: Mapping[DeviceKind, DeviceStatus]
) -> _Panel:
    state = control.state()
    status = statuses.get(kind)
    known = state or {}
    zh, en = NAMES[kind]
    return _Panel(
        kind=kind.value,
        zh=zh,
        en=en,
        condition=status.condition.value if status else "absent",
        troubles=tuple(trouble.value for trouble in status.troubles) if status else (),
        answers=state is not None,
        scans=kind is DeviceKind.QR_SCANNER,
        card=str(known.get("card") or ""),
        cards=_objects(known.get("cards")),
        deeds=tuple((key, each.zh, each.en) for key, each in DEEDS.items() if each.device is kind),
        jobs=_objects(known.get("jobs"))[-_SHOWN_OUTPUTS:],
        outputs=tuple(reversed([path.name for path in _paths(known)][-_SHOWN_OUTPUTS:])),
        lamps=_lamps(known.get("lamps")),
    )


def _lamps(listed: object) -> tuple[tuple[str, str, bool], ...]:
    lit = listed if isinstance(listed, dict) else {}
    return tuple((zh, en, lit[name] is True) for name, (zh, en) in LAMPS.items() if name in lit)


def _outputs(dock: Dock, kind: str) -> tuple[Path, ...]:
    control = next((each for own, each in dock.simulators.items() if own.value == kind), None)
    return _paths(control.state() or {}) if control is not None else ()


def _paths(state: Mapping[str, object]) -> tuple[Path, ...]:
    listed = state.get("outputs")
    return tuple(Path(str(each)) for each in listed) if isinstance(listed, list) else ()


def _objects(listed: object) -> tuple[Mapping[str, object], ...]:
    return (
        tuple(each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()
    )
