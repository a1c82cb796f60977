"""A mother with a licence in her wallet and a phone that may show it, and who scans."""

from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.certificates.models import Certificate
from kiosk_server.core.database import Database
from kiosk_server.residents import accounts, phones
from kiosk_server.residents.assurance import Level, Way
from kiosk_server.residents.models import AccountPhone, Resident
from kiosk_server.residents.phone_rules import PhoneKind
from kiosk_server.residents.phones import Device, PhoneHolder
from kiosk_server.showing import pins
from kiosk_server.showing.codes import CodeView, IssuedCode, ShowWish, make_code, watch
from kiosk_server.showing.looking_up import CodeRefused, Redeemed, redeem
from kiosk_server.showing.rules import ANYBODY, Looker, Mode, ShowTerms
from tests.support.wallets import STRANGER, FilledPlatform, licence, mother, opened, resident

PIN = "295318"
TERMS = ShowTerms()
POLICE = Looker(
    organisation_id="01jd3v9q2m8x4k7t5w6y0z1org",
    name="测试交警大队",
    member_id="01jd3v9q2m8x4k7t5w6y0z1mem",
    scenes=frozenset({"transport", "inspection"}),
)
HOTEL = replace(
    POLICE,
    organisation_id="01jd3v9q2m8x4k7t5w6y0z1hot",
    name="测试宾馆",
    scenes=frozenset({"lodging"}),
)


@dataclass
class Shower:
    """Somebody who shows a driving licence with a phone of her own."""

    database: Database
    number: str = "13800000001"
    holder: PhoneHolder = field(init=False)
    certificate_id: str = field(init=False)

    def __post_init__(self) -> None:
        her, platform = mother(self.database), FilledPlatform()
        platform.hold("driving_licence", licence())
        opened(self.database, platform, her, types=["driving_licence"])
        with self.database.reading() as session:
            mine = select(Certificate.id).where(Certificate.resident_id == her.id)
            self.certificate_id = session.scalars(mine).one()
        self.holder = self.sign_in(her.id)
        assert pins.set_pin(self.database, self.holder, PIN) is None

    def sign_in(self, resident_id: str) -> PhoneHolder:
        """Sign one more phone of a resident in, proven with the card."""
        with self.database.unit_of_work() as session:
            account = accounts.of_resident(session, resident_id) or accounts.open_by_number(
                session, self.number
            )
            device = Device(PhoneKind.APP, "测试手机")
            phone = phones.open_phone(session, account, device, way=Way.ID_CARD, level=Level.NUMBER)
            resident = session.get_one(Resident, resident_id)
            account = accounts.prove(session, phone, resident, way=Way.ID_CARD)
            return phones.view_of(account, session.get_one(AccountPhone, phone.id))

    def sign_in_stranger(self, session: Session) -> PhoneHolder:
        """Sign in a phone of somebody who holds nothing here."""
        account = accounts.open_by_number(session, "13900000009")
        device = Device(PhoneKind.APP, "别人的手机")
        phone = phones.open_phone(session, account, device, way=Way.ID_CARD, level=Level.NUMBER)
        somebody = session.get_one(Resident, resident(session, STRANGER, "测试·别人"))
        return phones.view_of(accounts.prove(session, phone, somebody, way=Way.ID_CARD), phone)

    def wish(self, scene: str = "transport", mode: Mode = Mode.PRESENT) -> ShowWish:
        """What she wants to show."""
        return ShowWish(self.certificate_id, scene, mode)

    def show(self, scene: str = "transport", mode: Mode = Mode.PRESENT) -> IssuedCode:
        """Make a code."""
        with self.database.unit_of_work() as session:
            return make_code(session, self.holder, self.wish(scene, mode), TERMS)

    def sees(self, code: IssuedCode) -> CodeView:
        """What she is told about a code."""
        with self.database.reading() as session:
            return watch(session, self.holder, code.id)


def scan(database: Database, text: str, looker: Looker = ANYBODY) -> Redeemed | CodeRefused:
    """Look a code up, as a touch on our page does."""
    with database.unit_of_work() as session:
        return redeem(session, text, looker)


def reason_of(outcome: Redeemed | CodeRefused) -> str:
    """Why nothing was shown."""
    assert isinstance(outcome, CodeRefused), outcome
    return outcome.reason.value
