"""A decision as its holder reads it: what was found, by which rule, for which reasons (P20)."""

from collections.abc import Callable

from kiosk_server.cases.decisions.decision import Reason as RuleReason
from kiosk_server.cases.models import Outcome
from kiosk_server.cases.queries import DecisionView
from kiosk_server.catalogue.content import ItemContent
from kiosk_server.core.clock import to_beijing
from kiosk_server.core.masking import mask_name
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.view_models import Fact, Language, Reason, Wording

Say = Callable[..., str]
"""Words by message id, in the language of the page."""
_AGAINST = frozenset({"name_differs", "no_fund_account", "purpose_not_stated"})
MOST_FACTS = 4


def is_granted(decision: DecisionView) -> bool:
    """Return whether there is a paper: that nothing is on record is a result of its own."""
    return decision.outcome is not Outcome.REFUSED


def outcome_of(decision: DecisionView, say: Say) -> Wording:
    """Return the sentence that says what was decided."""
    if decision.outcome is Outcome.REFUSED and decision.reasons:
        return _words_of(decision.reasons[0], say)
    return Wording(say(f"decision-{decision.outcome.value}".replace("_", "-")))


def facts_of(decision: DecisionView, language: Language) -> tuple[Fact, ...]:
    """Return the main facts of the paper; they are Chinese, as it is (P57)."""
    compare = decision.paper.compare if decision.paper else ()
    return tuple(
        Fact(chinese(label, language), chinese(value, language))
        for label, value in compare[:MOST_FACTS]
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
    facts = [Fact(Wording(say("input-name")), Wording(mask_name(str(inputs["card_name"]))))]
    purpose = content.purpose(str(inputs.get("purpose")))
    if purpose is not None:
        facts.append(Fact(Wording(say("input-purpose")), worded(purpose.words, language)))
    found = "input-record-none" if inputs.get("record") is None else "input-record-found"
    facts.append(Fact(Wording(say("input-record")), Wording(say(found))))
    when = f"{to_beijing(decision.decided_at):%Y-%m-%d %H:%M}"
    facts.append(Fact(Wording(say("input-time")), Wording(when)))
    return tuple(facts)


def _words_of(reason: RuleReason, say: Say) -> Wording:
    return Wording(say(f"reason-{reason.code}".replace("_", "-"), **reason.facts))
