"""A hotel that verifies: approved, with a clerk at a bound device and a program of its own."""

from dataclasses import dataclass, field

from kiosk_server.audit.services import Actor
from kiosk_server.core.database import Database
from kiosk_server.partners import organisations, people, programs, sign_in
from kiosk_server.partners.models import PartnerOrganisation
from kiosk_server.partners.organisations import Application, Contact
from kiosk_server.partners.people import Choice, Joined, Person
from kiosk_server.partners.programs import CredentialWish, Secret
from kiosk_server.partners.rules import OrganisationVerb, Verifier
from kiosk_server.showing.scenes import scenes

ADMINISTRATOR = Actor("staff", "01jd3v9q2m8x4k7t5w6y0z1adm")
HOTEL_CODE = "91653001MA0TE0T01D"
OTHER_CODE = "91653001MA0TE0T02G"
PASSWORD = "Testing-hotel-72"


def application(name: str = "测试宾馆", code: str = HOTEL_CODE) -> Application:
    """What a made-up hotel writes into the form."""
    contact = Contact("测试·阿里木", "0908-0000001")
    return Application(name, code, "lodging", "登记入住旅客", contact, ("lodging",))


@dataclass
class Hotel:
    """An organisation of the database, approved for its scenes."""

    database: Database
    name: str = "测试宾馆"
    code: str = HOTEL_CODE
    scenes: tuple[str, ...] = ("lodging",)
    login: str = "aygul"
    id: str = field(init=False)
    member_id: str = field(init=False, repr=False)
    joined: Joined = field(init=False, repr=False)
    session_token: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        with self.database.unit_of_work() as session:
            assert organisations.apply(session, application(self.name, self.code), scenes())
            session.flush()
            found = session.query(PartnerOrganisation).filter_by(code=self.code).one()
            self.id = found.id
            organisations.set_scenes(session, self.id, self.scenes, scenes(), by=ADMINISTRATOR)
        self.decide(OrganisationVerb.APPROVE)

    def decide(self, verb: OrganisationVerb) -> None:
        """Let the administrator move it along its life."""
        with self.database.unit_of_work() as session:
            organisations.decide(session, self.id, verb, by=ADMINISTRATOR, reason="测试原因")

    def employ(self) -> "Hotel":
        """Invite a clerk, who chooses a password at the hotel's tablet."""
        person = Person(self.login, "测试·古丽")
        with self.database.unit_of_work() as session:
            link = people.invite(session, self.id, person, by=ADMINISTRATOR)
        self.joined = people.join(self.database, link.token, Choice("前台平板", PASSWORD))
        assert self.joined.member_id is not None
        self.member_id = self.joined.member_id
        return self

    def sign_in(self, password: str = PASSWORD) -> str:
        """Sign the clerk in at that tablet; return the session's token."""
        typed = sign_in.Typed(self.login, password, "127.0.0.1")
        outcome = sign_in.check_password(self.database, typed, self.joined.device_secret)
        assert isinstance(outcome, sign_in.SignedIn), outcome
        self.session_token = outcome.token
        return outcome.token

    def verifier(self) -> Verifier | None:
        """Who the server takes the clerk for now."""
        with self.database.reading() as session:
            view = sign_in.verifier_of(session, self.session_token, self.joined.device_secret)
        return view.verifier if view else None

    def program(self, **changes: int) -> Secret:
        """Make a credential for all its scenes."""
        wish = CredentialWish("前台系统", self.scenes, **changes)
        with self.database.unit_of_work() as session:
            return programs.make_credential(session, self.id, wish, by=ADMINISTRATOR)
