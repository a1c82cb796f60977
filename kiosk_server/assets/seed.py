"""The keeper of a development server's bank (示例管理员): a demo account, a number of no phone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.assets.keepers import Place, enter
from kiosk_server.assets.models import Keeper
from kiosk_server.audit.services import SYSTEM
from kiosk_server.staff.queries import colleague_called

DEMO_KEEPER = ("guanliyuan", Place("xingfulu", "sample-bank"), "13900000003")


def demo_keeper(session: Session) -> None:
    """Let the demo keeper mind the sample bank, unless somebody has entered keepers before."""
    login, place, phone = DEMO_KEEPER
    member = colleague_called(session, login)
    if member is None or session.scalar(select(Keeper.id).limit(1)) is not None:
        return
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
