"""
The rating QR of a slip: a code that opens one case for one rating, for 30 days.

    open_link(session, case_id)  -> the code, told once
    case_behind(session, code)   -> case id | None
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.identifiers import CROCKFORD, new_code
from kiosk_server.ratings.models import RatingLink

LIFE = timedelta(days=30)
CODE_LENGTH = 20
"""100 random bits in Crockford's base 32."""


def open_link(session: Session, case_id: str) -> str:
    """Return a new code for *case_id*; only its keyed digest is kept."""
    code = new_code(CODE_LENGTH, CROCKFORD)
    link = RatingLink(code_mac=_mac(session, code), case_id=case_id, expires_at=clock.now() + LIFE)
    session.add(link)
    session.flush()
    return code


def case_behind(session: Session, code: str) -> str | None:
    """Return the case that *code* opens, or None where there is none or no longer."""
    link = session.get(RatingLink, _mac(session, code.strip().lower()))
    if link is None or link.expires_at <= clock.now():
        return None
    return link.case_id


def _mac(session: Session, code: str) -> str:
    return keyring_of(session).mac(code.encode(), purpose="rating.link").hex()
