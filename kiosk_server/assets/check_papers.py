"""
The paper of a check (检查报告): a readiness report as the terminal made and printed it.

    keep_paper(session, terminal_id, check_id, pdf) -> bool
    paper_of(session, terminal_id, check_id) -> bytes

It tells of the machine alone. It is kept sealed like every file, once, and never changed.
"""

from sqlalchemy.orm import Session

from kiosk_server.assets.models import TerminalCheck
from kiosk_server.core.errors import FieldFault, Invalid, NotFound
from kiosk_server.files import services as files

MEDIA_TYPE = "application/pdf"
LARGEST_BYTES = 700 * 1024
"""A report takes 50 kB; in base64 this is what a signed request may hold."""
PAPER = "paper"
"""Where a check's `told` names the file; no machine tells it."""
_HEAD = b"%PDF-"


def keep_paper(session: Session, terminal_id: str, check_id: str, pdf: bytes) -> bool:
    """
    Keep the paper of a check; return False where it has one already, which stays.

    Raises `Invalid` for what is no PDF or too large, `NotFound` where this terminal has told of no
    such check.
    """
    if not pdf.startswith(_HEAD):
        raise Invalid("paper_invalid", fields=[FieldFault("document", "not_a_pdf")])
    if len(pdf) > LARGEST_BYTES:
        raise Invalid("paper_invalid", fields=[FieldFault("document", "too_large")])
    check = _check(session, terminal_id, check_id)
    told = dict(check.told or {})
    if PAPER in told:
        return False
    told[PAPER] = files.store(session, pdf, MEDIA_TYPE, "terminal_check").id
    check.told = told
    session.flush()
    return True


def paper_of(session: Session, terminal_id: str, check_id: str) -> bytes:
    """Return the paper of a check. Raises `NotFound` where there is none."""
    file_id = (_check(session, terminal_id, check_id).told or {}).get(PAPER)
    if file_id is None:
        raise NotFound("paper_not_found")
    return files.read(session, file_id)


def _check(session: Session, terminal_id: str, check_id: str) -> TerminalCheck:
    check = session.get(TerminalCheck, check_id, with_for_update=True)
    if check is None or check.terminal_id != terminal_id:
        raise NotFound("check_not_found")
    return check
