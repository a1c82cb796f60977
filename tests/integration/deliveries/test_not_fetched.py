"""A parcel that nobody fetches from its site: reminded, and then it goes on or back, and is found.

The case behind it was decided at the centre; the village is where its result was brought.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.cases.models import Case
from kiosk_server.core import clock
from kiosk_server.core.errors import Invalid, WrongState
from kiosk_server.deliveries import services
from kiosk_server.deliveries.addresses import keep
from kiosk_server.deliveries.going_on import ways_of
from kiosk_server.deliveries.handing_over import HandedOver, hand_over, new_code
from kiosk_server.deliveries.heard import OFFICE, hear, held
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Payer, TakeAnswer, TurnedDown
from kiosk_server.deliveries.postage import settle
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.queries import needing_a_person
from kiosk_server.deliveries.rules import Direction, Finding, WayOn
from kiosk_server.deliveries.services import DeliveryWish
from kiosk_server.deliveries.settling import find_out, go_on
from kiosk_server.deliveries.waiting import look_after_waiting
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.payments import services as payments
from kiosk_server.results.queries import result_of
from kiosk_server.results.rules import Parcel
from kiosk_server.results.timeline import timeline_of
from kiosk_server.settings import Settings
from tests.support.counter import AYGUL, Counter
from tests.support.delivering import CLERK, NOON, SITE, WISH, Town, line

VILLAGE, OTHER = "sample-village-1", "sample-village-2"
KEPT = timedelta(days=15)
ON_ONE = pytest.mark.parametrize("engine_name", ["sqlite"])
"""The questions that a database answers are asked by the others, on both."""


class VillageParcel:
    """A result that was brought to a village."""

    def __init__(self, town: Town, settings: Settings) -> None:
        self.town = town
        counter = Counter(town.database, settings).open()
        person = counter.starts()
        counter.chooses(person, "SAMPLE-RS-01")
        counter.places(person, AYGUL)
        counter.shows_face(person)
        self.case_id = counter.prepares(person).case_id
        with town.database.unit_of_work() as session:
            case = session.get_one(Case, self.case_id)
            case.site_id = SITE
            self.owner = case.resident_id

    def brought(self, payer: Payer = Payer.RECIPIENT) -> str:
        """Send it there, and let the courier bring it; a day later it is noon of the first day."""
        wish = DeliveryWish(
            self.owner, Direction.RESULT, None, case_id=self.case_id, to_site_id=VILLAGE
        )
        with self.town.database.unit_of_work() as session:
            order = services.open_delivery(session, wish, CourierName.PLATFORM, payer, by=SYSTEM)
            if payer is Payer.PREPAID:
                order.released_at = clock.now()
        self.comes(order.id)
        return order.id

    def comes(self, order_id: str) -> None:
        """The courier takes it and brings it."""
        self.town.ask(order_id)
        with self.town.database.unit_of_work() as session:
            hear(session, held(session, order_id), [line(9, Step.DELIVER)], by=SYSTEM)

    def passes(self, days: float) -> None:
        """So many days after it was brought, the clock's chore looks."""
        with (
            clock.frozen(NOON + timedelta(days=days, hours=1)),
            self.town.database.unit_of_work() as session,
        ):
            look_after_waiting(session, KEPT)

    def goes(self, order_id: str, way: WayOn, **where: object) -> str:
        """Let it go on, once."""
        with self.town.database.unit_of_work() as session:
            new = go_on(session, order_id, way, self.town.couriers, by=CLERK, **where)  # type: ignore[arg-type]
            assert new is not None
            return new.id

    def listed(self, site: str) -> list[str]:
        """What somebody at *site* has to look at."""
        with self.town.database.reading() as session:
            return [order.id for order in needing_a_person(session, [site])]

    def ways(self, order_id: str) -> set[WayOn]:
        """What may follow now."""
        with self.town.database.reading() as session:
            return set(ways_of(session, session.get_one(DeliveryOrder, order_id)))

    def told(self, order_id: str) -> list[tuple[str, object]]:
        """What its owner was told, with the day where one is named."""
        with self.town.database.reading() as session:
            wanted = select(ResidentNotice).where(ResidentNotice.subject_id == order_id)
            rows = session.scalars(wanted.order_by(ResidentNotice.id))
            return [(row.topic, row.facts.get("day")) for row in rows]

    def handed_over(self, order_id: str) -> None:
        """Its resident comes with his code."""
        with self.town.database.unit_of_work() as session:
            code = new_code(session, order_id, by=SYSTEM)
            outcome = hand_over(session, order_id, code, by=CLERK, source=OFFICE)
            assert outcome == HandedOver()

    def parcel(self) -> Parcel:
        """Where the result is, as its case says."""
        with self.town.database.reading() as session:
            return result_of(session, session.get_one(Case, self.case_id)).parcel


