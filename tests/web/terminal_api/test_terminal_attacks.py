"""What is not believed to come from a terminal, each with its code, each audited."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kiosk_server.audit.models import AuditEntry
from kiosk_server.core import clock
from kiosk_server.terminals.rules import WithdrawalReason
from kiosk_server.terminals.services import revoke
from tests.support.terminal_client import API, COVERED, TECHNICIAN, SignedTerminal, database_of

WANTS = f"{API}/wants"
STATES = f"{API}/states"
BODY = (
    b'{"version":1,"devices":[{"kind":"id_reader","condition":"ready","troubles":[],"details":{}}]}'
)


@pytest.fixture
def terminal(app: Flask) -> SignedTerminal:
    """A terminal that the server admits."""
    return SignedTerminal(app)


def refusals(app: Flask) -> list[tuple[str, str | None]]:
    """What was audited of refused terminals: code, and whose key was claimed."""
    with database_of(app).reading() as session:
        found = session.scalars(
            select(AuditEntry).where(AuditEntry.event == "terminal.refused").order_by(AuditEntry.id)
        )
        return [(entry.facts["code"], entry.subject_id) for entry in found]


def code_of(answer: TestResponse) -> str:
    """The stable code of a problem."""
    assert answer.content_type == "application/problem+json"
    code: str = answer.get_json()["code"]
    return code


def test_signed_call_is_believed(terminal: SignedTerminal) -> None:
    """A call signed as agreed passes, with and without a body, and tells the server's time."""
    assert terminal.get(WANTS).status_code == 200
    answer = terminal.send("POST", STATES, BODY)
    assert answer.status_code == 200
    assert abs(float(answer.headers["Kiosk-Server-Time"]) - clock.now().timestamp()) < 60


@pytest.mark.parametrize(
    "query", ["?a=1&b=2", "?a=&a=&b", "?q=%E9%98%BF%2F", "?", "?next=%2Fa%3Fb%3D1"]
)
def test_query_is_signed_as_sent(terminal: SignedTerminal, query: str) -> None:
    """Repeated, empty and encoded parameters are verified as they were sent, not as decoded."""
    assert terminal.get(WANTS + query).status_code == 200


def test_unsigned_call_is_refused(app: Flask, terminal: SignedTerminal) -> None:
    """A caller without a signature is no terminal, and is told the time all the same."""
    answer = terminal.send_as("GET", WANTS, b"", {})
    assert (answer.status_code, code_of(answer)) == (401, "signature_missing")
    assert "Kiosk-Server-Time" in answer.headers
    assert refusals(app) == [("signature_missing", None)]


def test_replay_is_refused(app: Flask, terminal: SignedTerminal) -> None:
    """The same signed call works once."""
    headers = terminal.signature("GET", WANTS, b"")
    assert terminal.send_as("GET", WANTS, b"", headers).status_code == 200
    again = terminal.send_as("GET", WANTS, b"", headers)
    assert (again.status_code, code_of(again)) == (401, "signature_replayed")
    assert refusals(app) == [("signature_replayed", terminal.id)]


def test_failed_call_has_spent_its_signature(terminal: SignedTerminal) -> None:
    """A call that was refused for its body cannot be sent again with the same signature."""
    headers = terminal.signature("POST", STATES, b"{}")
    assert terminal.send_as("POST", STATES, b"{}", headers).status_code == 422
    assert code_of(terminal.send_as("POST", STATES, b"{}", headers)) == "signature_replayed"


def test_two_terminals_may_pick_the_same_nonce(app: Flask, terminal: SignedTerminal) -> None:
    """A nonce is spent for the terminal that used it alone."""
    other = SignedTerminal(app)
    for who in (terminal, other):
        headers = who.signature("GET", WANTS, b"", nonce="the-same-nonce-0")
        assert who.send_as("GET", WANTS, b"", headers).status_code == 200


