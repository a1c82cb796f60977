"""
What a scanned code does (扫码用途): one row a purpose, a page asks for one by its name.

A purpose is a member of `ScanPurpose`, its deed here, and a page that issues the nonce.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from kiosk_server.printing.reprints import (
    ReprintCodeWrong,
    ReprintFound,
    ReprintLocked,
    ReprintVisitEnded,
    redeem,
)
from kiosk_server.printing.rules import scanned_code
from kiosk_server.visits.models import Visit
from kiosk_server.visits.scans import Deed, ScanPurpose


def _look_for_reprint(session: Session, visit: Visit, text: str) -> str | None:
    # A poster's code is no guess at a print code: it costs no try.
    code = scanned_code(text)
    if code is None:
        return "scan_not_fitting"
    match redeem(session, visit, code):
        case ReprintFound():
            return None
        case ReprintCodeWrong():
            return "reprint_unknown"
        case ReprintLocked():
            return "too_many"
        case ReprintVisitEnded():
            return "visit_over"


PURPOSES: Mapping[ScanPurpose, Deed] = {ScanPurpose.REPRINT: _look_for_reprint}
