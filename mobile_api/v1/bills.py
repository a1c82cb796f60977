"""`/billers`, `/bills`: who can be paid, what an account owes, pay it, what became of it."""

from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.audit.events import AuditEvent
from kiosk_server.bills import queries
from kiosk_server.bills.life import BillState
from kiosk_server.bills.ports import BillerGateway
from kiosk_server.bills.rules import (
    LONGEST_ACCOUNT,
    MOST_BILLS,
    AccountUnknown,
    Biller,
    BillerAsleep,
    BillerSilent,
    BillKind,
    BillsFound,
    NothingOwed,
    account_of,
)
from kiosk_server.bills.services import ask, freshen, pay
from kiosk_server.payments.rules import Origin
from kiosk_server.web.biller_gateways import biller_gateways
from kiosk_server.web.request_context import database
from mobile_api.access import ANYBODY, holder
from mobile_api.booking_terms import refusals_noted, request_key
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.v1.payments import MAY, PaymentSeen, payment_seen
from mobile_api.v1.schemas import Asked, Id, Page, PageAsked, page_of
from mobile_api.wallets import actor_id

BillerCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
Account = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ACCOUNT)]


class Outcome(StrEnum):
    """What a biller says to a question."""

    OWED = "owed"
    NOTHING_OWED = "nothing_owed"
    ACCOUNT_UNKNOWN = "account_unknown"
    ASLEEP = "asleep"
    SILENT = "silent"


class BillerSeen(BaseModel):
    """One biller (收费单位); whoever is not connected here still has a telephone."""

    code: str
    kind: BillKind
    name: str
    answers: str = Field(description="Who answers for it.")
    phone: str
    account_label: str
    account_example: str
    account_pattern: str
    family: bool = Field(description="Whether one order may hold bills of several accounts.")
    connected: bool
    simulated: bool = Field(description="Nobody is owed anything: the biller is only played.")


class Billers(BaseModel):
    """Every biller, in the order in which they are offered."""

    items: list[BillerSeen]


class QuestionAsked(Asked):
    """Whose account, and which one."""

    biller: BillerCode
    account: Account


class BillSeen(BaseModel):
    """One bill as its biller told of it. Amounts are integer fen."""

    id: str
    account: str
    holder: str = Field(description="As the biller masks the name.")
    period: str
    amount_fen: int
    due_on: date | None
    standing: BillState | None = Field(description="How a payment of it stands; null: none does.")


class BillsSeen(BaseModel):
    """What the biller says; `bills` is empty unless something is owed."""

    outcome: Outcome
    bills: list[BillSeen]
    asleep_until: datetime | None = None


class BillsToPay(Asked):
    """Which bills, and the accounts they are of: an id alone opens nothing. The biller says how
    much they come to."""

    biller: BillerCode
    accounts: list[Account] = Field(min_length=1, max_length=MOST_BILLS)
    bills: list[Id] = Field(min_length=1, max_length=MOST_BILLS)


class PaidBillSeen(BaseModel):
    """One bill that I pay or have paid, the account by its last digits."""

    id: str
    payment_id: str = Field(description="The order it stands in, see /payments.")
    biller: str
    name: str
    account_ends: str
    period: str
    amount_fen: int
    state: BillState
    reference: str | None = Field(description="The biller's number of it, once it is booked.")
    paid_at: datetime | None
    ended_at: datetime | None


def list_billers() -> Billers:
    """List who can be paid here, and who answers for each."""
    gateways = biller_gateways()
    return Billers(items=[_seen(each, gateways.get(each.gateway)) for each in queries.billers()])


def ask_bills(body: QuestionAsked) -> BillsSeen:
    """Ask a biller what an account owes."""
    told = ask(database(), biller_gateways(), body.biller, body.account, by=holder().actor)
    match told:
        case BillsFound(bills):
            seen = [BillSeen.model_validate(each, from_attributes=True) for each in bills]
            return BillsSeen(outcome=Outcome.OWED, bills=seen)
        case NothingOwed():
            return BillsSeen(outcome=Outcome.NOTHING_OWED, bills=[])
        case AccountUnknown():
            return BillsSeen(outcome=Outcome.ACCOUNT_UNKNOWN, bills=[])
        case BillerAsleep(until):
            return BillsSeen(outcome=Outcome.ASLEEP, bills=[], asleep_until=until)
        case BillerSilent():
            return BillsSeen(outcome=Outcome.SILENT, bills=[])


def pay_bills(body: BillsToPay) -> PaymentSeen:
    """Put bills into one order, to be paid under /payments; what is stale is asked again first."""
    biller = queries.biller_named(body.biller)
    accounts = [account_of(biller, account) for account in body.accounts]
    with refusals_noted(AuditEvent.BILL_REFUSED), database().reading() as session:
        queries.bills_named(session, biller.code, accounts, body.bills)
    freshen(database(), biller_gateways(), body.bills, by=holder().actor)
    with database().unit_of_work() as session:
        order = pay(
            session,
            body.bills,
            payer_id=actor_id(),
            origin=Origin.PHONE,
            by=holder().actor,
            request_key=request_key(),
        )
        return payment_seen(session, order)


def list_bills(query: PageAsked) -> Page[PaidBillSeen]:
    """List the bills that I pay or have paid."""
    with database().reading() as session:
        found = queries.bills_of_payer(
            session, actor_id(), after=query.cursor, limit=query.limit + 1
        )
    items = [
        PaidBillSeen(
            id=bill.id,
            payment_id=bill.order_id,
            biller=bill.biller.code,
            name=in_words(bill.biller.names),
            account_ends=bill.account[-4:],
            period=bill.period,
            amount_fen=bill.amount_fen,
            state=bill.state,
            reference=bill.reference,
            paid_at=bill.paid_at,
            ended_at=bill.ended_at,
        )
        for bill in found
    ]
    return page_of(items, [item.id for item in items], query.limit)


def _seen(biller: Biller, gateway: BillerGateway | None) -> BillerSeen:
    return BillerSeen(
        code=biller.code,
        kind=biller.kind,
        name=in_words(biller.names),
        answers=in_words(biller.answers),
        phone=biller.phone,
        account_label=in_words(biller.account_label),
        account_example=biller.account_example,
        account_pattern=biller.account_pattern,
        family=biller.family,
        connected=gateway is not None,
        simulated=gateway is not None and gateway.simulated,
    )


Refuses = dict[HTTPStatus, tuple[str, ...]]
_TOO_MANY: Refuses = {
    HTTPStatus.TOO_MANY_REQUESTS: ("too_many_bill_questions", "too_many_bill_accounts")
}
DOORS = (
    Door("GET", "/billers", list_billers, ANYBODY),
    Door(
        "POST",
        "/bills/questions",
        ask_bills,
        MAY,
        refuses={
            HTTPStatus.NOT_FOUND: ("biller_not_found",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("account_invalid",),
        }
        | _TOO_MANY,
    ),
    Door(
        "POST",
        "/bills/orders",
        pay_bills,
        MAY,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.NOT_FOUND: ("biller_not_found", "bill_not_found"),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("account_invalid", "bills_invalid"),
            HTTPStatus.CONFLICT: ("bill_changed", "bill_stale", "bill_in_order", "bill_paid"),
            HTTPStatus.SERVICE_UNAVAILABLE: ("biller_silent",),
        }
        | _TOO_MANY,
    ),
    Door("GET", "/bills", list_bills, MAY),
)
