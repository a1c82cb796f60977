"""The self-tests of one terminal, put together: trials of paper, card and code, and its deeds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from devices.agent.machine import Machine
from devices.agent.published import GUIDES
from devices.drivers.typefaces import Typefaces
from devices.host.device_trials import DeviceTrials
from devices.host.guiding_lights import LampHold
from devices.host.machine_tests import LineFailed, MachineTests, Reach
from devices.host.ports import LineDead, Refused, ServerDoor, Want
from devices.host.registry import Fleet
from devices.host.self_tests import SelfTests
from devices.host.speaking import Speaking
from devices.prompts import Language
from devices.settings import HostSettings

OCCASION = "self-test"
_PROMPT = "attract-title"
_OK = 200


@dataclass(frozen=True)
class LineWords:
    """What the line and the clock say: a question with a short answer, any request, the offset."""

    wants: Callable[[], tuple[Want, ...] | Refused | LineDead]
    door: ServerDoor
    offset_seconds: Callable[[], float]


def self_tests(
    settings: HostSettings,
    terminal: str,
    line: LineWords,
    *,
    fleet: Fleet,
    speaking: Speaking,
    lamps: LampHold,
    now: Callable[[], datetime],
) -> SelfTests:
    """Return the self-tests of *terminal*, over whatever hangs on it."""
    receipt = settings.drivers.receipt_printer
    trials = DeviceTrials(
        fleet,
        terminal=terminal,
        slip_width_mm=receipt.width_mm if receipt is not None else 80,
        now=now,
        occasion=OCCASION,
    )
    machine = Machine(settings.state)
    reach = Reach(
        ask=lambda: _ask(line),
        fetch=lambda: _fetch(line.door),
        clock_offset_seconds=line.offset_seconds,
        disk_free_mb=lambda: machine.facts().disk_free_mb,
        memory_free_mb=lambda: machine.facts().memory_free_mb,
        px_per_mm=settings.model.px_per_mm,
        typefaces=Typefaces,
        speak=(lambda: speaking.ask([_PROMPT], Language.ZH)) if speaking.audible else None,
        scanner=fleet.document_scanner,
        slot=fleet.card_slot,
        cabinet=fleet.cabinet,
        lamps=lamps,
    )
    return SelfTests(trials, MachineTests(reach).deeds())


def _ask(line: LineWords) -> None:
    match line.wants():
        case LineDead():
            raise LineFailed("line_dead")
        case Refused():
            raise LineFailed("refused")
        case _:
            return


def _fetch(door: ServerDoor) -> int:
    # The guides are the largest thing that every terminal may fetch at any time.
    reply = door.send("GET", GUIDES, headers={"Accept-Encoding": "gzip"})
    if isinstance(reply, LineDead):
        raise LineFailed("line_dead")
    if reply.status != _OK:
        raise LineFailed("refused")
    return len(reply.body)
