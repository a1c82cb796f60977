"""
A counter in a test: places, catalogue and one terminal, and a person who goes step by step.

`Counter` plays the surfaces: each step opens its own unit of work, as a request does.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.cases import handling, papers
from kiosk_server.cases.handling import Prepared
from kiosk_server.cases.ports import DepartmentRecords
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.files.assembly import shelves_from
from kiosk_server.gateways.presence_simulated import SimulatedPresence
from kiosk_server.gateways.records_simulated import SimulatedRecords
from kiosk_server.outbox.dispatcher import Dispatcher
from kiosk_server.printing import queries as print_queries
from kiosk_server.printing import services as printing
from kiosk_server.printing.documents.papers import ProofPaper, Rendered
from kiosk_server.printing.queries import JobView
from kiosk_server.reactions import HANDLERS, Context
from kiosk_server.results.paper import may_print
from kiosk_server.settings import Settings
from kiosk_server.terminals.models import DeviceState, Terminal
from kiosk_server.visits import presence
from kiosk_server.visits import services as visits
from kiosk_server.visits.card_reads import CardAsked, CardReading, CardReadRefused, CardReadTaken
from kiosk_server.visits.models import Visit
from kiosk_server.visits.services import VisitOver
from tests.support.first_rows import open_catalogue

TERMINAL, OTHER_TERMINAL = "AT-0001", "AT-0002"
SITE = "atushi-centre"
ORIGIN = "http://127.0.0.1:8000"
SAM = "05010020201130123456789012345678"

AYGUL = {"name": "阿依古丽·测试", "number": "653001199003070022", "valid_until": "2040-01-01"}
MEMET = {"name": "测试·买买提", "number": "65300119850615002X", "valid_until": "2035-06-20"}
NOTHING_ON_RECORD = {"name": "测试九", "number": "653001198309090152", "valid_until": "2037-09-09"}
OTHER_NAME = {"name": "马测试", "number": "65300119911224014X", "valid_until": "2040-05-20"}
LONG_NAME = {
    "name": "古丽巴哈尔·阿卜杜热合曼·测试",
    "number": "653001198804180104",
    "valid_until": "2039-04-18",
}


def printable(text: str) -> tuple[str, ...]:
    """A coverage that has every character."""
    return ()


class QuickPress:
    """A press that sets nothing and remembers what it was given."""

    def __init__(self) -> None:
        self.papers: list[ProofPaper] = []

    def render(self, paper: ProofPaper) -> Rendered:
        """A document whose bytes tell two papers apart."""
        self.papers.append(paper)
        pdf = f"%PDF {paper.document_number} {paper.reprint} {len(self.papers)}".encode()
        return Rendered(pdf=pdf, pages=2, digest=hashlib.sha256(pdf).hexdigest())


@dataclass
class Person:
    """Somebody at a terminal: the visit and the cookie's secret."""

    visit_id: str
    secret: str
    terminal: str = TERMINAL


