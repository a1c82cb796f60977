"""What happens to the machine around a touch: disk, clock, reader, server, slip printer."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from devices.agent.clock import ServerClock
from devices.agent.enrolment import enrol
from devices.agent.identity import Identity, load
from devices.simulators.sam_module import ANOTHER_SAM_ID
from kiosk_server.audit.services import Actor
from kiosk_server.printing.models import JobKind
from kiosk_server.terminals import readers
from tests.support.village import Village, resident

DAY = 24 * 3600.0
LOCKED_SECONDS = 0.2
SHORT_PATIENCE_MS = 300
SWAPPED = "id_reader/reader_swapped"
TECHNICIANS = Actor("staff", "technician-a"), Actor("staff", "technician-b")
REPORTS = "/reports"


def _another_life(place: Village, between: Callable[[Path], object]) -> None:
    """The host ends, something happens in its folder, it begins again; the browser stays."""
    browser = place.screen.client
    place.stop_host()
    between(place.state)
    place.start_host()
    browser.application = place.terminal.app
    place.screen.client = browser


def _empty(state: Path) -> None:
    for path in state.glob("journal.sqlite3*"):
        path.write_bytes(b"")


@pytest.mark.policy("P50")
def test_a_journal_lost_over_a_sheet_prints_it_once(place: Village) -> None:
    """Printed and not told, with the journal gone: found at the printer by name, told, once."""
    person = resident(place).to_decision()
    before = place.documents()
    place.line.before = lambda _method, path: path.endswith(REPORTS)
    job = person.asks_for_paper()
    place.until(lambda: place.documents() == before + 1, "the document")
    assert place.job().state == "waiting"
    _another_life(place, _empty)
    place.line.whole()
    place.until(lambda: place.job().state == "printed", "the word of the print")
    assert (place.submitted(job), place.documents()) == (1, before + 1)
    assert (place.state / "journal.sqlite3.damaged").exists()


def test_enrolment_cut_in_the_middle_wants_a_new_code(place: Village, tmp_path: Path) -> None:
    """The server let it in and the answer was lost: not enrolled yet, and a new code serves."""
    origin, issued = place.settings.public_origin, place.code()
    place.line.cut_once("POST", "/api/terminal/v1/enrolments", after=True)
    for _ in range(2):
        outcome = enrol(origin=origin, code=issued.code, model="test", state=tmp_path)
        assert not isinstance(outcome, Identity)
        assert load(tmp_path) is None
    again = place.code(issued.terminal_id).code
    admitted = enrol(origin=origin, code=again, model="test", state=tmp_path)
    assert isinstance(admitted, Identity)
    kept = load(tmp_path)
    assert kept is not None
    assert (kept.terminal, kept.key_id) == (issued.terminal_id, admitted.key_id)


@pytest.mark.parametrize("jump", [-DAY, DAY], ids=["a day back", "a day ahead"])
def test_the_clock_jumps_within_a_visit(
    place: Village, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    """The person notices nothing: the first answer sets the offset, and the sheet comes out."""
    wrong = [0.0]
    monkeypatch.setattr(
        "devices.assembly.ServerClock", lambda: ServerClock(lambda: time.time() + wrong[0])
    )
    _another_life(place, lambda _state: None)
    place.ready()
    person = resident(place).to_decision()
    before = place.documents()
    wrong[0] = jump
    person.asks_for_paper()
    person.sees('value="yes"')
    assert place.documents() == before + 1
    person.leaves()


@pytest.mark.policy("P50")
def test_the_reader_is_unplugged_while_a_card_is_asked_for(place: Village) -> None:
    """The page and technicians are told; plugged in again, on another port, the card is read."""
    person = resident(place).comes().at_the_card()
    place.sam.pull_cable()
    try:
        assert person.lays_card() == "reader_absent"
        place.until(lambda: "id_reader/offline" in place.suspected(), "an entry for technicians")
    finally:
        place.sam.plug_cable()
    place.until(lambda: "id_reader/offline" not in place.unhealed(), "the reader back")
    place.sam.module.take()
    assert person.at_the_card().lays_card() == "done"
    place.sam.module.take()


def test_a_card_is_pulled_within_its_reading(place: Village) -> None:
    """The page is told that the card moved; laid down again it is read, and the visit goes on."""
    person = resident(place).comes().at_the_card()
    place.sam.lift_card_after("select")
    assert person.lays_card() == "card_moved"
    assert person.at_the_card().lays_card() == "done"
    place.sam.module.take()
    person.open("/kiosk/card/read")
    assert person.path == "/kiosk/proof"


@pytest.mark.policy("P50")
def test_the_server_begins_anew_in_a_visit(place: Village) -> None:
    """While it is away the host says so; afterwards the visit is where it was, and prints."""
    person = resident(place).to_decision()
    before = place.documents()
    place.stop_server()
    assert place.screen.get("/kiosk/decision").status_code in {502, 503, 504}
    place.start_server()
    person.open("/kiosk/decision")
    person.asks_for_paper()
    person.sees('value="yes"')
    assert place.documents() == before + 1
    person.leaves()


def test_the_database_is_locked_for_a_moment(place: Village) -> None:
    """A touch in that moment waits for its turn: there is one job and one sheet."""
    person = resident(place).to_decision()
    before, jobs = place.documents(), len(place.jobs())
    lock = sqlite3.connect(place.server_file, isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN IMMEDIATE")
    release = threading.Timer(LOCKED_SECONDS, lock.close)
    release.start()
    person.asks_for_paper()
    release.join()
    person.sees('value="yes"')
    assert (len(place.jobs()), place.documents()) == (jobs + 1, before + 1)
    person.leaves()


@pytest.mark.policy("P50")
def test_the_database_is_locked_for_long(place: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person is told in a sentence, nothing half done is kept, the next touch prints once."""
    monkeypatch.setattr("kiosk_server.core.database.BUSY_TIMEOUT_MS", SHORT_PATIENCE_MS)
    place.stop_server()
    place.start_server()
    place.ready()
    person = resident(place).to_decision()
    before, jobs = place.documents(), len(place.jobs())
    with closing(sqlite3.connect(place.server_file, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        person.touch("/kiosk/decision/print")
    assert (person.answer.status_code, person.answer.headers["Retry-After"]) == (503, "5")
    assert "系统正忙" in person.answer.text
    assert len(place.jobs()) == jobs
    person.open("/kiosk/decision").touch("/kiosk/decision/print")
    person.sees('value="yes"')
    assert (len(place.jobs()), place.documents()) == (jobs + 1, before + 1)
    person.leaves()
    monkeypatch.undo()
    place.stop_server()
    place.start_server()


@pytest.mark.policy("P53")
def test_another_reader_stands_in_its_place(place: Village) -> None:
    """No card is read with it and technicians are called; accepted by two people, it reads."""
    person = resident(place).comes().at_the_card()
    place.sam.swap_reader()
    place.until(lambda: SWAPPED in place.suspected(), "an entry for technicians")
    assert person.lays_card() == "reader_not_accepted"
    place.sam.module.take()
    with place.database.unit_of_work() as session:
        readers.propose(session, place.identity.terminal, sam_id=ANOTHER_SAM_ID, by=TECHNICIANS[0])
    with place.database.unit_of_work() as session:
        readers.confirm(session, place.identity.terminal, sam_id=ANOTHER_SAM_ID, by=TECHNICIANS[1])
    assert person.at_the_card().lays_card() == "done"
    place.sam.module.take()
    person.open("/kiosk/card/read")
    assert person.path == "/kiosk/proof"


@pytest.mark.policy("P50")
@pytest.mark.parametrize(
    ("strike", "cure", "technician"),
    [
        ("open_cover", "close_cover", "receipt_printer/cover_open"),
        ("take_paper", "load_paper", "receipt_printer/paper_out"),
        ("switch_off", "switch_on", "receipt_printer/offline"),
    ],
)
def test_the_slip_waits_and_comes_out_once(
    place: Village, strike: str, cure: str, technician: str
) -> None:
    """Technicians see it, nobody is held up by it; after the cure there is one slip."""
    place.works()
    known = len(place.jobs(JobKind.SLIP))
    place.until(lambda: _slips_ended(place), "the slips before")
    printed = place.slips.state()["slips"]
    assert isinstance(printed, int)
    person = resident(place).to_decision()
    person.asks_for_paper()
    person.sees('value="yes"')
    # A slip printer that is known to be in trouble is promised no slip: it strikes just before.
    place.line.before = lambda _method, path: path.startswith("/api/")
    place.slips.verbs[strike]()
    place.works()
    place.line.whole()
    place.until(lambda: technician in place.suspected(), "an entry for technicians")
    assert place.slips.state()["slips"] == printed
    place.slips.verbs[cure]()
    place.until(lambda: len(place.jobs(JobKind.SLIP)) > known and _slips_ended(place), "the slip")
    assert place.jobs(JobKind.SLIP)[-1].state == "printed"
    assert place.slips.state()["slips"] == printed + 1
    person.leaves()


def _slips_ended(place: Village) -> bool:
    return all(
        job.state in {"printed", "not_printed", "unknown"} for job in place.jobs(JobKind.SLIP)
    )
