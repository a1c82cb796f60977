"""
What can be commanded, for how long it may wait, who must agree, and the life of a command.

Pure. A command that could be done to a machine by its own technician standing before it is one
person's matter; one that stops a machine for everybody, looks into it, or speaks to residents in
words of its own takes two (双人复核). A second person is asked for at once where many machines are
meant: one hand must not be able to close a city.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from kiosk_server.core.errors import FieldFault
from kiosk_server.core.transitions import Transitions
from kiosk_server.terminals.rules import TerminalState, WithdrawalReason


class CommandKind(StrEnum):
    """What can be asked of a terminal; the value is part of the wire."""

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


class MessageText(StrEnum):
    """What a screen can be made to say; the words are the kiosk's, in every language."""

    MAINTENANCE_SOON = "maintenance_soon"
    PAPER_COMING = "paper_coming"
    LINE_SLOW = "line_slow"
    USE_ANOTHER = "use_another"
    WINDOW_OPEN = "window_open"


class CommandState(StrEnum):
    """Where a command stands: what was approved waits, what the machine fetched is delivered."""

    PROPOSED = "proposed"
    WAITING = "waiting"
    DELIVERED = "delivered"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class CommandVerb(StrEnum):
    """What happens to a command."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    DELIVER = "deliver"
    BEGIN = "begin"
    FINISH = "finish"
    FAIL = "fail"
    REFUSE = "refuse"
    EXPIRE = "expire"


LIFE: Transitions[CommandState, CommandVerb] = Transitions(
    {
        (CommandState.PROPOSED, CommandVerb.APPROVE): CommandState.WAITING,
        (CommandState.PROPOSED, CommandVerb.DECLINE): CommandState.REFUSED,
        (CommandState.PROPOSED, CommandVerb.CANCEL): CommandState.CANCELLED,
        (CommandState.PROPOSED, CommandVerb.EXPIRE): CommandState.EXPIRED,
        (CommandState.WAITING, CommandVerb.DELIVER): CommandState.DELIVERED,
        (CommandState.WAITING, CommandVerb.CANCEL): CommandState.CANCELLED,
        (CommandState.WAITING, CommandVerb.EXPIRE): CommandState.EXPIRED,
        # Fetched again: the answer to the first time was lost on the way.
        (CommandState.DELIVERED, CommandVerb.DELIVER): CommandState.DELIVERED,
        (CommandState.DELIVERED, CommandVerb.BEGIN): CommandState.RUNNING,
        (CommandState.DELIVERED, CommandVerb.FINISH): CommandState.DONE,
        (CommandState.DELIVERED, CommandVerb.FAIL): CommandState.FAILED,
        (CommandState.DELIVERED, CommandVerb.REFUSE): CommandState.REFUSED,
        (CommandState.DELIVERED, CommandVerb.EXPIRE): CommandState.EXPIRED,
        (CommandState.RUNNING, CommandVerb.FINISH): CommandState.DONE,
        (CommandState.RUNNING, CommandVerb.FAIL): CommandState.FAILED,
    }
)
ENDS = LIFE.ends()
AT_THE_MACHINE = frozenset({CommandState.DELIVERED, CommandState.RUNNING})

LIVES: Mapping[CommandKind, timedelta] = {
    # What holds until it is undone waits as long as a machine may be away.
    CommandKind.LOCK: timedelta(days=30),
    CommandKind.UNLOCK: timedelta(days=30),
    CommandKind.REFRESH_STATIC: timedelta(days=7),
    CommandKind.FETCH_LOGS: timedelta(days=7),
    CommandKind.RESTART_APP: timedelta(hours=24),
    CommandKind.REBOOT: timedelta(hours=24),
    CommandKind.SELF_TEST: timedelta(hours=24),
    CommandKind.WIPE_BROWSER: timedelta(hours=24),
    # Paper that comes out unseen lies there for the next person.
    CommandKind.TEST_PRINT_A4: timedelta(hours=2),
    CommandKind.TEST_PRINT_SLIP: timedelta(hours=2),
}
MESSAGE_HOURS = (1, 4, 12, 24, 72)
ANSWER_PATIENCE = timedelta(hours=1)
"""How long after its expiry a delivered command may still be answered before it counts as lost."""
NO_ANSWER = "no_answer"
LONGEST_NOTE = 60
LATEST_SECONDS = (0, 300, 1800)
"""0: only when nobody is at the machine. Otherwise the screen counts the last minute down."""
MAY_HAVE_LATEST = frozenset({CommandKind.LOCK, CommandKind.RESTART_APP, CommandKind.REBOOT})
MOST_TERMINALS = 500
COMMANDABLE = frozenset({TerminalState.IN_SERVICE, TerminalState.LOCKED})

_ALWAYS_TWO = frozenset({CommandKind.REBOOT, CommandKind.FETCH_LOGS})
_ALONE_FOR_MANY = frozenset(
    {
        CommandKind.SHOW_MESSAGE,
        CommandKind.SELF_TEST,
        CommandKind.WIPE_BROWSER,
        CommandKind.REFRESH_STATIC,
    }
)
_LONG_NUMBER = re.compile(r"\d[\d\s-]{9,}\d")


@dataclass(frozen=True)
class Wish:
    """What is asked: a kind and what it needs to be told; `hours` bounds a message."""

    kind: CommandKind
    reason: WithdrawalReason | None = None
    text: MessageText | None = None
    note_zh: str = ""
    note_ug: str = ""
    hours: int = 0
    latest_seconds: int = 0

    @property
    def arguments(self) -> dict[str, str | int]:
        """What the terminal is told besides the kind; nothing of it is personal."""
        told: dict[str, str | int] = {}
        if self.text is not None:
            told["text"] = self.text.value
        if self.note_zh:
            told["note_zh"] = self.note_zh
        if self.note_ug:
            told["note_ug"] = self.note_ug
        if self.reason is not None:
            told["reason"] = self.reason.value
        if self.latest_seconds:
            told["latest_seconds"] = self.latest_seconds
        return told

    @property
    def life(self) -> timedelta:
        """How long it may wait; a message also ends with it."""
        if self.kind is CommandKind.SHOW_MESSAGE:
            return timedelta(hours=self.hours)
        return LIVES[self.kind]


def needs_two(wish: Wish, terminals: int) -> bool:
    """Return whether a second person must agree before *wish* goes to so many terminals."""
    if wish.kind in _ALWAYS_TWO or wish.note_zh or wish.note_ug:
        return True
    return terminals > 1 and wish.kind not in _ALONE_FOR_MANY


def faults_of(wish: Wish) -> list[FieldFault]:
    """Return what is wrong with *wish*, by field."""
    faults = []
    if wish.kind is CommandKind.SHOW_MESSAGE:
        if wish.text is None:
            faults.append(FieldFault("text", "not_chosen"))
        if wish.hours not in MESSAGE_HOURS:
            faults.append(FieldFault("hours", "not_chosen"))
        faults += _note_faults(wish)
    elif wish.text is not None or wish.note_zh or wish.note_ug:
        faults.append(FieldFault("text", "not_for_this"))
    if (wish.kind is CommandKind.LOCK) is not (wish.reason is not None):
        faults.append(FieldFault("reason", "not_chosen"))
    if wish.latest_seconds not in LATEST_SECONDS or (
        wish.latest_seconds and wish.kind not in MAY_HAVE_LATEST
    ):
        faults.append(FieldFault("latest", "not_chosen"))
    return faults


def _note_faults(wish: Wish) -> list[FieldFault]:
    faults = []
    for at, note in (("note_zh", wish.note_zh), ("note_ug", wish.note_ug)):
        if len(note) > LONGEST_NOTE or not note.isprintable():
            faults.append(FieldFault(at, "too_long"))
        elif _LONG_NUMBER.search(note):
            # A public screen is no place for anybody's identity or phone number.
            faults.append(FieldFault(at, "long_number"))
    if wish.note_ug and not wish.note_zh:
        # 规范汉字 stands on every page (P57).
        faults.append(FieldFault("note_zh", "chinese_missing"))
    return faults
