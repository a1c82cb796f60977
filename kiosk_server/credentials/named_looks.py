"""
An offline code that a named verifier hands in (核验离线码): judged, and kept in its holder's log.

Who verifies without a network leaves no trace with us; who asks us does, like every other look.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rules import Channel
from kiosk_server.credentials.judging import judge_offline
from kiosk_server.credentials.models import IssuedCredential
from kiosk_server.credentials.offline import OfflineFacts, OfflineVerdict
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.showing.rules import Looker
from kiosk_server.showing.uses import NewUse, record_use


def look_offline(
    session: Session, text: str, looker: Looker, *, origin: str, purpose: str = ""
) -> OfflineVerdict:
    """Judge a code for *looker*; one of a scene that is not his tells him nothing but that.

    Commit whatever comes back. `Unavailable("issuer_key_missing")` before the house's first key.
    """
    verdict = judge_offline(session, text, origin=origin, audience=looker.organisation_id)
    facts, reason = verdict.facts, verdict.reason
    if facts is None:
        return verdict
    if reason is None and facts.scene not in looker.scenes:
        reason = OfflineReason.WRONG_AUDIENCE
    certificate = _certificate(session, facts)
    if certificate is not None:
        use = NewUse(
            Channel.OFFLINE_CODE,
            "genuine" if reason is None else reason.value,
            scene=facts.scene,
            fields=("holder_name", *facts.fields) if reason is None else (),
            looker=looker,
            purpose=purpose,
        )
        record_use(session, certificate, use)
    return OfflineVerdict(reason, facts if reason is None else None)


def _certificate(session: Session, facts: OfflineFacts) -> Certificate | None:
    # A code that is over has given its place in the list to another one.
    issued = select(IssuedCredential).where(
        IssuedCredential.place == facts.place, IssuedCredential.expires_at == facts.expires_at
    )
    found = session.scalar(issued)
    return session.get_one(Certificate, found.certificate_id) if found else None
