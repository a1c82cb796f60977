"""Moving, retiring and replacing a terminal: every room at once, on both engines."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets import queries as assets
from kiosk_server.assets import services as papers
from kiosk_server.assets.rules import Card, KeyWith, Part
from kiosk_server.audit.services import Actor
from kiosk_server.cases.models import Case
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Invalid, WrongState
from kiosk_server.fleet import life
from kiosk_server.printing.models import JobState, PrintJob
from kiosk_server.terminals import queries as terminals
from kiosk_server.terminals.life_history import states_of
from kiosk_server.terminals.moving import Whereabouts
from kiosk_server.terminals.rules import Condition, TerminalState, WithdrawalReason
from kiosk_server.terminals.services import Enrolled, enrol, make_enrolment_code
from kiosk_server.upkeep.models import Alert, AlertCall
from kiosk_server.visits.services import VisitOver
from tests.support.ailing import Ailing
from tests.support.counter import AYGUL, SITE, TERMINAL, Counter

BY = Actor(kind="staff", id="01technician")
BANK = Whereabouts("xingfulu", "sample-bank", "大厅")
KEYS = [bytes([number]) * 32 for number in (1, 2)]


@pytest.mark.policy("P54")
def test_a_move_changes_the_place_and_keeps_the_visit(counter: Counter) -> None:
    """From the next request on the terminal is another site's; who is there goes on as before."""
    person = counter.starts()
    with counter.database.unit_of_work() as session:
        papers.write_card(session, TERMINAL, Card(KeyWith.SECURITY), edition=0, by=BY)
        life.move(session, TERMINAL, BANK, by=BY)
    with counter.database.reading() as session:
        view = terminals.find(session, TERMINAL)
        assert view is not None
        assert (view.site_id, view.host_place_id, view.place) == ("xingfulu", "sample-bank", "大厅")
        assert assets.card_of(session, TERMINAL).card == Card()
        moved = assets.history_of(session, TERMINAL)[0]
        assert (moved.part, moved.changes["site"]) == (Part.MOVED, [SITE, "xingfulu"])
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    case_id = counter.prepares(person).case_id
    with counter.database.reading() as session:
        assert session.get_one(Case, case_id).site_id == SITE
    (told,) = counter.audited("terminal.moved")
    assert (told.facts["from_site"], told.facts["site"]) == (SITE, "xingfulu")


@pytest.mark.parametrize(
    ("to", "at", "code"),
    [
        (Whereabouts(SITE, "sample-bank", ""), "site", "host_place_of_another_site"),
        (Whereabouts(SITE, None, ""), "site", "stands_there_already"),
        (Whereabouts(SITE, None, "远" * 81), "place", "too_long"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    counter: Counter, to: Whereabouts, at: str, code: str
) -> None:
    """The bank of another site, the same place again, or endless words: each is told."""
    with pytest.raises(Invalid) as refused, counter.database.unit_of_work() as session:
        life.move(session, TERMINAL, to, by=BY)
    assert [(fault.at, fault.code) for fault in refused.value.fields] == [(at, code)]


@pytest.mark.policy("P53")
def test_open_alerts_go_with_a_moved_terminal(database: Database) -> None:
    """The people of the new place are called for what is still wrong there."""
    town = Ailing(database).open(centre=1, town=1)
    township = town.on_call("songtake", "653001101")
    city = town.on_call("weihu", "653001", rank=2)
    town.says("AT-0001", Condition.FAULT, "jam")
    town.wait(60)
    with town.at_work(), database.unit_of_work() as session:
        called = set(session.scalars(select(AlertCall.staff_id)))
        assert called == {city}
        life.move(session, "AT-0001", Whereabouts("songtake", None, ""), by=BY)
    town.wait(60)
    with database.reading() as session:
        (alert,) = session.scalars(select(Alert).where(Alert.terminal_id == "AT-0001"))
        assert (alert.site_id, alert.closed_at) == ("songtake", None)
        assert township in set(session.scalars(select(AlertCall.staff_id)))


def stolen(session: Session, terminal_id: str, *, by: Actor) -> None:
    """Somebody carried it away."""
    life.withdraw(session, terminal_id, by=by, reason=WithdrawalReason.STOLEN)


@pytest.mark.policy("P53")
@pytest.mark.parametrize("deed", [life.retire, stolen])
def test_a_terminal_that_is_out_leaves_nothing_open(
    counter: Counter, deed: Callable[..., None]
) -> None:
    """Retired or stolen: its key is dead, its visit over, its paper unknown, and once is enough."""
    person, _, job_id = counter.comes_to_paper(AYGUL)
    counter.reports(job_id, 1, "printing")
    with counter.database.unit_of_work() as session:
        deed(session, TERMINAL, by=BY)
    with counter.database.reading() as session:
        view = terminals.find(session, TERMINAL)
        assert view is not None
        assert (view.state, view.revoked_at is not None) == (TerminalState.REVOKED, True)
        job = session.get_one(PrintJob, job_id)
        assert (job.state, job.trouble) == (JobState.UNKNOWN, "offline")
        assert states_of(session, [TERMINAL])[TERMINAL][-1].state is TerminalState.REVOKED
    assert isinstance(counter.resumes(person), VisitOver)
    assert counter.wants() == [("cancel_print", job_id)]
    for again in (life.retire, life.replace):
        with pytest.raises(WrongState), counter.database.unit_of_work() as session:
            again(session, TERMINAL, by=BY)


def test_a_retired_terminal_calls_nobody(database: Database) -> None:
    """What was wrong with it is over at once, without waiting for the watch."""
    town = Ailing(database).open()
    town.says("AT-0001", Condition.FAULT, "jam")
    town.wait(60)
    assert town.open_kinds() == ["a4_printer/jam"]
    with town.at_work(), database.unit_of_work() as session:
        life.retire(session, "AT-0001", by=BY)
    assert town.open_kinds() == []


def test_a_replacement_takes_the_place_and_not_the_key(counter: Counter) -> None:
    """The new machine has a number and a key of its own; both books name the other."""
    with counter.database.unit_of_work() as session:
        made = make_enrolment_code(session, SITE, by=BY, terminal_id=TERMINAL, place="东厅")
        old = enrol(session, code=made.code, public_key=KEYS[0], model="m")
        assert isinstance(old, Enrolled)
        papers.write_card(session, TERMINAL, Card(KeyWith.SECURITY), edition=0, by=BY)
        open_code = make_enrolment_code(session, SITE, by=BY, terminal_id=TERMINAL)
        issued = life.replace(session, TERMINAL, by=BY)
        admitted = enrol(session, code=issued.code, public_key=KEYS[1], model="m")
        assert isinstance(admitted, Enrolled)
    with counter.database.reading() as session:
        holder = terminals.holder_of_key(session, old.key_id)
        assert holder is not None
        assert holder.revoked
        new = terminals.find(session, issued.terminal_id)
        assert new is not None
        assert (new.replaces, new.site_id, new.place) == (TERMINAL, SITE, "东厅")
        assert assets.card_of(session, issued.terminal_id).card == Card(KeyWith.SECURITY)
        for each in (TERMINAL, issued.terminal_id):
            said = assets.history_of(session, each)[0]
            assert said.changes == {"terminal": [TERMINAL, issued.terminal_id]}
    with counter.database.unit_of_work() as session:
        refused = enrol(session, code=open_code.code, public_key=bytes([9]) * 32, model="m")
        assert not isinstance(refused, Enrolled)
