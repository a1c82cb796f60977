"""The line breaks at the requests of the main job, before the server heard or after it acted."""

import re
from dataclasses import dataclass, field

import pytest

from kiosk_server.printing.models import JobKind
from tests.support.village import ITEM, Resident, Village, resident

_VARYING = re.compile(r"/[0-9a-z]{26}(?=/|$)")
LINE_IS_DEAD = "网络"
REQUESTS = {
    "POST /kiosk/start",
    "POST /kiosk/notice",
    "POST /api/terminal/v1/card-reads",
    "POST /kiosk/proof/face/begin",
    "POST /kiosk/proof/face",
    "POST /kiosk/deciding",
    "POST /kiosk/decision/print",
    "GET /api/terminal/v1/print-jobs/…",
    "GET /api/terminal/v1/print-jobs/…/document",
    "POST /api/terminal/v1/print-jobs/…/reports",
    "POST /kiosk/printing/came-out",
    "POST /kiosk/rating/skip",
}
"""What the main job cannot do without; looks at pages are cut as well."""


@dataclass
class BadLine:
    """Breaks at the first request of each kind that the main job makes."""

    broken: list[str] = field(default_factory=list)

    def __call__(self, method: str, path: str) -> bool:
        if "/static/" in path or path.endswith(("/heartbeats", "/guides", "/static-files")):
            return False
        kind = f"{method} {_VARYING.sub('/…', path)}"
        if kind in self.broken:
            return False
        self.broken.append(kind)
        return True


def _persist(person: Resident, where: str, action: str, **values: str) -> None:
    """Touch what a page offers until the visit has gone on, as people do before a bad line."""
    for _ in range(6):
        person.open(where)
        if person.answer.status_code == 200 and action not in person.answer.text:
            return
        if person.answer.status_code == 200:
            person.touch(action, **values)
            if person.answer.status_code == 200:
                return
    raise AssertionError(f"{where} led nowhere: {person.path} {person.answer.status_code}")


def _lay_card(person: Resident) -> None:
    for _ in range(4):
        person.open("/kiosk/card")
        if person.answer.status_code == 200 and 'data-nonce="' in person.answer.text:
            person.village.sam.module.take()
            if person.lays_card() == "done":
                break
        elif person.answer.status_code == 200:
            break
    person.village.sam.module.take()
    person.open("/kiosk/card/read")


def _whole_job(person: Resident) -> None:
    _persist(person, "/kiosk/", "/kiosk/start", language="zh")
    _persist(person, f"/kiosk/notice?item={ITEM}", "/kiosk/notice")
    _lay_card(person)
    _persist(person, "/kiosk/proof/face", "/kiosk/proof/face/begin")
    _persist(person, "/kiosk/proof/face", "/kiosk/proof/face", answer="same")
    _persist(person, "/kiosk/deciding", "/kiosk/deciding")
    _persist(person, "/kiosk/decision", "/kiosk/decision/print")
    person.sees('value="yes"')
    _persist(person, "/kiosk/printing", "/kiosk/printing/came-out", answer="yes")
    _persist(person, "/kiosk/rating", "/kiosk/rating/skip")


@pytest.mark.policy("P50")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_line_that_breaks_at_every_request_prints_once(place: Village, moment: str) -> None:
    """Each request fails the first time; whoever touches again gets one case and one sheet."""
    before, known = place.documents(), len(place.jobs())
    bad = BadLine()
    setattr(place.line, moment, bad)
    person = resident(place)
    _whole_job(person)
    place.line.whole()
    assert set(bad.broken) >= REQUESTS
    assert len(place.jobs()) == known + 1
    assert place.job().state == "printed"
    assert (place.submitted(place.job().id), place.documents()) == (1, before + 1)
    place.works()
    place.until(lambda: all(job.state == "printed" for job in place.jobs(JobKind.SLIP)), "the slip")


@pytest.mark.policy("P50")
@pytest.mark.parametrize("after", [False, True])
def test_a_touch_into_a_dead_line_is_told_as_that(place: Village, after: bool) -> None:
    """The host's own page says that the line is dead; when it is back the visit is where it was."""
    person = resident(place).to_decision()
    before = len(place.jobs())
    place.line.cut_once("POST", "/kiosk/decision/print", after=after)
    person.touch("/kiosk/decision/print")
    assert person.answer.status_code in {502, 503, 504}
    assert LINE_IS_DEAD in person.answer.text
    assert len(place.jobs()) == before + after
    person.open("/kiosk/decision")
    if not after:
        person.touch("/kiosk/decision/print")
    person.sees('value="yes"')
    assert len(place.jobs()) == before + 1
    person.leaves()


@pytest.mark.policy("P50", "P52")
@pytest.mark.parametrize("after", [False, True])
def test_whoever_ends_into_a_dead_line_has_ended(place: Village, after: bool) -> None:
    """The host says that it is over on this machine, and the next person begins from the start."""
    person = resident(place).to_decision()
    place.line.cut_once("POST", "/kiosk/end", after=after)
    person.touch("/kiosk/end")
    assert "已在本机结束" in person.answer.text
    assert "/kiosk/start" in resident(place).open("/kiosk/").answer.text


@pytest.mark.policy("P50")
def test_a_line_dead_over_the_sheet_delays_only_the_word(place: Village) -> None:
    """What was fetched comes out without the line; its end is told when the line is back."""
    person = resident(place).to_decision()
    before = place.documents()
    job = person.asks_for_paper()
    place.until(
        lambda: ("GET", f"/api/terminal/v1/print-jobs/{job}/document") in place.line.heard,
        "the fetching of the document",
    )
    place.line.before = lambda _method, _path: True
    place.until(lambda: place.documents() == before + 1, "the document")
    assert place.job().state in {"waiting", "taken", "printing", "printed"}
    assert place.screen.get("/kiosk/printing").status_code in {502, 503, 504}
    place.line.whole()
    person.sees('value="yes"')
    assert (place.submitted(job), place.job().state) == (1, "printed")
    person.leaves()
