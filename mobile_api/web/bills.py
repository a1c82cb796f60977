"""
Bills of everyday life on the phone (生活缴费): whose, which account, what is owed, what was paid.

Accounts travel in forms alone, never in an address, and are remembered only where that is asked
for. What is chosen becomes one order, which is paid on its own page (`web.payments`).
"""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.events import AuditEvent
from kiosk_server.bills import kept_accounts
from kiosk_server.bills.life import OPEN
from kiosk_server.bills.models import BillPayment
from kiosk_server.bills.queries import (
    PaidBill,
    biller_named,
    billers,
    bills_named,
    bills_of_order,
    bills_of_payer,
    found_bill,
)
from kiosk_server.bills.rules import (
    MOST_BILLS,
    Asked,
    Biller,
    BillsFound,
    FoundBill,
    account_of,
)
from kiosk_server.bills.services import ask, freshen, pay
from kiosk_server.core.errors import Conflict, Invalid, KioskError, NotFound, Refused, Unavailable
from kiosk_server.core.identifiers import digest, is_id, new_id
from kiosk_server.payments.queries import order_of
from kiosk_server.payments.rules import Origin
from kiosk_server.residents.assurance import Act
from kiosk_server.web.biller_gateways import biller_gateways
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.booking_terms import form_key, refusals_noted
from mobile_api.wallets import actor_id
from mobile_api.web.bill_lines import KeptLine, PaidLine, biller_line, outcome_of, paid_line
from mobile_api.web.frame import page
from mobile_api.web.guard import may, own_id

HERE = "/m/bills"
ON_A_PAGE = 20
_LATEST = 3
_MOST_SHOWN = 4 * MOST_BILLS


