"""
Looking a live code up (核验亮证码): one look, by a touch, then it is dead.

    redeem(session, text, looker) -> Redeemed | CodeRefused       commit whatever comes back

Two that come together are told apart by the lock on the code's row: one sees, the other is told
that it was used, and the holder is warned of both.
"""

import dataclasses
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.certificates.certificate_types import Field
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rights import may_hold
from kiosk_server.certificates.rules import Channel
from kiosk_server.certificates.wallet import WalletCertificate, view
from kiosk_server.core import clock
from kiosk_server.core.identifiers import digest
from kiosk_server.residents.account_notices import tell
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.phone_rules import NoticeKind
from kiosk_server.showing.models import ShowCode
from kiosk_server.showing.rules import (
    ANYBODY,
    CODE_LIFE,
    MOST_REFUSALS_KEPT,
    OF_CERTIFICATE,
    CodeState,
    CodeVerb,
    Looker,
    Mode,
    ShowReason,
    not_for,
    read_token,
    refused_at_once,
)
from kiosk_server.showing.scenes import UsageScene, fields_of, scene_named
from kiosk_server.showing.uses import NewUse, actor_of, record_use

_OPENED = (
    select(ShowCode, Certificate, AccountPhone)
    .join(Certificate, Certificate.id == ShowCode.certificate_id)
    .join(AccountPhone, AccountPhone.id == ShowCode.phone_id)
    .where(ShowCode.token_digest == bindparam("digest"))
    .with_for_update(of=ShowCode)
)
"""Everything that a scanned code asks for, in one question while somebody waits."""


@dataclass(frozen=True)
class ShownField:
    """One field that is given, with its value in clear."""

    field: Field
    value: str = dataclasses.field(repr=False)


@dataclass(frozen=True)
class Redeemed:
    """A look that showed something: the least for anybody, the scene's fields for a verifier."""

    use_id: str
    scene: UsageScene
    title: str
    masked_holder: str
    sample: bool
    fields: tuple[ShownField, ...] = ()


@dataclass(frozen=True)
class CodeRefused:
    """Why nothing is shown. `title`: the certificate that no longer serves, where that is why."""

    reason: ShowReason
    title: str | None = None


@dataclass(frozen=True)
class OpenCode:
    """A code that was read, is nobody else's and may be looked up now, with its row locked."""

    code: ShowCode
    certificate: Certificate
    shown: WalletCertificate
    scene: UsageScene


def redeem(
    session: Session, text: str, looker: Looker = ANYBODY, *, purpose: str = ""
) -> Redeemed | CodeRefused:
    """Look up what was scanned, once; refusals are recorded for the holder and audited.

    *purpose*: why a named verifier looks, in words that the holder reads in his log.
    """
    found = open_code(session, text, looker)
    if isinstance(found, CodeRefused):
        return found
    if not_for(looker, found.code.scene, Mode(found.code.mode)):
        return refuse(session, found.code, found.certificate, ShowReason.WRONG_AUDIENCE, looker)
    return _show(session, found, looker, purpose)


def is_known(session: Session, text: str) -> bool:
    """Whether a code of ours was ever made with this token, as long as it is remembered."""
    token = read_token(text)
    if token is None:
        return False
    found = select(ShowCode.id).where(ShowCode.token_digest == digest(token))
    return session.scalar(found) is not None


def open_code(session: Session, text: str, looker: Looker) -> OpenCode | CodeRefused:
    """Find a code and hold its row; what cannot be looked up any more is refused and recorded."""
    token = read_token(text)
    if token is None:
        return CodeRefused(ShowReason.UNREADABLE)
    found = session.execute(_OPENED, {"digest": digest(token)}).first()
    if found is None:
        note(
            session,
            AuditEvent.SHOW_CODE_REFUSED,
            actor=actor_of(looker),
            facts={"reason": ShowReason.NOT_OURS.value},
        )
        return CodeRefused(ShowReason.NOT_OURS)
    code, certificate, phone = found
    reason = refused_at_once(
        CodeState(code.state),
        over=code.expires_at <= clock.now(),
        phone_stands=phone.ended_at is None,
        holds_still=may_hold(session, code.actor_id, certificate),
    )
    if reason is not None:
        if reason is ShowReason.ALREADY_USED:
            _contest(session, code, phone)
        return refuse(session, code, certificate, reason, looker)
    return OpenCode(code, certificate, view(session, certificate), scene_named(code.scene))


def use_up(code: ShowCode) -> None:
    """Let a code be dead: it has had its look."""
    code.state = CODE_LIFE.after(CodeState(code.state), CodeVerb.USE).value


def refuse(
    session: Session,
    code: ShowCode,
    certificate: Certificate,
    reason: ShowReason,
    looker: Looker,
    *,
    title: str | None = None,
) -> CodeRefused:
    """Refuse one look: audited always, in the holder's log for the first few."""
    note(
        session,
        AuditEvent.SHOW_CODE_REFUSED,
        actor=actor_of(looker),
        subject=Subject("show_code", code.id),
        facts={"reason": reason.value},
    )
    if code.refusals < MOST_REFUSALS_KEPT:
        code.refusals += 1
        refused = NewUse(
            Channel.LIVE_CODE,
            reason.value,
            scene=code.scene,
            looker=looker,
            show_code_id=code.id,
        )
        record_use(session, certificate, refused)
    session.flush()
    return CodeRefused(reason, title)


def given_fields(
    found: WalletCertificate, scene: UsageScene, wanted: frozenset[str] | None = None
) -> tuple[ShownField, ...]:
    """Return what *scene* gives of a certificate, or the part of it that is *wanted*."""
    return tuple(
        ShownField(each, found.content[each.id])
        for each in fields_of(scene, found.type)
        if each.id in found.content and (wanted is None or each.id in wanted)
    )


def _show(
    session: Session, found: OpenCode, looker: Looker, purpose: str
) -> Redeemed | CodeRefused:
    code, shown = found.code, found.shown
    use_up(code)
    if shown.verdict.reason is not None:
        reason = OF_CERTIFICATE.get(shown.verdict.reason, ShowReason.STOPPED)
        return refuse(session, code, found.certificate, reason, looker, title=shown.title)
    fields = given_fields(shown, found.scene) if looker.named else ()
    use = NewUse(
        Channel.LIVE_CODE,
        shown.verdict.word,
        scene=code.scene,
        fields=tuple(each.field.id for each in fields),
        looker=looker,
        show_code_id=code.id,
        purpose=purpose,
    )
    record = record_use(session, found.certificate, use)
    note(
        session,
        AuditEvent.SHOW_CODE_USED,
        actor=actor_of(looker),
        subject=Subject("show_code", code.id),
        facts={"use": record.id},
    )
    session.flush()
    masked = found.certificate.masked_holder
    return Redeemed(record.id, found.scene, shown.title, masked, shown.sample, fields)


def _contest(session: Session, code: ShowCode, phone: AccountPhone) -> None:
    # Told once: whoever holds the photograph may come back as often as he likes.
    if code.state != CodeState.CONTESTED:
        tell(session, phone.account_id, NoticeKind.CODE_SHOWN_TWICE, phone)
    use_up(code)
