"""
Live codes (亮证码) as their holder has them: made, stopped, watched.

    make_code(session, holder, wish, terms)     -> IssuedCode       the token in clear, once
    stop_code(session, holder, code_id)
    watch(session, holder, code_id)             -> CodeView          who has scanned it

A code names no certificate and no person: 128 random bits, kept as a digest, good for one look.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, bindparam, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.wallet import WalletCertificate, view
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.core.limits import count_attempt
from kiosk_server.residents.models import PhoneAccount
from kiosk_server.residents.phones import PhoneHolder
from kiosk_server.showing.models import FieldRequest, ShowCode
from kiosk_server.showing.pins import require_unlocked
from kiosk_server.showing.rules import (
    CODE_LIFE,
    PATH,
    TOKEN_BITS,
    CodeState,
    CodeVerb,
    Mode,
    RequestState,
    ShowTerms,
    seconds_left,
)
from kiosk_server.showing.scenes import UsageScene, scene_named
from kiosk_server.showing.uses import Use, uses_of_code

MADE_PER_TEN_MINUTES = 120
_KEPT = timedelta(days=1)
"""How long a dead code is remembered: a photograph of it is told from a made-up one till then."""

_ALIVE = (
    select(ShowCode)
    .where(
        ShowCode.actor_id == bindparam("actor"),
        ShowCode.state == CodeState.ALIVE.value,
        ShowCode.expires_at > bindparam("now"),
    )
    .order_by(ShowCode.id.desc())
)


@dataclass(frozen=True)
class ShowWish:
    """What a holder wants to show, where, and how."""

    certificate_id: str
    scene: str
    mode: Mode = Mode.PRESENT


@dataclass(frozen=True)
class IssuedCode:
    """A code that is alive; its token is in clear here and nowhere else."""

    id: str
    token: str = field(repr=False)
    made_at: datetime
    expires_at: datetime
    refresh_at: datetime
    scene: UsageScene
    shown: WalletCertificate = field(repr=False)

    def address(self, origin: str) -> str:
        """Return what stands in the QR: a page of ours at *origin*."""
        return f"{origin}{PATH}{self.token}"


@dataclass(frozen=True)
class CodeView:
    """A code as its holder watches it."""

    id: str
    certificate_id: str
    scene: str
    mode: Mode
    state: CodeState
    over: bool
    """Whether its seconds have passed."""
    seconds_left: int
    uses: tuple[Use, ...]
    request_id: str | None
    """A verifier's question that waits for an answer."""

    @property
    def contested(self) -> bool:
        """Whether it was shown a second time: one of the two had a photograph."""
        return self.state is CodeState.CONTESTED


def make_code(
    session: Session, holder: PhoneHolder, wish: ShowWish, terms: ShowTerms
) -> IssuedCode:
    """Make a code for one look; past the most that may live, the oldest of this person is stopped.

    Raises `Refused("pin_needed")`, `NotFound` for a certificate that is not his to show,
    `Conflict("certificate_not_serving")`, `Invalid("scene_unfit")` and
    `TooMany("too_many_show_code")`.
    """
    require_unlocked(session, holder)
    certificate, shown, scene = _wanted(session, holder, wish)
    window = timedelta(minutes=10)
    count_attempt(session, "show_code", holder.phone_id, limit=MADE_PER_TEN_MINUTES, window=window)
    _make_room(session, holder, terms)
    now, token = clock.now(), new_token(TOKEN_BITS)
    code = ShowCode(
        id=new_id(),
        token_digest=digest(token),
        actor_id=shower(holder),
        phone_id=holder.phone_id,
        certificate_id=certificate.id,
        scene=scene.id,
        mode=wish.mode.value,
        state=CodeState.ALIVE.value,
        made_at=now,
        expires_at=now + terms.life,
    )
    session.add(code)
    note(
        session,
        AuditEvent.SHOW_CODE_MADE,
        actor=holder.actor,
        subject=Subject("show_code", code.id),
        facts={"certificate": certificate.id, "scene": scene.id, "mode": wish.mode.value},
    )
    refresh_at = now + terms.refresh_after
    return IssuedCode(code.id, token, now, code.expires_at, refresh_at, scene, shown)


def stop_code(session: Session, holder: PhoneHolder, code_id: str) -> None:
    """Stop a code of this person; one that is dead already stays as it is."""
    code = _own(session, holder, code_id)
    if CodeVerb.STOP in CODE_LIFE.open_verbs(CodeState(code.state)):
        code.state = CODE_LIFE.after(CodeState(code.state), CodeVerb.STOP).value


def watch(session: Session, holder: PhoneHolder, code_id: str) -> CodeView:
    """Return what has become of a code; `NotFound` for anybody else's."""
    code, now = _own(session, holder, code_id), clock.now()
    asked = select(FieldRequest.id).where(
        FieldRequest.show_code_id == code.id,
        FieldRequest.state == RequestState.ASKED.value,
        FieldRequest.expires_at > now,
    )
    return CodeView(
        id=code.id,
        certificate_id=code.certificate_id,
        scene=code.scene,
        mode=Mode(code.mode),
        state=CodeState(code.state),
        over=code.expires_at <= now,
        seconds_left=seconds_left(code.expires_at, now),
        uses=tuple(uses_of_code(session, code.id)),
        request_id=session.scalar(asked),
    )


def shower(holder: PhoneHolder) -> str:
    """Return the resident who holds this phone; `Refused` where nobody has proven to be one."""
    if holder.resident_id is None:
        raise Refused("level_too_low")
    return holder.resident_id


def forget_show_codes(session: Session) -> int:
    """Delete questions and codes that died a day ago; return how many. The log of uses stays."""
    old = clock.now() - _KEPT
    done = 0
    for table in (FieldRequest, ShowCode):
        result = session.execute(delete(table).where(table.expires_at < old))
        done += result.rowcount if isinstance(result, CursorResult) else 0
    return done


def _wanted(
    session: Session, holder: PhoneHolder, wish: ShowWish
) -> tuple[Certificate, WalletCertificate, UsageScene]:
    certificate = certificate_for(session, shower(holder), wish.certificate_id)
    shown, scene = view(session, certificate), scene_named(wish.scene)
    if not shown.verdict.genuine:
        raise Conflict("certificate_not_serving", reason=shown.verdict.word)
    if not scene.takes(shown.type):
        raise Invalid("scene_unfit", fields=[FieldFault("scene", "scene_unfit")])
    return certificate, shown, scene


def _make_room(session: Session, holder: PhoneHolder, terms: ShowTerms) -> None:
    # Two phones of one person that ask together are told apart by the lock on their account.
    session.get(PhoneAccount, holder.account_id, with_for_update=True)
    asked = {"actor": shower(holder), "now": clock.now()}
    for surplus in session.scalars(_ALIVE, asked).all()[terms.most_alive - 1 :]:
        surplus.state = CODE_LIFE.after(CodeState.ALIVE, CodeVerb.STOP).value


def _own(session: Session, holder: PhoneHolder, code_id: str) -> ShowCode:
    code = session.get(ShowCode, code_id)
    if code is None or code.actor_id != shower(holder):
        raise NotFound("show_code_not_found")
    return code
