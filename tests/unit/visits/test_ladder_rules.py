"""The fallback ladder: from every failure, at every terminal, for every item, a way to an end."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.visits.help_life import HELP_LIFE, OPEN_STATES, HelpState, HelpVerb
from kiosk_server.visits.ladder_rules import (
    BY_PHONE,
    BY_STAFF,
    HOLDER_KNOWN,
    HOLDER_UNKNOWN,
    MOST_FAILURES,
    REASONS,
    Failures,
    Rung,
    Situation,
    failed,
    ladder,
    next_rung,
    without_card,
)

TAKES: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({BY_STAFF}),
    frozenset({BY_PHONE, BY_STAFF}),
)
READERS = (None, "reader-away", "reader-changed")
STAFF = (None, "staff-none", "staff-away")
EVERY_FAILURE = [(rung, reason) for rung in Rung for reason in sorted(REASONS[rung])]


def situations() -> Iterator[Situation]:
    """Every equipment of a terminal with every kind of item, before and after the card."""
    either = (False, True)
    for known, takes, cards, reader, messages, phone, face, staff in product(
        either, TAKES, either, READERS, either, (None, "no-phone"), either, STAFF
    ):
        yield Situation(
            holder_known=known,
            takes=takes,
            several_cards=cards,
            reader=reader,
            messages=messages,
            phone=phone,
            face=face,
            staff=staff,
        )


def after(now: Situation, failures: Failures) -> Situation:
    """The same terminal and item with other failures behind the person."""
    values = {name: getattr(now, name) for name in Situation.__dataclass_fields__}
    return Situation(**{**values, "failures": failures})


def open_rungs(now: Situation) -> list[Rung]:
    """The rungs that can be stepped on, in order."""
    return [offer.rung for offer in ladder(now) if offer.closed is None]


@pytest.mark.policy("P16")
def test_the_whole_graph_ends_at_a_person() -> None:
    """Whoever takes the first open rung and fails there, for any reason, reaches the window."""
    for start in situations():
        for worst in (min, max):
            failures: dict[tuple[Rung, str], int] = {}
            for _ in range(MOST_FAILURES * len(Rung) + 1):
                rung = next_rung(after(start, failures))
                if rung is Rung.WINDOW:
                    break
                reason = worst(REASONS[rung])
                failures[rung, reason] = failures.get((rung, reason), 0) + 1
            assert rung is Rung.WINDOW, start


def test_the_rung_that_failed_is_never_the_only_one() -> None:
    """After any single failure there is always another open rung than the one that failed."""
    for start in situations():
        for rung, reason in EVERY_FAILURE:
            now = after(start, {(rung, reason): 1})
            assert [one for one in open_rungs(now) if one is not rung], (start, rung, reason)


def test_a_face_is_never_the_only_way() -> None:
    """Where a comparison is offered, another way that needs no camera is offered too."""
    for now in situations():
        if Rung.FACE in open_rungs(now):
            assert len(open_rungs(now)) > 1


def test_nothing_is_offered_that_the_item_does_not_take() -> None:
    """Phone, number and staff stand in for a card only where the item says so."""
    for now in situations():
        rungs = open_rungs(now)
        assert Rung.OWN_PHONE not in rungs or now.holder_known or BY_PHONE in now.takes
        assert Rung.NUMBER not in rungs or BY_PHONE in now.takes
        assert Rung.STAFF not in rungs or BY_STAFF in now.takes


def test_without_a_card_only_what_the_item_takes_is_left() -> None:
    """Whoever shows no card is offered phone and staff alone, as far as item and place allow."""
    for now in situations():
        rungs = without_card(now)
        assert (Rung.NUMBER in rungs) is (
            not now.holder_known and BY_PHONE in now.takes and now.messages
        )
        assert (Rung.STAFF in rungs) is (BY_STAFF in now.takes and now.staff is None)
        assert (Rung.OWN_PHONE in rungs) is (now.holder_known or BY_PHONE in now.takes)
        assert set(rungs) <= {Rung.OWN_PHONE, Rung.NUMBER, Rung.STAFF}


def test_a_rung_is_closed_with_a_reason_of_its_own() -> None:
    """Each rung is told of, open or closed, once and in the order of its ladder."""
    for now in situations():
        wanted = HOLDER_KNOWN if now.holder_known else HOLDER_UNKNOWN
        assert tuple(offer.rung for offer in ladder(now)) == wanted


@given(
    st.dictionaries(st.sampled_from(EVERY_FAILURE), st.integers(1, 5)),
    st.sampled_from(list(situations())),
)
def test_no_history_closes_the_window(failures: Failures, start: Situation) -> None:
    """The last rung is open after any history, and no rung is open after three failures."""
    now = after(start, failures)
    assert open_rungs(now)[-1] is Rung.WINDOW
    assert all(failed(failures, rung) < MOST_FAILURES for rung in open_rungs(now))


_NO_OWN_PHONE = (Rung.OWN_PHONE, "code_over")


@pytest.mark.parametrize(
    ("failures", "first"),
    [
        ({}, Rung.CARD),
        ({(Rung.CARD, "card_moved"): 1}, Rung.CARD),
        ({(Rung.CARD, "card_unreadable"): 3}, Rung.OWN_PHONE),
        ({(Rung.CARD, "card_expired"): 1}, Rung.OWN_PHONE),
        ({(Rung.CARD, "card_expired"): 1, _NO_OWN_PHONE: 3}, Rung.NUMBER),
        (
            {(Rung.CARD, "card_expired"): 1, _NO_OWN_PHONE: 3, (Rung.NUMBER, "too_many"): 3},
            Rung.OTHER_CARD,
        ),
        (
            {(Rung.CARD, "reader_fault"): 2, _NO_OWN_PHONE: 3, (Rung.NUMBER, "too_many"): 3},
            Rung.STAFF,
        ),
    ],
)
def test_what_comes_next(failures: Failures, first: Rung) -> None:
    """Card, then one's own phone, then a number, then another card, then a person;
    a broken reader skips every card."""
    takes = frozenset({BY_PHONE, BY_STAFF})
    assert next_rung(Situation(takes=takes, several_cards=True, failures=failures)) is first


def test_a_request_for_help_ends() -> None:
    """Every open state can be closed, and no end leads anywhere."""
    assert all(HelpVerb.CLOSE in HELP_LIFE.open_verbs(state) for state in OPEN_STATES)
    assert HELP_LIFE.ends() == frozenset(HelpState) - frozenset(OPEN_STATES)
