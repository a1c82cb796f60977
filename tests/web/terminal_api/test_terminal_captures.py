"""Documents over the wire: made by the terminal's own code, believed and kept by the server."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from devices.agent import wire
from devices.host.ports import CapturedDocument
from devices.protocols.page_making import Page
from devices.protocols.page_pdf import pdf_of
from kiosk_server.files.services import read
from kiosk_server.visits import captures
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import Capture, EndReason, Visit
from tests.support.first_rows import open_catalogue
from tests.support.terminal_client import API, SignedTerminal, database_of
from tests.support.wire_samples import exchange

CAPTURES = f"{API}/captures"


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal at which somebody is."""
    open_catalogue(database_of(app))
    return SignedTerminal(app)


def asked(terminal: SignedTerminal) -> tuple[str, str]:
    """A visit, and the nonce of the document that its page waits for."""
    with database_of(terminal.app).unit_of_work() as session:
        visit = visits.start(
            session, terminal_id=terminal.id, site_id=terminal.site_id, language="zh"
        ).visit
        return visit.id, captures.ask_for_capture(session, visit, purpose="residence").nonce


def document(picture_bytes: int = 2_000) -> bytes:
    """Two pages as the terminal makes them; the pictures are as large as told."""
    pages = [
        Page(bytearray(picture_bytes), 1654, 2339, colour=True, cut_out=True),
        Page(bytearray(picture_bytes), 2339, 1654, colour=False, cut_out=False),
    ]
    return bytes(pdf_of(pages))


def body(terminal: SignedTerminal, nonce: str, pdf: bytes) -> dict[str, object]:
    """What the device host writes."""
    return wire.capture_body(
        CapturedDocument(nonce, 2, pdf),
        terminal=terminal.id,
        captured_at=datetime(2026, 11, 21, 19, 6, tzinfo=UTC),
    )


@pytest.mark.parametrize("picture_bytes", [2_000, 2_000_000])
def test_what_the_terminal_makes_the_server_keeps(
    terminal: SignedTerminal, picture_bytes: int
) -> None:
    """A document of both ends' code is taken, also one larger than anything else that is sent."""
    _, nonce = asked(terminal)
    pdf = document(picture_bytes)
    answer = terminal.post(CAPTURES, json_body=body(terminal, nonce, pdf))

    assert answer.status_code == 201
    assert answer.get_json().keys() == exchange("captures").answered(201)[0].body.keys()
    with database_of(terminal.app).reading() as session:
        capture = session.get_one(Capture, answer.get_json()["capture"])
        assert read(session, capture.file_id) == pdf


def test_an_answer_that_was_lost_is_given_again(terminal: SignedTerminal) -> None:
    """Sent twice, signed anew, the document has one id."""
    _, nonce = asked(terminal)
    pdf = document()
    answers = [
        terminal.post(CAPTURES, json_body=body(terminal, nonce, pdf)).get_json() for _ in range(2)
    ]

    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"nonce": "neverissuednonce"}, 403, "nonce_unknown"),
        ({"digest": "0" * 64}, 422, "digest_wrong"),
        ({"pages": 1}, 422, "document_unreadable"),
        ({"terminal": "AT-9999"}, 403, "wrong_terminal"),
        ({"document": "%%%"}, 422, "invalid"),
        ({"media_type": "text/html"}, 422, "invalid"),
        ({"pages": 0}, 422, "invalid"),
    ],
)
def test_what_is_not_right_is_refused_by_name(
    terminal: SignedTerminal, changes: dict[str, object], status: int, code: str
) -> None:
    """Each refusal has the status and the code that the samples show, and shows no document."""
    _, nonce = asked(terminal)
    sent = {**body(terminal, nonce, document()), **changes}
    answer = terminal.post(CAPTURES, json_body=sent)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert str(sent["document"])[:40] not in answer.get_data(as_text=True)


def test_a_document_after_the_visit_is_too_late(terminal: SignedTerminal) -> None:
    """Nothing of a person who has gone is taken in any more."""
    visit_id, nonce = asked(terminal)
    with database_of(terminal.app).unit_of_work() as session:
        visits.end(session, session.get_one(Visit, visit_id), reason=EndReason.LEFT)
    answer = terminal.post(CAPTURES, json_body=body(terminal, nonce, document()))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "visit_over")


def test_every_refusal_is_sampled() -> None:
    """What this door can refuse with stands in the samples, for the terminal's end to read."""
    sampled = {
        sample.body["code"] for sample in exchange("captures").answers if sample.status != 201
    }

    assert sampled >= {
        "nonce_unknown",
        "nonce_used",
        "nonce_stale",
        "wrong_terminal",
        "visit_over",
        "digest_wrong",
        "document_too_large",
        "document_unreadable",
        "too_many_pages",
    }


def test_the_body_of_a_stranger_is_not_read(terminal: SignedTerminal) -> None:
    """Who has not signed is turned away by his headers; who sends too much, by its length."""
    headers = terminal.signature("POST", CAPTURES, b"{}", key_id="01jd3v9q2m8x4k7t5w6y0z1key")
    answer = terminal.send_as("POST", CAPTURES, b"x" * 5_000_000, headers)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "key_unknown")

    answer = terminal.send_as("POST", CAPTURES, b"x" * (6 * 1024 * 1024 + 1), {})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


def test_another_body_under_a_signature_is_refused(terminal: SignedTerminal) -> None:
    """The digest that was signed is that of the body, or the call is nobody's."""
    headers = terminal.signature("POST", CAPTURES, b"{}")
    answer = terminal.send_as("POST", CAPTURES, b"[]", headers)

    assert (answer.status_code, answer.get_json()["code"]) == (401, "signature_invalid")
