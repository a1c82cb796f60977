"""The life of an organisation that verifies, and how long its things serve."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk_server.core.errors import WrongState
from kiosk_server.partners.rules import (
    ORGANISATION_LIFE,
    SESSION_IDLE,
    SESSION_LIFE,
    OrganisationState,
    OrganisationVerb,
    Verifier,
    packed,
    session_holds,
    sign_holds,
    unknown_scenes,
    unpacked,
)
from kiosk_server.showing.verifiers import looker_of

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_every_state_is_reached_and_two_are_ends() -> None:
    """A refusal and a close are ends: who wants to come back applies anew."""
    reached = {after for _, _, after in ORGANISATION_LIFE} | {OrganisationState.APPLIED}
    assert reached == set(OrganisationState)
    assert ORGANISATION_LIFE.ends() == {OrganisationState.REFUSED, OrganisationState.CLOSED}


@pytest.mark.parametrize("verb", list(OrganisationVerb))
def test_nothing_is_done_to_what_has_ended(verb: OrganisationVerb) -> None:
    """No verb leads out of an end."""
    for state in ORGANISATION_LIFE.ends():
        with pytest.raises(WrongState):
            ORGANISATION_LIFE.after(state, verb)


@given(some.sets(some.from_regex(r"[a-z_]{1,20}", fullmatch=True), max_size=8))
def test_scenes_come_back_as_they_were_kept(scenes: set[str]) -> None:
    """A column gives the same scenes back, whatever their order and number."""
    assert unpacked(packed(scenes)) == scenes


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [((), True), (("lodging",), False), (("lodging", "nowhere"), True), (("",), True)],
)
def test_scenes_are_some_of_those_there_are(asked: tuple[str, ...], wrong: bool) -> None:
    """None at all is as wrong as one that does not exist."""
    assert unknown_scenes(asked, ("lodging", "tourism")) is wrong


def test_a_session_ends_by_age_by_idleness_and_by_hand() -> None:
    """To the second, and a revoked one whatever its age."""
    second = timedelta(seconds=1)
    assert session_holds(None, NOW - SESSION_LIFE + second, NOW - second, NOW)
    assert not session_holds(None, NOW - SESSION_LIFE, NOW - second, NOW)
    assert not session_holds(None, NOW - timedelta(hours=2), NOW - SESSION_IDLE, NOW)
    assert not session_holds(NOW, NOW, NOW, NOW)


def test_a_sign_ends_at_its_hour_or_by_hand() -> None:
    """A sign asks until the second before its end."""
    assert sign_holds(None, NOW + timedelta(seconds=1), NOW)
    assert not sign_holds(None, NOW, NOW)
    assert not sign_holds(NOW, NOW + timedelta(days=1), NOW)


def test_an_answer_arrives_at_one_desk() -> None:
    """A device, a program and a sign of one organisation are three lookers, none another's."""
    whole = [
        Verifier("o", "测试宾馆", member_id="m", device_id="d"),
        Verifier("o", "测试宾馆", credential_id="c"),
        Verifier("o", "测试宾馆", sign_id="s"),
    ]
    desks = {looker_of(each).terminal_id for each in whole}
    assert desks == {"d", "c", "s"}
    assert all(looker_of(each).named for each in whole)