@pytest.fixture
def parcel(town: Town, settings: Settings) -> VillageParcel:
    """A decided result of the centre."""
    return VillageParcel(town, settings)


@pytest.mark.policy("P42")
def test_who_does_not_come_is_reminded_twice_and_then_asked_where_it_goes(
    parcel: VillageParcel,
) -> None:
    """After five days, after ten, with the last day; on the fifteenth both sites see it."""
    order_id = parcel.brought()
    for days in (1, 4.9, 5, 5.1, 9, 10, 12, 14.9):
        parcel.passes(days)
    assert parcel.told(order_id) == [
        ("delivery_collect", None),
        ("delivery_waits", "2026-12-08"),
        ("delivery_waits", "2026-12-08"),
    ]
    assert (parcel.listed(VILLAGE), parcel.listed(SITE)) == ([order_id], [])
    parcel.passes(15)
    parcel.passes(16)
    order = parcel.town.order(order_id)
    assert (order.state, order.trouble) == ("exception", "not_fetched")
    assert parcel.told(order_id)[3:] == [("delivery_not_fetched", None)]
    assert parcel.listed(VILLAGE) == parcel.listed(SITE) == [order_id]
    assert parcel.ways(order_id) == {WayOn.SEND_AGAIN, WayOn.SEND_BACK}
    assert parcel.parcel() is Parcel.CARRIED


@ON_ONE
def test_it_can_be_fetched_after_all(parcel: VillageParcel) -> None:
    """The code is good for as long as it lies there; then nothing is left to decide."""
    order_id = parcel.brought()
    parcel.passes(15)
    parcel.handed_over(order_id)
    assert parcel.town.state(order_id) == "delivered"
    assert (parcel.listed(VILLAGE), parcel.listed(SITE)) == ([], [])
    assert parcel.ways(order_id) == set()


@ON_ONE
def test_it_is_sent_on_from_where_it_lies(parcel: VillageParcel) -> None:
    """To another place, which has to be named; that way costs anew, told from there."""
    order_id = parcel.brought()
    parcel.passes(15)
    with pytest.raises(Invalid, match="address_missing"):
        parcel.goes(order_id, WayOn.SEND_AGAIN)
    with pytest.raises(Invalid, match="delivery_invalid"):
        parcel.goes(order_id, WayOn.SEND_AGAIN, to_site_id=VILLAGE)
    new = parcel.goes(order_id, WayOn.SEND_AGAIN, to_site_id=OTHER)
    order = parcel.town.order(new)
    assert (order.site_id, order.to_site_id, order.replaces) == (VILLAGE, OTHER, order_id)
    with parcel.town.database.reading() as session:
        fen = services.quote(session, VILLAGE, order.division_code, 1)
    assert (order.payer, order.fee_fen) == ("recipient", fen)
    parcel.town.ask(new)
    assert parcel.town.platform.orders[new].sender.name == "示例一村便民服务站"
    with pytest.raises(WrongState, match="way_not_open"):
        parcel.goes(order_id, WayOn.SEND_BACK)
    with parcel.town.database.unit_of_work() as session:
        hear(session, held(session, new), [line(60, Step.PICK_UP)], by=SYSTEM)
        with pytest.raises(WrongState, match="delivery_over"):
            new_code(session, order_id, by=SYSTEM)
    assert parcel.listed(VILLAGE) == []


@ON_ONE
def test_it_goes_back_to_the_window_that_made_it(parcel: VillageParcel) -> None:
    """At the house's cost; there it waits for as long as he needs, and is handed out."""
    order_id = parcel.brought()
    parcel.passes(15)
    new = parcel.goes(order_id, WayOn.SEND_BACK)
    order = parcel.town.order(new)
    assert (order.site_id, order.to_site_id) == (VILLAGE, SITE)
    assert (order.payer, order.fee_fen) == ("office", 0)
    parcel.comes(new)
    assert parcel.told(new) == [("delivery_collect", None)]
    for days in (15, 40):
        parcel.passes(days)
    assert parcel.town.state(new) == "delivered"
    assert (parcel.listed(SITE), parcel.ways(new)) == ([new], {WayOn.SEND_AGAIN})
    parcel.handed_over(new)
    with parcel.town.database.reading() as session:
        told = timeline_of(session, session.get_one(Case, parcel.case_id))
    codes = [line.code for line in told if line.kind.value in ("delivery", "hand_out")]
    assert "wait_out" in codes
    assert "handed_over" in codes


@ON_ONE
def test_who_cannot_come_need_not_wait_for_the_end(parcel: VillageParcel) -> None:
    """He has it sent to his door on the second day."""
    order_id = parcel.brought()
    with parcel.town.database.unit_of_work() as session:
        mine = keep(session, parcel.owner, WISH, by=SYSTEM)
    new = parcel.goes(order_id, WayOn.SEND_AGAIN, address=mine)
    assert parcel.town.order(new).to_site_id is None
    assert parcel.town.order(order_id).trouble == "not_fetched"
    assert parcel.told(order_id) == [("delivery_collect", None)]


