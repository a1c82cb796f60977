"""The keeper of a development server's places (示例管理员): a demo account, no real number."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets.keepers import Place, enter
from kiosk_server.assets.models import Keeper
from kiosk_server.audit.services import SYSTEM
from kiosk_server.staff.queries import colleague_called

DEMO_KEEPER = ("guanliyuan", "13900000003")
SAMPLE_BANK = Place("xingfulu", "sample-bank")
SAMPLE_HALL = Place("xingfulu")
"""Where the demo's terminal stands."""


def demo_keeper(session: Session, *places: Place) -> None:
    """Let the demo keeper mind *places*, unless somebody has entered keepers before."""
    login, phone = DEMO_KEEPER
    member = colleague_called(session, login)
    if member is None or session.scalar(select(Keeper.id).limit(1)) is not None:
        return
    for place in places:
        enter(
            session,
            place,
            name=member.name,
            phone=phone,
            language="ug",
            hours=(),
            staff_id=member.id,
            by=SYSTEM,
        )
