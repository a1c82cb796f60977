"""The worker dies at noon and is back at one: what waited is done once, and nobody is stormed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.assembly import head_folder, sealer_for
from kiosk_server.audit.verify import verify
from kiosk_server.cases.models import Case, CaseState
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.outbox.rules import MessageState
from kiosk_server.outbox.timetable import TOPIC, emit_due
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.reactions import CHORES
from kiosk_server.settings import Settings
from kiosk_server.terminals.rules import Condition
from kiosk_server.upkeep.calling import CALL_ASKED
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import EndReason, Visit
from tests.support.ailing import NOON, Ailing
from tests.support.counter import AYGUL, MEMET, Counter, Person

HOUR = timedelta(hours=1)
OUT = (Condition.FAULT, "paper_out")
AWAY_SECONDS = 3600


@pytest.mark.policy("P53")
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_alerts_of_an_hour_without_a_worker(database: Database) -> None:
    """What lasts is called for once, to the first on the list; what came and went calls nobody."""
    town = Ailing(database).open(centre=3)
    lasting, gone, silent = sorted(town.troubles)
    first = town.on_call("weihu")
    town.on_call("songtake", rank=2)
    town.dead = True
    town.silent.add(silent)
    town.says(lasting, *OUT)
    for _ in range(3):
        town.says(gone, *OUT)
        town.wait(180)
        town.well(gone)
        town.wait(180)
    town.wait(AWAY_SECONDS - 6 * 180)
    assert town.calls() == []

    town.dead = False
    town.wait(120)
    assert town.open_kinds(lasting) == ["a4_printer/paper_out"]
    assert town.open_kinds(gone) == []
    assert town.open_kinds(silent) == ["terminal/offline"]
    called = {alert.terminal_id for alert in town.alerts() if alert.closed_at is None}
    assert called == {lasting, silent}
    assert [call.staff_id for call in town.calls()] == [first, first]
    with database.reading() as session:
        asked = select(OutboxMessage.id).where(OutboxMessage.topic == CALL_ASKED)
        assert len(session.scalars(asked).all()) == len(town.calls())


@pytest.mark.policy("P50", "P52")
def test_papers_of_an_hour_without_a_worker(database: Database, settings: Settings) -> None:
    """Each case is completed and each letter carried out once; no slip follows who has left."""
    counter = Counter(database, settings).open()
    with clock.frozen(NOON):
        left, left_case = _prints(counter, AYGUL)
        with database.unit_of_work() as session:
            visit = session.get_one(Visit, left.visit_id)
            visits.end(session, visit, reason=EndReason.DONE)
    with clock.frozen(NOON + HOUR):
        present, present_case = _prints(counter, MEMET)
        for _ in range(2):
            with database.unit_of_work() as session:
                emit_due(session, CHORES)
            counter.works()
        sealer_for(database, settings).seal_all()

    with database.reading() as session:
        cases = [session.get_one(Case, each).state for each in (left_case, present_case)]
        slips = select(PrintJob.visit_id).where(PrintJob.kind == JobKind.SLIP)
        assert cases == [CaseState.COMPLETED] * 2
        assert session.scalars(slips).all() == [present.visit_id]
        letters = session.scalars(select(OutboxMessage)).all()
        assert {(letter.state, letter.attempts) for letter in letters} == {(MessageState.DONE, 1)}
        chores = [letter.payload["chore"] for letter in letters if letter.topic == TOPIC]
        assert sorted(chores) == sorted(chore.name for chore in CHORES)
        heads = head_folder(settings).heads()
        checked = verify(session, key=settings.audit_key, heads=heads)
    assert (checked.faults, checked.unsealed) == ((), 0)


def _prints(counter: Counter, card: dict[str, str]) -> tuple[Person, str]:
    """Somebody comes, and the sheet comes out."""
    person, case_id, job_id = counter.comes_to_paper(card)
    for sequence, state in enumerate(("taken", "printing", "printed"), 1):
        counter.reports(job_id, sequence, state, pages_done=sequence - 1)
    return person, case_id
