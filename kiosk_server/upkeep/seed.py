"""On-call lists of a development server (示例值班表): demo accounts, numbers of no phone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.staff.queries import colleague_called
from kiosk_server.upkeep.models import OnCallDuty
from kiosk_server.upkeep.on_call import enter

DEMO_DUTIES = (("weihu", "653001", "13900000001"), ("songtake", "653001101", "13900000002"))


def demo_duties(session: Session) -> None:
    """Put the demo technicians on call, unless somebody has kept a list here before."""
    if session.scalar(select(OnCallDuty.id).limit(1)) is not None:
        return
    for login, division, phone in DEMO_DUTIES:
        member = colleague_called(session, login)
        if member is not None:
            enter(session, division, staff_id=member.id, phone=phone, rank=1, by=SYSTEM)
