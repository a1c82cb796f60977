"""The one table of a certificate's life, and how departments' words fit it."""

from itertools import product

import pytest

from kiosk_server.certificates.lives import (
    LIFE,
    CertificateState,
    CertificateVerb,
    verb_between,
)
from kiosk_server.certificates.metadata import state_told
from kiosk_server.core.errors import WrongState

S, V = CertificateState, CertificateVerb


def test_every_pair_outside_the_table_raises() -> None:
    """What the table does not list cannot be done, whichever state and verb."""
    listed = {(state, verb) for state, verb, _ in LIFE}
    for pair in product(S, V):
        if pair not in listed:
            with pytest.raises(WrongState):
                LIFE.after(*pair)


def test_ends_are_ends_and_nothing_else_is() -> None:
    """Four ways out are final; what is withheld or lapsed has a way on."""
    assert LIFE.ends() == {S.SUPERSEDED, S.CANCELLED, S.RESCINDED, S.REVOKED}
    assert LIFE.open_verbs(S.WITHHELD) >= {V.RESTORE}
    assert LIFE.open_verbs(S.LAPSED) >= {V.RENEW}


@pytest.mark.policy("P32")
def test_a_new_version_always_ends_the_old_one() -> None:
    """Renewing and correcting lead to superseded from wherever they are possible."""
    ends = {after for _, verb, after in LIFE if verb in (V.RENEW, V.CORRECT)}
    assert ends == {S.SUPERSEDED}


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("1", S.VALID),
        ("2", S.CANCELLED),
        ("01", S.VALID),
        ("02", S.WITHHELD),
        ("03", S.RESCINDED),
        ("04", S.CANCELLED),
        ("05", S.LAPSED),
        ("06", S.CANCELLED),
        ("07", S.REVOKED),
        ("99", None),
        ("", None),
        ("有效", None),
    ],
)
def test_departments_states_are_understood(code: str, state: CertificateState | None) -> None:
    """Each state of the longer table has one of ours; what nobody explained has none."""
    assert state_told(code) is state


@pytest.mark.parametrize(
    ("state", "told", "verb"),
    [
        (S.VALID, S.WITHHELD, V.WITHHOLD),
        (S.WITHHELD, S.VALID, V.RESTORE),
        (S.VALID, S.REVOKED, V.REVOKE),
        (S.VALID, S.VALID, None),
        (S.REVOKED, S.VALID, None),
        (S.VALID, S.SUPERSEDED, None),
        (S.LAPSED, S.VALID, None),
    ],
)
def test_an_issuers_word_leads_along_the_table(
    state: CertificateState, told: CertificateState, verb: CertificateVerb | None
) -> None:
    """A state that an issuer tells is reached by one verb or not at all."""
    assert verb_between(state, told) is verb
