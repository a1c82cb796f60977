"""The words of lists, papers and keepers' pages: the same in each of their languages."""

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

from kiosk_server.assets.checks import DailyPoint
from kiosk_server.assets.rules import (
    KEEPER_LANGUAGES,
    Access,
    KeyWith,
    LineKind,
    LineOperator,
    Note,
    Part,
)
from kiosk_server.assets.tasks import Task
from kiosk_server.cases.models import CaseState
from kiosk_server.fleet.rules import Attempt, why_unfinished
from kiosk_server.partners.rules import OrganisationKind, OrganisationState, OrganisationVerb
from kiosk_server.queue.life import CallReason
from kiosk_server.queue.rules import Lane
from kiosk_server.staff_console.fleet_filters import STATES
from kiosk_server.staff_console.minding import PICTURES
from kiosk_server.visits.models import EndReason
from kiosk_server.work_orders.checklists import Finding, Point
from kiosk_server.work_orders.parts import PartCode
from kiosk_server.work_orders.rules import (
    ArrivalReason,
    CancelReason,
    FaultCause,
    OrderState,
    OrderVerb,
    Origin,
)
from tests.support.source_tree import ROOT

LOCALES = ROOT / "kiosk_server" / "web" / "locales"
FAMILIES = {
    "fleet": ("zh", "en"),
    "assets": ("zh", "en"),
    "keepers": ("zh", "en", "ug"),
    "work_orders": ("zh", "en"),
    "staff_partners": ("zh", "en"),
    "partners": ("zh", "en", "ug"),
    "queue": ("zh", "en"),
    "board": ("zh", "en", "ug"),
}
LACKS = {
    why_unfinished(Attempt(reason, consented=consented, card_read=read, proven=proven, case=case))
    for reason in EndReason
    for consented in (False, True)
    for read in (False, True)
    for proven in (False, True)
    for case in (None, CaseState.DECLINED, CaseState.DECIDED)
}
WANTED: dict[str, set[str]] = {
    "queue": {
        *(f"staff-queue-lane-{each}" for each in Lane),
        *(f"staff-queue-why-{each}" for each in Lane),
        *(f"staff-queue-reason-{each}" for each in CallReason),
    },
    "board": set(),
    "fleet": {
        *(f"staff-fleet-{state}" for state in STATES),
        *(f"staff-lack-{reason}" for reason in (*LACKS, "other", "others", "print", "reprint")),
    },
    "assets": {
        *(f"staff-line-operator-{each}" for each in LineOperator),
        *(f"staff-line-kind-{each}" for each in LineKind),
        *(f"staff-note-{each}" for each in Note),
        *(f"staff-key-with-{each}" for each in KeyWith),
        *(f"staff-access-{each}" for each in Access),
        *(f"staff-part-{each}" for each in Part),
        *(f"staff-tongue-{each}" for each in KEEPER_LANGUAGES),
        *(f"staff-check-{each}" for each in DailyPoint),
    },
    "staff_partners": {
        *(f"staff-partner-{each}" for each in OrganisationState),
        *(f"staff-partner-do-{each}" for each in OrganisationVerb),
    },
    "partners": {f"partner-kind-{each}" for each in OrganisationKind},
    "work_orders": {
        *(f"staff-work-state-{each}" for each in OrderState),
        *(f"staff-work-step-{each}" for each in ("open", *OrderVerb)),
        *(f"staff-work-cause-{each}" for each in FaultCause),
        *(f"staff-work-unseen-{each}" for each in ArrivalReason),
        *(f"staff-work-cancel-{each}" for each in CancelReason),
        *(f"staff-work-origin-{each}" for each in Origin),
        *(f"staff-work-point-{each}" for each in Point),
        *(f"staff-work-finding-{each}" for each in Finding),
        *(f"staff-work-part-{each}" for each in PartCode),
    },
    "keepers": {
        *(f"mind-do-{task}" for task in Task),
        *(f"mind-check-{point}" for point in DailyPoint),
        *(
            f"mind-how-{task}-{number}"
            for task, steps in PICTURES.items()
            for number in range(1, steps + 1)
        ),
    },
}


class _Variables(Visitor):
    """Collects the names of the variables in a message."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:
        """Note one variable."""
        self.names.add(node.id.name)


def messages(language: str, family: str) -> dict[str, set[str]]:
    """The messages of a family in *language*: id -> names of its variables."""
    text = (LOCALES / language / f"{family}.ftl").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for entry in FluentParser().parse(text).body:
        if isinstance(entry, Message):
            variables = _Variables()
            variables.visit(entry)
            assert entry.id.name not in found, f"{language}: {entry.id.name} stands twice"
            found[entry.id.name] = variables.names
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_all_languages_of_a_family_say_the_same(family: str) -> None:
    """Each language has the same messages with the same variables, and all that is wanted."""
    told = [messages(language, family) for language in FAMILIES[family]]
    assert all(each == told[0] for each in told)
    assert {wanted.replace("_", "-") for wanted in WANTED[family]} - told[0].keys() == set()


def test_every_step_and_point_has_its_picture() -> None:
    """A keeper who does not read is shown each step and each point of the check."""
    drawn = (ROOT / "kiosk_server/staff_console/templates/keeper/pictures.html").read_text(
        encoding="utf-8"
    )
    wanted = {f"check-{point}" for point in DailyPoint} | {
        f"{task}-{number}" for task, steps in PICTURES.items() for number in range(1, steps + 1)
    }
    assert {name for name in wanted if f'"{name.replace("_", "-")}"' not in drawn} == set()
