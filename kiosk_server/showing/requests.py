"""
What a named verifier asks of a holder (授权用证): asked, seen in words, answered, delivered once.

    ask(session, text, looker, wanted)              -> FieldRequest | CodeRefused  by a scanned code
    ask_by_sign(session, holder, certificate_id, looker, wanted) -> FieldRequest    by his own sign
    question_for(session, holder, request_id)       -> Question     what the holder reads
    confirm(…), decline(session, holder, request_id)                the caller has asked for the PIN
    standing(session, request_id, looker)           -> Answer       the verifier's side, to watch
    collect(session, request_id, looker)            -> Answer       and to have it, once
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.certificate_types import Field
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rights import certificate_for
from kiosk_server.certificates.rules import Channel
from kiosk_server.certificates.wallet import WalletCertificate, view
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused
from kiosk_server.core.identifiers import new_id
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.phones import PhoneHolder
from kiosk_server.showing.codes import shower
from kiosk_server.showing.looking_up import (
    CodeRefused,
    ShownField,
    given_fields,
    open_code,
    refuse,
    use_up,
)
from kiosk_server.showing.models import FieldRequest
from kiosk_server.showing.rules import (
    REQUEST_LIFE,
    REQUEST_LIVES,
    Looker,
    Mode,
    RequestState,
    RequestVerb,
    ShowReason,
)
from kiosk_server.showing.scenes import UsageScene, fields_of, scene_named
from kiosk_server.showing.uses import NewUse, actor_of, record_use

LONGEST_PURPOSE = 60
_DECLINED = "declined"


@dataclass(frozen=True)
class Wanted:
    """What a verifier asks for: the ids of fields, and why in words that the holder reads."""

    fields: tuple[str, ...]
    purpose: str
    scene: str = ""
    """Of a sign; a scanned code brings its own."""


@dataclass(frozen=True)
class Question:
    """A verifier's question as the holder reads it."""

    id: str
    organisation: str
    at_terminal: bool
    purpose: str
    scene: UsageScene
    certificate: WalletCertificate
    fields: tuple[Field, ...]
    state: RequestState
    over: bool
    expires_at: datetime


@dataclass(frozen=True)
class Answer:
    """What came of a question; `fields` stand here once, as they are delivered."""

    state: RequestState
    over: bool = False
    title: str | None = None
    fields: tuple[ShownField, ...] = ()


def ask(session: Session, text: str, looker: Looker, wanted: Wanted) -> FieldRequest | CodeRefused:
    """Ask whoever shows this code. Commit whatever comes back; `Invalid` changes nothing.

    The code has had its look with that. Fields are refused that the scene does not give.
    """
    found = open_code(session, text, looker)
    if isinstance(found, CodeRefused):
        return found
    code, shown = found.code, found.shown
    if Mode(code.mode) is not Mode.AUTHORISE or code.scene not in looker.scenes:
        return refuse(session, code, found.certificate, ShowReason.WRONG_AUDIENCE, looker)
    _check(shown, found.scene, wanted)
    use_up(code)
    return _enter(
        session,
        FieldRequest(
            show_code_id=code.id,
            actor_id=code.actor_id,
            phone_id=code.phone_id,
            certificate_id=code.certificate_id,
            scene=code.scene,
        ),
        looker,
        wanted,
    )


def ask_by_sign(
    session: Session, holder: PhoneHolder, certificate_id: str, looker: Looker, wanted: Wanted
) -> FieldRequest:
    """Enter the question of a verifier whose sign this phone has scanned and which was proven his.

    Raises `NotFound`, `Invalid`, and `Refused("scene_not_approved")`.
    """
    if wanted.scene not in looker.scenes:
        raise Refused("scene_not_approved")
    certificate = certificate_for(session, shower(holder), certificate_id)
    _check(view(session, certificate), scene_named(wanted.scene), wanted)
    return _enter(
        session,
        FieldRequest(
            actor_id=shower(holder),
            phone_id=holder.phone_id,
            certificate_id=certificate.id,
            scene=wanted.scene,
        ),
        looker,
        wanted,
    )


def question_for(session: Session, holder: PhoneHolder, request_id: str) -> Question:
    """Return a question to this person; `NotFound` for anybody else's."""
    asked = _own(session, holder, request_id)
    certificate = session.get_one(Certificate, asked.certificate_id)
    shown, scene, wanted = view(session, certificate), scene_named(asked.scene), _fields(asked)
    return Question(
        id=asked.id,
        organisation=asked.organisation_name,
        at_terminal=asked.terminal_id is not None,
        purpose=_purpose(session, asked),
        scene=scene,
        certificate=shown,
        fields=tuple(each for each in fields_of(scene, shown.type) if each.id in wanted),
        state=RequestState(asked.state),
        over=_over(asked),
        expires_at=asked.expires_at,
    )


def confirm(session: Session, holder: PhoneHolder, request_id: str) -> None:
    """Let the verifier have what he asked for, once. `Conflict("request_over")` after its time."""
    _answer(session, holder, request_id, RequestVerb.CONFIRM)


def decline(session: Session, holder: PhoneHolder, request_id: str) -> None:
    """Let the verifier have nothing; it stands in the holder's log."""
    asked = _answer(session, holder, request_id, RequestVerb.DECLINE)
    _record(session, asked, _looker(asked), _DECLINED, ())


def standing(session: Session, request_id: str, looker: Looker) -> Answer:
    """Return where a question stands to whoever asked it; nothing is delivered by that."""
    asked = _asked_by(session, request_id, looker)
    return Answer(RequestState(asked.state), over=_over(asked))


