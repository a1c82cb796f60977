"""
What each command does (指令的动作), in one table: kind -> deed.

A deed that stops the machine, makes paper or closes the door waits for a quiet moment. What this
terminal does not have (a printer, say) is answered as not here.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from devices.contracts.document_printer import DocumentPrinter, JobReport, JobState, Submitted
from devices.contracts.receipt_printer import NotPrinted, Printed, PrintUnknown, ReceiptPrinter
from devices.contracts.states import DeviceKind
from devices.host.browser_wipe import BrowserWipe
from devices.host.closure import ClosedFor, Closure
from devices.host.command_duty import Deed
from devices.host.command_values import CommandKind, Fact, Order, Outcome
from devices.host.log_ring import LogRing
from devices.host.power import Power
from devices.host.screen_message import TEXTS, Message, ScreenMessage
from devices.host.supervisor import Supervisor
from devices.host.trial_papers import Trial, trial_page, trial_slip

A4_PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.5
DONE = Outcome(done=True)
_LONGEST_NOTE = 60


@dataclass(frozen=True, slots=True)
class Reach:
    """What the deeds can lay hands on. `life` marks this run of the host; `forget_files` empties
    the store of the server's static files and returns how many there were."""

    terminal: str
    life: str
    now: Callable[[], datetime]
    supervisor: Supervisor
    closure: Closure
    message: ScreenMessage
    power: Power
    wipe: BrowserWipe
    log: LogRing
    forget_files: Callable[[], int]
    wipe_residue: Callable[[], bool] = lambda: False
    """Wipes what a visit left and looks anew; returns whether nothing is found any more."""
    a4_printer: DocumentPrinter | None = None
    receipt_printer: ReceiptPrinter | None = None
    slip_width_mm: int = 80
    pause: Callable[[float], None] = time.sleep


def deeds_for(reach: Reach) -> Mapping[CommandKind, Deed]:
    """Return what this terminal does for each kind of command."""
    deeds = {
        CommandKind.LOCK: Deed(lambda _told, _order: _lock(reach), closes=ClosedFor.TESTING),
        CommandKind.UNLOCK: Deed(lambda _told, _order: _unlock(reach)),
        CommandKind.RESTART_APP: Deed(
            lambda _told, _order: _restart(reach),
            closes=ClosedFor.RESTARTING,
            resumed=lambda life: _restarted(reach, life),
        ),
        CommandKind.REBOOT: Deed(
            lambda _told, _order: _reboot(reach),
            closes=ClosedFor.RESTARTING,
            resumed=lambda life: _rebooted(reach, life),
        ),
        CommandKind.SELF_TEST: Deed(
            lambda _told, _order: _self_test(reach), closes=ClosedFor.TESTING
        ),
        CommandKind.FETCH_LOGS: Deed(lambda _told, _order: _fetch_logs(reach)),
        CommandKind.SHOW_MESSAGE: Deed(lambda told, order: _show(reach, told, order)),
        CommandKind.WIPE_BROWSER: Deed(lambda _told, _order: _wipe(reach), waits=True),
        CommandKind.REFRESH_STATIC: Deed(
            lambda _told, _order: _refresh(reach), closes=ClosedFor.TESTING
        ),
    }
    if (a4 := reach.a4_printer) is not None:
        deeds[CommandKind.TEST_PRINT_A4] = Deed(
            lambda _told, order: _print_page(reach, a4, order), closes=ClosedFor.TESTING
        )
    if (receipt := reach.receipt_printer) is not None:
        deeds[CommandKind.TEST_PRINT_SLIP] = Deed(
            lambda _told, order: _print_slip(reach, receipt, order), closes=ClosedFor.TESTING
        )
    return deeds


def _lock(reach: Reach) -> Outcome:
    reach.closure.close(ClosedFor.LOCKED)
    return DONE


def _unlock(reach: Reach) -> Outcome:
    reach.closure.open(ClosedFor.LOCKED)
    return DONE


def _restart(reach: Reach) -> Outcome | None:
    reach.power.restart()
    return None


