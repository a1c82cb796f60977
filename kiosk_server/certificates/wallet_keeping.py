"""
Filling a wallet from departments, and forgetting what was kept long enough.

    refresh(database, platform, holder, errand, by=, kept_for=) -> Wallet

Departments are asked side by side and between units of work, never inside one; a person waits a
few seconds, and a type that has not answered by then is told as down and asked again soon. What
comes back follows the one table of states: an end stays an end, a newer version ends the older.
"""

import contextvars
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.certificates.certificate_types import CertificateType
from kiosk_server.certificates.holders import Holder, code_of
from kiosk_server.certificates.models import Certificate, PlatformFinding
from kiosk_server.certificates.ports import (
    CertificatePlatform,
    Errand,
    FindAnswer,
    Held,
    HolderQuery,
    NotElectronicYet,
    NothingHeld,
    SourceDown,
)
from kiosk_server.certificates.services import PLATFORM
from kiosk_server.certificates.wallet import (
    Result,
    Wallet,
    content_of,
    findings,
    seal_content,
    types_for,
    wallet_of,
)
from kiosk_server.certificates.wallet_following import follow
from kiosk_server.core import clock
from kiosk_server.core.database import Database

PATIENCE_SECONDS = 6.0
ASKED_AGAIN_AFTER = timedelta(minutes=1)
"""When a department that did not answer is asked again."""
_SIDE_BY_SIDE = 6
_FORGET_AT_ONCE = 200


@dataclass(frozen=True)
class _Question:
    """What is asked of departments for one holder."""

    types: tuple[CertificateType, ...]
    queries: tuple[HolderQuery, ...]


def refresh(
    database: Database,
    platform: CertificatePlatform | None,
    holder: Holder,
    errand: Errand,
    *,
    by: Actor,
    kept_for: timedelta,
    types: Sequence[str] | None = None,
    anew: bool = False,
) -> Wallet:
    """Ask departments for what is not kept, or for everything where `anew`, and return the wallet.

    `types` limits it to some type ids. Without a platform every type of departments is not yet
    electronic here. Never raises because a department is down.
    """
    with database.reading() as session:
        question = _question(session, holder, types, anew=anew)
    if question.types:
        answers = _answers(platform, question, errand)
        with database.unit_of_work() as session:
            for kind in question.types:
                simulated = platform is not None and platform.simulated
                answer = answers[kind.id]
                _keep(session, holder, kind, answer, kept_for=kept_for, simulated=simulated)
            _note(session, holder, answers, errand, by)
    with database.reading() as session:
        return wallet_of(session, holder)


def forget_contents(session: Session) -> int:
    """Forget the content of departments' certificates that were kept long enough; return how many.

    The row stays, with its number sealed: looks, copies and objections are about it.
    """
    over = (
        select(Certificate)
        .where(Certificate.origin == PLATFORM, Certificate.kept_until < clock.now())
        .order_by(Certificate.kept_until)
        .limit(_FORGET_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    forgotten = list(session.scalars(over))
    for row in forgotten:
        forget_content_of(session, row)
    session.flush()
    return len(forgotten)


def forget_content_of(session: Session, row: Certificate) -> None:
    """Forget the content of one department's certificate but its number."""
    number = {name: value for name, value in content_of(session, row).items() if name == "number"}
    row.content_sealed = seal_content(session, row.id, number)
    row.kept_until = None


def _question(
    session: Session, holder: Holder, types: Sequence[str] | None, *, anew: bool
) -> _Question:
    known, now = findings(session, holder), clock.now()
    wanted = tuple(
        kind
        for kind in types_for(holder)
        if kind.from_platform
        and kind.electronic
        and (types is None or kind.id in types)
        and (anew or kind.id not in known or known[kind.id].kept_until <= now)
    )
    if not wanted:
        return _Question((), ())
    code_kind, code = code_of(session, holder)
    return _Question(wanted, tuple(HolderQuery(code_kind, code, kind) for kind in wanted))


def _answers(
    platform: CertificatePlatform | None, question: _Question, errand: Errand
) -> Mapping[str, FindAnswer]:
    if platform is None:
        return {kind.id: NotElectronicYet() for kind in question.types}
    executor = ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE)
    try:
        asked: dict[str, Future[FindAnswer]] = {
            # Each thread keeps the context of this one: its clock, its request's name in the logs.
            query.type.id: executor.submit(
                contextvars.copy_context().run, platform.find_by_holder, query, errand
            )
            for query in question.queries
        }
        done, _ = wait(asked.values(), timeout=PATIENCE_SECONDS)
        return {
            name: future.result() if future in done else SourceDown()
            for name, future in asked.items()
        }
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _keep(
    session: Session,
    holder: Holder,
    kind: CertificateType,
    answer: FindAnswer,
    *,
    kept_for: timedelta,
    simulated: bool,
) -> None:
    result = _result(answer)
    life = ASKED_AGAIN_AFTER if result is Result.SOURCE_DOWN else kept_for
    # The finding is written first: it makes a second refresh of the same holder wait for us.
    _write_finding(session, holder, kind, result, life)
    if isinstance(answer, Held | NothingHeld):
        held = answer.certificates if isinstance(answer, Held) else ()
        until = clock.now() + kept_for
        follow(session, holder, kind, held, kept_until=until, simulated=simulated)


def _result(answer: FindAnswer) -> Result:
    match answer:
        case Held(certificates) if any(each.state is not None for each in certificates):
            return Result.HERE
        case NothingHeld():
            return Result.NOT_FOUND
        case NotElectronicYet():
            return Result.NOT_YET_ELECTRONIC
        case _:
            return Result.SOURCE_DOWN


def _write_finding(
    session: Session, holder: Holder, kind: CertificateType, result: Result, life: timedelta
) -> None:
    now = clock.now()
    told = {"result": result.value, "asked_at": now, "kept_until": now + life}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(PlatformFinding)
        .values(holder=holder.key, type_id=kind.id, **told)
        .on_conflict_do_update(
            index_elements=[PlatformFinding.holder, PlatformFinding.type_id], set_=told
        )
    )


def _note(
    session: Session,
    holder: Holder,
    answers: Mapping[str, FindAnswer],
    errand: Errand,
    by: Actor,
) -> None:
    told = {name: _result(answer).value for name, answer in answers.items()}
    note(
        session,
        AuditEvent.CERTIFICATE_FETCHED,
        actor=by,
        subject=Subject("holder", holder.key),
        facts={
            **told,
            "item": errand.item_code,
            "case": errand.case_number,
            "leave": errand.authorisation_id,
        },
    )