EDITS: dict[str, Callable[[SignedTerminal], TestResponse]] = {
    "body": lambda t: t.send_as(
        "POST", STATES, BODY.replace(b"ready", b"fault"), t.signature("POST", STATES, BODY)
    ),
    "body dropped": lambda t: t.send_as("POST", STATES, b"", t.signature("POST", STATES, BODY)),
    "query": lambda t: t.send_as(
        "GET", WANTS + "?a=2", b"", t.signature("GET", WANTS + "?a=1", b"")
    ),
    "query added": lambda t: t.send_as("GET", WANTS + "?a", b"", t.signature("GET", WANTS, b"")),
    "query order": lambda t: t.send_as(
        "GET", WANTS + "?b&a", b"", t.signature("GET", WANTS + "?a&b", b"")
    ),
    "path": lambda t: t.send_as(
        "GET", f"{API}/print-jobs/b", b"", t.signature("GET", f"{API}/print-jobs/a", b"")
    ),
    "method": lambda t: t.send_as("POST", STATES, b"", t.signature("GET", STATES, b"")),
    "other server": lambda t: t.send_as(
        "GET", WANTS, b"", t.signature("GET", WANTS, b"", origin="http://127.0.0.1:9999")
    ),
    "forged key": lambda t: t.send_as(
        "GET", WANTS, b"", t.signature("GET", WANTS, b"", key=Ed25519PrivateKey.generate())
    ),
    "digest dropped": lambda t: t.send_as(
        "POST",
        STATES,
        BODY,
        {
            name: value
            for name, value in t.signature("POST", STATES, BODY).items()
            if name != "Content-Digest"
        },
    ),
    "digest not covered": lambda t: t.send_as(
        "POST", STATES, BODY, t.signature("POST", STATES, BODY, digest_body=False)
    ),
    "digest of another body": lambda t: t.send_as(
        "POST",
        STATES,
        BODY,
        {
            **t.signature("POST", STATES, BODY),
            "Content-Digest": t.signature("POST", STATES, b"{}")["Content-Digest"],
        },
    ),
    "another tag": lambda t: t.send_as(
        "GET", WANTS, b"", t.signature("GET", WANTS, b"", tag="something-else")
    ),
    "another label": lambda t: t.send_as(
        "GET", WANTS, b"", t.signature("GET", WANTS, b"", label="sig1")
    ),
    "empty nonce": lambda t: t.send_as("GET", WANTS, b"", t.signature("GET", WANTS, b"", nonce="")),
    "endless nonce": lambda t: t.send_as(
        "GET", WANTS, b"", t.signature("GET", WANTS, b"", nonce="n" * 65)
    ),
    "signature cut off": lambda t: t.send_as(
        "GET", WANTS, b"", {**t.signature("GET", WANTS, b""), "Signature": "kiosk=:AAAA:"}
    ),
    "no structured field": lambda t: t.send_as(
        "GET", WANTS, b"", {"Signature-Input": "kiosk=(", "Signature": "?"}
    ),
    "half a signature": lambda t: t.send_as(
        "GET", WANTS, b"", {"Signature": t.signature("GET", WANTS, b"")["Signature"]}
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edited_call_is_refused(app: Flask, terminal: SignedTerminal, edit: str) -> None:
    """A call that is not exactly what was signed, for this server, is refused and audited."""
    answer = EDITS[edit](terminal)
    assert (answer.status_code, code_of(answer)) == (401, "signature_invalid")
    assert "Kiosk-Server-Time" in answer.headers
    assert [code for code, _ in refusals(app)] == ["signature_invalid"]


@pytest.mark.parametrize("left_out", COVERED)
def test_shortened_coverage_is_refused(terminal: SignedTerminal, left_out: str) -> None:
    """A signature that leaves one agreed component out covers too little."""
    covered = [name for name in COVERED if name != left_out]
    headers = terminal.signature("POST", STATES, BODY, covered=covered)
    assert code_of(terminal.send_as("POST", STATES, BODY, headers)) == "signature_invalid"


def test_two_signatures_of_ours_are_refused(terminal: SignedTerminal) -> None:
    """A second signature with our tag could be read by one and not by the other."""
    first = terminal.signature("GET", WANTS, b"")
    second = terminal.signature("GET", WANTS, b"", label="other")
    both = {name: f"{first[name]}, {second[name]}" for name in ("Signature", "Signature-Input")}
    headers = {**both, "Content-Digest": first["Content-Digest"]}
    assert code_of(terminal.send_as("GET", WANTS, b"", headers)) == "signature_invalid"


def test_foreign_signature_beside_ours_does_no_harm(terminal: SignedTerminal) -> None:
    """A proxy may sign too, under a tag of its own."""
    ours = terminal.signature("GET", WANTS, b"")
    theirs = terminal.signature("GET", WANTS, b"", label="proxy", tag="a-proxy")
    both = {name: f"{ours[name]}, {theirs[name]}" for name in ("Signature", "Signature-Input")}
    headers = {**both, "Content-Digest": ours["Content-Digest"]}
    assert terminal.send_as("GET", WANTS, b"", headers).status_code == 200


@pytest.mark.parametrize(
    ("seconds", "passes"), [(-59, True), (59, True), (-62, False), (62, False), (3600, False)]
)
def test_signature_has_its_time(
    app: Flask, terminal: SignedTerminal, seconds: int, passes: bool
) -> None:
    """A signature holds for a minute around the server's time, and a wrong clock is told so."""
    created = clock.now() + timedelta(seconds=seconds)
    with clock.frozen(clock.now()):
        answer = terminal.send_as(
            "GET", WANTS, b"", terminal.signature("GET", WANTS, b"", created=created)
        )
    if passes:
        assert answer.status_code == 200
        return
    assert (answer.status_code, code_of(answer)) == (401, "clock_skew")
    assert "Kiosk-Server-Time" in answer.headers
    assert refusals(app) == [("clock_skew", terminal.id)]


def test_unknown_key_is_refused(app: Flask, terminal: SignedTerminal) -> None:
    """A key that was never enrolled opens nothing."""
    headers = terminal.signature("GET", WANTS, b"", key_id="01jd3v9q2m8x4k7t5w6y0z1key")
    answer = terminal.send_as("GET", WANTS, b"", headers)
    assert (answer.status_code, code_of(answer)) == (401, "key_unknown")
    assert refusals(app) == [("key_unknown", None)]


def test_revoked_terminal_is_out_at_once(app: Flask, terminal: SignedTerminal) -> None:
    """The next call after revocation is refused; nothing is remembered of the key."""
    assert terminal.get(WANTS).status_code == 200
    with database_of(app).unit_of_work() as session:
        revoke(session, terminal.id, by=TECHNICIAN, reason=WithdrawalReason.STOLEN)
    answer = terminal.get(WANTS)
    assert (answer.status_code, code_of(answer)) == (403, "terminal_revoked")
    assert refusals(app) == [("terminal_revoked", terminal.id)]


def test_forger_learns_nothing_of_a_revoked_terminal(app: Flask, terminal: SignedTerminal) -> None:
    """Only who holds the key is told that it was revoked."""
    with database_of(app).unit_of_work() as session:
        revoke(session, terminal.id, by=TECHNICIAN, reason=WithdrawalReason.STOLEN)
    headers = terminal.signature("GET", WANTS, b"", key=Ed25519PrivateKey.generate())
    assert code_of(terminal.send_as("GET", WANTS, b"", headers)) == "signature_invalid"


def test_large_body_of_a_stranger_is_not_read(app: Flask, terminal: SignedTerminal) -> None:
    """What no terminal would send is refused by its length, before any signature is looked at."""
    answer = terminal.send_as("POST", STATES, b" " * (1024 * 1024 + 1), {})
    assert (answer.status_code, code_of(answer)) == (413, "too_large")
    enrolment = terminal.send_as("POST", f"{API}/enrolments", b" " * (16 * 1024 + 1), {})
    assert (enrolment.status_code, code_of(enrolment)) == (413, "too_large")
    assert refusals(app) == []


def test_knocking_does_not_fill_the_audit(app: Flask, terminal: SignedTerminal) -> None:
    """After sixty refusals in ten minutes the log counts on, the audit does not grow."""
    for _ in range(65):
        headers = terminal.signature("GET", WANTS, b"", key_id="01jd3v9q2m8x4k7t5w6y0z1key")
        assert terminal.send_as("GET", WANTS, b"", headers).status_code == 401
    assert len(refusals(app)) == 60
