"""Every two events after a paid print, in both orders: paper or money, one of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import permutations

import pytest

from kiosk_server.core import clock
from kiosk_server.core.errors import KioskError
from kiosk_server.printing.models import JobState
from kiosk_server.printing.queries import jobs_of_case
from kiosk_server.results.rules import ResultWay
from tests.support.counter import OTHER_TERMINAL, THREE_AT_NIGHT, Person
from tests.support.result_desk import FEE_FEN, Desk

WEEKS = timedelta(days=40)
ALONE = ("printed", "failed", "money", "handed out", "a day")
IN_A_ROW = (
    ("hangs", "money", "printed"),
    ("hangs", "money", "failed", "a day"),
    ("failed", "money", "printed elsewhere"),
    ("failed", "printed elsewhere", "money"),
)


class Story:
    """One paid case with a print on its way, and what may happen to it."""

    def __init__(self, desk: Desk, here: Person, elsewhere: Person, case_id: str) -> None:
        self.desk, self.elsewhere, self.case_id = desk, elsewhere, case_id
        self.now = THREE_AT_NIGHT
        with clock.frozen(self.now):
            desk.chooses(case_id, ResultWay.HERE)
            desk.pays(case_id, works=False)
            desk.prints(here, case_id)

    @property
    def events(self) -> Mapping[str, Callable[[], object]]:
        """What may happen, by name."""
        return {
            "printed": lambda: self.hears("printed"),
            "failed": lambda: self.hears("not_printed"),
            "hangs": lambda: self.hears("printing", "jam"),
            "money": lambda: self.desk.wants_money(self.case_id),
            "handed out": lambda: self.desk.hands_out(self.case_id),
            "printed elsewhere": self.prints_elsewhere,
            "a day": self.a_day_goes_by,
        }

    def happens(self, event: str) -> None:
        """Let it happen, or be refused."""
        with clock.frozen(self.now), suppress(KioskError):
            self.events[event]()

    def hears(self, word: str, trouble: str | None = None) -> None:
        """The terminal speaks of its latest print."""
        with self.desk.database.reading() as session:
            job = jobs_of_case(session, self.case_id)[-1]
        told = {"terminal_id": job.terminal_id, "trouble": trouble}
        self.desk.counter.reports(job.id, job.last_sequence + 1, word, **told)

    def prints_elsewhere(self) -> None:
        """He goes to another terminal, whose paper comes out."""
        self.desk.prints(self.elsewhere, self.case_id)
        self.hears("printed")

    def a_day_goes_by(self) -> None:
        """A day and an hour pass, and the chore looks."""
        self.now += timedelta(hours=25)
        with clock.frozen(self.now):
            self.desk.looks()

    def ends(self) -> tuple[int, int]:
        """Return papers that are out, and fen that went back, when everything has had its time."""
        with self.desk.database.reading() as session:
            jobs = jobs_of_case(session, self.case_id)
        with clock.frozen(self.now), suppress(KioskError):
            if jobs[-1].state not in (JobState.PRINTED, JobState.NOT_PRINTED):
                self.hears("not_printed")
        with clock.frozen(self.now + WEEKS):
            self.desk.looks()
        with self.desk.database.reading() as session:
            printed = [job for job in jobs_of_case(session, self.case_id) if job.state == "printed"]
        handed = self.desk.sees(self.case_id).handed_out_at is not None
        back = sum(made.amount_fen for made in self.desk.refunds(self.case_id))
        return len(printed) + handed, back


@pytest.mark.policy("P43")
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_paper_or_money_in_any_order(desk: Desk) -> None:
    """Whatever comes after whatever: one paper and its money kept, or no paper and money back."""
    here, decided = desk.decided()
    elsewhere = desk.back(terminal=OTHER_TERMINAL)
    for events in (*permutations(ALONE, 2), *IN_A_ROW):
        story = Story(desk, here, elsewhere, desk.like(decided))
        for event in events:
            story.happens(event)
        assert story.ends() in ((1, 0), (0, FEE_FEN)), events
