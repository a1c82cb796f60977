"""The records service over HTTP: signed both ways, repeated where that is safe, left alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kiosk_server.cases.ports import (
    Awake,
    Contact,
    ContactQuery,
    Found,
    NoContact,
    NotFound,
    RecordQuery,
    SourceAsleep,
    SourceDown,
    SourceRefused,
)
from kiosk_server.core import clock
from kiosk_server.gateways.fuse import Fuse
from kiosk_server.gateways.records_http import HttpRecords
from tests.support.records_server import KEY, RecordsServer, serving

PATIENT = 30.0
"""Seconds that no machine is too slow for."""
QUERY = RecordQuery(
    source="social_insurance",
    number="653001199003070022",
    purpose="issue_proof",
    item_code="SAMPLE-RS-01",
    case_number="653001261122000017",
)
CONTACT = ContactQuery("social_insurance", "653001199003070022", "SAMPLE-RS-01", "visit-1")
FOUND = {"answer": "found", "record": {"name": "阿依古丽·测试", "months": 177}}
UNTIL = "2026-11-22T06:00:00+08:00"


@pytest.fixture
def service() -> Iterator[RecordsServer]:
    """A service that knows one record."""
    with serving() as running:
        running.answers["/records"] = FOUND
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that were made between tries."""
    return []


@pytest.fixture
def records(service: RecordsServer, pauses: list[float]) -> HttpRecords:
    """A client that does not really pause."""
    return HttpRecords(service.url, KEY, timeout_seconds=PATIENT, pause=pauses.append)


def test_record_is_fetched(service: RecordsServer, records: HttpRecords) -> None:
    """The question says source, purpose, item and case; the record comes back."""
    answer = records.fetch(QUERY)
    assert isinstance(answer, Found)
    assert answer.record["months"] == 177
    [asked] = service.asked
    assert asked["purpose"] == "issue_proof"
    assert (asked["item"], asked["case"]) == ("SAMPLE-RS-01", "653001261122000017")
    assert service.refused == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"answer": "refused", "code": "not_authorised"}, SourceRefused("not_authorised")),
        ({"answer": "asleep", "until": UNTIL}, SourceAsleep(datetime.fromisoformat(UNTIL))),
        ({"answer": "asleep", "until": "soon"}, SourceDown()),
        ({"answer": "asleep", "until": "2026-11-22T06:00:00"}, SourceDown()),
        ({"answer": "found"}, SourceDown()),
        ({"answer": "found", "record": "text"}, SourceDown()),
        ({}, SourceDown()),
    ],
)
def test_other_answers(
    service: RecordsServer, records: HttpRecords, told: Any, expected: object
) -> None:
    """A refusal, a closed source and an answer of no agreed form are told apart."""
    service.answers["/records"] = told
    assert records.fetch(QUERY) == expected


def test_nothing_on_record(service: RecordsServer, records: HttpRecords) -> None:
    """That nothing is on record is an answer, not a failure."""
    service.answers["/records"] = {"answer": "nothing"}
    assert isinstance(records.fetch(QUERY), NotFound)


def test_phone(service: RecordsServer, records: HttpRecords) -> None:
    """The source tells the phone that it holds, or that it holds none."""
    service.answers["/contacts"] = {"answer": "contact", "phone": "19900000022"}
    assert records.contact(CONTACT) == Contact("19900000022")
    service.answers["/contacts"] = {"answer": "no_contact"}
    assert records.contact(CONTACT) == NoContact()


@pytest.mark.parametrize(
    ("misdeed", "seconds"), [("gateway", PATIENT), ("slow", 1.5), ("cut", PATIENT)]
)
def test_failure_that_passes(
    service: RecordsServer, pauses: list[float], misdeed: str, seconds: float
) -> None:
    """A question that got no answer is asked again, a little later, with a nonce of its own."""
    records = HttpRecords(service.url, KEY, timeout_seconds=seconds, pause=pauses.append)
    service.slow_seconds = 2 * seconds
    service.misbehave = [misdeed, misdeed]
    assert isinstance(records.fetch(QUERY), Found)
    assert len(service.asked) == 3
    assert len(service.nonces) == 3
    assert len(pauses) == 2
    assert pauses[0] <= pauses[1]


@pytest.mark.parametrize("misdeed", ["unsigned", "edited", "another", "old", "no_json", "list"])
def test_answer_that_cannot_be_believed(
    service: RecordsServer, records: HttpRecords, misdeed: str
) -> None:
    """An answer unsigned, edited, old, or meant for another question is no answer."""
    service.misbehave = [misdeed] * 3
    assert records.fetch(QUERY) == SourceDown()


def test_wrong_key_is_refused_by_the_service(service: RecordsServer) -> None:
    """With another key the service gives out nothing, and we believe nothing."""
    stranger = HttpRecords(service.url, b"x" * 32, timeout_seconds=PATIENT, pause=lambda _: None)
    assert stranger.fetch(QUERY) == SourceDown()
    assert service.asked == []
    assert set(service.refused) == {"signature_wrong"}


def test_wrong_clock_is_refused_by_the_service(
    service: RecordsServer, records: HttpRecords
) -> None:
    """A question from an hour ago is stale."""
    with clock.frozen(clock.now() - timedelta(hours=1)):
        assert records.fetch(QUERY) == SourceDown()
    assert set(service.refused) == {"stale"}


def test_source_that_keeps_failing_is_left_alone(
    service: RecordsServer, records: HttpRecords
) -> None:
    """After five failures in a row nothing is asked for half a minute; then it is tried again."""
    now = clock.now()
    with clock.frozen(now):
        service.misbehave = ["gateway"] * 15
        for _ in range(5):
            assert records.fetch(QUERY) == SourceDown()
        asked = len(service.asked)
        assert records.fetch(QUERY) == SourceDown()
        assert len(service.asked) == asked
    with clock.frozen(now + timedelta(seconds=31)):
        assert isinstance(records.fetch(QUERY), Found)


def test_nobody_listens() -> None:
    """Where nobody listens the source is down, without an error."""
    records = HttpRecords(
        "http://127.0.0.1:9/share", KEY, timeout_seconds=0.2, pause=lambda _: None
    )
    assert records.fetch(QUERY) == SourceDown()
    assert records.awake("social_insurance", clock.now()) == SourceDown()


def test_readiness_is_asked_for_once_in_a_while(
    service: RecordsServer, records: HttpRecords
) -> None:
    """The home page asks on every visit; the service is asked every 15 seconds at most."""
    service.answers["/sources/real_estate"] = {"answer": "awake"}
    now = clock.now()
    assert records.awake("real_estate", now) == Awake()
    service.answers["/sources/real_estate"] = {"answer": "asleep", "until": UNTIL}
    assert records.awake("real_estate", now + timedelta(seconds=14)) == Awake()
    later = records.awake("real_estate", now + timedelta(seconds=15))
    assert later == SourceAsleep(datetime.fromisoformat(UNTIL))
    assert len(service.asked) == 2


def test_question_shows_no_number_in_a_log() -> None:
    """Neither question nor answer shows a person when it is written down."""
    assert "653001199003070022" not in repr(QUERY) + repr(CONTACT)
    assert "19900000022" not in repr(Contact("19900000022"))


def test_fuse_mends() -> None:
    """One answer makes up for the failures before it."""
    fuse, now = Fuse(), clock.now()
    for _ in range(4):
        fuse.strain(now)
    fuse.mend()
    fuse.strain(now)
    assert not fuse.is_blown(now)
