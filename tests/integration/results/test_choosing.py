"""How would you like it: here, at a window, by courier; and what a change of mind does."""

import pytest

from kiosk_server.cases.models import CaseState
from kiosk_server.cases.services import open_case
from kiosk_server.core.errors import Conflict, NotFound, Refused, Unavailable
from kiosk_server.deliveries.addresses import addresses_of
from kiosk_server.deliveries.heard import enter, held
from kiosk_server.deliveries.life import DeliveryState, Step, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.payments.life import OrderState
from kiosk_server.payments.queries import orders_about
from kiosk_server.results import services
from kiosk_server.results.rules import ResultWay
from kiosk_server.visits.models import Visit
from tests.support.counter import MEMET, SITE
from tests.support.result_desk import CLERK, FREE_ITEM, Desk, later, request_key


@pytest.mark.policy("P42", "P43")
def test_sent_once_it_is_paid(desk: Desk) -> None:
    """A parcel waits for the fee, goes when it is paid, and its arrival completes the case."""
    _, case_id = desk.decided()
    chosen = desk.chooses(case_id, ResultWay.SEND)
    assert chosen.order is not None
    assert chosen.delivery is not None
    desk.counter.works()
    assert carried(desk, chosen.delivery.id).released_at is None
    desk.pays(case_id)
    assert carried(desk, chosen.delivery.id).state == DeliveryState.ACCEPTED
    for step in (Step.PICK_UP, Step.DELIVER):
        desk.parcel(chosen.delivery.id, step)
    assert desk.case(case_id).state == CaseState.COMPLETED
    with later(days=40):
        assert desk.looks() == 0


@pytest.mark.policy("P42")
def test_free_result_is_sent_at_once(desk: Desk) -> None:
    """What costs nothing opens no order, and its courier is asked at once."""
    _, case_id = desk.decided(item=FREE_ITEM)
    chosen = desk.chooses(case_id, ResultWay.SEND)
    desk.counter.works()
    assert chosen.order is None
    assert chosen.delivery is not None
    assert carried(desk, chosen.delivery.id).state == DeliveryState.ACCEPTED


def test_sent_after_payment(desk: Desk) -> None:
    """Whoever has paid to print it may have it sent instead; the money is not asked for again."""
    person, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.HERE)
    desk.pays(case_id)
    chosen = desk.chooses(case_id, ResultWay.SEND)
    desk.counter.works()
    assert chosen.delivery is not None
    assert carried(desk, chosen.delivery.id).state == DeliveryState.ACCEPTED
    assert len(orders(desk, case_id)) == 1
    desk.parcel(chosen.delivery.id, Step.PICK_UP)
    with pytest.raises(Refused, match="result_gone"):
        desk.prints(person, case_id)


def test_change_of_mind_keeps_the_order(desk: Desk) -> None:
    """From sending to collecting to printing: one order throughout, the parcel is called off."""
    person, case_id = desk.decided()
    sent = desk.chooses(case_id, ResultWay.SEND)
    collected = desk.chooses(case_id, ResultWay.COLLECT, to_site_id=SITE)
    here = desk.chooses(case_id, ResultWay.HERE)
    assert sent.order is not None
    assert collected.order is not None
    assert here.order is not None
    assert sent.order.id == collected.order.id == here.order.id
    assert sent.delivery is not None
    assert carried(desk, sent.delivery.id).state == DeliveryState.CANCELLED
    desk.pays(case_id)
    desk.hears(desk.prints(person, case_id), "printed")
    with pytest.raises(Refused, match="result_gone"):
        desk.chooses(case_id, ResultWay.SEND)


def test_printing_asks_to_choose_first_while_a_parcel_waits(desk: Desk) -> None:
    """A paper that waits for its courier is not printed beside him: he is called off first."""
    person, case_id = desk.decided(item=FREE_ITEM)
    desk.chooses(case_id, ResultWay.SEND)
    with pytest.raises(Refused, match="way_not_open"):
        desk.prints(person, case_id)
    desk.chooses(case_id, ResultWay.HERE)
    assert desk.prints(person, case_id)