@ON_ONE
@pytest.mark.parametrize("answers", [[], [TurnedDown("no_such_place")]])
def test_what_should_carry_it_on_is_called_off_when_he_comes(
    parcel: VillageParcel, answers: list[TakeAnswer]
) -> None:
    """Nobody has fetched it yet, or nobody will: it is handed over, and the courier stays away."""
    order_id = parcel.brought()
    parcel.passes(15)
    parcel.town.platform.takes.extend(answers)
    new = parcel.goes(order_id, WayOn.SEND_BACK)
    parcel.town.ask(new)
    parcel.handed_over(order_id)
    parcel.town.call_off(new)
    assert (parcel.town.state(order_id), parcel.town.state(new)) == ("delivered", "cancelled")
    assert (parcel.listed(VILLAGE), parcel.listed(SITE)) == ([], [])


def test_what_is_cancelled_on_the_way_on_is_decided_anew(parcel: VillageParcel) -> None:
    """It lies where it lay: nothing is lost, and the next delivery takes the place."""
    order_id = parcel.brought()
    parcel.passes(15)
    first = parcel.goes(order_id, WayOn.SEND_AGAIN, to_site_id=OTHER)
    assert parcel.listed(VILLAGE) == []
    with parcel.town.database.unit_of_work() as session:
        services.cancel(session, first, by=CLERK)
    assert parcel.town.state(first) == "cancelled"
    assert (parcel.listed(VILLAGE), parcel.parcel()) == ([order_id], Parcel.CARRIED)
    second = parcel.goes(order_id, WayOn.SEND_BACK)
    assert parcel.town.order(second).replaces == order_id
    assert parcel.town.order(first).replaces is None
    assert parcel.listed(VILLAGE) == []


@ON_ONE
def test_postage_of_the_way_on_is_owed_anew_and_unpaid_it_stays(parcel: VillageParcel) -> None:
    """What was brought was paid for; the new way has a payment of its own, or does not begin."""
    order_id = parcel.brought(Payer.PREPAID)
    parcel.passes(15)
    new = parcel.goes(order_id, WayOn.SEND_AGAIN, to_site_id=OTHER)
    with parcel.town.database.reading() as session:
        before = postage_of(session, session.get_one(DeliveryOrder, order_id))
        after = postage_of(session, session.get_one(DeliveryOrder, new))
        assert before is not None
        assert after is not None
        assert before.id != after.id
    assert parcel.town.order(new).released_at is None
    with parcel.town.database.unit_of_work() as session:
        payments.close(session, after.id, by=SYSTEM)
        settle(session, new)
    assert parcel.town.state(new) == "cancelled"
    assert parcel.listed(VILLAGE) == [order_id]


@ON_ONE
def test_somebody_may_have_brought_it_back_by_hand(parcel: VillageParcel) -> None:
    """Then it is handed out at the window, or sent from there."""
    order_id = parcel.brought()
    parcel.passes(15)
    with parcel.town.database.unit_of_work() as session:
        find_out(session, order_id, Finding.BACK_HERE, by=CLERK)
    assert parcel.ways(order_id) == {WayOn.SEND_AGAIN, WayOn.COLLECT}
    with parcel.town.database.unit_of_work() as session:
        new = go_on(session, order_id, WayOn.COLLECT, parcel.town.couriers, by=CLERK)
    assert new is None
    assert parcel.told(order_id)[-1] == ("delivery_collect", None)


@ON_ONE
def test_what_was_sent_on_and_returned_may_go_to_the_window_too(parcel: VillageParcel) -> None:
    """Refused at the next place, it lies at the village again; lost, the window makes it anew."""
    order_id = parcel.brought()
    parcel.passes(15)
    new = parcel.goes(order_id, WayOn.SEND_AGAIN, to_site_id=OTHER)
    parcel.town.ask(new)
    with parcel.town.database.unit_of_work() as session:
        hear(session, held(session, new), [line(70, Step.GIVE_BACK)], by=SYSTEM)
    assert parcel.ways(new) == {WayOn.SEND_AGAIN, WayOn.COLLECT, WayOn.SEND_BACK}
    assert parcel.listed(VILLAGE) == [new]
    with parcel.town.database.unit_of_work() as session:
        hear(session, held(session, new), [line(80, Step.STRAY)], by=SYSTEM)
        find_out(session, new, Finding.LOST, by=CLERK)
    assert parcel.ways(new) == {WayOn.ISSUE_ANEW}
    anew = parcel.goes(new, WayOn.ISSUE_ANEW)
    assert parcel.town.order(anew).site_id == SITE
