"""A decision as its holder reads it: what was found, by which rule, for which reasons (P20)."""

from kiosk_server.cases.decisions.decision import Reason as RuleReason
from kiosk_server.cases.decisions.decision import Saying
from kiosk_server.cases.models import Outcome
from kiosk_server.cases.queries import DecisionView
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.core.masking import mask_name
from kiosk_ui.presenters.wording import Say, chinese, worded
from kiosk_ui.view_models import Fact, Language, Reason, Wording

_AGAINST = frozenset({"name_differs", "no_fund_account", "purpose_not_stated"})
MOST_FACTS = 4
SHORT_LABEL = 8
INPUTS_A_PAGE = 2


def is_granted(decision: DecisionView) -> bool:
    """Return whether there is a paper: that nothing is on record is a result of its own."""
    return decision.outcome is not Outcome.REFUSED


def outcome_of(decision: DecisionView, say: Say) -> Wording:
    """Return the sentence that says what was decided."""
    if decision.outcome is Outcome.REFUSED and decision.reasons:
        return _words_of(decision.reasons[0], say)
    return Wording(say(f"decision-{decision.outcome.value}".replace("_", "-")))


def facts_of(
    decision: DecisionView, language: Language, say: Say, *, short: bool = False
) -> tuple[Fact, ...]:
    """
    Return the main facts of the paper; what only the record has words for stays Chinese.

    *short* leaves out those with a long label, such as an address: large print has no room.
    """
    findings = [
        finding
        for finding in (decision.paper.findings if decision.paper else ())
        if not short or len(finding.label.chinese) <= SHORT_LABEL
    ]
    return tuple(
        Fact(_said(finding.label, language, say), _said(finding.value, language, say))
        for finding in findings[:MOST_FACTS]
    )


def reasons_of(decision: DecisionView, say: Say) -> tuple[Reason, ...]:
    """Return every reason of the rule in words."""
    return tuple(
        Reason(_words_of(reason, say), met=reason.code not in _AGAINST)
        for reason in decision.reasons
    )


def inputs_of(
    decision: DecisionView, content: ItemContent, language: Language, say: Say
) -> tuple[Fact, ...]:
    """Return what the rule saw, with the name masked: others stand behind the person."""
    inputs = decision.inputs
    name = mask_name(str(inputs["card_name"]))
    facts = [Fact(Wording(say("input-name")), chinese(name, language))]
    purpose = content.purpose(str(inputs.get("purpose")))
    if purpose is not None:
        facts.append(Fact(Wording(say("input-purpose")), worded(purpose.words, language)))
    found = "input-record-none" if inputs.get("record") is None else "input-record-found"
    facts.append(Fact(Wording(say("input-record")), Wording(say(found))))
    return tuple(facts)


def _said(saying: Saying, language: Language, say: Say) -> Wording:
    if saying.code is None:
        return chinese(saying.chinese, language)
    return Wording(say(saying.code.replace("_", "-"), **saying.facts))


def sheets_of(
    reasons: tuple[Reason, ...], inputs: tuple[Fact, ...], *, large: bool
) -> list[tuple[tuple[Reason, ...], tuple[Fact, ...]]]:
    """Divide reasons and inputs into pages; in *large* print they do not stand side by side."""
    parts = [inputs[at : at + INPUTS_A_PAGE] for at in range(0, len(inputs), INPUTS_A_PAGE)]
    if large:
        return [(reasons, ()), *(((), part) for part in parts)]
    return [(reasons, part) for part in parts] or [(reasons, ())]


def _words_of(reason: RuleReason, say: Say) -> Wording:
    return Wording(say(f"reason-{reason.code}".replace("_", "-"), **reason.facts))
