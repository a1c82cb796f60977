"""
Copies of a certificate for one purpose (加注件): made by whoever holds it, looked up by a code of
their own, over on their last day or when their maker stops them.

    produce(database, tools, actor_id, certificate_id, wish, by=) -> copy id

The copy is set between units of work, never inside one. It keeps what it showed, sealed, so that
a looker can still compare when the department's content is no longer kept here.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates import queries
from kiosk_server.certificates.copy_papers import Annotation, CopyPaper, CopyPress
from kiosk_server.certificates.digests import algorithm_in_force, digest_of
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.holders import holder_of, name_of
from kiosk_server.certificates.models import AnnotatedCopy, Certificate
from kiosk_server.certificates.ports import Errand, SealPicture, SealSystem
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.rules import CODE_LENGTH
from kiosk_server.certificates.services import next_number
from kiosk_server.certificates.wallet import WalletCertificate, view
from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json, keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound
from kiosk_server.core.identifiers import CROCKFORD, new_code, new_id
from kiosk_server.files import services as files

SERIES = "JZ"
LONGEST_PURPOSE, LONGEST_RECIPIENT = 40, 40
LONGEST_LIFE = timedelta(days=90)
PURPOSE_OF_FILES = "annotated_copy"


@dataclass(frozen=True)
class CopyWish:
    """What a holder wants on a copy: what for, for whom (or nobody in particular), which fields,
    through which day in Beijing."""

    purpose: str
    recipient: str
    fields: tuple[str, ...]
    valid_until: date


@dataclass(frozen=True)
class CopyTools:
    """What copies are made with: press, seal system, and the origin in their QR."""

    press: CopyPress
    seals: SealSystem
    origin: str


def produce(
    database: Database,
    tools: CopyTools,
    actor_id: str,
    certificate_id: str,
    wish: CopyWish,
    *,
    by: Actor,
) -> str:
    """Make a copy, set it, keep both forms; return its id.

    Raises `NotFound` for a certificate that the actor does not hold, `Conflict` for one that does
    not serve today, and `Invalid` with every fault of the wish.
    """
    with database.unit_of_work() as session:
        certificate = certificate_for(session, actor_id, certificate_id)
        copy = _begin(session, actor_id, certificate, wish, by)
        paper = _paper(session, copy, certificate, tools.origin)
    rendered = tools.press.render(sealed(tools, paper, by))
    with database.unit_of_work() as session:
        kept = session.get_one(AnnotatedCopy, copy.id)
        algorithm = algorithm_in_force(session)
        kept.pdf_file_id = files.store(
            session, rendered.pdf, "application/pdf", PURPOSE_OF_FILES
        ).id
        kept.png_file_id = files.store(session, rendered.png, "image/png", PURPOSE_OF_FILES).id
        kept.digest = digest_of(rendered.pdf, algorithm)
        kept.digest_algorithm = algorithm.value
    return copy.id


def own_view(session: Session, actor_id: str, certificate_id: str) -> CopyPaper:
    """Return the paper of a holder's own view, all fields and no annotation; nothing is kept."""
    certificate = certificate_for(session, actor_id, certificate_id)
    shown = view(session, certificate)
    return CopyPaper(
        title=certificate.kind,
        issuer=certificate.issuer,
        identifier=certificate.identifier,
        holder_name=name_of(session, holder_of(certificate)),
        facts=_facts(shown, tuple(each.id for each in shown.type.fields)),
        made_at=clock.now(),
        sample=certificate.sample,
        annotation=None,
        seal=None,
    )


def paper_of(session: Session, actor_id: str, copy_id: str, origin: str) -> CopyPaper:
    """Return the paper of a copy that a resident made, without its seal; as `copy_for` raises."""
    copy = copy_for(session, actor_id, copy_id)
    return _paper(session, copy, certificate_for(session, actor_id, copy.certificate_id), origin)


def sealed(tools: CopyTools, paper: CopyPaper, by: Actor) -> CopyPaper:
    """Return *paper* with the issuer's seal, if it is a copy and there is one to be had."""
    if paper.annotation is None:
        return paper
    errand = Errand(paper.annotation.purpose, f"{by.kind}:{by.id}")
    answer = tools.seals.seal(paper.issuer, paper.annotation.number, errand)
    return replace(paper, seal=answer if isinstance(answer, SealPicture) else None)


def serves(copy: AnnotatedCopy) -> bool:
    """Whether a copy is neither stopped nor past its last day."""
    return copy.stopped_at is None and copy.valid_until >= clock.beijing_today()


