"""
What a verifier may ask, before he asks it; and what lies at a sign for its organisation.

    askable(session, text, looker)    -> Askable | None    fields of a code that waits for questions
    waiting_at(session, sign_id)      -> [Waiting]         answers given at a sign, not taken yet

Neither records, counts or uses anything up: the question and the taking do.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.certificates.certificate_types import Field
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.wallet import view
from kiosk_server.core import clock
from kiosk_server.core.identifiers import digest
from kiosk_server.showing.models import FieldRequest, ShowCode
from kiosk_server.showing.rules import CodeState, Looker, Mode, RequestState, read_token
from kiosk_server.showing.scenes import UsageScene, fields_of, scene_named


@dataclass(frozen=True)
class Askable:
    """A code whose holder answers questions, and what may be asked of it; no value of it."""

    scene: UsageScene
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Waiting:
    """An answer that waits to be taken."""

    id: str
    answered_at: datetime
    title: str


def askable(session: Session, text: str, looker: Looker) -> Askable | None:
    """Return what a named verifier may ask of whoever shows this code.

    None for every other code: looking it up says what is the matter with it.
    """
    token = read_token(text)
    if token is None or not looker.named:
        return None
    code = session.scalar(select(ShowCode).where(ShowCode.token_digest == digest(token)))
    if code is None or not _takes_questions(code, looker):
        return None
    shown = view(session, session.get_one(Certificate, code.certificate_id))
    if not shown.verdict.genuine:
        return None
    scene = scene_named(code.scene)
    had = tuple(each for each in fields_of(scene, shown.type) if each.id in shown.content)
    return Askable(scene, shown.title, had)


def waiting_at(session: Session, sign_id: str) -> list[Waiting]:
    """Return what holders have confirmed at a sign and nobody has taken, the oldest first."""
    lying = (
        select(FieldRequest)
        .where(
            FieldRequest.terminal_id == sign_id,
            FieldRequest.state == RequestState.CONFIRMED.value,
            FieldRequest.expires_at > clock.now(),
        )
        .order_by(FieldRequest.id)
    )
    return [
        Waiting(row.id, row.answered_at or row.asked_at, _title(session, row))
        for row in session.scalars(lying)
    ]


def _takes_questions(code: ShowCode, looker: Looker) -> bool:
    alive = code.state == CodeState.ALIVE.value and code.expires_at > clock.now()
    return alive and code.mode == Mode.AUTHORISE.value and code.scene in looker.scenes


def _title(session: Session, row: FieldRequest) -> str:
    return session.get_one(Certificate, row.certificate_id).kind