def _restarted(reach: Reach, life: str) -> Outcome:
    # Whoever settles it is a new life, unless only the duty fell and began again.
    if life == reach.life:
        return Outcome(done=False, code="not_restarted")
    return DONE


def _reboot(reach: Reach) -> Outcome | None:
    return None if reach.power.reboot() else Outcome(done=False, code="reboot_refused")


def _rebooted(reach: Reach, life: str) -> Outcome:
    if boot_of(life) == boot_of(reach.life):
        return Outcome(done=False, code="not_rebooted")
    if reach.power.simulated:
        return Outcome(done=True, code="simulated", facts={"simulated": True})
    return DONE


def boot_of(life: str) -> str:
    """Return the boot within which a life of the host ran."""
    return life.partition("/")[0]


def _self_test(reach: Reach) -> Outcome:
    facts: dict[str, Fact] = {}
    well = True
    for kind in reach.supervisor.statuses():
        status = reach.supervisor.look(kind)
        well = well and status.usable
        words = [status.condition.value, *(each.value for each in status.troubles)]
        facts[kind.value] = " ".join(words)
    return Outcome(done=well, code=None if well else "device_not_ready", facts=facts)


def _fetch_logs(reach: Reach) -> Outcome:
    text, lines = reach.log.last()
    return Outcome(done=True, facts={"lines": lines}, log=text)


def _show(reach: Reach, told: Mapping[str, Fact], order: Order) -> Outcome:
    text = str(told.get("text", ""))
    notes = [str(told.get(name, "")) for name in ("note_zh", "note_ug")]
    if text not in TEXTS or any(len(note) > _LONGEST_NOTE for note in notes):
        return Outcome(done=False, code="message_unknown")
    reach.message.show(Message(text, notes[0], notes[1], order.expires_at))
    return DONE


def _wipe(reach: Reach) -> Outcome:
    if reach.closure.holds(ClosedFor.RESIDUE):
        # No page comes through a closed door: here it is the profile itself that goes.
        return DONE if reach.wipe_residue() else Outcome(done=False, code="residue_left")
    return DONE if reach.wipe.ask() else Outcome(done=False, code="browser_silent")


def _refresh(reach: Reach) -> Outcome:
    return Outcome(done=True, facts={"files": reach.forget_files()})


def _print_page(reach: Reach, printer: DocumentPrinter, order: Order) -> Outcome:
    trouble = _not_usable(reach, DeviceKind.A4_PRINTER)
    if trouble is not None:
        return trouble
    page = trial_page(Trial(reach.terminal, order.id, reach.now()))
    taken = printer.submit(page, job_name=order.id, pages=1)
    if not isinstance(taken, Submitted):
        trouble_word = getattr(taken, "trouble", None)
        return Outcome(done=False, code=trouble_word.value if trouble_word else "answer_lost")
    for _ in range(round(A4_PATIENCE_SECONDS / LOOK_SECONDS)):
        seen = printer.watch(taken.ref)
        if isinstance(seen, JobReport) and seen.ended:
            printed = seen.state is JobState.COMPLETED
            return DONE if printed else Outcome(done=False, code="not_printed")
        reach.pause(LOOK_SECONDS)
    # A page that comes out hours later is a page for the next person.
    printer.cancel(taken.ref)
    return Outcome(done=False, code="not_printed_in_time")


def _print_slip(reach: Reach, printer: ReceiptPrinter, order: Order) -> Outcome:
    slip = trial_slip(Trial(reach.terminal, order.id, reach.now()), width_mm=reach.slip_width_mm)
    match printer.print(slip):
        case Printed():
            return DONE
        case NotPrinted(trouble=trouble):
            return Outcome(done=False, code=trouble.value)
        case PrintUnknown():
            return Outcome(done=False, code="unknown")


def _not_usable(reach: Reach, kind: DeviceKind) -> Outcome | None:
    status = reach.supervisor.look(kind)
    if status.usable:
        return None
    word = status.troubles[0].value if status.troubles else status.condition.value
    return Outcome(done=False, code=word)
