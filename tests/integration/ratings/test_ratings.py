"""好差评: voluntary, unaltered, and nobody learns who gave it."""

from datetime import date

import pytest
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.cases import services as cases
from kiosk_server.core.errors import Conflict, Invalid, NotFound, WrongState
from kiosk_server.ratings import links, services
from kiosk_server.ratings.models import FollowUp, Rating
from kiosk_server.visits.models import Visit
from tests.support.counter import AYGUL, Counter


@pytest.fixture
def case_id(counter: Counter) -> str:
    """A decided case."""
    return counter.comes_to_paper(AYGUL)[1]


@pytest.mark.policy("P40")
def test_rating_is_kept_without_the_rater(counter: Counter, case_id: str) -> None:
    """A rating knows its case; neither it nor the audit knows a person, visit or terminal."""
    with counter.database.unit_of_work() as session:
        services.rate(session, case_id=case_id, level=5, tags=["517", "512"], text="测试：很快")
    with counter.database.reading() as session:
        [rating] = session.scalars(select(Rating)).all()
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.event == "rating.given"))
    assert (rating.level, rating.tags, rating.source) == (5, ["512", "517"], "active")
    assert rating.text_sealed is not None
    assert "很快".encode() not in rating.text_sealed
    assert not {"resident_id", "visit_id", "terminal_id"} & set(Rating.__table__.columns.keys())
    assert (entry.actor_id, entry.visit_id, entry.terminal_id) == ("system", None, None)


@pytest.mark.policy("P40")
def test_rating_is_given_once(counter: Counter, case_id: str) -> None:
    """A rating that stands is not replaced by another."""
    with counter.database.unit_of_work() as session:
        services.rate(session, case_id=case_id, level=1)
    with counter.database.unit_of_work() as session, pytest.raises(Conflict, match="already_rated"):
        services.rate(session, case_id=case_id, level=5)


@pytest.mark.policy("P40")
@pytest.mark.parametrize(("level", "opened"), [(5, 0), (3, 0), (2, 1), (1, 1)])
def test_bad_rating_opens_a_follow_up(
    counter: Counter, case_id: str, level: int, opened: int
) -> None:
    """不满意 and 非常不满意 open a follow-up with a day by which it is answered."""
    with counter.database.unit_of_work() as session:
        services.rate(session, case_id=case_id, level=level)
        follow_ups = session.scalars(select(FollowUp)).all()
    assert len(follow_ups) == opened
    assert all(found.provisional_due == date(2026, 12, 11) for found in follow_ups)


@pytest.mark.policy("P40")
def test_skipping_is_as_easy_and_is_remembered(counter: Counter, case_id: str) -> None:
    """Who does not rate is not asked again, and no rating is made up for him."""
    with counter.database.unit_of_work() as session:
        assert services.may_ask(session, case_id)
        services.skip(session, case_id)
        services.skip(session, case_id)
        assert not services.may_ask(session, case_id)
        assert session.scalars(select(Rating)).all() == []


@pytest.mark.parametrize(
    ("level", "tags", "text", "faults"),
    [
        (6, [], "", {"level"}),
        (5, ["115"], "", {"tags"}),
        (5, ["510", "510"], "", {"tags"}),
        (4, ["510"], "长" * 151, {"tags", "text"}),
    ],
)
def test_every_fault_at_once(
    counter: Counter, case_id: str, level: int, tags: list[str], text: str, faults: set[str]
) -> None:
    """A level, a tag or a text that is none is refused, each named."""
    with counter.database.unit_of_work() as session, pytest.raises(Invalid) as fault:
        services.rate(session, case_id=case_id, level=level, tags=tags, text=text)
    assert {field.at for field in fault.value.fields} == faults


def test_only_what_was_decided_is_rated(counter: Counter) -> None:
    """There is nothing to rate before a decision, or without a case."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    with counter.database.unit_of_work() as session:
        case = cases.open_case(session, session.get_one(Visit, person.visit_id))
        with pytest.raises(WrongState):
            services.rate(session, case_id=case.id, level=5)
        with pytest.raises(NotFound):
            services.rate(session, case_id="01jd3v9q2m8x4k7t5w6y0z1nix", level=5)


def test_link_on_the_slip_opens_its_case(counter: Counter, case_id: str) -> None:
    """The code of a slip leads to its case; another code leads nowhere."""
    with counter.database.unit_of_work() as session:
        code = links.open_link(session, case_id)
        assert links.case_behind(session, code.upper()) == case_id
        assert links.case_behind(session, code[:-1] + "?") is None
