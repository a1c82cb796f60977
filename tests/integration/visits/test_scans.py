"""Taking a scanned code: its nonce serves once, at one terminal, for one purpose."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from kiosk_server.core import clock
from kiosk_server.printing import reprints
from kiosk_server.printing.rules import MOST_WRONG_CODES, scanned_code
from kiosk_server.terminal_api.scan_purposes import purposes_at
from kiosk_server.visits import services as visits
from kiosk_server.visits.models import EndReason, ScanRequest, Visit, VisitState
from kiosk_server.visits.scans import (
    Deed,
    ScanPurpose,
    ScanReading,
    ScanRefused,
    ScanTaken,
    ask_for_scan,
    forget_old_scans,
    take_scan,
)
from tests.support.counter import (
    AYGUL,
    ORIGIN,
    OTHER_TERMINAL,
    TERMINAL,
    THREE_AT_NIGHT,
    Counter,
    Person,
)

PURPOSES = purposes_at(ORIGIN)


def asked(counter: Counter, person: Person) -> str:
    """The page of the print code asks for a scan."""
    with counter.database.unit_of_work() as session:
        visit = session.get_one(Visit, person.visit_id)
        return ask_for_scan(session, visit, ScanPurpose.REPRINT).nonce


def shows(
    counter: Counter,
    text: str,
    nonce: str,
    *,
    signed_by: str = TERMINAL,
    says: str | None = None,
    purposes: Mapping[ScanPurpose, Deed] = PURPOSES,
) -> ScanTaken | ScanRefused:
    """The terminal signs what it scanned."""
    reading = ScanReading(nonce=nonce, text=text, terminal=says or signed_by)
    with counter.database.unit_of_work() as session:
        return take_scan(session, signed_by, reading, purposes=purposes)


def right_to_reprint(counter: Counter) -> str:
    """Somebody's print failed, and he holds a slip with this text in its QR code."""
    _, _, job = counter.comes_to_paper(AYGUL)
    counter.reports(job, 1, "not_printed", trouble="jam")
    with counter.database.unit_of_work() as session:
        return f"kiosk-print:{reprints.grant(session, job).code}"


def test_a_slips_code_asks_for_its_holders_card(counter: Counter) -> None:
    """The print code of a slip does what typing it does: only the holder's card serves now."""
    text = right_to_reprint(counter)
    person = counter.starts()
    assert shows(counter, text, asked(counter, person)) == ScanTaken(ScanPurpose.REPRINT)
    with counter.database.reading() as session:
        visit = session.get_one(Visit, person.visit_id)
        assert visit.expected_resident_id is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kiosk-print:4711 2233", "47112233"),
        (" kiosk-print:47112233 ", "47112233"),
        ("47112233", None),
        ("kiosk-print:4711223", None),
        ("kiosk-print:４７１１２２３３", None),
        ("KIOSK-PRINT:47112233", None),
        ("https://kiosk.example/v/kiosk-print:47112233", None),
        ("kiosk-print:kiosk-print:47112233", None),
    ],
)
def test_only_a_slips_code_is_a_print_code(text: str, code: str | None) -> None:
    """No other code is taken for a print code, whatever digits it holds."""
    assert scanned_code(text) == code


def test_a_posters_code_costs_no_try(counter: Counter) -> None:
    """A code of another kind is refused and is no guess."""
    person = counter.starts()
    for _ in range(MOST_WRONG_CODES + 1):
        outcome = shows(counter, "https://example.invalid/", asked(counter, person))
        assert outcome == ScanRefused("scan_not_fitting")
    assert set(counter.refusals("visit.scan_refused")) == {"scan_not_fitting"}


def test_a_proofs_own_code_is_told_for_what_it_is(counter: Counter) -> None:
    """The QR of a paper of ours is named as such and costs no try; another house's is nothing."""
    person = counter.starts()
    token = f"{'0123456789abcdefghjkmnpqrs'}-{'tvwxyz0123456'}"
    found = [
        shows(counter, text, asked(counter, person))
        for text in (
            *[f"{ORIGIN}/v/{token}"] * MOST_WRONG_CODES,
            f"{ORIGIN}.elsewhere.invalid/v/{token}",
            f"{ORIGIN}/v/",
            f"{ORIGIN}/v/../staff/",
        )
    ]
    proofs, others = found[:MOST_WRONG_CODES], found[MOST_WRONG_CODES:]
    assert set(proofs) == {ScanRefused("scan_is_proof")}
    assert set(others) == {ScanRefused("scan_not_fitting")}


