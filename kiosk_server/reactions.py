"""
What follows from what, in one table: message -> handler, and the chores by the clock.

Handlers run in the worker, at least once, in units of work of their own; a chore may run twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.bill_reactions import (
    BILL_HANDLERS,
    bills_follow,
    forget_old_bills,
    look_after_bills,
)
from kiosk_server.bills.exchange import BillExchange
from kiosk_server.bookings import chores as bookings
from kiosk_server.bookings.at_terminal import let_go_of_visit
from kiosk_server.bookings.rules import BookingTerms
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.cases import services as cases
from kiosk_server.certificates import expiry, issuers, keeping, objections, versions, wallet_keeping
from kiosk_server.certificates.ports import CertificatePlatform
from kiosk_server.commands import services as commands
from kiosk_server.core import idempotency, limits
from kiosk_server.core.database import Database
from kiosk_server.credentials import codes, keys
from kiosk_server.credentials.key_rules import KeyTerms
from kiosk_server.deliveries.ports import Couriers
from kiosk_server.delivery_reactions import (
    DELIVERY_HANDLERS,
    forget_old_deliveries,
    look_after_deliveries,
    postage_follows,
)
from kiosk_server.files.services import sweep
from kiosk_server.fiscal.ports import FiscalBills
from kiosk_server.fiscal_reactions import FISCAL_HANDLERS, fiscal_bills_follow
from kiosk_server.fleet.summaries import forget_days, summarise
from kiosk_server.gateways import sms_simulated
from kiosk_server.gateways.billers_assembly import biller_gateways
from kiosk_server.gateways.certificates_assembly import certificate_platform
from kiosk_server.gateways.couriers_assembly import couriers_from
from kiosk_server.gateways.fiscal_assembly import treasury
from kiosk_server.gateways.pay_assembly import payment_gateways
from kiosk_server.message_reactions import MESSAGE_HANDLERS
from kiosk_server.notices.services import forget_notices
from kiosk_server.outbox.dispatcher import Handler
from kiosk_server.outbox.leases import Letter
from kiosk_server.outbox.services import forget_done
from kiosk_server.outbox.timetable import Chore, chore_handler
from kiosk_server.own_data.services import close_accounts
from kiosk_server.partners import organisations, programs
from kiosk_server.partners.sign_in import forget_sessions as forget_verifier_sessions
from kiosk_server.payment_reactions import (
    PAYMENT_HANDLERS,
    ask_bills,
    forget_old_payments,
    look_after_payments,
)
from kiosk_server.payments import at_terminal as paying
from kiosk_server.payments.events import PaymentEvent
from kiosk_server.payments.exchange import Exchange
from kiosk_server.places.calendars import warn_of_missing_year
from kiosk_server.printing import services as printing
from kiosk_server.printing.events import PrintEvent
from kiosk_server.printing.models import JobKind, PrintJob
from kiosk_server.printing.own_papers import forget_views
from kiosk_server.printing.services import settle_silent
from kiosk_server.queue import chores as queue
from kiosk_server.ratings.slips import queue_case_slip
from kiosk_server.region_desk_reactions import (
    DESK_HANDLERS,
    RegionDesks,
    desks_from,
    look_for_tickets,
    look_for_wishes,
    publish_places,
)
from kiosk_server.residents.hand_overs import forget_hand_overs
from kiosk_server.residents.phones import forget_old_phones
from kiosk_server.residents.proving import forget_binding_codes
from kiosk_server.residents.sign_in_codes import (
    forget_codes,
)
from kiosk_server.result_reactions import RESULT_HANDLERS, look_after_results, results_follow
from kiosk_server.settings import Settings
from kiosk_server.showing.codes import forget_show_codes
from kiosk_server.showing.uses import forget_uses
from kiosk_server.staff.sign_in import forget_sessions
from kiosk_server.supplies.review import refit, review
from kiosk_server.terminals.history import forget_state_changes
from kiosk_server.terminals.nonces import forget_nonces
from kiosk_server.visits import captures
from kiosk_server.visits.card_reads import forget_old_requests
from kiosk_server.visits.carrying import forget_forms
from kiosk_server.visits.ladder import forget_counts
from kiosk_server.visits.pass_ends import forget_passes
from kiosk_server.visits.scans import forget_old_scans
from kiosk_server.visits.services import VISIT_ENDED, end_overdue
from kiosk_server.work_orders.arrivals import forget_arrivals
from kiosk_server.work_orders.notices import warn_of_limits


@dataclass(frozen=True)
class Context:
    """What a handler may use."""

    database: Database
    settings: Settings

    @cached_property
    def desks(self) -> RegionDesks:
        """The region's desks, once for this worker, for the same reason."""
        return desks_from(self.settings)

    @cached_property
    def certificates(self) -> CertificatePlatform | None:
        """The departments' sharing service, once for this worker: its fuse must remember."""
        return certificate_platform(self.settings)

    @cached_property
    def exchange(self) -> Exchange:
        """The payment channels, once for this worker, for the same reason."""
        channels = payment_gateways(self.settings, self.database)
        return Exchange(self.database, channels, self.settings.public_origin)

    @cached_property
    def bill_exchange(self) -> BillExchange:
        """The billers, once for this worker, for the same reason."""
        return BillExchange(self.database, biller_gateways(self.settings, self.database))

    @cached_property
    def treasury(self) -> FiscalBills | None:
        """Who issues fiscal bills, once for this worker, for the same reason."""
        return treasury(self.settings)

    @cached_property
    def couriers(self) -> Couriers:
        """Who carries, once for this worker, for the same reason."""
        return couriers_from(self.settings, self.database)


