"""The page of the print code where a slip can be shown instead of typing its digits."""

import re

from kiosk_server.core.identifiers import digest
from kiosk_server.visits.models import ScanRequest
from tests.support.kiosk_person import AYGUL, Person, ready_terminal
from tests.support.terminal_client import API, SignedTerminal, database_of


def with_scanner(person: Person, **told: object) -> Person:
    """The terminal has a scanner, and somebody looks for his print code."""
    scanner = {"kind": "qr_scanner", "condition": "ready", "troubles": [], "details": {}} | told
    ready_terminal(person.terminal, [scanner])
    return person.start().open("/kiosk/reprint")


def nonce_on(person: Person) -> str | None:
    """The nonce that the page gives to the device host."""
    found = re.search(r'data-module="scan-prompt" data-nonce="([^"]+)"', person.answer.text)
    return found.group(1) if found else None


def scans(person: Person, text: str, nonce: str | None) -> tuple[int, str]:
    """The terminal sends what was shown; status and code or purpose of the answer."""
    body = {
        "version": 1,
        "nonce": nonce,
        "text": text,
        "terminal": person.terminal.id,
        "scanned_at": "2026-11-21T19:03:12.402Z",
    }
    answer = person.terminal.post(f"{API}/scans", json_body=body)
    told = answer.get_json()
    return answer.status_code, told.get("purpose") or told["code"]


def failed_print(terminal: SignedTerminal) -> str:
    """Somebody's paper jams, and the code on his screen."""
    holder = Person(terminal).start().agree("SAMPLE-RS-01").place_card(AYGUL).prove_by_face()
    holder.touch("/kiosk/decision/print")
    job = next(want["job"] for want in holder.wants() if want["kind"] == "print_a4")
    holder.report(job, 1, "not_printed", trouble="jam")
    holder.open("/kiosk/printing").touch("/kiosk/printing/code")
    found = re.search(r'code-figure num">(\d{4}) (\d{4})<', holder.answer.text)
    assert found, holder.answer.text
    holder.touch("/kiosk/end")
    return "".join(found.groups())


def test_without_a_scanner_nothing_is_said_of_one(person: Person) -> None:
    """A terminal without a scanner, or with a broken one, offers typing alone."""
    assert nonce_on(person.start().open("/kiosk/reprint")) is None
    person.touch("/kiosk/end")
    assert nonce_on(with_scanner(person, condition="absent", troubles=["offline"])) is None
    assert "也可以扫凭条上的码" not in person.answer.text


def test_a_slip_that_is_shown_leads_on(person: Person) -> None:
    """What the terminal scans does what typing would: the way asks for the same person's card."""
    code = failed_print(person.terminal)
    with_scanner(person)
    assert "也可以扫凭条上的码" in person.answer.text
    assert scans(person, f"kiosk-print:{code}", nonce_on(person)) == (201, "reprint")
    person.open("/kiosk/notice").touch("/kiosk/notice")
    assert person.path == "/kiosk/card"


def test_each_drawing_issues_a_nonce_of_its_own(person: Person) -> None:
    """The nonce stands on the page once and in no table; the one before serves no more."""
    older = nonce_on(with_scanner(person))
    newer = nonce_on(person.open("/kiosk/reprint"))
    assert older is not None
    assert newer is not None
    assert older != newer
    assert scans(person, "kiosk-print:47112233", older) == (410, "nonce_stale")
    with database_of(person.terminal.app).reading() as session:
        kept = {each.nonce_digest for each in session.query(ScanRequest)}
    assert kept == {digest(older), digest(newer)}


def test_what_stood_against_a_scan_is_told_at_the_field(person: Person) -> None:
    """Each fault of a scan has its words, and the page listens again."""
    with_scanner(person)
    for scan, words in {
        "reprint_unknown": "没有这个打印码",
        "scan_not_fitting": "这不是凭条上的打印码",
        "scan_is_proof": "这是证明上的核验码",
        "scan_incomplete": "码没有扫好",
        "made_up": "码没有扫好",
    }.items():
        person.open(f"/kiosk/reprint?scan={scan}")
        assert words in person.answer.text
        assert nonce_on(person) is not None


def test_a_terminal_that_is_locked_out_is_told_so(person: Person) -> None:
    """Too many wrong codes at a terminal end in the words that typing ends in."""
    assert "试的次数太多了" in with_scanner(person).open("/kiosk/reprint?scan=too_many").answer.text


def test_a_scan_that_cannot_be_read_is_refused_by_field(person: Person) -> None:
    """Too long, empty or nothing but control codes: refused, and never quoted in the answer."""
    nonce = nonce_on(with_scanner(person))
    for text in ("x" * 513, "", "\x1b\x07\u202e"):
        body = {
            "version": 1, "nonce": nonce, "text": text, "terminal": person.terminal.id,
            "scanned_at": "2026-11-21T19:03:12.402Z",
        }  # fmt: skip
        answer = person.terminal.post(f"{API}/scans", json_body=body)
        assert answer.status_code == 422
        assert [field["at"] for field in answer.get_json()["fields"]] == ["text"]
        assert "xxx" not in answer.text


def test_control_codes_are_dropped_here_too(person: Person) -> None:
    """A terminal that let control codes through does not get them past the server."""
    code = failed_print(person.terminal)
    nonce = nonce_on(with_scanner(person))
    shown = "\x02kiosk-print:\u202e" + code[:4] + "\t" + code[4:] + "\r"
    assert scans(person, shown, nonce) == (201, "reprint")


def test_an_unsigned_scan_is_refused(person: Person) -> None:
    """Only an enrolled terminal hands a scan in."""
    nonce = nonce_on(with_scanner(person))
    answer = person.terminal.client.post(f"{API}/scans", json={"nonce": nonce})
    assert answer.status_code == 401
