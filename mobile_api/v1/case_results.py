"""`/cases/<id>/result`: how a result comes, what its paper costs, or my money in its place."""

from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.cases.models import Case
from kiosk_server.cases.own import case_of
from kiosk_server.deliveries.ports import Payer
from kiosk_server.payments.rules import Origin
from kiosk_server.places.queries import site
from kiosk_server.residents.assurance import Act
from kiosk_server.results import services
from kiosk_server.results.queries import result_of
from kiosk_server.results.rules import Parcel, Print, ResultWay
from kiosk_server.results.timeline import LineKind, timeline_of
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.booking_terms import refusals_noted, request_key
from mobile_api.courier_partners import first_courier, payer
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.v1.deliveries_told import DeliverySeen, Site, delivery_seen
from mobile_api.v1.payments import FeeSeen, PaymentSeen, payment_seen
from mobile_api.v1.schemas import Asked, Id
from mobile_api.wallets import actor_id

_EVENT = AuditEvent.RESULT_REFUSED


class WayAsked(Asked):
    """How I would like it. To have it sent, an address of mine or a site that hands parcels out."""

    way: ResultWay
    address_id: Id | None = None
    to_site_id: Site | None = Field(
        default=None, description="The window where I collect it; that of the case without."
    )
    payer: Payer | None = Field(default=None, description="Of the courier; the usual one without.")


class ResultSeen(BaseModel):
    """How the result of a case stands. Amounts are integer fen."""

    way: ResultWay | None = Field(description="As I chose; null before.")
    open_ways: list[ResultWay] = Field(description="What I may choose now.")
    fees: list[FeeSeen] = Field(description="Of the paper; its electronic document is free.")
    fee_fen: int
    owed: bool
    payment: PaymentSeen | None
    delivery: DeliverySeen | None
    site: str | None = Field(description="Whose window hands it out.")
    print: Print
    parcel: Parcel
    handed_out_at: datetime | None
    print_until: datetime | None = Field(
        description="Until then it may be printed; after that what was paid goes back by itself."
    )
    money_goes_back: bool
    may_have_money: bool = Field(description="I may have my money now, and no paper.")


class LineOfCase(BaseModel):
    """One thing that happened to my case, its payment, its paper or its parcel."""

    at: datetime
    kind: LineKind
    code: str
    words: str | None = Field(description="As a courier wrote it.")


def choose_way(case_id: str, body: WayAsked) -> ResultSeen:
    """Choose how my result comes, or choose anew; what is owed is in `payment`."""
    sends = body.way is ResultWay.SEND
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        case = case_of(session, actor_id(), case_id)
        services.choose(
            session,
            case.id,
            body.way,
            by=holder().actor,
            origin=Origin.PHONE,
            address_id=body.address_id,
            to_site_id=body.to_site_id,
            courier=first_courier() if sends else None,
            payer=payer(body.payer) if sends else None,
            request_key=request_key(),
        )
        return result_seen(session, case)


def take_money(case_id: str) -> ResultSeen:
    """Take my money in place of the paper; a print that hangs is taken back first."""
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        case = case_of(session, actor_id(), case_id)
        services.money_back(session, case.id, by=holder().actor)
        return result_seen(session, case)


def result_seen(session: Session, case: Case) -> ResultSeen:
    """Return how a case's result stands, as the phone shows it."""
    found = result_of(session, case)
    return ResultSeen(
        way=found.way,
        open_ways=list(found.open_ways),
        fees=[
            FeeSeen(
                name=in_words(fee.names),
                basis=fee.basis,
                unit_fen=fee.unit_fen,
                quantity=fee.quantity,
            )
            for fee in found.fees
        ],
        fee_fen=found.fee_fen,
        owed=found.owed,
        payment=payment_seen(session, found.order) if found.order else None,
        delivery=delivery_seen(session, found.delivery) if found.delivery else None,
        site=in_words(site(session, found.site_id).names) if found.site_id else None,
        print=found.print,
        parcel=found.parcel,
        handed_out_at=found.handed_out_at,
        print_until=found.reprint_until,
        money_goes_back=found.money_goes_back,
        may_have_money=found.may_have_money,
    )


def timeline_seen(session: Session, case: Case) -> list[LineOfCase]:
    """Return everything that happened to a case, the first thing first."""
    return [
        LineOfCase(at=line.at, kind=line.kind, code=line.code, words=line.text)
        for line in timeline_of(session, case)
    ]


CHOOSE = signed_in(Act.PAY)
GONE = {HTTPStatus.NOT_FOUND: ("case_not_found",)}
DOORS = (
    Door(
        "POST",
        "/cases/<case_id>/result",
        choose_way,
        CHOOSE,
        refuses={
            HTTPStatus.NOT_FOUND: ("case_not_found", "address_not_found", "site_not_found"),
            HTTPStatus.FORBIDDEN: (
                "result_missing",
                "result_gone",
                "way_not_open",
                "deliveries_enough",
            ),
            HTTPStatus.CONFLICT: ("order_open", "delivery_open"),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("delivery_invalid", "payer_not_offered"),
            HTTPStatus.SERVICE_UNAVAILABLE: ("no_courier",),
        },
    ),
    Door(
        "POST",
        "/cases/<case_id>/result/money-back",
        take_money,
        CHOOSE,
        refuses=GONE
        | {HTTPStatus.FORBIDDEN: ("nothing_to_return", "result_gone", "still_printing")},
    ),
)
