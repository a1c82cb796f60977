"""
What a holder has erased at once (删除): what departments told, and the copies he made.

    forget_wallet(session, holder)              -> int
    forget_copies(session, resident_id, *, by)  -> int

Proofs issued here, objections, reports and the log of uses are records that the law has kept, and
stay until their own end.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.services import Actor
from kiosk_server.certificates.copies import copies_of, stop
from kiosk_server.certificates.holders import Holder, HolderKind
from kiosk_server.certificates.models import Certificate, PlatformFinding
from kiosk_server.certificates.services import PLATFORM
from kiosk_server.certificates.wallet_keeping import forget_content_of
from kiosk_server.core.database import canonical_json, keyring_of
from kiosk_server.files import services as files


def forget_wallet(session: Session, holder: Holder) -> int:
    """Forget what departments told of a holder; return how many certificates' content went.

    A wallet that is opened again asks them again.
    """
    column = (
        Certificate.resident_id if holder.kind is HolderKind.PERSON else Certificate.organisation_id
    )
    kept = select(Certificate).where(
        column == holder.id, Certificate.origin == PLATFORM, Certificate.kept_until.is_not(None)
    )
    rows = list(session.scalars(kept.order_by(Certificate.id).with_for_update()))
    for row in rows:
        forget_content_of(session, row)
    session.execute(delete(PlatformFinding).where(PlatformFinding.holder == holder.key))
    session.flush()
    return len(rows)


def forget_copies(session: Session, resident_id: str, *, by: Actor) -> int:
    """Stop every copy that a resident made and delete its files and words; return how many."""
    found = [copy for copy in copies_of(session, resident_id) if copy.fields]
    keyring = keyring_of(session)
    for copy in found:
        stop(session, resident_id, copy.id, by=by)
        for file_id in (copy.pdf_file_id, copy.png_file_id):
            if file_id is not None:
                files.delete(session, file_id)
        copy.pdf_file_id = copy.png_file_id = None
        cell = {"table": "annotated_copy", "row": copy.id}
        nothing = canonical_json({"purpose": "", "facts": []})
        copy.purpose_sealed = keyring.seal(nothing, column="purpose", **cell)
        copy.recipient_sealed = keyring.seal("", column="recipient", **cell)
        copy.fields = ""
    session.flush()
    return len(found)
