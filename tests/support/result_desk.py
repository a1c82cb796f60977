"""A counter whose paper costs something: choose, pay, print, hand out, and be paid back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kiosk_server.audit.services import SYSTEM, Actor
from kiosk_server.cases.models import Case
from kiosk_server.core import clock
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.identifiers import new_id
from kiosk_server.deliveries import addresses
from kiosk_server.deliveries.addresses import AddressWish
from kiosk_server.deliveries.heard import enter, held
from kiosk_server.deliveries.life import Step
from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.payments import refunds
from kiosk_server.payments.models import PaymentAttempt, PaymentOrder, PaymentRefund
from kiosk_server.payments.ports import Paid, RefundDone
from kiosk_server.payments.queries import orders_about
from kiosk_server.payments.rules import Channel, Origin
from kiosk_server.payments.services import begin_attempt, close
from kiosk_server.payments.settling import Teller, take_payment
from kiosk_server.printing.models import PrintJob
from kiosk_server.results import paper, services
from kiosk_server.results.print_or_refund import return_unprinted
from kiosk_server.results.queries import ResultView, result_of
from kiosk_server.results.rules import ResultWay
from kiosk_server.results.services import Chosen
from tests.support.counter import AYGUL, ORIGIN, TERMINAL, Counter, Person

ITEM, FREE_ITEM, FEE_FEN = "SAMPLE-ZR-02", "SAMPLE-ZR-01", 1000
CLERK = Actor("staff", "clerk-of-this-test")
WISH = AddressWish("测试·阿依古丽", "13800000001", "653001101", "示例巷 2 号")
CHANNEL = Channel.SIMULATED


@dataclass
class Desk:
    """One counter, and everything that can happen to a paper of it and to its money."""

    counter: Counter

    @property
    def database(self) -> Database:
        """Where all of it stands."""
        return self.counter.database

    def decided(self, card: dict[str, Any] = AYGUL, item: str = ITEM) -> tuple[Person, str]:
        """Somebody stands there, and his case is decided."""
        person = self.counter.starts()
        self.counter.chooses(person, item)
        self.counter.states(person, "own_check")
        self.counter.places(person, card)
        self.counter.shows_face(person)
        return person, self.counter.prepares(person).case_id

    def like(self, case_id: str) -> str:
        """A case of the same person and visit, decided alike, by a shorter way than `decided`."""
        with self.database.unit_of_work() as session:
            before, new = session.get_one(Case, case_id), new_id()
            kept = {each.key: getattr(before, each.key) for each in Case.__table__.columns}
            cell = {"table": "service_case", "column": "decision"}
            keyring, sealed = keyring_of(session), kept["decision_sealed"]
            told = keyring.open(sealed, row=case_id, **cell)
            kept |= {"id": new, "number": new, "certificate_id": None}
            session.add(Case(**kept | {"decision_sealed": keyring.seal(told, row=new, **cell)}))
            return new

    def back(self, card: dict[str, Any] = AYGUL, *, terminal: str = TERMINAL) -> Person:
        """Somebody comes (again) and shows his card."""
        person = self.counter.starts(terminal=terminal)
        self.counter.chooses(person, "SAMPLE-RS-01")
        self.counter.places(person, card)
        return person

    def chooses(self, case_id: str, way: ResultWay, **given: Any) -> Chosen:
        """Choose a way; to one's own address and by the simulated courier where none is given."""
        with self.database.unit_of_work() as session:
            case = session.get_one(Case, case_id)
            if way is ResultWay.SEND and not given.keys() & {"address_id", "to_site_id"}:
                kept = addresses.addresses_of(session, case.resident_id)
                row = kept[0] if kept else None
                made = row or addresses.keep(session, case.resident_id, WISH, by=SYSTEM)
                given["address_id"] = made.id
            if way is ResultWay.SEND:
                given = {"courier": CourierName.SIMULATED, "payer": Payer.OFFICE} | given
            return services.choose(
                session, case_id, way, by=self.owner(case), origin=Origin.KIOSK, **given
            )

    def owner(self, case: Case) -> Actor:
        """Whose case it is."""
        return Actor("resident", case.resident_id)

    def order(self, case_id: str) -> PaymentOrder:
        """The newest order of a case."""
        with self.database.reading() as session:
            return orders_about(session, "case", case_id)[-1]

    def pays(self, case_id: str, *, works: bool = True) -> None:
        """The channel tells that the newest order was paid."""
        order = self.order(case_id)
        with self.database.unit_of_work() as session:
            attempt = begin_attempt(session, order.id, CHANNEL, connected=[CHANNEL], by=SYSTEM)
        self.tells_of(attempt)
        if works:
            self.counter.works()

    def tells_of(self, attempt: PaymentAttempt) -> str:
        """The channel tells of one attempt, perhaps again."""
        paid = Paid(f"R{attempt.id}", attempt.amount_fen, clock.now())
        with self.database.unit_of_work() as session:
            return take_payment(session, CHANNEL, attempt.id, paid, told_by=Teller.NOTICE)

    def lets_go(self, case_id: str) -> None:
        """The order closes unpaid."""
        with self.database.unit_of_work() as session:
            close(session, self.order(case_id).id, by=SYSTEM)
        self.counter.works()

    def prints(self, person: Person, case_id: str) -> str:
        """The paper is asked for at the terminal where its person stands."""
        return paper.print_paper(
            self.database,
            self.counter.press,
            origin=ORIGIN,
            visit_id=person.visit_id,
            case_id=case_id,
            sample=True,
        )

    def hears(self, job_id: str, state: str, **told: Any) -> None:
        """The terminal of a job speaks of it, and the worker works."""
        with self.database.reading() as session:
            job = session.get_one(PrintJob, job_id)
        self.counter.reports(
            job_id, job.last_sequence + 1, state, **{"terminal_id": job.terminal_id} | told
        )
        self.counter.works()

    def hands_out(self, case_id: str) -> None:
        """A clerk gives the paper to its resident."""
        with self.database.unit_of_work() as session:
            services.hand_out(session, case_id, by=CLERK)

    def wants_money(self, case_id: str) -> PaymentRefund | None:
        """The resident asks for his money in place of the paper."""
        with self.database.unit_of_work() as session:
            case = session.get_one(Case, case_id)
            return services.money_back(session, case_id, by=self.owner(case))

    def looks(self) -> int:
        """The chore looks who waits for his money."""
        with self.database.unit_of_work() as session:
            return return_unprinted(session)

    def channel_returns(self, case_id: str) -> None:
        """The channel has done every refund of a case."""
        for made in self.refunds(case_id):
            done = RefundDone(f"B{made.id}", made.amount_fen, clock.now())
            with self.database.unit_of_work() as session:
                refunds.finish(session, CHANNEL, made.id, done)
        self.counter.works()

    def parcel(self, delivery_id: str, step: Step) -> None:
        """Something is heard of a parcel, and the worker works."""
        with self.database.unit_of_work() as session:
            enter(session, held(session, delivery_id), step)
        self.counter.works()

    def refunds(self, case_id: str) -> list[PaymentRefund]:
        """What was asked back of a case's orders."""
        with self.database.reading() as session:
            ids = [order.id for order in orders_about(session, "case", case_id)]
            wanted = select(PaymentRefund).where(PaymentRefund.order_id.in_(ids))
            return list(session.scalars(wanted.order_by(PaymentRefund.id)))

    def sees(self, case_id: str) -> ResultView:
        """How the result stands."""
        with self.database.reading() as session:
            return result_of(session, session.get_one(Case, case_id))

    def case(self, case_id: str) -> Case:
        """The case as it stands."""
        with self.database.reading() as session:
            return session.get_one(Case, case_id)

    def told(self, case_id: str) -> list[str]:
        """What its resident was told of a case, the first first."""
        with self.database.reading() as session:
            wanted = select(ResidentNotice).where(ResidentNotice.subject_id == case_id)
            return [row.topic for row in session.scalars(wanted.order_by(ResidentNotice.id))]


def later(**by: float) -> Any:
    """Let time stand so much later than it does now."""
    return clock.frozen(clock.now() + timedelta(**by))


def request_key() -> str:
    """A key that no other request has."""
    return new_id()