def in_one_unit(deed: Callable[[Session], object]) -> Callable[[Context], object]:
    """Return *deed* as a chore that does its work in one unit of work."""

    def run(context: Context) -> None:
        with context.database.unit_of_work() as session:
            deed(session)

    return run


def forget_old_uses(context: Context) -> None:
    """Forget looks that the house or their scene keeps no longer (P39)."""
    kept = timedelta(days=context.settings.uses_kept_days)
    with context.database.unit_of_work() as session:
        forget_uses(session, kept)


def forget_certificate_files(context: Context) -> None:
    """Forget files of copies that are over, and evidence of objections that have ended."""
    told = context.settings
    with context.database.unit_of_work() as session:
        keeping.forget_copy_files(session, timedelta(days=told.copies_kept_days))
        keeping.forget_evidence(session, timedelta(days=told.evidence_kept_days))


def lapse_certificates(session: Session) -> int:
    """Let certificates lapse whose last day was yesterday."""
    return versions.let_lapse(session, by=SYSTEM)


def rotate_issuer_keys(context: Context) -> None:
    """Let the keys of credentials move on; the first time, make one."""
    told = context.settings
    terms = KeyTerms(
        announced=timedelta(days=told.issuer_key_announced_days),
        active=timedelta(days=told.issuer_key_days),
        retiring=timedelta(days=told.issuer_key_retiring_days),
    )
    with context.database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM, terms=terms)


def on_terms(deed: Callable[[Database, BookingTerms], None]) -> Callable[[Context], object]:
    """Return *deed* as a chore that is told the terms of bookings."""

    def run(context: Context) -> None:
        deed(context.database, booking_terms(context.settings))

    return run