def test_parcel_with_the_courier_is_past_changing(desk: Desk) -> None:
    """Once the courier has it nothing is chosen, printed, handed out or paid back here."""
    person, case_id = desk.decided()
    chosen = desk.chooses(case_id, ResultWay.SEND)
    assert chosen.delivery is not None
    desk.pays(case_id)
    desk.parcel(chosen.delivery.id, Step.PICK_UP)
    assert desk.sees(case_id).open_ways == ()
    for deed in (
        lambda: desk.chooses(case_id, ResultWay.HERE),
        lambda: desk.prints(person, case_id),
        lambda: desk.hands_out(case_id),
        lambda: desk.wants_money(case_id),
    ):
        with pytest.raises(Refused, match="result_gone"):
            deed()


def test_order_that_nobody_pays_calls_the_parcel_off(desk: Desk) -> None:
    """With its order an unpaid parcel ends; whoever wants it chooses again, and owes anew."""
    _, case_id = desk.decided()
    key = request_key()
    chosen = desk.chooses(case_id, ResultWay.SEND, request_key=key)
    assert chosen.order is not None
    assert chosen.delivery is not None
    desk.lets_go(case_id)
    assert carried(desk, chosen.delivery.id).state == DeliveryState.CANCELLED
    assert desk.sees(case_id).way is None
    again = desk.chooses(case_id, ResultWay.SEND, request_key=key)
    assert again.order is not None
    assert again.order.id != chosen.order.id


def test_courier_who_turns_it_down_costs_nothing(desk: Desk) -> None:
    """What no courier would carry, and nobody sends again, is paid back a day later."""
    _, case_id = desk.decided()
    chosen = desk.chooses(case_id, ResultWay.SEND)
    assert chosen.delivery is not None
    desk.pays(case_id, works=False)
    with desk.database.unit_of_work() as session:
        order = held(session, chosen.delivery.id)
        enter(session, order, Step.TURN_DOWN, trouble=Trouble.TURNED_DOWN)
    with later(hours=25):
        assert desk.looks() == 1


def test_same_request_chooses_once(desk: Desk) -> None:
    """A choice that is sent again under its key is the same choice."""
    _, case_id = desk.decided()
    key = request_key()
    first = desk.chooses(case_id, ResultWay.SEND, request_key=key)
    again = desk.chooses(case_id, ResultWay.SEND, request_key=key)
    assert first.order is not None
    assert again.order is not None
    assert (first.order.id, first.delivery and first.delivery.id) == (
        again.order.id,
        again.delivery and again.delivery.id,
    )
    assert len(desk.counter.audited("result.chosen")) == 1


@pytest.mark.policy("P43")
def test_handed_out_once_and_only_when_paid(desk: Desk) -> None:
    """A clerk hands out what is paid, once; the case is complete, and no money goes back."""
    _, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.COLLECT)
    with pytest.raises(Refused, match="fee_unpaid"):
        desk.hands_out(case_id)
    desk.pays(case_id)
    assert desk.told(case_id)[-1] == "result_collect"
    desk.hands_out(case_id)
    assert desk.case(case_id).state == CaseState.COMPLETED
    with pytest.raises(Refused, match="result_gone"):
        desk.hands_out(case_id)
    with later(days=60):
        assert desk.looks() == 0
    [entry] = desk.counter.audited("result.handed_out")
    assert (entry.actor_id, entry.subject_id) == (CLERK.id, case_id)


def test_window_waits_longer_than_a_printer(desk: Desk) -> None:
    """What waits at a window waits thirty days; then its money goes back too."""
    _, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.COLLECT)
    desk.pays(case_id)
    with later(days=29):
        assert desk.looks() == 0
    with later(days=31):
        assert desk.looks() == 1


