"""The console has words for everything that it may have to say, in both its languages."""

from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

import kiosk_server.web
from devices.contracts.states import Trouble
from kiosk_server.commands.rules import CommandKind, CommandState
from kiosk_server.terminals.rules import Condition, DeviceKind, Grade, WithdrawalReason

LOCALES = Path(kiosk_server.web.__file__).parent / "locales"
REFUSALS = (
    "signature_missing",
    "signature_invalid",
    "signature_replayed",
    "clock_skew",
    "key_unknown",
    "terminal_revoked",
    "enrolment_refused",
    "not_a_terminal",
    "wrong_terminal",
    "sign_in_refused",
    "sign_in_locked",
    "sign_in_over",
    "right_missing",
    "terminal_not_found",
    "command_not_found",
    "command_same_person",
    "terminal_takes_no_commands",
)
WANTED = {
    *(f"staff-grade-{grade}" for grade in Grade),
    *(f"staff-condition-{condition}" for condition in (*Condition, "unknown")),
    *(f"staff-device-{kind}" for kind in (*DeviceKind, "other")),
    *(f"staff-why-{reason}" for reason in WithdrawalReason),
    *(f"staff-trouble-{trouble}" for trouble in (*Trouble, "locked", "other")),
    *(f"staff-command-{kind}" for kind in CommandKind),
    *(f"staff-command-{kind}-means" for kind in CommandKind if kind != "show_message"),
    *(f"staff-command-state-{state}" for state in CommandState),
    *(f"problem-{code}" for code in REFUSALS),
}


class _Variables(Visitor):
    """Collects the names of the variables in a message."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:
        """Note one variable."""
        self.names.add(node.id.name)


def messages(language: str) -> dict[str, set[str]]:
    """The console's messages in *language*, all files: id -> names of its variables."""
    files = sorted((LOCALES / language).glob("*.ftl"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    found: dict[str, set[str]] = {}
    for entry in FluentParser().parse(text).body:
        if isinstance(entry, Message):
            variables = _Variables()
            variables.visit(entry)
            assert entry.id.name not in found, f"{language}: {entry.id.name} stands twice"
            found[entry.id.name] = variables.names
    return found


def test_both_languages_say_the_same() -> None:
    """Chinese and English have the same messages with the same variables."""
    assert messages("zh") == messages("en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_has_words(language: str) -> None:
    """Every grade, condition, trouble, reason and refusal can be said."""
    assert {wanted.replace("_", "-") for wanted in WANTED} - messages(language).keys() == set()
