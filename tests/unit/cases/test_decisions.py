"""The three rules: what a record leads to, why, and what the paper says."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import kiosk_ui
from kiosk_server.cases.decisions.decision import Applicant, Decision, RecordUnreadable
from kiosk_server.cases.decisions.record_terms import (
    FUND_STATUSES,
    INSURANCE_KINDS,
    INSURANCE_STATUSES,
)
from kiosk_server.cases.lives import LIFE, UNDECIDED, CaseVerb
from kiosk_server.cases.models import CaseState, Outcome
from kiosk_server.cases.rules import RULES, case_number, series_of
from kiosk_server.catalogue.first_data import contents
from kiosk_server.core.errors import WrongState
from kiosk_server.web.messages import Messages

TODAY = date(2026, 11, 22)
WORDS = Messages([Path(kiosk_ui.__file__).parent / "locales"], strict=True)
NAME = "阿依古丽·测试"
INSURANCE: dict[str, Any] = {
    "name": NAME,
    "as_of": "2026年11月22日",
    "insurances": [
        {
            "kind": "失业保险",
            "status": "参保缴费",
            "unit": "测试单位",
            "since": "2012-03",
            "months": 177,
        }
    ],
}
ESTATE: dict[str, Any] = {
    "name": NAME,
    "as_of": "2026年11月22日",
    "estates": [
        {
            "location": "示例路 1 号",
            "certificate": "新（2019）第 0000001 号",
            "right": "房屋所有权",
            "area": "92.35",
            "restriction": "无",
        }
    ],
}
FUND: dict[str, Any] = {
    "name": NAME,
    "as_of": "2026年11月22日",
    "employer": "测试单位",
    "status": "正常",
    "since": "2013-05",
    "paid_to": "2026-10",
    "months": 162,
    "monthly_fen": 180000,
    "balance_fen": 8812305,
}
RECORDS = {"insurance_proof": INSURANCE, "estate_search": ESTATE, "fund_proof": FUND}


def decide(
    rule: str, record: Any, *, card_name: str = NAME, purpose: str | None = "loan"
) -> Decision:
    return RULES[rule].decide(record, applicant=Applicant(card_name, purpose), today=TODAY)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_every_working_item_has_its_rule() -> None:
    """No item names a rule that does not exist."""
    named = {content.handling.rule for content in contents() if content.handling is not None}
    assert named == set(RULES)


@pytest.mark.policy("P20")
@pytest.mark.parametrize("rule", RECORDS)
def test_record_gives_a_paper_with_reasons(rule: str) -> None:
    """What is on record is proven, and the decision says why."""
    decision = decide(rule, RECORDS[rule])
    assert decision.outcome is Outcome.GRANTED
    assert codes(decision)[0] == "card_matches_record"
    assert decision.paper is not None
    assert decision.paper.rows
    assert (decision.rule, decision.rule_version) == (rule, 1)


@pytest.mark.parametrize("rule", RECORDS)
def test_another_persons_name_is_refused(rule: str) -> None:
    """One number with two names gives nothing out."""
    decision = decide(rule, RECORDS[rule], card_name="马测试")
    assert (decision.outcome, codes(decision), decision.paper) == (
        Outcome.REFUSED,
        ["name_differs"],
        None,
    )


@pytest.mark.parametrize(
    ("rule", "outcome", "code"),
    [
        ("insurance_proof", Outcome.NO_RECORD, "no_insurance_record"),
        ("estate_search", Outcome.NO_RECORD, "no_estate_record"),
        ("fund_proof", Outcome.REFUSED, "no_fund_account"),
    ],
)
def test_nothing_on_record(rule: str, outcome: Outcome, code: str) -> None:
    """Where nothing is on record, the item says whether that is proven or refused."""
    decision = decide(rule, None)
    assert decision.outcome is outcome
    assert codes(decision)[-1] == code
    assert (decision.paper is not None) is (outcome is Outcome.NO_RECORD)


@pytest.mark.parametrize(
    ("rule", "empty"), [("insurance_proof", "insurances"), ("estate_search", "estates")]
)
def test_empty_record_is_nothing_on_record(rule: str, empty: str) -> None:
    """A person who is known and has nothing gets the same proof of nothing."""
    assert decide(rule, RECORDS[rule] | {empty: []}).outcome is Outcome.NO_RECORD


def test_search_without_purpose_is_refused() -> None:
    """The register is searched for a stated purpose only."""
    assert codes(decide("estate_search", ESTATE, purpose=None)) == ["purpose_not_stated"]


def test_money_is_set_in_yuan() -> None:
    """Fen become yuan with two places, none lost."""
    paper = decide("fund_proof", FUND).paper
    assert paper is not None
    assert ("账户余额（元）", "88,123.05") in paper.rows


@pytest.mark.parametrize("rule", RECORDS)
def test_record_of_another_form(rule: str) -> None:
    """A field that is missing or of another kind is named, its value never."""
    for field in RECORDS[rule]:
        spoilt = RECORDS[rule] | {field: {"secret": "测试"}}
        with pytest.raises(RecordUnreadable) as fault:
            decide(rule, spoilt)
        assert str(fault.value) == field


def test_name_that_cannot_be_set_gives_way_to_the_cards() -> None:
    """Where the record's name has a character without a glyph, the card's name is printed."""
    card = "古丽巴哈尔·阿卜杜热合曼·测试"
    decision = decide("insurance_proof", INSURANCE | {"name": card + "𬭩"}, card_name=card)
    spared = decision.for_holder(card, lambda text: ("𬭩",) if "𬭩" in text else ())
    assert spared.paper is not None
    assert spared.paper.holder_name == card
    assert "𬭩" not in spared.paper.text


def test_no_state_traps_a_person() -> None:
    """From every state an end can be reached, and until the decision one can withdraw."""
    ends = LIFE.ends()
    assert ends == {CaseState.COMPLETED, CaseState.DECLINED, CaseState.WITHDRAWN}
    for state in set(CaseState) - ends:
        reached, edge = {state}, {state}
        while edge:
            edge = {LIFE.after(at, verb) for at in edge for verb in LIFE.open_verbs(at)} - reached
            reached |= edge
        assert reached & ends
    assert all(CaseVerb.WITHDRAW in LIFE.open_verbs(state) for state in UNDECIDED)


def test_every_other_pair_raises() -> None:
    """A verb that a state does not know is refused."""
    known = {(state, verb) for state, verb, _ in LIFE}
    for state in CaseState:
        for verb in CaseVerb:
            if (state, verb) not in known:
                with pytest.raises(WrongState):
                    LIFE.after(state, verb)


def test_numbers_of_cases_and_proofs() -> None:
    """A case number says division and day; a proof's series bears letters and digits only."""
    assert case_number("653001001", "20261122", 17) == "653001261122000017"
    assert series_of("SAMPLE-RS-01") == "SAMPLERS01"