@dataclass(frozen=True)
class Carried:
    """What a form carries on: accounts that were found before, and their bills."""

    accounts: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of bills."""
    blueprint.get("/bills", endpoint="bills")(bills)
    blueprint.get("/bills/paid", endpoint="bills_paid")(paid)
    blueprint.get("/bills/paid/<payment_id>", endpoint="bill_paid")(paid_one)
    blueprint.get("/bills/paid/<payment_id>/state", endpoint="bill_paid_state")(state)
    blueprint.post("/bills/accounts/<kept_id>", endpoint="bill_ask_kept")(ask_kept)
    blueprint.post("/bills/accounts/<kept_id>/forget", endpoint="bill_forget")(forget)
    blueprint.get("/bills/<biller_code>", endpoint="bill_account")(account)
    blueprint.post("/bills/<biller_code>", endpoint="bill_ask")(ask_typed)
    blueprint.post("/bills/<biller_code>/more", endpoint="bill_more")(more)
    blueprint.post("/bills/<biller_code>/found", endpoint="bill_found")(found_before)
    blueprint.post("/bills/<biller_code>/pay", endpoint="bill_pay")(pay_bills)


def bills() -> ResponseReturnValue:
    """List the accounts that I had remembered, who can be paid, and what I paid last."""
    may(Act.PAY)
    with database().reading() as session:
        kept = kept_accounts.kept_of(session, actor_id())
        latest = bills_of_payer(session, actor_id(), limit=_LATEST)
    gateways = biller_gateways()
    return page(
        "m/bills.html",
        tab="home",
        kept=[KeptLine.of(each) for each in kept],
        billers=[biller_line(each, gateways) for each in billers()],
        latest=[paid_line(each) for each in latest],
    )


def paid() -> ResponseReturnValue:
    """List what I have paid, the newest first."""
    may(Act.PAY)
    asked = request.args.get("after", "")
    after = asked if is_id(asked) else None
    with database().reading() as session:
        found = bills_of_payer(session, actor_id(), after=after, limit=ON_A_PAGE + 1)
    lines: list[PaidLine] = [paid_line(each) for each in found[:ON_A_PAGE]]
    older = lines[-1].id if len(found) > ON_A_PAGE else None
    return page("m/bills_paid.html", tab="home", lines=lines, older=older)


def paid_one(payment_id: str) -> ResponseReturnValue:
    """Show how the bills that were paid together stand at their biller."""
    may(Act.PAY)
    found = _paid_together(payment_id)
    return page(
        "m/bill_paid.html",
        tab="home",
        lines=[paid_line(each) for each in found],
        biller=biller_line(found[0].biller, biller_gateways()),
        order_id=found[0].order_id,
        lives=any(each.state in OPEN for each in found),
        version=_version(found),
        here=f"{HERE}/paid/{payment_id}",
    )


def state(payment_id: str) -> ResponseReturnValue:
    """Answer what the page asks every few seconds; 304 while nothing has happened."""
    may(Act.PAY)
    version = _version(_paid_together(payment_id))
    response = Response(version, content_type="text/plain; charset=utf-8")
    response.set_etag(version)
    return response.make_conditional(request)


def account(biller_code: str) -> ResponseReturnValue:
    """Ask for an account of one biller."""
    may(Act.PAY)
    return _account_page(_connected(biller_code), Carried())


def more(biller_code: str) -> ResponseReturnValue:
    """Ask for another account of the family, beside what was found."""
    may(Act.PAY)
    biller = _connected(biller_code)
    return _account_page(biller, _carried(biller) if biller.family else Carried())


def found_before(biller_code: str) -> ResponseReturnValue:
    """Show again what was found, where another account brought nothing."""
    may(Act.PAY)
    biller = _connected(biller_code)
    return _owed_page(biller, _carried(biller))


def ask_typed(biller_code: str) -> ResponseReturnValue:
    """Ask what the account that was typed owes; have it remembered where that was ticked."""
    may(Act.PAY)
    biller = _connected(biller_code)
    carried = _carried(biller) if biller.family else Carried()
    typed = request.form.get("account", "")
    try:
        number = account_of(biller, typed)
    except Invalid as fault:
        return _account_page(biller, carried, typed=typed, fault=fault.code)
    return _asked(biller, number, carried, keep="keep" in request.form)


def ask_kept(kept_id: str) -> ResponseReturnValue:
    """Ask what an account owes that I had remembered."""
    may(Act.PAY)
    with refusals_noted(AuditEvent.BILL_REFUSED), database().reading() as session:
        kept = kept_accounts.kept_named(session, actor_id(), own_id(kept_id))
    return _asked(_connected(kept.biller.code), kept.account, Carried(), keep=False)


def forget(kept_id: str) -> ResponseReturnValue:
    """Forget an account of mine."""
    may(Act.PAY)
    with refusals_noted(AuditEvent.BILL_REFUSED), database().unit_of_work() as session:
        kept_accounts.forget(session, actor_id(), own_id(kept_id), by=holder().actor)
    return redirect(HERE, code=303)


def pay_bills(biller_code: str) -> ResponseReturnValue:
    """Put what is ticked into one order and lead to it; what changed meanwhile is shown first."""
    may(Act.PAY)
    biller = _connected(biller_code)
    carried = _carried(biller)
    chosen = [each for each in request.form.getlist("bills") if each in carried.found]
    if not chosen:
        return _owed_page(biller, carried, faults=("bills-none",), chosen=())
    with refusals_noted(AuditEvent.BILL_REFUSED), database().reading() as session:
        bills_named(session, biller.code, carried.accounts, chosen)
    try:
        freshen(database(), biller_gateways(), chosen, by=holder().actor)
        with database().unit_of_work() as session:
            order = pay(
                session,
                chosen,
                payer_id=actor_id(),
                origin=Origin.PHONE,
                by=holder().actor,
                request_key=form_key(",".join(sorted(chosen))),
            )
    except (Conflict, Invalid, Unavailable) as refused:
        fault = refused.code.replace("_", "-")
        return _owed_page(biller, carried, faults=(fault,), chosen=chosen, status=_status(refused))
    return redirect(f"/m/payments/{order.id}", code=303)


def _asked(biller: Biller, number: str, carried: Carried, *, keep: bool) -> ResponseReturnValue:
    told: Asked = ask(database(), biller_gateways(), biller.code, number, by=holder().actor)
    faults: tuple[str, ...] = ()
    if keep:
        faults = _kept(biller, number, told)
    if isinstance(told, BillsFound):
        found = tuple(each.id for each in told.bills)
        now = Carried(
            tuple(dict.fromkeys((*carried.accounts, number))),
            tuple(dict.fromkeys((*carried.found, *found))),
        )
        return _owed_page(biller, now, faults=faults)
    outcome, until = outcome_of(told)
    return page(
        "m/bill_none.html",
        tab="home",
        biller=biller_line(biller, biller_gateways()),
        outcome=outcome,
        until=until,
        carried=carried,
        faults=faults,
    )


def _kept(biller: Biller, number: str, told: Asked) -> tuple[str, ...]:
    if outcome_of(told)[0] not in ("found", "nothing"):
        return ()
    try:
        with database().unit_of_work() as session:
            kept_accounts.keep(session, actor_id(), biller.code, number, by=holder().actor)
    except Refused as refused:
        return (refused.code.replace("_", "-"),)
    return ()


def _owed_page(
    biller: Biller,
    carried: Carried,
    *,
    faults: tuple[str, ...] = (),
    chosen: list[str] | tuple[str, ...] | None = None,
    status: int | None = None,
) -> ResponseReturnValue:
    with refusals_noted(AuditEvent.BILL_REFUSED), database().reading() as session:
        rows = bills_named(session, biller.code, carried.accounts, carried.found)
        known = {row.id: found_bill(session, row) for row in rows}
    found: list[FoundBill] = [known[each] for each in carried.found]
    payable = [each for each in found if each.payable]
    return page(
        "m/bills_owed.html",
        tab="home",
        status=status or (422 if chosen == () else 200),
        biller=biller_line(biller, biller_gateways()),
        found=found,
        chosen={each.id for each in payable} if chosen is None else set(chosen),
        total_fen=sum(each.amount_fen for each in payable),
        carried=carried,
        faults=faults,
        most=MOST_BILLS,
        key=new_id(),
    )


def _account_page(
    biller: Biller, carried: Carried, *, typed: str = "", fault: str | None = None
) -> ResponseReturnValue:
    return page(
        "m/bill_account.html",
        tab="home",
        status=422 if fault else 200,
        biller=biller_line(biller, biller_gateways()),
        carried=carried,
        typed=typed,
        faults={"account": fault} if fault else {},
    )


def _connected(biller_code: str) -> Biller:
    biller = biller_named(biller_code)
    if biller.gateway not in biller_gateways():
        raise NotFound("biller_not_found")
    return biller


def _carried(biller: Biller) -> Carried:
    """Return what the form brought; an account or an id of another shape is none of ours."""
    accounts = request.form.getlist("accounts")[:MOST_BILLS]
    found = [each for each in request.form.getlist("found")[:_MOST_SHOWN] if is_id(each)]
    try:
        numbers = tuple(account_of(biller, each) for each in accounts)
    except Invalid:
        raise NotFound("bill_not_found") from None
    return Carried(numbers, tuple(dict.fromkeys(found)))


def _paid_together(payment_id: str) -> list[PaidBill]:
    own_id(payment_id)
    with refusals_noted(AuditEvent.BILL_REFUSED), database().reading() as session:
        payment = session.get(BillPayment, payment_id)
        if payment is None:
            raise NotFound("bill_not_found")
        order_of(session, actor_id(), payment.order_id)
        return bills_of_order(session, payment.order_id)


def _version(found: list[PaidBill]) -> str:
    return digest(repr([(each.id, each.state.value, each.reference) for each in found]))[:16]


def _status(refused: KioskError) -> int:
    return 503 if isinstance(refused, Unavailable) else 409
