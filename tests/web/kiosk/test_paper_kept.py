"""Paper that does not come out: the job is kept, cured, or printed elsewhere by right."""

import json
import re

import pytest
from flask import Flask

from tests.support.kiosk_person import AYGUL, MEMET, Person, ready_terminal
from tests.support.terminal_client import SignedTerminal

INSURANCE = "SAMPLE-RS-01"


@pytest.fixture
def waiting(person: Person) -> Person:
    """A person whose job the terminal has just taken."""
    person.start().agree(INSURANCE).place_card(AYGUL).prove_by_face()
    person.touch("/kiosk/decision/print")
    person.report(job_of(person), 1, "taken")
    return person


def job_of(person: Person) -> str:
    """The sheet that the server wants."""
    return next(want["job"] for want in person.wants() if want["kind"] == "print_a4")


def shown_code(person: Person) -> str:
    """The print code on the screen."""
    found = re.search(r'code-figure num">(\d{4}) (\d{4})<', person.answer.text)
    assert found, person.answer.text
    return "".join(found.groups())


def test_the_host_is_told_to_fetch_at_once(waiting: Person) -> None:
    """The answer to a print says that work waits, so that no script need start it."""
    job = job_of(waiting)
    waiting.report(job, 2, "not_printed", trouble="offline")
    waiting.open("/kiosk/printing")
    address, fields = waiting.form("/kiosk/printing/again")
    answer = waiting.terminal.post(address, form=fields)
    assert answer.headers["Kiosk-Wanted"] == "1"


def test_a_busy_printer_is_said_to_be_busy(waiting: Person) -> None:
    """While the printer is at another's paper nobody reads that theirs is being printed."""
    job = job_of(waiting)
    waiting.report(job, 2, "printing", trouble="busy")
    page = waiting.open("/kiosk/printing").answer.text
    assert "打印机正忙，打完就轮到您" in page
    assert "打印机已收到" not in page
    waiting.report(job, 3, "printing")
    page = waiting.open("/kiosk/printing").answer.text
    assert "打印机正忙" not in page
    assert "打印机已收到" in page


def test_progress_is_what_the_printer_says(waiting: Person) -> None:
    """“Printed” is asked about only after the printer's word; the state has a tag that changes."""
    job = job_of(waiting)
    first = waiting.terminal.get("/kiosk/printing/state")
    tag = first.headers["ETag"]
    again = waiting.terminal.get("/kiosk/printing/state", headers={"If-None-Match": tag})
    assert again.status_code == 304
    waiting.report(job, 2, "printing", pages_done=0)
    changed = waiting.terminal.get("/kiosk/printing/state", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "/kiosk/printing/came-out" not in waiting.open("/kiosk/printing").answer.text
    waiting.report(job, 3, "printed", pages_done=1)
    assert "证明出来了吗" in waiting.open("/kiosk/printing").page.h1[0]


@pytest.mark.policy("P50")
def test_out_of_paper_keeps_the_job_and_goes_on(waiting: Person) -> None:
    """Paper out says what is safe; after the cure the same job goes on."""
    job = job_of(waiting)
    waiting.report(job, 2, "printing", trouble="paper_out")
    assert "您的证明没有丢" in waiting.open("/kiosk/printing").page.h1[0]
    waiting.report(job, 3, "printing")
    assert "正在打印" in waiting.open("/kiosk/printing").page.h1[0]


def test_a_toner_that_runs_low_is_no_trouble(waiting: Person) -> None:
    """What does not stop the printer does not stop the person."""
    waiting.report(job_of(waiting), 2, "printing", trouble="toner_low")
    assert "正在打印" in waiting.open("/kiosk/printing").page.h1[0]


def test_who_will_not_wait_takes_a_code_elsewhere(counter: Flask, waiting: Person) -> None:
    """The code is shown, another terminal asks for the same card, and the sheet says 重打."""
    job = job_of(waiting)
    waiting.report(job, 2, "printing", trouble="paper_out")
    waiting.open("/kiosk/printing").touch("/kiosk/printing/code")
    code = shown_code(waiting)
    assert {"kind": "cancel_print", "job": job} in waiting.wants()
    waiting.report(job, 3, "not_printed", trouble="paper_out")

    elsewhere = Person(ready_terminal(SignedTerminal(counter)))
    elsewhere.start().open("/kiosk/reprint").touch("/kiosk/reprint", code=code)
    assert elsewhere.path == "/kiosk/notice"
    elsewhere.touch("/kiosk/notice")
    assert elsewhere.path == "/kiosk/card"
    refused = elsewhere.read_card(MEMET)
    assert refused.get_json()["code"] == "not_this_card"
    assert elsewhere.open("/kiosk/printing").path == "/kiosk/card"
    elsewhere.place_card(AYGUL)
    assert elsewhere.path == "/kiosk/deciding"
    elsewhere.touch("/kiosk/deciding")
    told = elsewhere.terminal.get(f"/api/terminal/v1/print-jobs/{job_of(elsewhere)}").get_json()
    assert told["reprint"] is True
    elsewhere.print_whole()
    elsewhere.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="yes")
    assert elsewhere.path == "/kiosk/rating"