def copies_of(session: Session, actor_id: str) -> list[AnnotatedCopy]:
    """Return the copies that a resident made, the newest first."""
    mine = select(AnnotatedCopy).where(AnnotatedCopy.made_by == actor_id)
    return list(session.scalars(mine.order_by(AnnotatedCopy.id.desc())))


def copy_for(session: Session, actor_id: str, copy_id: str) -> AnnotatedCopy:
    """Return a copy that a resident made; `NotFound` for anybody else's."""
    copy = session.get(AnnotatedCopy, copy_id)
    if copy is None or copy.made_by != actor_id:
        raise NotFound("copy_not_found")
    return copy


def stop(session: Session, actor_id: str, copy_id: str, *, by: Actor) -> None:
    """Let a copy serve no longer, from now on; stopping it twice changes nothing."""
    copy = copy_for(session, actor_id, copy_id)
    if copy.stopped_at is None:
        copy.stopped_at = clock.now()
        session.flush()
        subject = Subject("annotated_copy", copy.id)
        note(session, AuditEvent.COPY_STOPPED, actor=by, subject=subject)


def wish_faults(wish: CopyWish, shown: WalletCertificate, today: date) -> list[FieldFault]:
    """Return everything that is wrong with a wish."""
    faults = []
    if not 0 < len(wish.purpose.strip()) <= LONGEST_PURPOSE:
        faults.append(FieldFault("purpose", "purpose_length"))
    if len(wish.recipient) > LONGEST_RECIPIENT:
        faults.append(FieldFault("recipient", "recipient_length"))
    if not wish.fields or not set(wish.fields) <= set(shown.content):
        faults.append(FieldFault("fields", "field_unknown"))
    last = min(today + LONGEST_LIFE, shown.valid_until or date.max)
    if not today <= wish.valid_until <= last:
        faults.append(FieldFault("valid_until", "day_out_of_range"))
    return faults


def _begin(
    session: Session, actor_id: str, certificate: Certificate, wish: CopyWish, by: Actor
) -> AnnotatedCopy:
    shown, today = view(session, certificate), clock.beijing_today()
    if not shown.verdict.genuine:
        raise Conflict("certificate_not_good", reason=shown.verdict.word)
    faults = wish_faults(wish, shown, today)
    if faults:
        raise Invalid("copy_invalid", fields=faults)
    copy = AnnotatedCopy(
        id=new_id(),
        certificate_id=certificate.id,
        made_by=actor_id,
        number=next_number(session, SERIES, today.year),
        code=new_code(CODE_LENGTH, CROCKFORD),
        fields=",".join(wish.fields),
        made_at=clock.now(),
        valid_until=wish.valid_until,
    )
    keyring = keyring_of(session)
    facts = [[fact.label, fact.value] for fact in _facts(shown, wish.fields)]
    told = canonical_json({"purpose": wish.purpose.strip(), "facts": facts})
    cell = {"table": "annotated_copy", "row": copy.id}
    copy.purpose_sealed = keyring.seal(told, column="purpose", **cell)
    copy.recipient_sealed = keyring.seal(wish.recipient.strip(), column="recipient", **cell)
    session.add(copy)
    session.flush()
    note(
        session,
        AuditEvent.COPY_MADE,
        actor=by,
        subject=Subject("annotated_copy", copy.id),
        facts={"certificate": certificate.id, "fields": copy.fields},
    )
    return copy


def _paper(
    session: Session, copy: AnnotatedCopy, certificate: Certificate, origin: str
) -> CopyPaper:
    told = queries.copy_words(session, copy)
    return CopyPaper(
        title=certificate.kind,
        issuer=certificate.issuer,
        identifier=certificate.identifier,
        holder_name=name_of(session, holder_of(certificate)),
        facts=told.facts,
        made_at=copy.made_at,
        sample=certificate.sample,
        annotation=Annotation(
            number=copy.number,
            purpose=told.purpose,
            recipient=told.recipient,
            valid_until=copy.valid_until,
            verify_url=f"{origin}/v/{queries.token_of_copy(session, copy, certificate)}",
            verify_code=copy.code,
        ),
        seal=None,
    )


def _facts(shown: WalletCertificate, fields: tuple[str, ...]) -> tuple[Fact, ...]:
    return tuple(
        Fact(each.names["zh"], shown.content[each.id])
        for each in shown.type.fields
        if each.id in fields and each.id in shown.content
    )
