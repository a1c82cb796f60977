"""Lost, refused, returned, wrong address, turned down: each has its way on."""

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core.errors import Invalid, NotFound, Unavailable, WrongState
from kiosk_server.deliveries.addresses import Address, address_of
from kiosk_server.deliveries.heard import hear, held
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.parties import address_of_order
from kiosk_server.deliveries.ports import Couriers, TurnedDown
from kiosk_server.deliveries.queries import needing_a_person, pieces_of
from kiosk_server.deliveries.rules import Finding, Found, WayOn
from kiosk_server.deliveries.settling import check_piece, find_out, go_on
from kiosk_server.notices.models import ResidentNotice
from tests.support.delivering import CLERK, SITE, Town, line


def troubled(town: Town, *steps: tuple[Step, Trouble | None]) -> str:
    """A result on its way, and what was told of it."""
    order_id = town.sent()
    town.ask(order_id)
    told = [line(number, step, trouble) for number, (step, trouble) in enumerate(steps, 1)]
    with town.database.unit_of_work() as session:
        hear(session, held(session, order_id), told, by=SYSTEM)
    return order_id


def goes(town: Town, order_id: str, way: WayOn, address: Address | None = None) -> str | None:
    with town.database.unit_of_work() as session:
        new = go_on(session, order_id, way, town.couriers, by=CLERK, address=address)
        return new.id if new else None


def finds(town: Town, order_id: str, finding: Finding, waybill: str | None = None) -> str:
    with town.database.unit_of_work() as session:
        return find_out(session, order_id, finding, by=CLERK, waybill=waybill).value


def listed(town: Town) -> list[str]:
    with town.database.reading() as session:
        return [order.id for order in needing_a_person(session, [SITE])]


@pytest.mark.policy("P42")
def test_what_was_refused_comes_back_and_is_sent_again(town: Town) -> None:
    """Nothing follows while the courier has it; then a new delivery takes its place, once."""
    order_id = troubled(town, (Step.GO_OUT, None), (Step.TURN_BACK, Trouble.REFUSED))
    assert listed(town) == [order_id]
    with pytest.raises(WrongState, match="way_not_open"):
        goes(town, order_id, WayOn.SEND_AGAIN)
    assert finds(town, order_id, Finding.BACK_HERE) == "returned"
    new = goes(town, order_id, WayOn.SEND_AGAIN)
    assert new is not None
    assert listed(town) == []
    with pytest.raises(WrongState):
        goes(town, order_id, WayOn.COLLECT)
    assert town.ask(new) is None
    order = town.order(new)
    assert (order.replaces, order.state) == (order_id, "accepted")
    with town.database.reading() as session:
        assert len(pieces_of(session, new)) == 2


def test_a_wrong_address_needs_another(town: Town) -> None:
    """The same one again is no way on."""
    order_id = troubled(town, (Step.STRAY, Trouble.WRONG_ADDRESS), (Step.GIVE_BACK, None))
    assert town.order(order_id).trouble == "wrong_address"
    with pytest.raises(Invalid, match="address_missing"):
        goes(town, order_id, WayOn.SEND_AGAIN)
    with town.database.reading() as session:
        other = address_of(session, town.people[1], town.addresses[1])
    new = goes(town, order_id, WayOn.SEND_AGAIN, other)
    assert new is not None
    with town.database.reading() as session:
        sent_to = address_of_order(session, session.get_one(DeliveryOrder, new))
    assert sent_to.street == other.street


@pytest.mark.policy("P42")
def test_what_is_lost_is_made_again_at_the_offices_cost(town: Town) -> None:
    """A person says that it is lost; the resident pays nothing twice."""
    order_id = troubled(town, (Step.STRAY, Trouble.OTHER))
    assert finds(town, order_id, Finding.LOST) == "exception"
    new = goes(town, order_id, WayOn.ISSUE_ANEW)
    assert new is not None
    assert (town.order(new).payer, town.order(new).fee_fen) == ("office", 0)