@dataclass
class Counter:
    """The server's rooms with a person in front of them."""

    database: Database
    settings: Settings
    records: DepartmentRecords = field(default_factory=SimulatedRecords)
    press: QuickPress = field(default_factory=QuickPress)

    def open(self) -> "Counter":
        """Enter places, catalogue and two terminals whose devices are well."""
        self.database.lend("shelves", shelves_from(self.settings))
        open_catalogue(self.database)
        with self.database.unit_of_work() as session:
            for terminal in (TERMINAL, OTHER_TERMINAL):
                session.add(Terminal(id=terminal, site_id=SITE, state="in_service"))
                session.flush()
                for kind in ("id_reader", "a4_printer", "receipt_printer"):
                    session.add(
                        DeviceState(
                            terminal_id=terminal,
                            kind=kind,
                            condition="ready",
                            troubles=[],
                            details={},
                            since=clock.now(),
                            reported_at=clock.now(),
                        )
                    )
        return self

    def starts(self, *, terminal: str = TERMINAL, language: str = "zh", size: str = "m") -> Person:
        """Somebody touches the screen."""
        with self.database.unit_of_work() as session:
            started = visits.start(
                session, terminal_id=terminal, site_id=SITE, language=language, size=size
            )
            return Person(started.visit.id, started.secret, terminal)

    def resumes(self, person: Person, *, terminal: str | None = None) -> Visit | VisitOver:
        """A request comes with the person's cookie."""
        with self.database.unit_of_work() as session:
            return visits.resume(
                session, terminal_id=terminal or person.terminal, secret=person.secret
            )

    def chooses(self, person: Person, code: str) -> None:
        """Take up an item and agree to its notice."""
        with self.database.unit_of_work() as session:
            visit = session.get_one(Visit, person.visit_id)
            item = visits.choose_item(session, visit, code)
            assert item.content.handling is not None
            visits.consent(session, visit, text_version=item.content.handling.notice.version)

    def states(self, person: Person, purpose: str) -> None:
        """Choose a purpose and promise."""
        with self.database.unit_of_work() as session:
            visits.state_purpose(
                session,
                session.get_one(Visit, person.visit_id),
                purpose=purpose,
                promised=True,
            )

    def asked(self, person: Person) -> CardAsked:
        """The page asks for a card."""
        with self.database.unit_of_work() as session:
            return visits.ask_for_card(session, session.get_one(Visit, person.visit_id))

    def places(
        self,
        person: Person,
        card: dict[str, Any],
        *,
        nonce: str | None = None,
        kind: str = "resident",
        signed_by: str | None = None,
        says: str | None = None,
        unprintable: Any = printable,
    ) -> CardReadTaken | CardReadRefused:
        """The terminal signs what it read; a nonce is asked for unless one is given."""
        reading = CardReading(
            nonce=nonce if nonce is not None else self.asked(person).nonce,
            kind=kind,
            fields=card,
            sam_id=SAM,
            terminal=says or signed_by or person.terminal,
        )
        with self.database.unit_of_work() as session:
            return visits.take_card_read(
                session, signed_by or person.terminal, reading, unprintable=unprintable
            )

    def shows_face(self, person: Person, said: str = "same") -> object:
        """The simulated comparison finds *said*."""
        check = SimulatedPresence()
        presence.begin_face(self.database, check, visit_id=person.visit_id)
        return presence.face_outcome(self.database, check, visit_id=person.visit_id, said=said)

    def prepares(self, person: Person) -> Prepared:
        """The case is decided."""
        prepared = self.tries_to_prepare(person)
        assert isinstance(prepared, Prepared)
        return prepared

    def tries_to_prepare(self, person: Person) -> Any:
        """The case is decided, or there is no decision now."""
        return handling.prepare(
            self.database, self.records, visit_id=person.visit_id, unprintable=printable
        )

    def prints(self, case_id: str) -> str:
        """The proof is issued and its job asked for."""
        return papers.issue_and_print(
            self.database,
            self.press,
            origin=ORIGIN,
            case_id=case_id,
            sample=True,
            door=may_print,
        )

    def comes_to_paper(
        self, card: dict[str, Any], code: str = "SAMPLE-RS-01", purpose: str | None = None
    ) -> tuple[Person, str, str]:
        """The whole way to a print job: person, case id, job id."""
        person = self.starts()
        self.chooses(person, code)
        if purpose is not None:
            self.states(person, purpose)
        self.places(person, card)
        self.shows_face(person)
        case_id = self.prepares(person).case_id
        return person, case_id, self.prints(case_id)

    def reports(self, job_id: str, sequence: int, state: str, **told: Any) -> str:
        """The terminal speaks of a job."""
        told = {"trouble": None, "pages_done": 0, "terminal_id": TERMINAL} | told
        with self.database.unit_of_work() as session:
            return printing.report(
                session,
                told["terminal_id"],
                job_id,
                sequence=sequence,
                state=state,
                trouble=told["trouble"],
                pages_done=told["pages_done"],
            )

    def sees(self, job_id: str) -> JobView:
        """What the page of a job shows."""
        with self.database.reading() as session:
            return print_queries.view(session, job_id)

    def wants(self, terminal: str = TERMINAL) -> list[tuple[str, str]]:
        """What the server wants of a terminal."""
        with self.database.reading() as session:
            return [(want.kind, want.job) for want in print_queries.wants_of(session, terminal)]

    def works(self) -> None:
        """The worker carries out everything that is due."""
        dispatcher = Dispatcher(self.database, HANDLERS, Context(self.database, self.settings))
        while dispatcher.work_one():
            pass

    def audited(self, event: str) -> list[AuditEntry]:
        """Committed audit entries of one event, oldest first."""
        with self.database.reading() as session:
            wanted = select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.id)
            return list(session.scalars(wanted))

    def refusals(self, event: str) -> list[Any]:
        """The codes of the refusals that were audited under *event*."""
        return [entry.facts["code"] for entry in self.audited(event)]


THREE_AT_NIGHT = datetime.fromisoformat("2026-11-22T03:00:00+08:00")
