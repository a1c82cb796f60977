"""A card left on the reader: voice and lamp first, then the screen, and service goes on."""

from dataclasses import dataclass, field

import pytest

from devices.contracts.states import Condition, DeviceStatus, Trouble
from devices.host.left_card import (
    GRACE_SECONDS,
    MOST_REMINDERS,
    REMIND_EVERY_SECONDS,
    SHOWN_AFTER_SECONDS,
    CardStage,
    LeftCard,
    ReaderStatus,
)

PATIENCE = 180.0


@dataclass
class Reader:
    """A reader, a visit, and the time, all played by the test."""

    lies: bool = False
    placed: int = 0
    visit: bool = False
    time: float = 100.0
    reminders: int = 0
    stages: list[CardStage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = LeftCard(
            lies=lambda: self.lies,
            placed=lambda: self.placed,
            visit=lambda: self.visit,
            remind=self._remind,
            changed=self.stages.append,
            patience_seconds=PATIENCE,
            now=lambda: self.time,
        )

    def _remind(self) -> None:
        self.reminders += 1

    def wait(self, seconds: float) -> "Reader":
        """Let time pass; the terminal looks twice a second."""
        for _ in range(round(seconds * 2)):
            self.time += 0.5
            self.card.tick()
        return self

    def place(self) -> "Reader":
        """Somebody puts a card down, and it is read."""
        self.lies, self.placed = True, self.placed + 1
        self.card.tick()
        return self

    def take(self) -> "Reader":
        """Somebody takes it away."""
        self.lies = False
        self.card.tick()
        return self


@pytest.fixture
def reader() -> Reader:
    """A visit in which the card was read and lies there still."""
    return Reader(visit=True).place()


def forgotten(reader: Reader) -> Reader:
    """The visit ends, and nobody comes back."""
    reader.visit = False
    return reader.wait(PATIENCE + 1)


def test_in_a_visit_a_lying_card_is_no_matter(reader: Reader) -> None:
    """Who is still there may leave the card where it is as long as he likes."""
    reader.wait(600)

    assert stage(reader) is CardStage.IN_USE
    assert reader.reminders == 0


def test_who_takes_the_card_in_passing_is_not_called(reader: Reader) -> None:
    """Within two seconds of the end nothing is said."""
    reader.visit = False
    reader.wait(GRACE_SECONDS - 0.5).take()

    assert reader.reminders == 0
    assert reader.stages == [CardStage.IN_USE, CardStage.NONE]


def test_voice_comes_first_and_the_line_on_the_screen_after_it(reader: Reader) -> None:
    """The reminder is spoken when the stage changes; the screen follows two seconds later."""
    reader.visit = False
    reader.wait(GRACE_SECONDS + 0.5)

    assert (reader.card.stage, reader.reminders) == (CardStage.LEFT, 1)
    assert shown(reader) is CardStage.IN_USE

    reader.wait(SHOWN_AFTER_SECONDS)

    assert shown(reader) is CardStage.LEFT


def test_reminders_end(reader: Reader) -> None:
    """Four calls in a minute; a voice that calls all night helps nobody."""
    reader.visit = False
    reader.wait(GRACE_SECONDS + REMIND_EVERY_SECONDS + 1)

    assert reader.reminders == 2

    reader.wait(PATIENCE * 2)

    assert reader.reminders == MOST_REMINDERS


@pytest.mark.policy("P37", "P39")
def test_only_the_count_remains_of_a_forgotten_card(reader: Reader) -> None:
    """After the patience it is forgotten, counted once, and nothing of it is known."""
    forgotten(reader).wait(3600)

    assert stage(reader) is CardStage.FORGOTTEN
    assert reader.card.forgotten == 1
    assert reader.stages == [CardStage.IN_USE, CardStage.LEFT, CardStage.FORGOTTEN]
    assert all(isinstance(value, int | float | bool | list) for value in _kept(reader))


def stage(reader: Reader) -> CardStage:
    """How it stands now."""
    return reader.card.stage


def shown(reader: Reader) -> CardStage:
    """What the screen may say now."""
    return reader.card.shown


def _kept(reader: Reader) -> list[object]:
    return [reader.card.forgotten, reader.stages, reader.reminders]


def test_the_terminal_serves_on(reader: Reader) -> None:
    """The reader is usable with a forgotten card on it; the keeper is told by a soft trouble."""
    status = ReaderStatus(lambda: DeviceStatus.of((), {"sam_id": "05.03-1"}), reader.card)
    forgotten(reader)
    told = status.status()

    assert told.troubles == (Trouble.CARD_FORGOTTEN,)
    assert told.condition is Condition.LOW
    assert told.usable
    assert told.details == {"sam_id": "05.03-1", "cards_forgotten": 1}


def test_a_card_just_left_calls_nobody(reader: Reader) -> None:
    """While its owner is called after by voice, the reader counts as ready."""
    status = ReaderStatus(DeviceStatus.of, reader.card)
    reader.visit = False
    reader.wait(10)

    assert status.status().troubles == (Trouble.CARD_LEFT,)
    assert status.status().condition is Condition.READY


def test_an_absent_reader_says_nothing_of_cards(reader: Reader) -> None:
    """Whose line is broken is absent, whatever lay on it."""
    absent = DeviceStatus.of([Trouble.OFFLINE])
    forgotten(reader)

    assert ReaderStatus(lambda: absent, reader.card).status() == absent


def test_the_next_person_is_told_at_once(reader: Reader) -> None:
    """A visit that begins over another's card: it is to be handed to the keeper, not waited for."""
    reader.visit = False
    reader.wait(10)
    reader.visit = True
    reader.wait(0.5)

    assert stage(reader) is CardStage.FORGOTTEN
    assert shown(reader) is CardStage.FORGOTTEN


def test_taken_away_it_is_forgotten_by_the_terminal_too(reader: Reader) -> None:
    """Once lifted nothing is shown, and the next person's card is his own."""
    forgotten(reader).take()

    assert stage(reader) is CardStage.NONE

    reader.visit = True
    reader.place()

    assert stage(reader) is CardStage.IN_USE
    assert reader.card.forgotten == 1


def test_a_card_that_was_changed_between_two_looks_is_the_new_person_s(reader: Reader) -> None:
    """Lifted and replaced faster than anybody looks: what was read since is not the left one."""
    forgotten(reader)
    reader.visit = True
    reader.place()

    assert stage(reader) is CardStage.IN_USE


def test_a_second_visit_of_the_same_person_keeps_his_card(reader: Reader) -> None:
    """Begun within the grace, the visit goes on as if nothing had been."""
    reader.visit = False
    reader.wait(1)
    reader.visit = True
    reader.wait(5)

    assert stage(reader) is CardStage.IN_USE
