"""The main job through the rooms: from a touch to a paper, and what must not happen on the way."""

from typing import Any

import pytest
from sqlalchemy import inspect, text

from kiosk_server.cases import queries, services
from kiosk_server.cases.models import Case, CaseState, Outcome
from kiosk_server.certificates import queries as certificates
from kiosk_server.certificates.models import Certificate
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.places.models import Site
from tests.support.counter import (
    AYGUL,
    LONG_NAME,
    MEMET,
    NOTHING_ON_RECORD,
    ORIGIN,
    OTHER_NAME,
    TERMINAL,
    Counter,
)


def case_of(counter: Counter, case_id: str) -> Case:
    with counter.database.reading() as session:
        return session.get_one(Case, case_id)


@pytest.mark.policy("P50")
def test_story(counter: Counter) -> None:
    """At three in the morning, with nobody behind it: card, face, decision, paper, slip, done."""
    _, case_id, job_id = counter.comes_to_paper(AYGUL)
    assert counter.wants() == [("print_a4", job_id)]
    for sequence, state in enumerate(("taken", "printing", "printed"), 1):
        assert counter.reports(job_id, sequence, state, pages_done=sequence - 1) == state
    counter.works()
    assert case_of(counter, case_id).state == CaseState.COMPLETED
    [(kind, slip)] = counter.wants()
    assert kind == "print_slip"
    assert counter.sees(slip).pages == 1
    counter.works()
    assert len(counter.wants()) == 1, "the slip is asked for once"


def test_paper_says_whose_and_what_for(counter: Counter) -> None:
    """The paper bears the name, the masked number, and number and code of the proof."""
    _, case_id, _ = counter.comes_to_paper(AYGUL)
    [paper] = counter.press.papers
    with counter.database.reading() as session:
        certificate = certificates.certificate_of_case(session, case_id)
        assert certificate is not None
        token = certificates.token_of(session, certificate)
    assert paper.holder_name == AYGUL["name"]
    assert paper.holder_number == "653001********0022"
    assert paper.document_number == certificate.number
    assert paper.verify_url == f"{ORIGIN}/v/{token}"
    assert paper.terminal == TERMINAL
    assert paper.site == "阿图什市政务服务中心"
    assert paper.table is not None
    assert len(paper.table.rows) == 3
    assert paper.sample
    assert not paper.reprint


@pytest.mark.policy("P20")
def test_decision_keeps_version_rule_inputs_and_reasons(counter: Counter) -> None:
    """What was decided with no human in it can be read with its reasons, and a human asked for."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    decision = counter.prepares(person).decision
    assert decision.outcome is Outcome.GRANTED
    assert (decision.rule, decision.rule_version) == ("insurance_proof", 1)
    assert [reason.code for reason in decision.reasons] == [
        "card_matches_record",
        "insurances_found",
    ]
    assert decision.inputs["record"]["insurances"][0]["months"] == 177
    with counter.database.unit_of_work() as session:
        window = services.ask_for_human(session, session.get_one(Case, decision.case_id))
    assert window.site_id == "atushi-centre"
    assert len(counter.audited("case.human_asked")) == 1


def test_nothing_on_record_is_a_result(counter: Counter) -> None:
    """Who is not insured here gets a proof that says so, and the case is complete all the same."""
    _, case_id, _ = counter.comes_to_paper(NOTHING_ON_RECORD)
    case = case_of(counter, case_id)
    assert case.outcome == Outcome.NO_RECORD
    assert "未查询到" in counter.press.papers[0].sentences[0]


def test_record_of_another_name_gives_no_paper(counter: Counter) -> None:
    """One number with another person's name is refused, complete at once, and prints nothing."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, OTHER_NAME)
    counter.shows_face(person)
    prepared = counter.prepares(person)
    assert prepared.decision.outcome is Outcome.REFUSED
    assert [reason.code for reason in prepared.decision.reasons] == ["name_differs"]
    with pytest.raises(Refused, match="paper_not_due"):
        counter.prints(prepared.case_id)
    assert case_of(counter, prepared.case_id).state == CaseState.COMPLETED
    assert counter.wants() == []


@pytest.mark.parametrize("card", [MEMET, LONG_NAME], ids=["other dot", "cut off by the card"])
def test_spelling_makes_no_other_person(counter: Counter, card: dict[str, Any]) -> None:
    """A name that differs by its dot, or that the card cut off, is the same person's."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, card)
    counter.shows_face(person)
    assert counter.prepares(person).decision.outcome is Outcome.GRANTED


def test_whole_name_stands_on_the_paper(counter: Counter) -> None:
    """The record's whole name is printed where the card had no room for it."""
    counter.comes_to_paper(LONG_NAME)
    assert counter.press.papers[0].holder_name == "古丽巴哈尔·阿卜杜热合曼·测试江艾力"


