"""
How often a verifier may look (核验配额): per minute and per day, counted for every server alike.

    spend(database, verifier)            one look; `TooMany("too_many_verifier_…")` past a quota
    used_today(session, subject_id)      looks of a person or program in his running day
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core.database import Database
from kiosk_server.core.limits import attempts, count_attempt
from kiosk_server.partners.rules import Verifier

_MINUTE, _DAY = "verifier_minute", "verifier_day"


def spend(database: Database, verifier: Verifier) -> None:
    """Count one look before it is made, whatever comes of it; the day's last one is audited.

    Raises `TooMany` with the seconds until more may be looked at.
    """
    subject = _subject(verifier)
    with database.unit_of_work() as session:
        minute = timedelta(minutes=1)
        count_attempt(session, _MINUTE, subject, limit=verifier.per_minute, window=minute)
        day = timedelta(days=1)
        left = count_attempt(session, _DAY, subject, limit=verifier.per_day, window=day)
        if left == 0:
            note(
                session,
                AuditEvent.VERIFIER_QUOTA_SPENT,
                actor=Actor("verifier", verifier.organisation_id),
                subject=Subject("partner_quota", subject),
                facts={"per_day": verifier.per_day},
            )


def used_today(session: Session, subject_id: str) -> int:
    """Return how often a person (member id) or program (credential id) looked in his day."""
    return attempts(session, _DAY, subject_id)


def used_this_minute(session: Session, subject_id: str) -> int:
    """Return how often a person or program looked in his running minute."""
    return attempts(session, _MINUTE, subject_id)


def _subject(verifier: Verifier) -> str:
    return verifier.member_id or verifier.credential_id or verifier.organisation_id