@pytest.mark.policy("P57")
@pytest.mark.parametrize("rule", RECORDS)
@pytest.mark.parametrize("on_record", [True, False])
def test_screens_say_what_the_paper_says(rule: str, on_record: bool) -> None:
    """Every coded finding has words in three languages; in Chinese they are the paper's own."""
    decision = decide(rule, RECORDS[rule] if on_record else None)
    findings = decision.paper.findings if decision.paper else ()
    said = [saying for each in findings for saying in (each.label, each.value) if saying.code]
    for saying in said:
        assert saying.code is not None
        name = saying.code.replace("_", "-")
        assert WORDS.text("zh", name, **saying.facts) == saying.chinese
        assert all(WORDS.knows(name, language) for language in ("ug", "en"))
    assert said or decision.paper is None


def test_terms_of_records_have_words() -> None:
    """Each listed term of the departments can be said on a screen in every language."""
    kinds = [f"insurance-{code}" for code in INSURANCE_KINDS.values()]
    statuses = [f"insured-{code}" for code in INSURANCE_STATUSES.values()]
    accounts = [f"fund-{code}" for code in FUND_STATUSES.values()]
    missing = [
        (language, name)
        for name in (*kinds, *statuses, *accounts)
        for language in ("zh", "ug", "en")
        if not WORDS.knows(name.replace("_", "-"), language)
    ]
    assert missing == []


def test_a_term_nobody_listed_stays_as_the_record_has_it() -> None:
    """A kind of insurance without a code is shown in the record's own Chinese."""
    row = {**INSURANCE["insurances"][0], "kind": "示例补充保险", "status": "示例状态"}
    paper = decide("insurance_proof", {**INSURANCE, "insurances": [row]}).paper
    assert paper is not None
    finding = paper.findings[1]
    assert (finding.label.code, finding.value.code) == (None, None)
    assert finding.label.chinese == "示例补充保险"
