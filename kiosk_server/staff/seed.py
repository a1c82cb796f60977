"""Accounts for a development server, printed by `make run`; a production server refuses them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.core.errors import Refused
from kiosk_server.staff.models import StaffMember
from kiosk_server.staff.rules import Role
from kiosk_server.staff.services import add_member


@dataclass(frozen=True)
class DemoAccount:
    """What a developer types to sign in; the secret goes into any TOTP app."""

    login: str
    name: str
    password: str
    totp_secret: str
    roles: tuple[Role, ...]
    division_code: str


DEMO_ACCOUNTS = (
    DemoAccount(
        "weihu", "测试·维护", "demo-Technician-1", "KIOSKDEMOTECHNICIAN2222A", (Role.TECHNICIAN,),
        "653001",
    ),
    DemoAccount(
        "zhiban", "测试·值班", "demo-Second-Person-1", "KIOSKDEMOSECONDPERSON22A",
        (Role.TECHNICIAN,), "653001",
    ),
    DemoAccount(
        "songtake", "测试·松他克", "demo-Township-1", "KIOSKDEMOTOWNSHIP222222A",
        (Role.TECHNICIAN, Role.CLERK), "653001101",
    ),
    DemoAccount(
        "chuangkou", "测试·窗口", "demo-Clerk-at-Window-1", "KIOSKDEMOCLERKWINDOW222A",
        (Role.CLERK,), "653001",
    ),
    DemoAccount(
        "guanliyuan", "测试·古丽", "demo-Keeper-1", "KIOSKDEMOKEEPER222222222", (Role.KEEPER,),
        "653001001",
    ),
    DemoAccount(
        "shenji", "测试·审计", "demo-Auditor-1", "KIOSKDEMOAUDITOR22222222", (Role.AUDITOR,),
        "653000",
    ),
    DemoAccount(
        "guanli", "测试·管理", "demo-Administrator-1", "KIOSKDEMOADMINISTRATOR22",
        (Role.ADMINISTRATOR,), "653000",
    ),
)  # fmt: skip


def demo_accounts(session: Session, *, production: bool) -> tuple[DemoAccount, ...]:
    """Make the demo accounts that are not there yet, and return all; refused in *production*."""
    if production:
        raise Refused("demo_accounts_in_production")
    there = set(session.scalars(select(StaffMember.login)))
    for account in DEMO_ACCOUNTS:
        if account.login not in there:
            add_member(
                session,
                account.login,
                name=account.name,
                password=account.password,
                roles=account.roles,
                division_code=account.division_code,
                by=SYSTEM,
                totp_secret=account.totp_secret,
            )
    return DEMO_ACCOUNTS
