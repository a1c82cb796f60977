"""
Commands (远程指令) as the host sees them: what is ordered, what is answered, and the server's end
of it as a Protocol. Whether an order may be believed is the agent's matter; what is untrusted
arrives here as a value, and is answered as refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from devices.host.ports import Acknowledged, LineDead, Refused


class CommandKind(StrEnum):
    """What can be ordered; the value is part of the wire."""

    LOCK = "lock"
    UNLOCK = "unlock"
    RESTART_APP = "restart_app"
    REBOOT = "reboot"
    SELF_TEST = "self_test"
    FETCH_LOGS = "fetch_logs"
    SHOW_MESSAGE = "show_message"
    TEST_PRINT_A4 = "test_print_a4"
    TEST_PRINT_SLIP = "test_print_slip"
    WIPE_BROWSER = "wipe_browser"
    REFRESH_STATIC = "refresh_static"


class AnswerState(StrEnum):
    """What the terminal says of a command; the last four are ends."""

    TAKEN = "taken"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"


Fact = str | int | bool


@dataclass(frozen=True, slots=True)
class Order:
    """A command whose signature holds and that is meant for this terminal."""

    id: str
    sequence: int
    kind: CommandKind
    arguments: Mapping[str, Fact]
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Untrusted:
    """What came as a command is none for this terminal; `code` says why."""

    code: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deed ended: done without a `code` unless it was only played, failed with one."""

    done: bool
    code: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    log: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """One word to the server; `number` counts from 1 within the command."""

    number: int
    state: AnswerState
    code: str | None
    facts: Mapping[str, Fact]
    at: datetime
    log: str | None = field(default=None, repr=False)


class CommandCounter(Protocol):
    """Where commands come from and answers go."""

    def command(self, command_id: str) -> Order | Untrusted | Refused | LineDead:
        """Fetch one command and say whether it may be believed."""
        ...

    def answer(self, command_id: str, answer: CommandAnswer) -> Acknowledged | Refused | LineDead:
        """Tell what became of it; repeating an answer is harmless."""
        ...
