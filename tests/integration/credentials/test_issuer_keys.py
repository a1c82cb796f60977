"""Issuer keys on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound, Unavailable, WrongState
from kiosk_server.credentials import keys
from kiosk_server.credentials.key_rules import KeyState
from kiosk_server.credentials.models import IssuerKey
from kiosk_server.credentials.signers import Algorithm

BEGINNING = datetime(2026, 1, 5, 4, tzinfo=UTC)


def rotate_on(database: Database, day: int) -> list[str]:
    """Rotate on a day after the beginning; return the states of the keys, the oldest first."""
    with clock.frozen(BEGINNING + timedelta(days=day)), database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM)
        return [standing.state for _, _, standing in keys.standings(session)]


def test_keys_overlap_as_they_follow_each_other(database: Database) -> None:
    """A key is announced, signs, retires and is gone; there is always exactly one that signs."""
    assert rotate_on(database, 0) == ["active"]
    assert rotate_on(database, 0) == ["active"]
    assert rotate_on(database, 76) == ["active", "announced"]
    assert rotate_on(database, 90) == ["retiring", "active"]
    assert rotate_on(database, 120) == ["retired", "active"]


def test_a_key_that_signs_no_more_leaves_nothing_to_steal(database: Database) -> None:
    """Private halves lie sealed, and go as their key retires."""
    for day in (0, 76, 90):
        rotate_on(database, day)
    with database.reading() as session:
        retiring, active = session.scalars(select(IssuerKey).order_by(IssuerKey.id)).all()
        assert retiring.private_sealed is None
        sealed = active.private_sealed
        assert sealed is not None
        assert keys.signer(session).secret not in sealed
        assert [key.kid for key in keys.published_keys(session)] == [retiring.kid, active.kid]


def test_the_version_of_the_keys_never_falls(database: Database) -> None:
    """Each step of a key makes the trust list newer."""
    seen = []
    for day in (0, 76, 90, 120):
        rotate_on(database, day)
        with database.reading() as session:
            seen.append(keys.keys_version(session))
    assert seen == sorted(set(seen))


def test_a_stolen_key_is_believed_no_more_and_followed_at_once(database: Database) -> None:
    """Withdrawing takes the key out of every list in the same breath as another one signs."""
    with database.unit_of_work() as session:
        keys.rotate(session, by=SYSTEM, algorithm=Algorithm.ED25519)
        stolen = keys.signer(session).kid
        keys.withdraw(session, stolen, by=SYSTEM)
        signs = keys.signer(session)
        assert [key.kid for key in keys.published_keys(session)] == [signs.kid]
        assert (signs.kid != stolen, signs.algorithm) == (True, Algorithm.ED25519)
        with pytest.raises(WrongState):
            keys.withdraw(session, stolen, by=SYSTEM)
        with pytest.raises(NotFound):
            keys.withdraw(session, "nobody-has", by=SYSTEM)
        session.flush()
        noted = session.scalars(select(AuditEntry.facts).order_by(AuditEntry.id)).all()
    assert [each["state"] for each in noted] == [
        KeyState.ACTIVE,
        KeyState.WITHDRAWN,
        KeyState.ACTIVE,
    ]


def test_without_a_key_nothing_is_signed(database: Database) -> None:
    """Before the first key a signer is unavailable, by name."""
    with database.reading() as session, pytest.raises(Unavailable, match="issuer_key_missing"):
        keys.signer(session)
