"""
The log of uses (用证记录): written by whoever lets a certificate be seen, read by its holder.

    record_use(session, certificate, use)           one look, whoever made it
    uses_of(session, actor_id, holder, after=)       the holder's own log, a page at a time
    forget_uses(session, kept)                       what the house need not keep any longer

It is found by its holder alone. There is no way from an organisation, a place or a time to people:
no such query, and no index that would carry one (P39).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor
from kiosk_server.certificates.holders import Holder, holder_of
from kiosk_server.certificates.issuers import tell_later
from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.certificates.rights import require_holder
from kiosk_server.certificates.rules import Channel
from kiosk_server.certificates.services import ANYBODY as NOBODY_NAMED
from kiosk_server.certificates.services import note_about
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.identifiers import new_id
from kiosk_server.showing.rules import ANYBODY, Looker
from kiosk_server.showing.scenes import scenes

_TABLE = "certificate_usage"
_FORGET_AT_ONCE = 2_000


@dataclass(frozen=True)
class NewUse:
    """One look to be written down; `outcome` is `genuine` or why nothing was shown."""

    channel: Channel
    outcome: str
    scene: str | None = None
    fields: tuple[str, ...] = ()
    looker: Looker = ANYBODY
    show_code_id: str | None = None
    purpose: str = ""
    """The looker's own words; kept sealed."""


@dataclass(frozen=True)
class Use:
    """One look as the holder reads it."""

    id: str
    at: datetime
    certificate_id: str
    title: str
    channel: Channel
    outcome: str
    scene: str | None
    organisation: str | None
    """None where whoever looked gave no name."""
    at_terminal: bool
    fields: tuple[str, ...]
    purpose: str

    @property
    def shown(self) -> bool:
        """Whether the other saw that it is good."""
        return self.outcome == "genuine"


def record_use(session: Session, certificate: Certificate, use: NewUse) -> UsageRecord:
    """Write one look into the log of the certificate's holder, and audit it."""
    row, looker = new_id(), use.looker
    record = UsageRecord(
        id=row,
        certificate_id=certificate.id,
        holder=holder_of(certificate).key,
        at=clock.now(),
        channel=use.channel.value,
        outcome=use.outcome,
        scene=use.scene,
        fields=",".join(use.fields),
        show_code_id=use.show_code_id,
        organisation_id=looker.organisation_id,
        organisation_name=looker.name,
        member_id=looker.member_id,
        terminal_id=looker.terminal_id,
    )
    if use.purpose:
        record.purpose_sealed = keyring_of(session).seal(
            use.purpose, table=_TABLE, column="purpose", row=row
        )
    session.add(record)
    told = {"channel": use.channel.value, "outcome": use.outcome, "scene": use.scene or ""}
    event = AuditEvent.CERTIFICATE_VERIFIED
    note_about(session, event, certificate, by=actor_of(looker), facts=told)
    tell_later(session, certificate, record)
    return record


def actor_of(looker: Looker) -> Actor:
    """Return a looker as the audit names him: his organisation's id, or nobody in particular."""
    if looker.organisation_id is None:
        return NOBODY_NAMED
    return Actor("verifier", looker.organisation_id, terminal_id=looker.terminal_id)


def uses_of(
    session: Session, actor_id: str, holder: Holder, *, after: str | None = None, limit: int = 50
) -> list[Use]:
    """Return the looks at a holder's certificates, the newest first, from those before `after`.

    For the holder and who holds for him; `NotFound` for anybody else.
    """
    require_holder(session, actor_id, holder)
    mine = select(UsageRecord).where(UsageRecord.holder == holder.key)
    if after is not None:
        mine = mine.where(UsageRecord.id < after)
    return read_uses(session, session.scalars(mine.order_by(UsageRecord.id.desc()).limit(limit)))


def uses_of_certificate(
    session: Session, certificate: Certificate, *, limit: int = 20
) -> list[Use]:
    """Return the latest looks at one certificate; who may read them is the caller's to ask."""
    of_it = select(UsageRecord).where(UsageRecord.certificate_id == certificate.id)
    latest = of_it.order_by(UsageRecord.at.desc(), UsageRecord.id.desc()).limit(limit)
    return read_uses(session, session.scalars(latest))


def uses_of_code(session: Session, code_id: str) -> list[Use]:
    """Return every look at one live code, the first one first."""
    of_it = select(UsageRecord).where(UsageRecord.show_code_id == code_id)
    return read_uses(session, session.scalars(of_it.order_by(UsageRecord.id)))


def read_uses(session: Session, rows: Iterable[UsageRecord]) -> list[Use]:
    """Return rows of the log as their holder reads them."""
    found = list(rows)
    named = {row.certificate_id for row in found}
    kinds = select(Certificate.id, Certificate.kind).where(Certificate.id.in_(named))
    titles = {row.id: row.kind for row in session.execute(kinds)}
    return [_use(session, row, titles[row.certificate_id]) for row in found]


def forget_uses(session: Session, kept: timedelta) -> int:
    """Delete looks that are older than `kept`, or than their scene keeps them; return how many."""
    now = clock.now()
    done = _forget(session, UsageRecord.at < now - kept)
    for scene in scenes().values():
        life = timedelta(days=scene.kept_days)
        if life < kept:
            old = (UsageRecord.at < now - life) & (UsageRecord.scene == scene.id)
            done += _forget(session, old)
    return done


def _forget(session: Session, old: ColumnElement[bool]) -> int:
    batch = select(UsageRecord.id).where(old).limit(_FORGET_AT_ONCE)
    result = session.execute(delete(UsageRecord).where(UsageRecord.id.in_(batch)))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _use(session: Session, row: UsageRecord, title: str) -> Use:
    purpose = ""
    if row.purpose_sealed is not None:
        purpose = keyring_of(session).open(
            row.purpose_sealed, table=_TABLE, column="purpose", row=row.id
        )
    return Use(
        id=row.id,
        at=row.at,
        certificate_id=row.certificate_id,
        title=title,
        channel=Channel(row.channel),
        outcome=row.outcome,
        scene=row.scene,
        organisation=row.organisation_name,
        at_terminal=row.terminal_id is not None,
        fields=tuple(name for name in row.fields.split(",") if name),
        purpose=purpose,
    )