CHORES: tuple[Chore[Context], ...] = (
    Chore("forget_nonces", "*/5 * * * *", in_one_unit(forget_nonces)),
    Chore("forget_attempts", "17 * * * *", in_one_unit(limits.forget_old)),
    Chore("forget_sessions", "27 * * * *", in_one_unit(forget_sessions)),
    Chore("forget_card_requests", "37 * * * *", in_one_unit(forget_old_requests)),
    Chore("forget_captures", "*/5 * * * *", in_one_unit(captures.forget_captures)),
    Chore("forget_scan_requests", "41 * * * *", in_one_unit(forget_old_scans)),
    Chore("forget_phone_passes", "49 * * * *", in_one_unit(forget_passes)),
    Chore("forget_carried_forms", "*/10 * * * *", in_one_unit(forget_forms)),
    Chore("make_slots", "10 */6 * * *", on_terms(bookings.make_slots)),
    Chore("warn_of_missing_calendar", "30 9 * * *", in_one_unit(warn_of_missing_year)),
    Chore("publish_places", "*/10 * * * *", publish_places),
    Chore("look_for_wishes", "* * * * *", look_for_wishes),
    Chore("look_for_tickets", "* * * * *", look_for_tickets),
    Chore("end_holds", "* * * * *", on_terms(bookings.end_holds)),
    Chore("end_past_bookings", "*/10 * * * *", in_one_unit(bookings.end_the_past)),
    Chore("remind_of_bookings", "*/15 * * * *", in_one_unit(bookings.remind)),
    Chore("count_slots_again", "40 2 * * *", in_one_unit(bookings.count_again)),
    Chore("end_queue_days", "*/15 * * * *", on_terms(queue.end_days)),
    Chore("forget_tickets", "14 4 * * *", in_one_unit(queue.forget_tickets)),
    Chore("forget_bookings", "24 4 * * *", in_one_unit(bookings.forget_bookings)),
    Chore("forget_own_views", "*/10 * * * *", in_one_unit(forget_views)),
    Chore("end_overdue_visits", "* * * * *", in_one_unit(end_overdue)),
    Chore("settle_silent_jobs", "*/5 * * * *", in_one_unit(settle_silent)),
    Chore("warn_of_work_orders", "*/5 * * * *", in_one_unit(warn_of_limits)),
    Chore("forget_arrivals", "57 4 * * *", in_one_unit(forget_arrivals)),
    Chore("forget_simulated_messages", "7 * * * *", in_one_unit(sms_simulated.forget_old)),
    Chore("expire_commands", "* * * * *", in_one_unit(commands.expire_overdue)),
    Chore("forget_commands", "13 4 * * *", in_one_unit(commands.forget_old)),
    Chore("forget_answers", "*/5 * * * *", in_one_unit(idempotency.forget_answers)),
    Chore("forget_sign_in_codes", "29 * * * *", in_one_unit(forget_codes)),
    Chore("forget_hand_overs", "31 * * * *", in_one_unit(forget_hand_overs)),
    Chore("forget_binding_codes", "19 4 * * *", in_one_unit(forget_binding_codes)),
    Chore("forget_old_phones", "43 * * * *", in_one_unit(forget_old_phones)),
    Chore("lapse_certificates", "5 0 * * *", in_one_unit(lapse_certificates)),
    Chore("forget_certificate_files", "27 3 * * *", forget_certificate_files),
    Chore("forget_certificates", "*/10 * * * *", in_one_unit(wallet_keeping.forget_contents)),
    Chore("tell_of_expiry", "0 10 * * *", in_one_unit(expiry.tell_of_expiry)),
    Chore("close_accounts", "11 * * * *", in_one_unit(close_accounts)),
    Chore("forget_notices", "21 4 * * *", in_one_unit(forget_notices)),
    Chore("press_objections", "30 9 * * *", in_one_unit(objections.press)),
    Chore("forget_show_codes", "53 * * * *", in_one_unit(forget_show_codes)),
    Chore("forget_uses", "9 * * * *", forget_old_uses),
    Chore("rotate_issuer_keys", "*/10 * * * *", rotate_issuer_keys),
    Chore("forget_partner_contacts", "21 4 * * *", in_one_unit(organisations.forget_contacts)),
    Chore("forget_verifiers_traces", "33 * * * *", in_one_unit(forget_verifier_sessions)),
    Chore("forget_verifiers_tokens", "*/10 * * * *", in_one_unit(programs.forget_tokens)),
    Chore("forget_credentials", "53 * * * *", in_one_unit(codes.forget_credentials)),
    Chore("sweep_files", "47 * * * *", in_one_unit(sweep)),
    Chore("summarise_days", "20 0 * * *", lambda context: summarise(context.database)),
    Chore("review_supplies", "5 * * * *", lambda context: review(context.database)),
    Chore("refit_supplies", "50 0 * * *", lambda context: refit(context.database)),
    Chore("forget_days", "39 4 * * *", in_one_unit(forget_days)),
    Chore("forget_failed_steps", "51 4 * * *", in_one_unit(forget_counts)),
    Chore("forget_states", "33 4 * * *", in_one_unit(forget_state_changes)),
    Chore("look_after_deliveries", "* * * * *", look_after_deliveries),
    Chore("forget_deliveries", "14 4 * * *", forget_old_deliveries),
    Chore("forget_messages", "23 4 * * *", in_one_unit(forget_done)),
    Chore("look_after_payments", "* * * * *", look_after_payments),
    Chore("look_after_results", "* * * * *", look_after_results),
    Chore("look_after_bills", "* * * * *", look_after_bills),
    Chore("forget_bills", "36 * * * *", forget_old_bills),
    Chore("ask_payment_bills", "35 10-20/2 * * *", ask_bills),
    Chore("forget_payment_notices", "16 4 * * *", forget_old_payments),
)


