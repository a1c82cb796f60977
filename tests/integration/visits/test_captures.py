"""Taking a document in: asked for by nonce, kept once, sealed, and forgotten with its visit."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.files import services as files
from kiosk_server.files.models import StoredFile
from kiosk_server.visits import captures
from kiosk_server.visits import services as visits
from kiosk_server.visits.captures import (
    CapturedPages,
    CaptureRefused,
    CaptureTaken,
)
from kiosk_server.visits.models import Capture, CaptureRequest, EndReason, Visit
from tests.support.counter import OTHER_TERMINAL, TERMINAL, THREE_AT_NIGHT, Counter, Person

PDF = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Page >>\nendobj\n2 0 obj\n<< /Length 5 >>\nstream\n"
    b"scan1\nendstream\nendobj\n%%EOF\n"
)
OTHER_PDF = PDF.replace(b"scan1", b"scan2")


def asked(counter: Counter, person: Person, *, most_pages: int = 4) -> str:
    """A page asks for the marriage certificate, say."""
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        return captures.ask_for_capture(
            session, visit, purpose="marriage_certificate", most_pages=most_pages
        ).nonce


def sends(
    counter: Counter,
    nonce: str,
    pdf: bytes = PDF,
    *,
    signed_by: str = TERMINAL,
    says: str | None = None,
    digest: str | None = None,
    pages: int = 1,
) -> CaptureTaken | CaptureRefused:
    """The terminal signs what it took in."""
    capture = CapturedPages(
        nonce=nonce,
        pdf=pdf,
        digest=digest or hashlib.sha256(pdf).hexdigest(),
        pages=pages,
        terminal=says or signed_by,
    )
    with counter.database.unit_of_work() as session:
        return captures.take_capture(session, signed_by, capture)


def kept(counter: Counter) -> tuple[int, int]:
    """How many captures there are, and how many files of documents."""
    with counter.database.reading() as session:
        documents = select(func.count(StoredFile.id)).where(
            StoredFile.purpose == captures.FILE_PURPOSE
        )
        return (
            session.scalar(select(func.count(Capture.id))) or 0,
            session.scalar(documents) or 0,
        )


def test_a_document_is_kept_sealed(counter: Counter) -> None:
    """What the terminal sent can be read back through its capture, and through it alone."""
    person = counter.starts()
    outcome = sends(counter, asked(counter, person))

    assert isinstance(outcome, CaptureTaken)
    with counter.database.unit_of_work() as session:
        capture = session.get_one(Capture, outcome.capture_id)
        assert (capture.purpose, capture.pages) == ("marriage_certificate", 1)
        assert files.read(session, capture.file_id) == PDF
        shelves = files.shelves_of(session)
        sealed = shelves.stores[shelves.current].get(session, capture.file_id)
        assert sealed is not None
        assert b"%PDF" not in sealed
    (entry,) = counter.audited("visit.capture_taken")
    assert entry.facts["purpose"] == "marriage_certificate"


def test_the_same_document_sent_twice_is_kept_once(counter: Counter) -> None:
    """A terminal that never heard the answer sends again, and hears the same id."""
    nonce = asked(counter, counter.starts())
    first, again = sends(counter, nonce), sends(counter, nonce)

    assert first == again
    assert kept(counter) == (1, 1)
    assert len(counter.audited("visit.capture_taken")) == 1


def test_a_nonce_serves_for_one_document(counter: Counter) -> None:
    """Another document under a nonce that has served is refused and leaves no file."""
    nonce = asked(counter, counter.starts())
    sends(counter, nonce)

    assert sends(counter, nonce, OTHER_PDF) == CaptureRefused("nonce_used")
    assert kept(counter) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signed_by": OTHER_TERMINAL}, "wrong_terminal"),
        ({"says": OTHER_TERMINAL}, "wrong_terminal"),
        ({"digest": "0" * 64}, "digest_wrong"),
        ({"pages": 2}, "document_unreadable"),
        ({"pdf": b"\xff\xd8 a picture"}, "document_unreadable"),
        ({"pdf": PDF.replace(b">>", b"/OpenAction 9 0 R >>", 1)}, "document_unreadable"),
    ],
)
def test_a_document_that_is_not_right_burns_no_nonce(
    counter: Counter, changes: dict[str, str], code: str
) -> None:
    """Refused and audited, with nothing kept; the right one is still taken."""
    nonce = asked(counter, counter.starts())

    assert sends(counter, nonce, **changes) == CaptureRefused(code)  # type: ignore[arg-type]
    assert kept(counter) == (0, 0)
    assert [entry.facts for entry in counter.audited("visit.capture_refused")] == [{"code": code}]
    assert isinstance(sends(counter, nonce), CaptureTaken)


def test_a_nonce_that_nobody_issued_is_unknown(counter: Counter) -> None:
    """A terminal cannot hand in what no page asked for."""
    counter.starts()

    assert sends(counter, "guessed") == CaptureRefused("nonce_unknown")


def test_more_pages_than_were_asked_for_are_refused(counter: Counter) -> None:
    """The page says how many it wants, and the server holds to it."""
    two = PDF.replace(b"2 0 obj", b"3 0 obj\n<< /Type /Page >>\nendobj\n2 0 obj")

    nonce = asked(counter, counter.starts(), most_pages=1)

    assert sends(counter, nonce, two, pages=2) == CaptureRefused("too_many_pages")


def test_a_newer_request_and_an_old_one_lapse(counter: Counter) -> None:
    """Only the last nonce serves, and it does for a quarter of an hour at most."""
    person = counter.starts()
    older, newer = asked(counter, person), asked(counter, person)

    assert sends(counter, older) == CaptureRefused("nonce_stale")
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        visit.size, visit.ends_at = "xl", THREE_AT_NIGHT + timedelta(hours=1)
        visit.last_seen_at = THREE_AT_NIGHT + timedelta(minutes=15)
    with clock.frozen(THREE_AT_NIGHT + timedelta(minutes=15)):
        assert sends(counter, newer) == CaptureRefused("nonce_stale")


@pytest.mark.policy("P52")
def test_a_document_ends_with_its_visit(counter: Counter) -> None:
    """What no case has taken is gone with the person, its file too, and none comes after."""
    person = counter.starts()
    assert isinstance(sends(counter, asked(counter, person)), CaptureTaken)
    late = asked(counter, person)
    with counter.database.unit_of_work() as session:
        visits.end(session, session.get_one(Visit, person.visit_id), reason=EndReason.LEFT)
    counter.works()

    assert kept(counter) == (0, 0)
    assert sends(counter, late) == CaptureRefused("visit_over")


@pytest.mark.policy("P52")
def test_a_document_that_nobody_comes_for_is_forgotten(counter: Counter) -> None:
    """After half an hour it goes, however the visit stands; requests go after a day."""
    sends(counter, asked(counter, counter.starts()))
    with clock.frozen(THREE_AT_NIGHT + timedelta(minutes=29)):
        assert forgotten(counter) == 0
    with clock.frozen(THREE_AT_NIGHT + timedelta(minutes=30)):
        assert forgotten(counter) == 1
    assert kept(counter) == (0, 0)
    with clock.frozen(THREE_AT_NIGHT + timedelta(days=2)):
        forgotten(counter)
    with counter.database.reading() as session:
        assert session.scalar(select(func.count(CaptureRequest.nonce_digest))) == 0


def forgotten(counter: Counter) -> int:
    """Do the chore; return how many documents went."""
    with counter.database.unit_of_work() as session:
        return captures.forget_captures(session)


def test_a_case_takes_a_document_over(counter: Counter) -> None:
    """Handed over, it outlives the visit; nobody else's visit can take it, nor twice."""
    person = counter.starts()
    outcome = sends(counter, asked(counter, person))
    assert isinstance(outcome, CaptureTaken)
    stranger = counter.starts(terminal=OTHER_TERMINAL)
    with counter.database.unit_of_work() as session:
        with pytest.raises(NotFound):
            captures.hand_over(
                session, session.get_one(Visit, stranger.visit_id), outcome.capture_id
            )
        visit = session.get_one(Visit, person.visit_id)
        file_id = captures.hand_over(session, visit, outcome.capture_id)
        with pytest.raises(NotFound):
            captures.hand_over(session, visit, outcome.capture_id)
        assert captures.drop_of_visit(session, visit.id) == 0
        assert files.read(session, file_id) == PDF
