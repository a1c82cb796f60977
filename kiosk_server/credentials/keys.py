"""
The issuer's keys in the database: made, moved on by the timetable, withdrawn, published.

    rotate(session, ...)        what is due by `key_rules`, and the first key of all
    signer(session)             the key that signs lists, signs and statements now
    code_signer(session)        the key that signs offline codes now
    published_keys(session)     the keys that verify now, as the key sets show them

Keys of SM2 are a second line beside those that every phone verifies, with the same timetable. They
sign offline codes and nothing else: what was signed with SM2 is other bytes each time, and no
browser could read a list of theirs.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

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
    can_use,
    new_signer,
    signer_of,
)

_CELL = {"table": "issuer_key", "column": "private"}
_LIVING = (KeyState.ACTIVE, KeyState.ANNOUNCED)
_STEPS = {state: step for step, state in enumerate(KeyState, 1)}


def rotate(
    session: Session,
    *,
    by: Actor,
    terms: KeyTerms | None = None,
    algorithm: Algorithm = Algorithm.ES256,
) -> int:
    """Do what is due, new keys of *algorithm*; return how many steps were taken.

    SM2 begins its line beside the other one, which goes on with ES256. Keys of SM2 are made only
    where `can_use` is true of it; the others' timetable never waits for that.
    """
    begun = algorithm is Algorithm.SM2
    steps = _turn(session, terms, Algorithm.ES256 if begun else algorithm, by=by)
    return steps + _turn(session, terms, Algorithm.SM2, begun=begun, by=by)


def end_sm2(session: Session, *, by: Actor) -> int:
    """Sign no more with SM2, what it signed is believed on; return how many keys stepped down."""
    steps = {KeyState.ACTIVE: KeyVerb.REPLACE, KeyState.ANNOUNCED: KeyVerb.WITHDRAW}
    found = [key for key in _line(session, Algorithm.SM2) if key.state in steps]
    for key in found:
        _move(session, key, steps[KeyState(key.state)], by=by)
    return len(found)


def _turn(
    session: Session,
    terms: KeyTerms | None,
    algorithm: Algorithm,
    *,
    by: Actor,
    begun: bool = True,
) -> int:
    steps, plan = 0, _plan(session, terms, algorithm, begun=begun)
    while plan != KeyPlan():
        for key_id, verb in plan.deeds:
            _move(session, session.get_one(IssuerKey, key_id), verb, by=by)
        if plan.make is not None:
            _make(session, algorithm, plan.make, by=by)
        steps += len(plan.deeds) + (plan.make is not None)
        session.flush()
        plan = _plan(session, terms, algorithm, begun=begun)
    return steps


def withdraw(session: Session, kid: str, *, by: Actor) -> None:
    """Let a key that others may have verify nothing any more; another takes its place at once.

    One of SM2 is followed by one that is announced first; codes are signed by the other line until
    then.

    Raises `NotFound("issuer_key_not_found")`, `WrongState` where it is withdrawn already.
    """
    key = session.scalars(select(IssuerKey).where(IssuerKey.kid == kid).with_for_update()).first()
    if key is None:
        raise NotFound("issuer_key_not_found")
    followed = Algorithm(key.algorithm) is not Algorithm.SM2 or key.state in _LIVING
    _move(session, key, KeyVerb.WITHDRAW, by=by)
    session.flush()
    rotate(session, by=by, algorithm=Algorithm(key.algorithm if followed else Algorithm.ES256))


def signer(session: Session) -> SoftwareSigner:
    """Return the key that signs now what every verifier must be able to judge.

    `Unavailable("issuer_key_missing")` before the first one.
    """
    return _opened(session, _active(session, Algorithm.ES256))


def code_signer(session: Session) -> SoftwareSigner:
    """Return the key that signs offline codes now: that of SM2 where one is active.

    `Unavailable("issuer_key_missing")` before the first key, and where this server lacks SM2: no
    code is quietly signed by another algorithm than the others'.
    """
    key = _active(session, Algorithm.SM2)
    if key is None:
        return signer(session)
    if not can_use(Algorithm.SM2):
        raise Unavailable("issuer_key_missing")
    return _opened(session, key)


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


def _line(session: Session, algorithm: Algorithm) -> list[IssuerKey]:
    """The keys that follow each other with those of *algorithm*: SM2 alone, or all others."""
    sm2 = algorithm is Algorithm.SM2
    return [key for key in _keys(session) if (key.algorithm == Algorithm.SM2) is sm2]


def _active(session: Session, algorithm: Algorithm) -> IssuerKey | None:
    line = _line(session, algorithm)
    return next((key for key in line if key.state == KeyState.ACTIVE), None)


def _opened(session: Session, key: IssuerKey | None) -> SoftwareSigner:
    if key is None or key.private_sealed is None:
        raise Unavailable("issuer_key_missing")
    secret = keyring_of(session).open(key.private_sealed, row=key.id, **_CELL)
    public = _public(key)
    return signer_of(public.algorithm, urlsafe_b64decode(secret.encode()), public)


def _plan(
    session: Session, terms: KeyTerms | None, algorithm: Algorithm, *, begun: bool
) -> KeyPlan:
    line = [_standing(key) for key in _line(session, algorithm)]
    sm2 = algorithm is Algorithm.SM2
    plan = due(line, clock.now(), terms or KeyTerms(), beside=sm2)
    living = any(key.state in _LIVING for key in line)
    # A line that was ended begins again by an operator's word alone.
    return plan if (begun or living) and can_use(algorithm) else replace(plan, make=None)


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