def collect(
    session: Session, request_id: str, looker: Looker, *, taken_by: str | None = None
) -> Answer:
    """Return what has come of a question to whoever asked it; what is confirmed comes once.

    *taken_by*: the person of the organisation who takes what came for a sign of theirs. `NotFound`
    for another organisation's or another desk's.
    """
    asked = _asked_by(session, request_id, looker, lock=True)
    state = RequestState(asked.state)
    if state is not RequestState.CONFIRMED:
        return Answer(state, over=_over(asked))
    return _deliver(session, asked, replace(looker, member_id=taken_by or looker.member_id))


def _deliver(session: Session, asked: FieldRequest, looker: Looker) -> Answer:
    certificate = session.get_one(Certificate, asked.certificate_id)
    shown, phone = view(session, certificate), session.get_one(AccountPhone, asked.phone_id)
    if _over(asked) or phone.ended_at is not None or not shown.verdict.genuine:
        return Answer(RequestState.CONFIRMED, over=True)
    fields = given_fields(shown, scene_named(asked.scene), frozenset(_fields(asked)))
    asked.state = REQUEST_LIVES.after(RequestState.CONFIRMED, RequestVerb.DELIVER).value
    _record(session, asked, looker, shown.verdict.word, tuple(each.field.id for each in fields))
    session.flush()
    return Answer(RequestState.DELIVERED, title=shown.title, fields=fields)


def _check(shown: WalletCertificate, scene: UsageScene, wanted: Wanted) -> None:
    faults = []
    if not 0 < len(wanted.purpose.strip()) <= LONGEST_PURPOSE:
        faults.append(FieldFault("purpose", "purpose_length"))
    if not wanted.fields or not set(wanted.fields) <= set(scene.fields.get(shown.type.id, ())):
        faults.append(FieldFault("fields", "field_unknown"))
    if faults:
        raise Invalid("question_invalid", fields=faults)
    if not shown.verdict.genuine:
        raise Conflict("certificate_not_serving", reason=shown.verdict.word)


def _enter(session: Session, asked: FieldRequest, looker: Looker, wanted: Wanted) -> FieldRequest:
    if looker.organisation_id is None or looker.name is None:
        raise Refused("scene_not_approved")
    now = clock.now()
    asked.id = new_id()
    asked.fields = ",".join(wanted.fields)
    asked.organisation_id, asked.organisation_name = looker.organisation_id, looker.name
    asked.member_id, asked.terminal_id = looker.member_id, looker.terminal_id
    asked.purpose_sealed = keyring_of(session).seal(
        wanted.purpose.strip(), table="field_request", column="purpose", row=asked.id
    )
    asked.state = RequestState.ASKED.value
    asked.asked_at, asked.expires_at = now, now + REQUEST_LIFE
    session.add(asked)
    session.flush()
    _note(session, asked, AuditEvent.SHOW_ASKED, actor_of(looker))
    return asked


def _answer(
    session: Session, holder: PhoneHolder, request_id: str, verb: RequestVerb
) -> FieldRequest:
    asked = _own(session, holder, request_id, lock=True)
    if _over(asked):
        raise Conflict("request_over")
    asked.state = REQUEST_LIVES.after(RequestState(asked.state), verb).value
    asked.answered_at = clock.now()
    session.flush()
    _note(session, asked, AuditEvent.SHOW_ANSWERED, holder.actor)
    return asked


def _note(session: Session, asked: FieldRequest, event: AuditEvent, by: Actor) -> None:
    told = {"state": asked.state, "scene": asked.scene, "organisation": asked.organisation_id}
    note(session, event, actor=by, subject=Subject("field_request", asked.id), facts=told)


def _record(
    session: Session, asked: FieldRequest, looker: Looker, outcome: str, fields: tuple[str, ...]
) -> None:
    certificate = session.get_one(Certificate, asked.certificate_id)
    use = NewUse(
        Channel.LEAVE,
        outcome,
        scene=asked.scene,
        fields=fields,
        looker=looker,
        show_code_id=asked.show_code_id,
        purpose=_purpose(session, asked),
    )
    record_use(session, certificate, use)


def _asked_by(
    session: Session, request_id: str, looker: Looker, *, lock: bool = False
) -> FieldRequest:
    asked = session.get(FieldRequest, request_id, with_for_update=lock or None)
    if asked is None or _who(asked) != _who_is(looker):
        raise NotFound("request_not_found")
    return asked


def _own(
    session: Session, holder: PhoneHolder, request_id: str, *, lock: bool = False
) -> FieldRequest:
    asked = session.get(FieldRequest, request_id, with_for_update=lock or None)
    if asked is None or asked.actor_id != shower(holder):
        raise NotFound("request_not_found")
    return asked


def _purpose(session: Session, asked: FieldRequest) -> str:
    return keyring_of(session).open(
        asked.purpose_sealed, table="field_request", column="purpose", row=asked.id
    )


def _fields(asked: FieldRequest) -> tuple[str, ...]:
    return tuple(asked.fields.split(","))


def _over(asked: FieldRequest) -> bool:
    return asked.expires_at <= clock.now()


def _looker(asked: FieldRequest) -> Looker:
    return Looker(
        asked.organisation_id, asked.organisation_name, asked.member_id, asked.terminal_id
    )


def _who(asked: FieldRequest) -> tuple[str | None, ...]:
    return asked.organisation_id, asked.member_id, asked.terminal_id


def _who_is(looker: Looker) -> tuple[str | None, ...]:
    return looker.organisation_id, looker.member_id, looker.terminal_id
