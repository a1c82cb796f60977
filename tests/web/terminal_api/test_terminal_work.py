"""Card reads and papers over the wire: what a terminal does for a visit of its own."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.files.services import store
from kiosk_server.printing.models import JobKind
from kiosk_server.printing.services import Document, cancel, request
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import EndReason, Visit
from tests.support.first_rows import open_catalogue
from tests.support.terminal_client import API, SignedTerminal, database_of
from tests.support.wire_samples import exchange

ITEM = "SAMPLE-RS-01"
PDF = b"%PDF-1.7 a paper"
SAMPLE = exchange("card_reads").requests[0].body


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal in a place where items are published."""
    open_catalogue(database_of(app))
    return SignedTerminal(app)


def begin(terminal: SignedTerminal) -> tuple[str, str]:
    """A visit that has consented, and the nonce of the card it waits for."""
    with database_of(terminal.app).unit_of_work() as session:
        visit = visits.start(
            session,
            terminal_id=terminal.id,
            site_id=terminal.site_id,
            language="zh",
            # Large print doubles the idle time: the nonce lapses while the visit goes on.
            size="xl",
        ).visit
        visits.choose_item(session, visit, ITEM)
        visits.consent(
            session, visit, text_version=visits.handling_of(session, visit).notice.version
        )
        return visit.id, visits.ask_for_card(session, visit).nonce


def body(terminal: SignedTerminal, nonce: str, **changes: object) -> dict[str, object]:
    """A card read as the host would send it."""
    return {**SAMPLE, "nonce": nonce, "terminal": terminal.id, **changes}


def print_job(terminal: SignedTerminal) -> str:
    """A paper waiting at *terminal*."""
    visit_id, _ = begin(terminal)
    with database_of(terminal.app).unit_of_work() as session:
        file = store(session, PDF, "application/pdf", "proof")
        document = Document(file, pages=2, title="社会保险个人参保证明")
        return request(session, session.get_one(Visit, visit_id), document, kind=JobKind.A4).id


def audited(app: Flask, event: str) -> list[tuple[str, str | None]]:
    """Codes and terminals of the audit entries called *event*."""
    with database_of(app).reading() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.event == event))
        return [(entry.facts["code"], entry.terminal_id) for entry in found]


def test_card_read_is_taken(terminal: SignedTerminal) -> None:
    """A signed read for an open nonce is taken; the answer holds a read id and a masked name."""
    _, nonce = begin(terminal)
    answer = terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce))
    assert answer.status_code == 201
    assert answer.get_json()["masked_name"] == "阿***·测试"
    assert "653001" not in answer.get_data(as_text=True)


def test_card_valid_for_ever_is_taken(terminal: SignedTerminal) -> None:
    """A card without an end (valid_until null) is as good as any."""
    _, nonce = begin(terminal)
    forever = exchange("card_reads").requests[1].body["fields"]
    answer = terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce, fields=forever))
    assert answer.status_code == 201


def test_nonce_serves_one_read(app: Flask, terminal: SignedTerminal) -> None:
    """A second read with the same nonce, freshly signed, is refused and audited."""
    _, nonce = begin(terminal)
    terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce))
    again = terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce))
    assert (again.status_code, again.get_json()["code"]) == (409, "nonce_used")
    assert audited(app, "visit.card_read_refused") == [("nonce_used", terminal.id)]


def test_made_up_nonce_is_refused(terminal: SignedTerminal) -> None:
    """A read that no visit asked for is refused."""
    answer = terminal.post(f"{API}/card-reads", json_body=body(terminal, "madeUpNonce_0123456789"))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "nonce_unknown")


def test_stale_nonce_is_gone(terminal: SignedTerminal) -> None:
    """A nonce that waited too long is gone."""
    _, nonce = begin(terminal)
    with clock.frozen(clock.now() + timedelta(seconds=121)):
        answer = terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce))
    assert (answer.status_code, answer.get_json()["code"]) == (410, "nonce_stale")


