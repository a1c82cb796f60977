"""
Bring a code to the phone that the record source holds for a number that was typed.

Done by the worker, so that the page answers equally fast for every number. A number of nobody whom
we know is asked of no department.
"""

import json

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.cases.ports import Contact, ContactQuery, DepartmentRecords
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json, keyring_of
from kiosk_server.outbox.ports import MessageOutcome, PhoneMessages
from kiosk_server.residents import services as residents
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.models import PhoneCode, Visit
from kiosk_server.visits.presence import send_phone_code

_PLACE = {"table": "visit_phone_code", "column": "message"}


def send_number_code(
    database: Database, records: DepartmentRecords, messages: PhoneMessages, code_id: str
) -> MessageOutcome:
    """Find the phone and hand the code to the channel; REFUSED where there is none to find."""
    with database.reading() as session:
        query = _query(session, code_id)
    if query is None:
        return _drop(database, code_id)
    answer = records.contact(query)
    with database.unit_of_work() as session:
        visit = session.get_one(Visit, query.visit_id)
        note(
            session,
            AuditEvent.RECORDS_FETCHED,
            actor=resident_at(visit),
            subject=Subject("visit", visit.id),
            facts={
                "source": query.source,
                "item": query.item_code,
                "purpose": "identity",
                "answer": "contact" if isinstance(answer, Contact) else "no_contact",
            },
        )
        asked = session.get(PhoneCode, code_id)
        if isinstance(answer, Contact) and asked is not None and asked.message_sealed is not None:
            keyring = keyring_of(session)
            kept = json.loads(keyring.open(asked.message_sealed, row=code_id, **_PLACE))
            sealed = canonical_json({**kept, "phone": answer.phone})
            asked.message_sealed = keyring.seal(sealed, row=code_id, **_PLACE)
    if not isinstance(answer, Contact):
        return _drop(database, code_id)
    return send_phone_code(database, messages, code_id)


def _query(session: Session, code_id: str) -> ContactQuery | None:
    asked = session.get(PhoneCode, code_id)
    if asked is None or asked.message_sealed is None or asked.expires_at <= clock.now():
        return None
    kept = json.loads(keyring_of(session).open(asked.message_sealed, row=code_id, **_PLACE))
    visit = session.get_one(Visit, asked.visit_id)
    if visit.item_version_id is None or residents.find(session, number=kept["number"]) is None:
        return None
    item = catalogue.version(session, visit.item_version_id)
    if item.content.handling is None:
        return None
    return ContactQuery(
        source=item.content.handling.record_source,
        number=kept["number"],
        item_code=item.code,
        visit_id=visit.id,
    )


def _drop(database: Database, code_id: str) -> MessageOutcome:
    """Wipe what is not sent."""
    with database.unit_of_work() as session:
        asked = session.get(PhoneCode, code_id)
        if asked is not None:
            asked.message_sealed = None
    return MessageOutcome.REFUSED
