"""
What a call board (叫号屏) shows, as words and figures in two languages at once.

Labels, windows, counts and times alone: nothing here can name anybody (P39).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime

from kiosk_server.core import clock
from kiosk_server.places.hours import SiteHours, is_open_at, next_opening
from kiosk_server.places.service_groups import service_groups
from kiosk_server.queue.estimate import STEP, Wait
from kiosk_server.queue.queries import Board, BoardCall
from kiosk_server.web.languages import Language
from kiosk_server.web.messages import Messages

CALLS_SHOWN = 5
"""The newest, and four beneath it."""
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


@dataclass(frozen=True)
class Said:
    """The same thing in one of the board's languages."""

    language: Language
    text: str


@dataclass(frozen=True)
class CallShown:
    """One call: what stands on the board, and what is said aloud; `at` in seconds from 1970."""

    label: str
    window: str
    calls: int
    at: int
    go: tuple[Said, ...]
    aloud: tuple[Said, ...]

    @property
    def key(self) -> str:
        """What makes this call another than the last one of the same label."""
        return f"{self.label}|{self.window}|{self.calls}"


@dataclass(frozen=True)
class GroupShown:
    """How many wait for one group of matters, and between which minutes (`10–20`) whoever comes now
    would; None where he is called at once."""

    code: str
    waiting: int
    names: tuple[Said, ...]
    minutes: str | None


@dataclass(frozen=True)
class BoardShown:
    """All of a board that can change while it hangs there."""

    calls: tuple[CallShown, ...]
    groups: tuple[GroupShown, ...]
    day: date
    open: bool
    opens_at: str | None
    """When the site opens next, `11-23 10:00`, where it is closed and that is known."""

    def version(self, *others: str) -> str:
        """Return a digest of what is shown, and of *others* that the page depends on."""
        return hashlib.sha256(repr((astuple(self), others)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class BoardWords:
    """The words of a board in its languages, the first of which the page is written in."""

    messages: Messages
    languages: tuple[Language, ...]

    def said(self, message_id: str, **arguments: str | int) -> tuple[Said, ...]:
        """Return a message in each of the languages."""
        return tuple(
            Said(each, self.messages.text(each.code, message_id, **arguments))
            for each in self.languages
        )

    def named(self, names: Mapping[str, str]) -> tuple[Said, ...]:
        """Return a name in each of the languages; in Chinese where it has none in one."""
        return tuple(Said(each, names.get(each.code) or names["zh"]) for each in self.languages)


def board_shown(
    board: Board,
    waits: Mapping[str, Wait],
    groups: Iterable[str],
    hours: SiteHours,
    told: BoardWords,
) -> BoardShown:
    """Return what a board shows of its site's queue; *groups* in the order of the site."""
    opened = is_open_at(hours, board.as_of)
    opens = None if opened else next_opening(hours, board.as_of)
    return BoardShown(
        calls=tuple(_call(each, told) for each in board.calls[:CALLS_SHOWN]),
        groups=tuple(_group(code, waits.get(code), told) for code in groups),
        day=clock.to_beijing(board.as_of).date(),
        open=opened,
        opens_at=f"{clock.to_beijing(opens):%m-%d %H:%M}" if opens else None,
    )


def seconds(moment: datetime) -> int:
    """Return *moment* as scripts count it: seconds from 1970."""
    return int(moment.timestamp())


def _call(call: BoardCall, told: BoardWords) -> CallShown:
    window = call.window_label
    # Said figure by figure, as they stand on the slip: "A 0 1 2", never "a hundred and twelve".
    aloud = told.said("board-aloud", label=" ".join(call.label), window=window)
    return CallShown(
        label=call.label,
        window=window,
        calls=call.calls,
        at=seconds(call.called_at),
        go=told.said("board-go", window=window),
        aloud=tuple(Said(each.language, each.text.translate(_ISOLATES)) for each in aloud),
    )


def _group(code: str, wait: Wait | None, told: BoardWords) -> GroupShown:
    names = told.named(service_groups()[code].names)
    if wait is None or (wait.waiting == 0 and wait.at_most_minutes <= STEP):
        return GroupShown(code, 0, names, None)
    minutes = f"{wait.at_least_minutes}–{wait.at_most_minutes}"
    return GroupShown(code, wait.waiting, names, minutes)