def test_purpose_and_promise_stand_on_the_paper(counter: Counter) -> None:
    """A register search says what it was made for and what was promised."""
    counter.comes_to_paper(AYGUL, "SAMPLE-ZR-01", purpose="loan")
    [paper] = counter.press.papers
    assert paper.purpose == "办理贷款"
    assert paper.promise is not None
    assert "不用于其他目的" in paper.promise


def test_no_purpose_no_search(counter: Counter) -> None:
    """A register search without a stated purpose is refused before any record is asked for."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-ZR-01")
    counter.places(person, AYGUL)
    counter.shows_face(person)
    with pytest.raises(Refused, match="purpose_missing"):
        counter.tries_to_prepare(person)
    assert counter.audited("records.fetched") == []


def test_card_alone_is_not_enough(counter: Counter) -> None:
    """An item that needs a second proof is refused to a card alone, and no record is fetched."""
    person = counter.starts()
    counter.chooses(person, "SAMPLE-RS-01")
    counter.places(person, AYGUL)
    with pytest.raises(Refused, match="assurance_missing"):
        counter.tries_to_prepare(person)
    assert counter.audited("records.fetched") == []


@pytest.mark.policy("P34")
def test_fetch_states_purpose_item_and_case(counter: Counter) -> None:
    """Every fetch of records is audited with purpose, item and case."""
    _, case_id, _ = counter.comes_to_paper(AYGUL, "SAMPLE-ZR-01", purpose="loan")
    [entry] = counter.audited("records.fetched")
    assert (entry.subject_kind, entry.subject_id) == ("case", case_id)
    assert entry.facts["purpose"] == "loan"
    assert entry.facts["item"] == "SAMPLE-ZR-01"
    assert entry.facts["answer"] == "found"


@pytest.mark.policy("P54")
def test_received_at_the_site_of_the_terminal(counter: Counter) -> None:
    """What a terminal takes in is received at its site and handled by the item's body."""
    _, case_id, _ = counter.comes_to_paper(AYGUL, "SAMPLE-GJJ-01")
    case = case_of(counter, case_id)
    with counter.database.reading() as session:
        site = session.get_one(Site, case.site_id)
    assert site.names["zh"] == "阿图什市政务服务中心"
    assert case.handled_by == "克孜勒苏柯尔克孜自治州住房公积金管理中心"
    assert len(case.number) <= 50
    assert case.number.startswith("653001")


def test_asked_twice_is_one_case_one_proof_one_job(counter: Counter) -> None:
    """A page that is loaded again changes nothing."""
    person, case_id, job_id = counter.comes_to_paper(AYGUL)
    assert counter.prepares(person).case_id == case_id
    assert counter.prints(case_id) == job_id
    with counter.database.reading() as session:
        assert session.query(Certificate).count() == 1


@pytest.mark.policy("P37")
def test_nothing_of_nation_address_or_birth_is_stored(counter: Counter) -> None:
    """What the item does not need of the card stands in no table, nor does the number in clear."""
    planted = {
        "nation": "植入民族维吾尔",
        "address": "植入住址测试路一号",
        "sex": "植入性别",
        "born": "1990-03-07",
        "issuer": "植入机关",
        "photo": "植入照片base64",
    }
    _, _, job_id = counter.comes_to_paper({**AYGUL, **planted})
    counter.reports(job_id, 1, "printed", pages_done=2)
    counter.works()
    stored = everything_stored(counter)
    for value in planted.values():
        assert value not in stored
    assert AYGUL["number"] not in stored
    assert AYGUL["name"] not in stored


def everything_stored(counter: Counter) -> str:
    """Every cell of every table as text."""
    cells: list[str] = []
    engine = counter.database.engine
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                for cell in row:
                    held = bytes(cell) if isinstance(cell, bytes | memoryview) else cell
                    cells.append(
                        held.decode("utf-8", "replace") if isinstance(held, bytes) else str(held)
                    )
    return "\n".join(cells)


def test_decision_is_not_there_before_it_is_made(counter: Counter) -> None:
    """A case of which no record came has no decision to read."""
    with counter.database.reading() as session, pytest.raises(NotFound, match="decision"):
        queries.decision_of(session, "01jd3v9q2m8x4k7t5w6y0z1nix")
