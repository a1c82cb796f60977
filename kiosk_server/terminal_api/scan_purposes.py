"""
What a scanned code does (扫码用途): one row a purpose, a page asks for one by its name.

A purpose is a member of `ScanPurpose`, its deed here, and a page that issues the nonce.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from kiosk_server.bookings.check_in_codes import read_code
from kiosk_server.cases.slips import slip_possible
from kiosk_server.certificates.rules import read_token
from kiosk_server.printing.reprints import (
    ReprintCodeWrong,
    ReprintFound,
    ReprintLocked,
    ReprintVisitEnded,
    redeem,
)
from kiosk_server.printing.rules import scanned_code
from kiosk_server.queue.at_terminal import CheckedIn, CheckInRefused, check_in_by_code
from kiosk_server.queue.slips import queue_ticket_slip
from kiosk_server.visits.models import Visit
from kiosk_server.visits.pass_life import read_pass
from kiosk_server.visits.scans import Deed, ScanPurpose
from kiosk_server.visits.terminal_passes import take_pass


def purposes_at(origin: str) -> Mapping[ScanPurpose, Deed]:
    """Return the deed of each purpose, for a counter whose public address is *origin*."""

    def look_for_reprint(session: Session, visit: Visit, text: str) -> str | None:
        # Neither a poster's code nor a proof's is a guess at a print code: they cost no try.
        code = scanned_code(text)
        if code is None:
            return "scan_is_proof" if _is_address_of_proof(text, origin) else "scan_not_fitting"
        match redeem(session, visit, code):
            case ReprintFound():
                return None
            case ReprintCodeWrong():
                return "reprint_unknown"
            case ReprintLocked():
                return "too_many"
            case ReprintVisitEnded():
                return "visit_over"

    def sign_in(session: Session, visit: Visit, text: str) -> str | None:
        token = read_pass(text, origin)
        return take_pass(session, visit, token) if token else "scan_not_fitting"

    return {
        ScanPurpose.REPRINT: look_for_reprint,
        ScanPurpose.SIGN_IN: sign_in,
        ScanPurpose.CHECK_IN: check_in(origin),
    }


def check_in(origin: str) -> Deed:
    """Return the deed of a check-in code; its slip tells where a phone follows the number."""

    def look_for_booking(session: Session, visit: Visit, text: str) -> str | None:
        # A poster's code is no guess at a booking: it costs no try.
        if read_code(text) is None:
            return "scan_not_fitting"
        match check_in_by_code(session, visit, text):
            case CheckInRefused(code):
                return code
            case CheckedIn(ticket):
                if slip_possible(session, visit):
                    queue_ticket_slip(session, visit, ticket, origin=origin)
                return None

    return look_for_booking


def _is_address_of_proof(text: str, origin: str) -> bool:
    # Another house's address is none, whatever it looks like: nobody is sent there in our name.
    address, start = text.strip(), f"{origin}/v/"
    return address.startswith(start) and read_token(address.removeprefix(start)) is not None
