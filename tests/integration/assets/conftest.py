"""What asset tests stand on: the counter's two terminals, and one member of staff."""

import pytest

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.staff.rules import Role
from kiosk_server.staff.services import add_member
from tests.support.counter import Counter


@pytest.fixture
def by(counter: Counter) -> Actor:
    """A technician of the city."""
    with counter.database.unit_of_work() as session:
        made = add_member(
            session, "jishuyuan", name="测试·技术", password="demo-Technician-1",
            roles=[Role.TECHNICIAN], division_code="653001", by=SYSTEM,
        )  # fmt: skip
    return Actor(kind="staff", id=made.staff_id)
