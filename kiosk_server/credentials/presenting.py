"""
A statement given to one verifier (出示声明), and read by him.

    statements_of(session, holder, certificate_id)     what this certificate bears out today
    present_statements(session, holder, wish, origin=) -> Presentation
    read_presentation(session, text, origin=, audience=, nonce=) -> Disclosed

Each presentation is an SD-JWT of its own with a key of its own, made for one audience and one
nonce: two of them have nothing in common by which verifiers could join them, and who copies one
can show it to nobody else.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.wallet import view
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid
from kiosk_server.core.limits import count_attempt
from kiosk_server.credentials import keys, sd_jwt
from kiosk_server.credentials.sd_jwt import Disclosed
from kiosk_server.credentials.signers import Algorithm, PublicKey, new_signer
from kiosk_server.credentials.statements import derived
from kiosk_server.residents.phones import PhoneHolder
from kiosk_server.showing.codes import shower
from kiosk_server.showing.pins import require_unlocked

KIND_PATH = "/statements/1"
"""Where the type of these credentials has its name, beneath the issuer's origin."""
MADE_PER_HOUR = 60


@dataclass(frozen=True)
class StatementWish:
    """What a holder states, of which certificate, to whom, under the verifier's own nonce."""

    certificate_id: str
    statements: tuple[str, ...]
    audience: str
    nonce: str


@dataclass(frozen=True)
class Presentation:
    """What the verifier is given, what it says, and until when he may take it."""

    text: str = field(repr=False)
    statements: dict[str, bool]
    expires_at: datetime


def statements_of(session: Session, holder: PhoneHolder, certificate_id: str) -> dict[str, bool]:
    """Return what a certificate bears out today; `NotFound` for anybody else's."""
    return _derived(session, certificate_for(session, shower(holder), certificate_id))


def present_statements(
    session: Session, holder: PhoneHolder, wish: StatementWish, *, origin: str
) -> Presentation:
    """Make a presentation of the statements that were chosen, and of nothing else.

    Raises `Refused("pin_needed")`, `NotFound`, `Conflict("certificate_not_serving")`,
    `Invalid("statement_not_borne_out")` and `TooMany("too_many_presentations")`.
    """
    require_unlocked(session, holder)
    certificate = certificate_for(session, shower(holder), wish.certificate_id)
    borne_out = _derived(session, certificate)
    if not wish.statements or not set(wish.statements) <= set(borne_out):
        fault = FieldFault("statements", "statement_not_borne_out")
        raise Invalid("statement_not_borne_out", fields=[fault])
    hour = timedelta(hours=1)
    count_attempt(session, "presentations", holder.phone_id, limit=MADE_PER_HOUR, window=hour)
    told = {name: borne_out[name] for name in borne_out if name in wish.statements}
    now, once = clock.now(), new_signer(Algorithm.ES256)
    credential = sd_jwt.issue(
        keys.signer(session),
        issuer=origin,
        kind=origin + KIND_PATH,
        statements=told,
        holder_jwk=once.public.jwk,
        now=now,
        expires_at=now + sd_jwt.BINDING_LIFE,
    )
    text = sd_jwt.present(
        credential,
        tuple(told),
        holder=once,
        audience=wish.audience,
        nonce=wish.nonce,
        now=now,
    )
    subject = Subject("certificate", certificate.id)
    facts = {"statements": ",".join(told)}
    note(
        session,
        AuditEvent.STATEMENTS_PRESENTED,
        actor=holder.actor,
        subject=subject,
        facts=facts,
    )
    return Presentation(text, told, now + sd_jwt.BINDING_LIFE)


def read_presentation(
    session: Session, text: str, *, origin: str, audience: str, nonce: str
) -> Disclosed:
    """Return what a presentation of this house tells one verifier; raises `DisclosureRefused`."""
    ours = {key.kid: key for key in keys.published_keys(session)}

    def find(issuer: str, kid: str) -> PublicKey | None:
        return ours.get(kid) if issuer == origin else None

    return sd_jwt.verify(text, find_key=find, audience=audience, nonce=nonce, now=clock.now())


def _derived(session: Session, certificate: Certificate) -> dict[str, bool]:
    shown = view(session, certificate)
    if not shown.verdict.genuine:
        raise Conflict("certificate_not_serving", reason=shown.verdict.word)
    return derived(shown.type.id, shown.content, clock.beijing_today())