def test_lost_papers_of_ones_own_are_claimed(town: Town) -> None:
    """Nobody here can make them again."""
    order_id = town.papers()
    town.ask(order_id)
    with town.database.unit_of_work() as session:
        hear(session, held(session, order_id), [line(1, Step.STRAY, Trouble.LOST)], by=SYSTEM)
    with pytest.raises(WrongState):
        goes(town, order_id, WayOn.ISSUE_ANEW)
    assert goes(town, order_id, WayOn.CLAIM) is None
    assert town.order(order_id).way_on == "claim"


def test_what_came_back_waits_at_the_window(town: Town) -> None:
    """Its owner is told, and it stays on the list until he has come."""
    order_id = troubled(town, (Step.GIVE_BACK, None))
    assert goes(town, order_id, WayOn.COLLECT) is None
    assert listed(town) == [order_id]
    with town.database.reading() as session:
        topics = session.scalars(select(ResidentNotice.topic)).all()
    assert "delivery_collect" in topics


def test_who_turned_it_down_is_not_asked_again(town: Town) -> None:
    """The next courier is; where there is none, that is said."""
    order_id = town.sent()
    town.platform.takes.append(TurnedDown("out_of_area"))
    town.ask(order_id)
    with town.database.unit_of_work() as session, pytest.raises(Unavailable, match="no_courier"):
        go_on(session, order_id, WayOn.SEND_AGAIN, Couriers({}), by=CLERK)
    assert town.state(order_id) == "exception"


def test_the_next_courier_carries_what_the_first_turned_down(town: Town) -> None:
    """EMS has it then, under an id of its own."""
    order_id = town.sent()
    town.platform.takes.append(TurnedDown("out_of_area"))
    town.ask(order_id)
    new = goes(town, order_id, WayOn.SEND_AGAIN)
    assert new is not None
    assert town.ask(new) is None
    assert (list(town.platform.orders), list(town.ems.orders)) == ([], [new])


@pytest.mark.parametrize(
    ("finding", "number", "state"),
    [(Finding.HAS_IT, "W-7", "accepted"), (Finding.HAS_IT_NOT, None, "exception")],
)
def test_a_person_settles_what_nobody_could_tell(
    town: Town, finding: Finding, number: str | None, state: str
) -> None:
    """He called the courier: it is there under this number, or it is not."""
    order_id = town.sent()
    town.platform.takes.append("lost")
    town.ask(order_id)
    assert listed(town) == [order_id]
    if number:
        with pytest.raises(Invalid, match="waybill_missing"):
            finds(town, order_id, finding, " ")
    assert finds(town, order_id, finding, number) == state
    assert town.order(order_id).waybill == number


def test_nothing_is_found_out_that_is_no_question(town: Town) -> None:
    """What is on its way is not declared lost by a slip of the finger."""
    order_id = troubled(town, (Step.MOVE, None))
    for finding in Finding:
        with pytest.raises(WrongState, match="finding_not_open"):
            finds(town, order_id, finding)


@pytest.mark.policy("P42")
def test_originals_are_looked_for_one_by_one(town: Town) -> None:
    """Each piece is there, damaged or missing; a missing one puts the delivery in trouble."""
    order_id = troubled(town, (Step.GO_OUT, None))
    with town.database.reading() as session:
        first, second = pieces_of(session, order_id)
    assert first.original
    with pytest.raises(WrongState, match="delivery_not_here"):
        check(town, order_id, first.id, Found.PRESENT)
    with town.database.unit_of_work() as session:
        hear(session, held(session, order_id), [line(9, Step.DELIVER)], by=SYSTEM)
    check(town, order_id, first.id, Found.DAMAGED)
    other = town.sent()
    with town.database.reading() as session:
        strange, _ = pieces_of(session, other)
    with pytest.raises(NotFound, match="piece_not_found"):
        check(town, order_id, strange.id, Found.PRESENT)
    assert check(town, order_id, second.id, Found.MISSING) is DeliveryState.EXCEPTION
    assert town.order(order_id).trouble == "piece_missing"
    assert goes(town, order_id, WayOn.CLAIM) is None


def check(town: Town, order_id: str, piece_id: str, found: Found) -> DeliveryState:
    with town.database.unit_of_work() as session:
        check_piece(session, order_id, piece_id, found, by=CLERK)
        return DeliveryState(held(session, order_id).state)
