"""A terminal in a bank: whose it is, and where it stands."""

import pytest
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Actor
from kiosk_server.core.database import Database
from kiosk_server.core.errors import Invalid, NotFound
from kiosk_server.terminals import queries
from kiosk_server.terminals.services import Enrolled, enrol, make_enrolment_code
from tests.support.first_rows import enter_places

BY = Actor(kind="staff", id="01technician")
SITE, BANK = "xingfulu", "sample-bank"


@pytest.fixture
def city(database: Database) -> Database:
    """A database with the sample sites and the bank."""
    enter_places(database)
    return database


def in_bank(session: Session) -> str:
    """A number reserved for a machine in the bank."""
    issued = make_enrolment_code(session, SITE, by=BY, place="大厅", host_place_id=BANK)
    return issued.terminal_id


@pytest.mark.policy("P54")
def test_a_code_carries_the_bank(city: Database) -> None:
    """The machine that uses the code stands in the bank and belongs to its 便民服务中心."""
    with city.unit_of_work() as session:
        code = make_enrolment_code(session, SITE, by=BY, host_place_id=BANK).code
        admitted = enrol(session, code=code, public_key=b"k" * 32, model="m")
    assert isinstance(admitted, Enrolled)
    assert (admitted.site_id, admitted.host_place_id) == (SITE, BANK)
    with city.reading() as session:
        view = queries.find(session, admitted.terminal_id)
    assert view is not None
    assert (view.site_id, view.host_place_id) == (SITE, BANK)


@pytest.mark.policy("P54")
def test_the_bank_of_another_site_is_refused(city: Database) -> None:
    """A machine cannot stand in a bank that belongs to another site, nor in an unknown one."""
    with city.unit_of_work() as session:
        with pytest.raises(Invalid, match="host_place_invalid") as fault:
            make_enrolment_code(session, "atushi-centre", by=BY, host_place_id=BANK)
        with pytest.raises(NotFound, match="host_place_not_found"):
            make_enrolment_code(session, SITE, by=BY, host_place_id="nowhere")
    assert [field.code for field in fault.value.fields] == ["host_place_of_another_site"]


def test_another_code_keeps_the_bank(city: Database) -> None:
    """A changed machine stays where it stood unless its site changes."""
    with city.unit_of_work() as session:
        number = in_bank(session)
        make_enrolment_code(session, SITE, by=BY, terminal_id=number)
        kept = queries.find(session, number)
        make_enrolment_code(session, "atushi-centre", by=BY, terminal_id=number)
        moved = queries.find(session, number)
    assert kept is not None
    assert moved is not None
    assert (kept.host_place_id, kept.place) == (BANK, "大厅")
    assert (moved.site_id, moved.host_place_id) == ("atushi-centre", None)
