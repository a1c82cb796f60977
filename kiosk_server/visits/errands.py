"""
Take up an errand (随身事项) and agree to the reading of the card for it.

    begin(session, visit, errand, text_version=)     what was chosen before is forgotten
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.core import clock
from kiosk_server.core.errors import Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import put_draft
from kiosk_server.visits.errand_state import DRAFT, DRAFT_AFTER, NOTICE_OF, Errand, last_read
from kiosk_server.visits.models import Consent, Visit
from kiosk_server.visits.open_requests import close_requests


def begin(session: Session, visit: Visit, errand: Errand, *, text_version: str) -> None:
    """
    Take up *errand* and record that its reading notice was agreed to (P34).

    The card is asked for anew, whatever was read before. Raises `Refused("notice_outdated")`.
    """
    if text_version != NOTICE_OF[errand]:
        raise Refused("notice_outdated")
    visit.item_version_id = visit.expected_resident_id = visit.reprint_right_id = None
    visit.draft_sealed = None
    close_requests(session, visit)
    after = last_read(session, visit)
    put_draft(session, visit, **{DRAFT: errand.value, DRAFT_AFTER: after})
    given = Consent(
        id=new_id(),
        visit_id=visit.id,
        item_version_id=None,
        text_version=text_version,
        language=visit.language,
        at=clock.now(),
    )
    session.add(given)
    note(
        session,
        AuditEvent.CONSENT_GIVEN,
        actor=resident_at(visit),
        subject=Subject("errand", errand.value),
        facts={"text_version": text_version, "language": visit.language},
    )
    session.flush()