def test_foreign_terminal_cannot_read_for_this_visit(app: Flask, terminal: SignedTerminal) -> None:
    """Another terminal's read is refused under either name, and the nonce stays good."""
    _, nonce = begin(terminal)
    other = SignedTerminal(app)
    for claimed in (other, terminal):
        answer = other.post(f"{API}/card-reads", json_body=body(claimed, nonce))
        assert (answer.status_code, answer.get_json()["code"]) == (403, "wrong_terminal")
    assert audited(app, "visit.card_read_refused") == [("wrong_terminal", other.id)] * 2
    right = terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce))
    assert right.status_code == 201


def test_expired_card_is_told_as_such(terminal: SignedTerminal) -> None:
    """A card out of date has a refusal of its own."""
    _, nonce = begin(terminal)
    fields = {**SAMPLE["fields"], "valid_until": "2020-01-01"}
    answer = terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce, fields=fields))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "card_expired")


def test_ended_visit_takes_no_card(app: Flask, terminal: SignedTerminal) -> None:
    """A read that comes after the person has gone is refused."""
    visit_id, nonce = begin(terminal)
    with database_of(app).unit_of_work() as session:
        visits.end(session, session.get_one(Visit, visit_id), reason=EndReason.DONE)
    answer = terminal.post(f"{API}/card-reads", json_body=body(terminal, nonce))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "visit_over")


def test_paper_goes_its_way(terminal: SignedTerminal) -> None:
    """A job is wanted, described, fetched and reported; a repeated report changes nothing."""
    job = print_job(terminal)
    assert terminal.get(f"{API}/wants").get_json() == {"wants": [{"kind": "print_a4", "job": job}]}
    told = terminal.get(f"{API}/print-jobs/{job}").get_json()
    assert told.keys() == exchange("print_jobs").answers[0].body.keys()
    document = terminal.get(f"{API}/print-jobs/{job}/document")
    assert (document.get_data(), document.content_type) == (PDF, "application/pdf")
    assert document.headers["Cache-Control"] == "no-store"
    for sample in exchange("print_reports").requests[:5]:
        for _ in range(2):
            answer = terminal.post(f"{API}/print-jobs/{job}/reports", json_body=sample.body)
            assert (answer.status_code, answer.get_json()) == (200, {"state": sample.body["state"]})
    assert terminal.get(f"{API}/wants").get_json() == {"wants": []}
    over = terminal.get(f"{API}/print-jobs/{job}")
    assert (over.status_code, over.get_json()["code"]) == (409, "print_job_over")


def test_ended_job_stays_as_it_ended(terminal: SignedTerminal) -> None:
    """A later report that contradicts the end is a conflict."""
    job = print_job(terminal)
    printed, not_printed = (exchange("print_reports").requests[n].body for n in (4, 5))
    terminal.post(f"{API}/print-jobs/{job}/reports", json_body=printed)
    answer = terminal.post(f"{API}/print-jobs/{job}/reports", json_body=not_printed)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "wrong_state")


def test_unwanted_job_is_taken_back(app: Flask, terminal: SignedTerminal) -> None:
    """A job that the person no longer wants comes back with the next word as a cancellation."""
    job = print_job(terminal)
    with database_of(app).unit_of_work() as session:
        cancel(session, job)
    well = exchange("heartbeats").requests[0].body
    answer = terminal.post(f"{API}/heartbeats", json_body=well)
    assert answer.get_json()["wants"] == [{"kind": "cancel_print", "job": job}]


@pytest.mark.parametrize("end", ["", "/document", "/reports"])
def test_foreign_job_is_not_there(app: Flask, terminal: SignedTerminal, end: str) -> None:
    """Another terminal's paper is not found, like one that never was, and the try is audited."""
    job = print_job(terminal)
    other = SignedTerminal(app)
    for asked in (job, "01jd3v9q2m8x4k7t5w6y0z1abc"):
        path = f"{API}/print-jobs/{asked}{end}"
        if end == "/reports":
            answer = other.post(path, json_body=exchange("print_reports").requests[0].body)
        else:
            answer = other.get(path)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "print_job_not_found")
    assert audited(app, "terminal.refused") == [("print_job_not_found", other.id)] * 2
