"""Rights of the demonstration's unreal people: a mother's for her child, an agent's for a firm."""

from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.holders import Holder, enter_organisation, organisation, person
from kiosk_server.certificates.rights import Basis, Proof, RightKind, give, rights_of
from kiosk_server.core import clock
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.services import find_or_register

MOTHER = ("653001199003070022", "阿依古丽·测试")
CHILD = ("653001201906010020", "测试·古丽娜")
COMPANY = ("91653001MA00000007", "测试（阿图什）商贸有限公司")
_LONG = timedelta(days=365)


def demo_rights(session: Session) -> None:
    """Let the demonstration's resident open her child's wallet and her firm's; once."""
    mother, child = (_resident(session, *someone) for someone in (MOTHER, CHILD))
    code, name = COMPANY
    firm = organisation(enter_organisation(session, code=code, name=name).id)
    _give(session, mother, RightKind.GUARDIAN, person(child), Basis.BIRTH_CERTIFICATE)
    _give(session, mother, RightKind.AGENT, firm, Basis.BUSINESS_LICENCE)


def _resident(session: Session, number: str, name: str) -> str:
    return find_or_register(session, number=number, name=name, kind=CardKind.RESIDENT).id


def _give(session: Session, actor_id: str, kind: RightKind, holder: Holder, basis: Basis) -> None:
    if any(each.holder == holder for each in rights_of(session, actor_id)):
        return
    until = clock.beijing_today() + _LONG
    give(session, actor_id, kind, holder, Proof(basis, "TEST-0001"), until=until, by=SYSTEM)
