"""An offline code judged at the house itself: by the lists that stand now, of no age at all."""

from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.credentials import codes
from kiosk_server.credentials.lists import read_status_list, read_trust_list
from kiosk_server.credentials.offline import OfflineVerdict, verify


def judge_offline(
    session: Session, text: str, *, origin: str, audience: str | None = None
) -> OfflineVerdict:
    """Judge a scanned offline code as a verifier would who has fetched both lists this moment.

    *audience*: who scans, by the id that a code may name. `Unavailable("issuer_key_missing")`
    before the house's first key.
    """
    trust = read_trust_list(codes.trust_list(session, origin=origin), known=None)
    statuses = read_status_list(codes.status_list(session, origin=origin), trust)
    return verify(text, trust=trust, statuses=statuses, now=clock.now(), audience=audience)