def test_guessing_with_printed_codes_ends_the_visit(counter: Counter) -> None:
    """Five wrong print codes end the visit, scanned as typed."""
    person = counter.starts()
    codes = [
        shows(counter, f"kiosk-print:0000000{digit}", asked(counter, person))
        for digit in range(MOST_WRONG_CODES)
    ]
    assert codes == [
        *[ScanRefused("reprint_unknown")] * (MOST_WRONG_CODES - 1),
        ScanRefused("visit_over"),
    ]
    with counter.database.reading() as session:
        visit = session.get_one(Visit, person.visit_id)
        assert (visit.state, visit.end_reason) == (VisitState.ENDED, EndReason.CODES)


def test_a_scan_without_asking(counter: Counter) -> None:
    """A nonce that the server never issued opens nothing."""
    assert shows(counter, "kiosk-print:47112233", "made-up") == ScanRefused("nonce_unknown")
    assert counter.refusals("visit.scan_refused") == ["nonce_unknown"]


def test_a_replayed_scan(counter: Counter) -> None:
    """The same scan a second time is refused, whatever it held."""
    nonce = asked(counter, counter.starts())
    shows(counter, "https://example.invalid/", nonce)
    assert shows(counter, right_to_reprint(counter), nonce) == ScanRefused("nonce_used")


def test_a_stale_scan(counter: Counter) -> None:
    """A nonce serves for two minutes, and only the newest."""
    person = counter.starts()
    older, newer = asked(counter, person), asked(counter, person)
    assert shows(counter, "kiosk-print:47112233", older) == ScanRefused("nonce_stale")
    for seconds in (60, 120):
        with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=seconds)):
            counter.resumes(person)
    with clock.frozen(THREE_AT_NIGHT + timedelta(seconds=121)):
        assert shows(counter, "kiosk-print:47112233", newer) == ScanRefused("nonce_stale")


def test_another_terminals_scan(counter: Counter) -> None:
    """Another terminal is refused, and burns nothing; so is one that names another."""
    nonce = asked(counter, counter.starts())
    wrong = ScanRefused("wrong_terminal")
    assert shows(counter, "x", nonce, signed_by=OTHER_TERMINAL) == wrong
    assert shows(counter, "x", nonce, says=OTHER_TERMINAL) == wrong
    assert shows(counter, "x", nonce) == ScanRefused("scan_not_fitting")


def test_a_scan_after_the_end(counter: Counter) -> None:
    """A code that comes after the visit's end belongs to nobody."""
    person = counter.starts()
    nonce = asked(counter, person)
    with counter.database.unit_of_work() as session:
        visits.end(session, session.get_one(Visit, person.visit_id), reason=EndReason.LEFT)
    assert shows(counter, "kiosk-print:47112233", nonce) == ScanRefused("visit_over")


def test_a_scan_asked_for_before_another_choice(counter: Counter) -> None:
    """Once a service was chosen, the page that asked for a print code waits for nothing."""
    person = counter.starts()
    nonce = asked(counter, person)
    counter.chooses(person, "SAMPLE-RS-01")
    assert shows(counter, "kiosk-print:47112233", nonce) == ScanRefused("nonce_stale")


def test_a_purpose_is_a_row_of_the_table(counter: Counter) -> None:
    """What a scan does is looked up by what was asked for; every purpose has its deed."""
    seen: list[str] = []

    def deed(session: Session, visit: Visit, text: str) -> str | None:
        seen.append(text)
        return None

    nonce = asked(counter, counter.starts())
    taken = shows(counter, "anything", nonce, purposes={ScanPurpose.REPRINT: deed})
    assert (taken, seen) == (ScanTaken(ScanPurpose.REPRINT), ["anything"])
    assert set(PURPOSES) == set(ScanPurpose)


@pytest.mark.policy("P52")
def test_nothing_of_a_scan_is_kept(counter: Counter) -> None:
    """Neither the request nor the audit holds what was shown, and lapsed requests are deleted."""
    nonce = asked(counter, counter.starts())
    shows(counter, "kiosk-print:47112233", nonce)
    [entry] = counter.audited("visit.scan_refused")
    assert "47112233" not in str(entry.facts)
    assert "47112233" not in repr(ScanReading(nonce=nonce, text="47112233", terminal=TERMINAL))
    with (
        clock.frozen(THREE_AT_NIGHT + timedelta(days=2)),
        counter.database.unit_of_work() as session,
    ):
        assert forget_old_scans(session) == 1
        assert session.query(ScanRequest).count() == 0