def test_the_code_can_be_taken_on_a_slip(waiting: Person) -> None:
    """Who has no pen takes the print code on a slip; a second touch asks for no second slip."""
    waiting.report(job_of(waiting), 2, "printing", trouble="paper_out")
    waiting.open("/kiosk/printing").touch("/kiosk/printing/code")
    code = shown_code(waiting)
    address, fields = waiting.form("/kiosk/printing/code-slip")
    for _ in range(2):
        assert waiting.terminal.post(address, form=fields).headers["Kiosk-Wanted"] == "1"
    (slip,) = [want["job"] for want in waiting.wants() if want["kind"] == "print_slip"]
    blocks = json.loads(waiting.document(slip))["blocks"]
    printed = [block["text"] for block in blocks if block["type"] == "code"]
    assert [text.replace(" ", "") for text in printed] == [code]


def test_a_code_serves_once(counter: Flask, waiting: Person) -> None:
    """A code whose right was used finds nothing any more."""
    waiting.report(job_of(waiting), 2, "not_printed", trouble="jam")
    waiting.open("/kiosk/printing").touch("/kiosk/printing/code")
    code = shown_code(waiting)
    waiting.touch("/kiosk/printing/again")
    assert waiting.path == "/kiosk/printing"
    other = Person(ready_terminal(SignedTerminal(counter)))
    other.start().open("/kiosk/reprint").touch("/kiosk/reprint", code=code)
    assert "没有这个打印码" in other.answer.text


def test_not_all_came_out_prints_again_marked(waiting: Person) -> None:
    """A no after the printer's yes opens a second print, which is marked."""
    waiting.print_whole(after=1)
    waiting.open("/kiosk/printing").touch("/kiosk/printing/came-out", answer="no")
    assert waiting.path == "/kiosk/printing"
    waiting.touch("/kiosk/printing/again")
    told = waiting.terminal.get(f"/api/terminal/v1/print-jobs/{job_of(waiting)}").get_json()
    assert told["reprint"] is True


def test_unknown_is_said_and_asked(waiting: Person) -> None:
    """When the printer lost track, only the person can say; both answers lead on."""
    waiting.report(job_of(waiting), 2, "unknown")
    assert "打印机没说清楚" in waiting.open("/kiosk/printing").page.h1[0]
    waiting.touch("/kiosk/printing/came-out", answer="yes")
    assert waiting.path == "/kiosk/rating"


def test_who_prints_nothing_may_still_leave(waiting: Person) -> None:
    """A job that ended without paper leads to the rating at a touch."""
    waiting.report(job_of(waiting), 2, "not_printed", trouble="toner_empty")
    waiting.open("/kiosk/printing")
    assert "/kiosk/rating" in waiting.page.links
    assert waiting.open("/kiosk/rating").path == "/kiosk/rating"


def test_five_wrong_codes_end_the_visit(person: Person) -> None:
    """Each wrong code says how many tries are left; the fifth ends the visit."""
    person.start().open("/kiosk/reprint")
    for left in (4, 3, 2, 1):
        person.touch("/kiosk/reprint", code="00000000")
        assert f"还可以试 {left} 次" in person.answer.text
    person.touch("/kiosk/reprint", code="00000000")
    assert person.path.startswith("/kiosk/ended?why=codes")


def test_a_short_code_costs_no_try(person: Person) -> None:
    """What is plainly unfinished is not counted."""
    person.start().open("/kiosk/reprint").touch("/kiosk/reprint", code="123")
    assert "还差 5 位" in person.answer.text
