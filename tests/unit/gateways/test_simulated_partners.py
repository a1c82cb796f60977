"""Simulated partners: unreal people, a source that sleeps, a comparison that says so."""

import json
import tomllib
from datetime import time
from pathlib import Path

import pytest

from kiosk_server.cases.decisions.decision import Applicant
from kiosk_server.cases.models import Outcome
from kiosk_server.cases.ports import (
    Awake,
    Contact,
    ContactQuery,
    DepartmentRecords,
    Found,
    NoContact,
    NotFound,
    RecordQuery,
    SourceAsleep,
    SourceRefused,
)
from kiosk_server.cases.rules import RULES
from kiosk_server.catalogue.first_data import contents
from kiosk_server.core import clock
from kiosk_server.core.cryptography import Keyring
from kiosk_server.core.database import Database
from kiosk_server.gateways.assembly import gateways_from
from kiosk_server.gateways.presence_simulated import SimulatedPresence
from kiosk_server.gateways.records_simulated import PEOPLE, SimulatedRecords, Sleep
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.settings import Settings, SettingsFault
from kiosk_server.visits.ports import Likeness, PresenceCheck
from tests.support.counter import THREE_AT_NIGHT

KNOWN = tomllib.loads(PEOPLE.read_text("utf-8"))["person"]
CARDS = Path(__file__).parents[3] / "devices" / "simulators" / "sample_people.json"
SOURCES = {
    content.handling.record_source: content.handling.rule
    for content in contents()
    if content.handling is not None
}


def query(source: str, number: str) -> RecordQuery:
    return RecordQuery(source, number, "issue_proof", "SAMPLE-RS-01", "653001261122000017")


def test_people_are_unreal() -> None:
    """Every name says that it is a test, numbers have valid checks, phones are invented."""
    for person in KNOWN:
        assert "测试" in person["name"]
        kind = CardKind.HMT if person["number"].startswith("81") else CardKind.RESIDENT
        assert is_valid(kind, person["number"])
        assert person.get("phone", "1990000").startswith("1990000")


def test_people_have_cards() -> None:
    """Everybody on record has a card in the terminal's simulator, by the same name and number."""
    cards = {card["number"]: card["full_name"] for card in json.loads(CARDS.read_text("utf-8"))}
    for person in KNOWN:
        assert cards[person["number"]] == person["name"]


@pytest.mark.parametrize("source", SOURCES)
def test_every_record_can_be_decided(source: str) -> None:
    """The rules read every simulated record, and each outcome occurs among them."""
    records: DepartmentRecords = SimulatedRecords()
    outcomes = set()
    for person in KNOWN:
        answer = records.fetch(query(source, person["number"]))
        assert isinstance(answer, Found | NotFound)
        decision = RULES[SOURCES[source]].decide(
            answer.record if isinstance(answer, Found) else None,
            applicant=Applicant(person["name"], "loan"),
            today=THREE_AT_NIGHT.date(),
        )
        outcomes.add(decision.outcome)
    assert Outcome.GRANTED in outcomes
    assert outcomes & {Outcome.NO_RECORD, Outcome.REFUSED}


def test_some_have_phones() -> None:
    """Some have a phone at the source, some have none: both ways can be played."""
    records = SimulatedRecords()
    answers = {
        type(records.contact(ContactQuery("social_insurance", person["number"], "item", "visit")))
        for person in KNOWN
    }
    assert answers == {Contact, NoContact}


def test_source_that_sleeps() -> None:
    """Between 02:00 and 06:00 Beijing time the register says until when; the others are awake."""
    records = SimulatedRecords(asleep={"real_estate": Sleep(time(2), time(6))})
    asleep = SourceAsleep(THREE_AT_NIGHT.replace(hour=6))
    assert records.awake("real_estate", THREE_AT_NIGHT) == asleep
    assert records.awake("social_insurance", THREE_AT_NIGHT) == Awake()
    assert records.awake("real_estate", THREE_AT_NIGHT.replace(hour=6)) == Awake()
    with clock.frozen(THREE_AT_NIGHT):
        assert records.fetch(query("real_estate", KNOWN[0]["number"])) == asleep


def test_source_that_nobody_knows() -> None:
    """A source that does not exist refuses."""
    assert SimulatedRecords().fetch(query("tax", "x")) == SourceRefused("source_unknown")


def test_sleep_has_an_end() -> None:
    """At the minute of waking a source is awake."""
    sleep = Sleep(time(2), time(6))
    assert sleep.until(THREE_AT_NIGHT.replace(hour=1, minute=59)) is None
    assert sleep.until(THREE_AT_NIGHT.replace(hour=5, minute=59)) is not None
    assert sleep.until(THREE_AT_NIGHT.replace(hour=6)) is None


def test_simulated_comparison_says_so() -> None:
    """Nothing is found until a button is pressed; what no button says is unclear."""
    check: PresenceCheck = SimulatedPresence()
    assert check.simulated
    ticket = check.begin("visit")
    assert check.outcome(ticket) is Likeness.WAITING
    assert check.outcome(ticket, said="same") is Likeness.SAME
    assert check.outcome(ticket, said="waiting") is Likeness.UNCLEAR


def test_settings_choose_the_partners(tmp_path: Path) -> None:
    """Settings name the source of records and its nights; production has no simulated proof."""
    database = Database.at("sqlite://", Keyring({"k1": b"k" * 32}, b"i" * 32))
    nights = Settings.from_environment({"KIOSK_RECORDS_ASLEEP": "real_estate=02:00-06:00"})
    gateways = gateways_from(nights, database)
    assert isinstance(gateways.records.awake("real_estate", THREE_AT_NIGHT), SourceAsleep)
    assert gateways.presence is not None
    real = gateways_from(
        Settings(environment="production", records="https://share.example.cn/v1"), database
    )
    assert not real.records.simulated
    assert (real.presence, real.messages) == (None, None)


@pytest.mark.parametrize("text", ["real_estate", "=02:00-06:00", "a=06:00-02:00", "a=2-x", "a b=1"])
def test_nights_that_cannot_be(text: str) -> None:
    """Hours of sleep that cannot be read are a fault of the settings."""
    with pytest.raises(SettingsFault, match="KIOSK_RECORDS_ASLEEP"):
        Settings.from_environment({"KIOSK_RECORDS_ASLEEP": text})