def test_no_paper_no_choice(desk: Desk) -> None:
    """A case that is not decided, or whose answer is no, has nothing to choose."""
    with desk.database.unit_of_work() as session, pytest.raises(NotFound):
        services.require_paid(session, "none")
    person = desk.counter.starts()
    desk.counter.chooses(person, "SAMPLE-ZR-02")
    desk.counter.states(person, "own_check")
    desk.counter.places(person, MEMET)
    desk.counter.shows_face(person)
    with desk.database.unit_of_work() as session:
        case_id = open_case(session, session.get_one(Visit, person.visit_id)).id
    for way in ResultWay:
        with pytest.raises(Refused, match="result_missing"):
            desk.chooses(case_id, way)
    assert desk.sees(case_id).open_ways == ()


def test_no_courier_no_sending(desk: Desk) -> None:
    """Where nobody carries, sending is refused, and nothing of the choice is kept."""
    _, case_id = desk.decided()
    with pytest.raises(Unavailable, match="no_courier"):
        desk.chooses(case_id, ResultWay.SEND, courier=None)
    assert desk.sees(case_id).way is None
    assert orders(desk, case_id) == []


@pytest.mark.policy("P42")
def test_others_address_is_nobodys(desk: Desk) -> None:
    """An address that is not his own is none; the way chosen before stands as it was."""
    _, mine = desk.decided()
    desk.chooses(mine, ResultWay.COLLECT)
    _, theirs = desk.decided(MEMET)
    desk.chooses(theirs, ResultWay.SEND)
    with desk.database.reading() as session:
        [foreign] = addresses_of(session, desk.case(theirs).resident_id)
    with pytest.raises(NotFound, match="address_not_found"):
        desk.chooses(mine, ResultWay.SEND, address_id=foreign.id)
    assert desk.sees(mine).way is ResultWay.COLLECT


def test_courier_who_is_being_called_off(desk: Desk) -> None:
    """While a courier is told to stay away no second parcel is opened, and no money leaves yet."""
    _, case_id = desk.decided()
    chosen = desk.chooses(case_id, ResultWay.SEND)
    assert chosen.delivery is not None
    desk.pays(case_id)
    assert desk.wants_money(case_id) is None
    with pytest.raises(Conflict, match="delivery_open"):
        desk.chooses(case_id, ResultWay.SEND)
    desk.counter.works()
    assert carried(desk, chosen.delivery.id).state == DeliveryState.CANCELLED
    assert desk.looks() == 1


def test_window_is_a_site_of_ours(desk: Desk) -> None:
    """A window that is none is refused; without one it is where the case was taken in."""
    _, case_id = desk.decided()
    with pytest.raises(NotFound, match="site_not_found"):
        desk.chooses(case_id, ResultWay.COLLECT, to_site_id="nowhere")
    desk.chooses(case_id, ResultWay.COLLECT)
    assert desk.sees(case_id).site_id == SITE


def test_letters_that_come_twice(desk: Desk) -> None:
    """Each event may be handled again, and late: nothing is given or told twice."""
    _, case_id = desk.decided()
    desk.chooses(case_id, ResultWay.HERE)
    desk.pays(case_id)
    with desk.database.unit_of_work() as session:
        for letter in session.query(OutboxMessage).filter(OutboxMessage.topic == "payment.paid"):
            letter.state, letter.ended_at = "ready", None
    until = desk.sees(case_id).reprint_until
    with later(hours=3):
        desk.counter.works()
    assert desk.told(case_id).count("result_print_it") == 1
    assert desk.sees(case_id).reprint_until == until
    assert desk.order(case_id).state == OrderState.PAID


def carried(desk: Desk, delivery_id: str) -> DeliveryOrder:
    """A delivery as it stands."""
    with desk.database.reading() as session:
        return session.get_one(DeliveryOrder, delivery_id)


def orders(desk: Desk, case_id: str) -> list[str]:
    """Every order of a case."""
    with desk.database.reading() as session:
        return [order.id for order in orders_about(session, "case", case_id)]
