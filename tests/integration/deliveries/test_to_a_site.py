"""A result that is brought to a site, where its resident comes for it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM
from kiosk_server.cases.models import Case
from kiosk_server.core.errors import Invalid, NotFound, WrongState
from kiosk_server.deliveries import services
from kiosk_server.deliveries.destinations import pick_up_sites
from kiosk_server.deliveries.handing_over import HandedOver, hand_over, new_code
from kiosk_server.deliveries.heard import OFFICE, hear, held
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.queries import needing_a_person
from kiosk_server.deliveries.rules import Direction
from kiosk_server.deliveries.services import DeliveryWish
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.residents.accounts import open_by_number
from kiosk_server.settings import Settings
from tests.support.counter import AYGUL, Counter
from tests.support.delivering import CLERK, SITE, Town, line

VILLAGE = "sample-village-1"


@pytest.fixture
def case_id(town: Town, settings: Settings) -> str:
    """A decided case of the first of the town's people."""
    counter = Counter(town.database, settings).open()
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    case_id = counter.prepares(person).case_id
    with town.database.reading() as session:
        town.people[0] = session.get_one(Case, case_id).resident_id
    return case_id


def sent_to(town: Town, case_id: str, to_site: str = VILLAGE, **changes: object) -> str:
    wish = DeliveryWish(town.people[0], Direction.RESULT, None, case_id=case_id, to_site_id=to_site)
    with town.database.unit_of_work() as session:
        return services.open_delivery(
            session,
            replace(wish, **changes),  # type: ignore[arg-type]
            CourierName.PLATFORM,
            Payer.OFFICE,
            by=SYSTEM,
        ).id


def brought(town: Town, order_id: str) -> None:
    town.ask(order_id)
    with town.database.unit_of_work() as session:
        hear(session, held(session, order_id), [line(9, Step.DELIVER)], by=SYSTEM)


@pytest.mark.policy("P42")
def test_a_result_waits_at_the_village_for_its_resident(town: Town, case_id: str) -> None:
    """The courier has brought it: it is handed out there, once, against the resident's code."""
    order_id = sent_to(town, case_id)
    brought(town, order_id)
    asked = town.platform.orders[order_id]
    assert (asked.receiver.name, asked.receiver.phone) == (AYGUL["name"], "0908-0000031")
    assert asked.receiver.street.endswith("（示例一村便民服务站代收）")
    with town.database.unit_of_work() as session:
        waiting = [order.id for order in needing_a_person(session, [VILLAGE])]
        assert (waiting, needing_a_person(session, [SITE])) == ([order_id], [])
        about = select(ResidentNotice).where(ResidentNotice.subject_id == order_id)
        told = session.scalars(about).one()
        assert (told.topic, told.facts) == ("delivery_collect", {"site": VILLAGE})
        code = new_code(session, order_id, by=SYSTEM)
    with town.database.unit_of_work() as session:
        assert hand_over(session, order_id, code, by=CLERK, source=OFFICE) == HandedOver()
    with town.database.unit_of_work() as session:
        assert session.get_one(DeliveryOrder, order_id).handed_over_at is not None
        assert needing_a_person(session, [VILLAGE]) == []
        with pytest.raises(WrongState, match="delivery_over"):
            hand_over(session, order_id, code, by=CLERK, source=OFFICE)


def test_the_residents_own_number_is_told_where_there_is_one(town: Town, case_id: str) -> None:
    """The site's is told for who has no phone."""
    with town.database.unit_of_work() as session:
        open_by_number(session, "13900000009").resident_id = town.people[0]
    order_id = sent_to(town, case_id)
    town.ask(order_id)
    assert town.platform.orders[order_id].receiver.phone == "13900000009"


def test_not_every_site_hands_out_and_papers_need_a_door(town: Town, case_id: str) -> None:
    """The sender itself, a site that hands nothing out, none, and an address besides: refused."""
    with town.database.reading() as session:
        assert SITE not in [each.id for each in pick_up_sites(session)]
    for changes, error in (
        ({"to_site_id": SITE}, Invalid),
        ({"to_site_id": "no-such-site"}, NotFound),
        ({"to_site_id": None}, Invalid),
        ({"address_id": town.addresses[0]}, Invalid),
        ({"direction": Direction.PAPERS}, Invalid),
    ):
        with pytest.raises(error):
            sent_to(town, case_id, **changes)
