"""
Bills whose biller has not told the end (生活缴费待核): a person calls him and says what he heard.

The page shows by which number the biller knows a payment, and nothing of who paid; of the account
it shows the last digits.
"""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.bills import queries, settling
from kiosk_server.core.errors import FieldFault, Invalid
from kiosk_server.payments.rules import as_yuan
from kiosk_server.staff.queries import colleagues
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.session import actor, has_everywhere, require_everywhere
from kiosk_server.web.request_context import database, page_reading
from kiosk_server.web.words import current_language

HERE = "/staff/bills"
LONGEST_REFERENCE = 64
_FOUND = {"booked": True, "not_booked": False}


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its deeds under *blueprint*."""
    blueprint.get("/bills")(bills_page)
    blueprint.post("/bills/<payment_id>/find")(find_out_of_bill)
    blueprint.post("/bills/<payment_id>/agree")(end_dispute_of_bill)


def bills_for_me() -> int | None:
    """Return how many payments of bills want a person; None for who does not settle them."""
    if not has_everywhere(Right.PAYMENTS_SETTLE):
        return None
    with page_reading() as session:
        return queries.count_for_people(session)


def bills_page() -> ResponseReturnValue:
    """Show what wants a person, the oldest first, and what people did lately."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    language = current_language().code
    with database().reading() as session:
        deeds = queries.deeds_of_people(session)
        return render_template(
            "staff/bills.html",
            bills=queries.wanting_a_person(session),
            deeds=deeds,
            names=colleagues(session, {deed.actor_id for deed in deeds if deed.actor_id}),
            yuan=as_yuan,
            moment=moment,
            in_words=lambda names: names.get(language, names["zh"]),
            longest_reference=LONGEST_REFERENCE,
        )


def find_out_of_bill(payment_id: str) -> ResponseReturnValue:
    """Write down what a biller said: booked, by his number, or not; then the money goes back."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    found = request.form.get("found", "")
    if found not in _FOUND:
        raise Invalid(fields=[FieldFault("found", "choice_unknown")])
    reference = request.form.get("reference", "").strip()[:LONGEST_REFERENCE]
    if _FOUND[found] and not reference:
        raise Invalid(fields=[FieldFault("reference", "reference_missing")])
    with database().unit_of_work() as session:
        settling.find_out(
            session, payment_id, booked=_FOUND[found], by=actor(), reference=reference
        )
    return redirect(HERE, code=303)


def end_dispute_of_bill(payment_id: str) -> ResponseReturnValue:
    """Write down that the biller and the house agree again."""
    require_everywhere(Right.PAYMENTS_SETTLE)
    with database().unit_of_work() as session:
        settling.end_dispute(session, payment_id, by=actor())
    return redirect(HERE, code=303)
