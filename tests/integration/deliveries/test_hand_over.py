"""The check at the hand-over, and the address book."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core.errors import Invalid, NotFound, Refused, TooMany, WrongState
from kiosk_server.deliveries import addresses
from kiosk_server.deliveries.handing_over import CodeWrong, HandedOver, hand_over, new_code
from kiosk_server.deliveries.heard import hear, held
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.models import DeliveryOrder, ResidentAddress
from kiosk_server.deliveries.rules import (
    MOST_ADDRESSES,
    MOST_CODES_A_DAY,
    MOST_WRONG_HAND_OVERS,
    WayOn,
)
from kiosk_server.deliveries.settling import go_on
from tests.support.delivering import CLERK, WISH, Town, line


def code_of(town: Town, order_id: str) -> str:
    with town.database.unit_of_work() as session:
        return new_code(session, order_id, by=SYSTEM)


def typed(town: Town, order_id: str, code: str) -> HandedOver | CodeWrong:
    with town.database.unit_of_work() as session:
        return hand_over(session, order_id, code, by=CLERK, source="platform")


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.policy("P42")
def test_a_result_is_handed_to_whoever_has_its_code(town: Town) -> None:
    """Delivered, once; the code is kept as a digest and serves no more."""
    order_id = town.sent()
    town.ask(order_id)
    code = code_of(town, order_id)
    assert town.order(order_id).code_mac not in (None, code)
    assert typed(town, order_id, code) == HandedOver()
    assert town.state(order_id) == "delivered"
    with pytest.raises(WrongState, match="delivery_over"):
        typed(town, order_id, code)
    with pytest.raises(WrongState, match="delivery_over"):
        code_of(town, order_id)


def test_papers_are_handed_to_the_courier(town: Town) -> None:
    """Picked up, against the code of whose they are."""
    order_id = town.papers()
    town.ask(order_id)
    assert typed(town, order_id, code_of(town, order_id)) == HandedOver()
    assert town.state(order_id) == "picked_up"


def test_what_waits_at_the_window_is_collected(town: Town) -> None:
    """It stays returned, and is with its owner."""
    order_id = town.sent()
    town.ask(order_id)
    with town.database.unit_of_work() as session:
        hear(session, held(session, order_id), [line(1, Step.GIVE_BACK)], by=SYSTEM)
        go_on(session, order_id, WayOn.COLLECT, town.couriers, by=CLERK)
    assert typed(town, order_id, code_of(town, order_id)) == HandedOver()
    order = town.order(order_id)
    assert (order.state, order.handed_over_at is not None) == ("returned", True)


def test_guessing_ends_a_code(town: Town) -> None:
    """Five wrong ones, and the right one opens nothing; a new one does."""
    order_id = town.sent()
    code = code_of(town, order_id)
    left = [typed(town, order_id, wrong(code)) for _ in range(MOST_WRONG_HAND_OVERS)]
    assert left[-1] == CodeWrong(0)
    assert typed(town, order_id, code) == CodeWrong(0)
    assert typed(town, order_id, code_of(town, order_id)) == HandedOver()
    with town.database.reading() as session:
        events = session.scalars(select(AuditEntry.event)).all()
    assert events.count("delivery.code_wrong") == MOST_WRONG_HAND_OVERS + 1


def test_a_new_code_ends_the_one_before_and_is_limited(town: Town) -> None:
    """A code opens its own delivery alone."""
    order_id, other = town.sent(), town.sent()
    first = code_of(town, order_id)
    second = code_of(town, order_id)
    if first != second:
        assert isinstance(typed(town, order_id, first), CodeWrong)
    assert isinstance(typed(town, other, second), CodeWrong)
    for _ in range(MOST_CODES_A_DAY - 2):
        code_of(town, order_id)
    with pytest.raises(TooMany, match="too_many_hand_over_codes_made"):
        code_of(town, order_id)


def kept(town: Town, **changes: object) -> addresses.Address:
    wish = replace(WISH, **changes)  # type: ignore[arg-type]
    with town.database.unit_of_work() as session:
        return addresses.keep(session, town.people[0], wish, by=SYSTEM)


def book(town: Town) -> list[addresses.Address]:
    with town.database.reading() as session:
        return addresses.addresses_of(session, town.people[0])


@pytest.mark.policy("P42")
def test_addresses_are_sealed_and_one_is_the_default(town: Town) -> None:
    """The first, until another is chosen or it is deleted."""
    second = kept(town, street="别的巷 9 号", phone="+86 138 0000 0002", is_default=True)
    assert [(each.id, each.is_default, each.phone) for each in book(town)] == [
        (second.id, True, "13800000002"),
        (town.addresses[0], False, "13800000001"),
    ]
    with town.database.reading() as session:
        row = session.get_one(ResidentAddress, second.id)
    assert all(
        "别的巷".encode() not in cell
        for cell in (row.name_sealed, row.phone_sealed, row.street_sealed)
    )
    with town.database.unit_of_work() as session:
        addresses.change(
            session, town.people[0], town.addresses[0], replace(WISH, is_default=True), by=SYSTEM
        )
        addresses.forget(session, town.people[0], town.addresses[0], by=SYSTEM)
    assert [(each.id, each.is_default) for each in book(town)] == [(second.id, True)]


def test_a_book_has_a_limited_number(town: Town) -> None:
    """Ten, and then one has to go first."""
    for _ in range(MOST_ADDRESSES - 1):
        kept(town)
    with pytest.raises(Refused, match="addresses_enough"):
        kept(town)


def test_every_fault_of_an_address_is_named(town: Town) -> None:
    """Name, number, division, street: all at once."""
    with pytest.raises(Invalid, match="address_invalid") as refused:
        kept(town, name=" ", phone="0908-4220000", division_code="650000", street="")
    assert [fault.at for fault in refused.value.fields] == [
        "name",
        "phone",
        "street",
        "division_code",
    ]


def test_anothers_address_is_not_there(town: Town) -> None:
    """Neither seen nor changed nor deleted."""
    strange = town.addresses[1]
    with town.database.unit_of_work() as session:
        for deed in (
            lambda: addresses.address_of(session, town.people[0], strange),
            lambda: addresses.change(session, town.people[0], strange, WISH, by=SYSTEM),
            lambda: addresses.forget(session, town.people[0], strange, by=SYSTEM),
        ):
            with pytest.raises(NotFound, match="address_not_found"):
                deed()


def test_a_parcel_keeps_the_address_it_went_to(town: Town) -> None:
    """What is deleted from the book is deleted there alone."""
    order_id = town.sent()
    with town.database.unit_of_work() as session:
        addresses.forget(session, town.people[0], town.addresses[0], by=SYSTEM)
        assert addresses.forget_all_of(session, town.people[1]) == 1
    assert town.ask(order_id) is None
    with town.database.reading() as session:
        assert session.get_one(DeliveryOrder, order_id).state == "accepted"
    assert town.platform.orders[order_id].receiver.name == WISH.name
