"""
The issuer's keys in the database: made, moved on by the timetable, withdrawn, published.

    rotate(session, ...)        what is due by `key_rules`, and the first key of all
    signer(session)             the key that signs now
    published_keys(session)     the keys that verify now, as the key sets show them
"""

import json
from collections.abc import Sequence

from joserfc.util import urlsafe_b64decode, urlsafe_b64encode
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock
from kiosk_server.core.database import canonical_json, keyring_of
from kiosk_server.core.errors import NotFound, Unavailable
from kiosk_server.core.identifiers import new_id
from kiosk_server.credentials.key_rules import (
    KEY_LIFE,
    VERIFYING,
    KeyPlan,
    KeyStanding,
    KeyState,
    KeyTerms,
    KeyVerb,
    due,
)
from kiosk_server.credentials.models import IssuerKey
from kiosk_server.credentials.signers import (
    Algorithm,
    PublicKey,
    SoftwareSigner,
    new_signer,
    signer_of,
)

_CELL = {"table": "issuer_key", "column": "private"}
_STEPS = {state: step for step, state in enumerate(KeyState, 1)}


def rotate(
    session: Session,
    *,
    by: Actor,
    terms: KeyTerms | None = None,
    algorithm: Algorithm = Algorithm.ES256,
) -> int:
    """Do what is due, new keys of *algorithm*; return how many steps were taken."""
    steps, plan = 0, _plan(session, terms)
    while plan != KeyPlan():
        for key_id, verb in plan.deeds:
            _move(session, session.get_one(IssuerKey, key_id), verb, by=by)
        if plan.make is not None:
            _make(session, algorithm, plan.make, by=by)
        steps += len(plan.deeds) + (plan.make is not None)
        session.flush()
        plan = _plan(session, terms)
    return steps


def withdraw(session: Session, kid: str, *, by: Actor) -> None:
    """Let a key that others may have verify nothing any more; another takes its place at once.

    Raises `NotFound("issuer_key_not_found")`, `WrongState` where it is withdrawn already.
    """
    key = session.scalars(select(IssuerKey).where(IssuerKey.kid == kid).with_for_update()).first()
    if key is None:
        raise NotFound("issuer_key_not_found")
    _move(session, key, KeyVerb.WITHDRAW, by=by)
    session.flush()
    rotate(session, by=by, algorithm=Algorithm(key.algorithm))


def signer(session: Session) -> SoftwareSigner:
    """Return the key that signs now; `Unavailable("issuer_key_missing")` before the first one."""
    key = session.scalars(
        select(IssuerKey)
        .where(IssuerKey.state == KeyState.ACTIVE)
        .order_by(IssuerKey.since.desc(), IssuerKey.id.desc())
    ).first()
    if key is None or key.private_sealed is None:
        raise Unavailable("issuer_key_missing")
    secret = keyring_of(session).open(key.private_sealed, row=key.id, **_CELL)
    return signer_of(Algorithm(key.algorithm), urlsafe_b64decode(secret.encode()))


def published_keys(session: Session) -> list[PublicKey]:
    """Return the keys that verify now, the oldest first."""
    return [_public(key) for key in _keys(session) if key.state in VERIFYING]


def key_that_signed(session: Session, kid: str) -> PublicKey | None:
    """Return a key that signs or once signed, unless it was withdrawn; for what stands on paper."""
    found = session.scalars(select(IssuerKey).where(IssuerKey.kid == kid)).first()
    return _public(found) if found is not None and found.state != KeyState.WITHDRAWN else None


def keys_version(session: Session) -> int:
    """Return a number that grows with every step of every key, and never falls."""
    return sum(_STEPS[KeyState(key.state)] for key in _keys(session))


def standings(session: Session) -> list[tuple[str, Algorithm, KeyStanding]]:
    """Return every key there was, for operators: key id, algorithm, state and since when."""
    return [(key.kid, Algorithm(key.algorithm), _standing(key)) for key in _keys(session)]


def _keys(session: Session) -> Sequence[IssuerKey]:
    return session.scalars(select(IssuerKey).order_by(IssuerKey.id)).all()


def _plan(session: Session, terms: KeyTerms | None) -> KeyPlan:
    return due([_standing(key) for key in _keys(session)], clock.now(), terms or KeyTerms())


def _standing(key: IssuerKey) -> KeyStanding:
    return KeyStanding(key.id, KeyState(key.state), key.since)


def _public(key: IssuerKey) -> PublicKey:
    return PublicKey(key.kid, Algorithm(key.algorithm), json.loads(key.public_jwk))


def _make(session: Session, algorithm: Algorithm, state: KeyState, *, by: Actor) -> None:
    made, row, now = new_signer(algorithm), new_id(), clock.now()
    secret = urlsafe_b64encode(made.secret).decode()
    key = IssuerKey(
        id=row,
        kid=made.kid,
        algorithm=algorithm.value,
        public_jwk=canonical_json(dict(made.public.jwk)),
        private_sealed=keyring_of(session).seal(secret, row=row, **_CELL),
        state=state.value,
        since=now,
        made_at=now,
    )
    session.add(key)
    _note(session, key, by)


def _move(session: Session, key: IssuerKey, verb: KeyVerb, *, by: Actor) -> None:
    key.state = KEY_LIFE.after(KeyState(key.state), verb).value
    key.since = clock.now()
    if key.state != KeyState.ACTIVE:
        # A key that signs no more cannot be stolen from us any more.
        key.private_sealed = None
    session.flush()
    _note(session, key, by)


def _note(session: Session, key: IssuerKey, by: Actor) -> None:
    facts = {"kid": key.kid, "state": key.state}
    note(
        session,
        AuditEvent.ISSUER_KEY_CHANGED,
        actor=by,
        subject=Subject("issuer_key", key.id),
        facts=facts,
    )