def after_print(context: Context, letter: Letter) -> None:
    """A sheet came out: the case is complete, and its slip is asked for."""
    with context.database.unit_of_work() as session:
        job = session.get_one(PrintJob, str(letter.payload["job"]))
        if job.kind == JobKind.A4 and job.case_id is not None:
            cases.complete(session, job.case_id)
            queue_case_slip(session, job.case_id, origin=context.settings.public_origin)


def after_visit(context: Context, letter: Letter) -> None:
    """A visit is over: nothing of it comes out for the next person, nothing is left undecided."""
    visit_id = str(letter.payload["visit"])
    with context.database.unit_of_work() as session:
        printing.cancel_of_visit(session, visit_id)
        cases.withdraw_undecided(session, visit_id)
        captures.drop_of_visit(session, visit_id)
    # Places have locks of their own order: they are let go for themselves.
    with context.database.unit_of_work() as session:
        let_go_of_visit(session, visit_id, terms=booking_terms(context.settings))
    # So are orders: money may be coming in for one at this very moment.
    with context.database.unit_of_work() as session:
        paying.let_go_of_visit(session, visit_id)


def fit_to_calendar(context: Context, letter: Letter) -> None:
    """A year's calendar was entered: every site's slots follow it."""
    bookings.make_slots(context.database, booking_terms(context.settings))


def tell_issuer_of_use(context: Context, letter: Letter) -> None:
    """A department's certificate was shown: the department is told when, and in which scene."""
    issuers.tell_issuer(context.database, context.certificates, str(letter.payload["use"]))


def in_turn(*handlers: Handler[Context]) -> Handler[Context]:
    """Return *handlers* as one; each may run again, so whoever only tells somebody is the last."""

    def handle(context: Context, letter: Letter) -> None:
        for each in handlers:
            each(context, letter)

    return handle


FOLLOW_PAYMENTS: tuple[Handler[Context], ...] = (
    fiscal_bills_follow,
    bills_follow,
    postage_follows,
    results_follow,
)
"""What follows, in each room, when an order is paid, closed or paid back."""

HANDLERS: Mapping[str, Handler[Context]] = {
    PrintEvent.PRINTED: after_print,
    VISIT_ENDED: after_visit,
    bookings.CALENDAR_CHANGED: fit_to_calendar,
    issuers.USE_TOLD: tell_issuer_of_use,
    **MESSAGE_HANDLERS,
    **DELIVERY_HANDLERS,
    **PAYMENT_HANDLERS,
    **BILL_HANDLERS,
    **RESULT_HANDLERS,
    **FISCAL_HANDLERS,
    **{event: in_turn(*FOLLOW_PAYMENTS, PAYMENT_HANDLERS[event]) for event in PaymentEvent},
    **DESK_HANDLERS,
    **chore_handler(CHORES),
}
