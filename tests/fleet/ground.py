"""The places of a fleet, who is on call for them, and a code for each of its terminals."""

from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.core.database import Database
from kiosk_server.places import first_data
from kiosk_server.places.models import SiteLevel
from kiosk_server.places.services import enter_site
from kiosk_server.staff.models import StaffMember
from kiosk_server.staff.seed import demo_accounts
from kiosk_server.terminals.services import make_enrolment_code
from kiosk_server.upkeep import on_call

TOWN = "653001101"
TECHNICIAN = Actor(kind="staff", id="01fleettechnician")
_PHONE = "13900000001"
"""A number of no phone."""


def prepare(database: Database, sites: list[int]) -> list[str]:
    """Enter a site for each number in *sites* and return a code for each, in that order."""
    with database.unit_of_work() as session:
        first_data.enter(session)
        demo_accounts(session, production=False)
        for number in sorted(set(sites)):
            enter_site(
                session,
                _site(number),
                level=SiteLevel.VILLAGE_STATION,
                division_code=TOWN,
                names={"zh": f"测试{number}村便民服务站"},
                addresses={"zh": "测试路"},
                phone="0908-0000000",
                hours=[],
                parent_id="songtake",
                mandate="assisting",
            )
        member = session.scalars(select(StaffMember).order_by(StaffMember.login).limit(1)).one()
        # One person: nobody is called after him, so that each trouble makes one call.
        on_call.enter(session, TOWN, staff_id=member.id, phone=_PHONE, rank=1, by=SYSTEM)
    with database.unit_of_work() as session:
        return [make_enrolment_code(session, _site(each), by=TECHNICIAN).code for each in sites]


def _site(number: int) -> str:
    return f"fleet-{number:04d}"
