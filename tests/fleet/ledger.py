"""
What a fleet said and what must follow from it, worked out from its words alone.

Knows nothing of how alerts are kept: how long a cause must last and be away stands here once more,
as docs/operations.md has it. A word was heard at some moment between sending and its answer; where
that leaves both possible, the ledger says so: at least, at most.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Trouble = tuple[str, str]
"""Device and kind, as an alert names them."""
OFFLINE: Trouble = ("terminal", "offline")
CLOCK_SKEW: Trouble = ("terminal", "clock_skew")
SILENT_AFTER_SECONDS = 90.0
_SOFT = frozenset({"paper_low", "clock_skew"})


def opens_after(trouble: Trouble) -> float:
    """Seconds that a trouble must last."""
    if trouble == OFFLINE:
        return 0.0
    return 60.0 if trouble[1] in _SOFT else 10.0


def closes_after(trouble: Trouble) -> float:
    """Seconds that it must be away."""
    if trouble == OFFLINE:
        return 60.0
    return 300.0 if trouble[1] in _SOFT else 20.0


def called_after(trouble: Trouble) -> float:
    """Seconds that somebody waits with the call after an alert has opened."""
    return 45.0 if trouble == OFFLINE else 0.0


@dataclass(frozen=True)
class Word:
    """What a terminal said, heard between *sent* and *answered* (seconds of the fleet's clock)."""

    sent: float
    answered: float
    troubles: frozenset[Trouble]


@dataclass(frozen=True)
class Span:
    """A time that is known to lie between two bounds."""

    least: float
    most: float


@dataclass(frozen=True)
class Spell:
    """A trouble from when it was first heard of until it was heard to be gone."""

    began: Span
    ended: Span

    @property
    def seconds(self) -> Span:
        """How long it lasted, at least and at most."""
        return Span(self.ended.least - self.began.most, self.ended.most - self.began.least)

    def was_called_for(self, trouble: Trouble, held_at: float) -> bool:
        """Whether at *held_at* it was there, and had been for long enough, beyond doubt."""
        patience = opens_after(trouble) + called_after(trouble)
        return self.began.most + patience <= held_at <= self.ended.least


@dataclass(frozen=True)
class Count:
    """How many there must be."""

    least: int
    most: int

    def __add__(self, other: "Count") -> "Count":
        return Count(self.least + other.least, self.most + other.most)


@dataclass
class Ledger:
    """The words of one terminal, in the order in which they were said."""

    words: list[Word] = field(default_factory=list)

    def spells(self) -> dict[Trouble, list[Spell]]:
        """Return every trouble with its spells; silences are troubles like others."""
        found: dict[Trouble, list[Spell]] = defaultdict(list)
        began: dict[Trouble, Word] = {}
        for word in self.words:
            for trouble in [each for each in began if each not in word.troubles]:
                found[trouble].append(_spell(began.pop(trouble), word))
            for trouble in word.troubles:
                began.setdefault(trouble, word)
        for trouble, word in began.items():
            never = float("inf")
            found[trouble].append(Spell(Span(word.sent, word.answered), Span(never, never)))
        for before, after in pairwise(self.words):
            if after.answered - before.sent > SILENT_AFTER_SECONDS:
                seen = Span(
                    before.sent + SILENT_AFTER_SECONDS, before.answered + SILENT_AFTER_SECONDS
                )
                found[OFFLINE].append(Spell(seen, Span(after.sent, after.answered)))
        return dict(found)

    def alerts(self) -> dict[Trouble, Count]:
        """Return how many alerts there must be of each trouble."""
        return {trouble: self._count(trouble, spells) for trouble, spells in self.spells().items()}

    def _count(self, trouble: Trouble, spells: list[Spell]) -> Count:
        patience = opens_after(trouble)
        least = most = 0
        surely_open = False
        before: Spell | None = None
        for spell in spells:
            parted, surely_parted = self._parted(trouble, before, spell)
            surely = spell.seconds.least >= patience
            perhaps = spell.seconds.most >= patience
            surely_open = surely_open and not parted
            least += surely and (surely_parted or least == 0)
            # One that goes on with an open alert need not last as long again.
            most += perhaps and (parted or not surely_open)
            surely_open = surely_open or surely
            before = spell
        return Count(least, most)

    def _parted(self, trouble: Trouble, before: Spell | None, spell: Spell) -> tuple[bool, bool]:
        """Return whether the alert before may have closed in between, and whether it surely has."""
        if before is None:
            return True, True
        away = closes_after(trouble)
        may = spell.began.most - before.ended.least >= away
        # It closes when its terminal is looked at: a word makes sure of that.
        first, last = before.ended.most + away, spell.began.least
        spoke = any(first <= word.sent and word.answered <= last for word in self.words)
        return may, may and spoke


def calls_expected(ledgers: Iterable[Sequence[Ledger]], held_at: float) -> Count:
    """
    Return how many calls there must be, for ledgers by site.

    At *held_at* everybody who had to be called had been called: what was there then counts, one
    call each, and a site that was silent as a whole counts as one.
    """
    total = Count(0, 0)
    for site in ledgers:
        silent = [ledger for ledger in site if _was_called_for(ledger, OFFLINE, held_at)]
        whole = len(silent) == len(site) > 1
        if whole:
            total += Count(1, 1)
        for ledger in site:
            for trouble, count in ledger.alerts().items():
                if not (whole and trouble == OFFLINE):
                    least = min(count.least, int(_was_called_for(ledger, trouble, held_at)))
                    total += Count(least, count.most)
    return total


def _was_called_for(ledger: Ledger, trouble: Trouble, held_at: float) -> bool:
    spells = ledger.spells().get(trouble, ())
    return any(spell.was_called_for(trouble, held_at) for spell in spells)


def _spell(first: Word, last: Word) -> Spell:
    return Spell(Span(first.sent, first.answered), Span(last.sent, last.answered))
