"""The room of proofs on both databases."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates import queries, services, versions
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.lives import ChangeReason
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rules import Channel, Reason, Verdict
from kiosk_server.core import clock
from kiosk_server.core.cryptography import Keyring, SealBroken
from kiosk_server.core.database import Base, Database
from kiosk_server.core.errors import Invalid, WrongState
from kiosk_server.core.rotation import rotate
from kiosk_server.showing.uses import NewUse, record_use, uses_of
from tests.support.certificates import FACTS, issued

NIGHT = datetime(2026, 11, 20, 19, 12, tzinfo=UTC)


def events(database: Database) -> list[str]:
    """Names of what was audited, in order."""
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


def test_a_proof_is_issued_with_number_day_and_code(database: Database) -> None:
    """The number runs within series and year, the day is Beijing's, the code is unguessable."""
    with clock.frozen(NIGHT), database.unit_of_work() as session:
        first, second = issued(session), issued(session)
        other = issued(session, series="ZR")
    assert (first.number, second.number) == ("TEST-2026-000001", "TEST-2026-000002")
    assert other.number == "ZR-2026-000001"
    assert first.issued_on == date(2026, 11, 21)
    assert len({first.code, second.code, other.code}) == 3
    assert events(database) == ["certificate.issued"] * 3


@pytest.mark.policy("P34")
def test_facts_and_holder_are_not_in_clear(database: Database) -> None:
    """The table holds a masked name and sealed facts; they open only in their own row."""
    with database.unit_of_work() as session:
        one, other = issued(session), issued(session)
        row = session.execute(text("SELECT * FROM certificate")).first()
        assert row is not None
        seen = " ".join(
            bytes(value).decode("utf-8", "replace")
            if isinstance(value, bytes | memoryview)
            else str(value)
            for value in row
        )
        assert "阿依古丽" not in seen
        assert "城镇职工" not in seen
        assert queries.facts_of(session, one) == FACTS
        one.facts_sealed = other.facts_sealed
        with pytest.raises(SealBroken):
            queries.facts_of(session, one)


def test_the_printed_token_is_genuine(database: Database) -> None:
    """What the QR says is found and judged genuine; so is the code alone when it is typed."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        token = queries.token_of(session, certificate)
    with database.reading() as session:
        scanned = queries.find(session, token)
        typed = queries.find(session, certificate.code.upper())
    assert scanned.verdict.genuine
    assert scanned.with_check
    assert typed.verdict.genuine
    assert not typed.with_check
    assert scanned.shown is not None
    assert scanned.shown.id == certificate.id


def test_a_made_up_code_is_unknown(database: Database) -> None:
    """A code that nobody issued, and a text that is no code, are unknown."""
    with database.reading() as session:
        for text_ in ("0" * 26, "0" * 39, "nonsense", ""):
            finding = queries.find(session, text_)
            assert finding.verdict.reason is Reason.UNKNOWN
            assert finding.shown is None


@pytest.mark.parametrize("column", ["number", "kind", "issuer", "masked_holder"])
def test_a_row_altered_behind_our_back_is_altered(database: Database, column: str) -> None:
    """Whoever changes a proof in the database cannot make its paper's check hold."""
    with database.unit_of_work() as session:
        token = queries.token_of(session, issued(session))
        session.execute(text(f"UPDATE certificate SET {column} = 'X'"))
        session.expire_all()
    with database.reading() as session:
        finding = queries.find(session, token)
    assert finding.verdict.reason is Reason.ALTERED
    assert finding.shown is None


def test_an_offered_document_is_compared(database: Database) -> None:
    """The first document and its second print match; one changed byte is altered."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        services.attach_document(session, certificate, file_id="f1", content=b"a")
        services.attach_document(session, certificate, file_id="f1", content=b"a")
        services.attach_document(session, certificate, file_id="f2", content=b"b", reprint=True)
        token = queries.token_of(session, certificate)
        made = queries.documents_of(session, certificate.id)
        assert [document.reprint for document in made] == [False, True]
    with database.reading() as session:
        for offered, reason in ((b"a", None), (b"b", None), (b"c", Reason.ALTERED)):
            finding = queries.find(session, token, offered=offered)
            assert finding.verdict.reason == reason


def test_a_revoked_proof_says_so_for_good(database: Database) -> None:
    """After a revocation the verdict is revoked, the deed is audited, and it happens once."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        token = queries.token_of(session, certificate)
    with database.unit_of_work() as session:
        held = session.get_one(Certificate, certificate.id)
        versions.revoke(session, held, reason=ChangeReason.PENALTY, by=SYSTEM)
    with database.reading() as session:
        finding = queries.find(session, token)
        assert finding.verdict.reason is Reason.REVOKED
        assert finding.shown is not None
    assert events(database)[-1] == "certificate.revoked"
    with database.unit_of_work() as session:
        held = session.get_one(Certificate, certificate.id)
        with pytest.raises(WrongState):
            versions.revoke(session, held, reason=ChangeReason.PENALTY, by=SYSTEM)


def test_a_proof_expires_with_beijings_day(database: Database) -> None:
    """A proof serves until the end of its last day in Beijing, and no minute longer."""
    with clock.frozen(NIGHT), database.unit_of_work() as session:
        token = queries.token_of(session, issued(session, valid_until=date(2026, 11, 21)))
    end = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    for at, genuine in ((end - timedelta(seconds=1), True), (end, False)):
        with clock.frozen(at), database.reading() as session:
            assert queries.find(session, token).verdict.genuine is genuine


@pytest.mark.policy("P34")
def test_the_holder_sees_each_look(database: Database) -> None:
    """Every look stands in the holder's list, newest first, and in nobody else's."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        issued(session, resident_id="another")
        with clock.frozen(NIGHT):
            record_use(session, certificate, NewUse(Channel.SCAN, Verdict().word))
        altered = Verdict(Reason.ALTERED)
        with clock.frozen(NIGHT + timedelta(minutes=1)):
            record_use(session, certificate, NewUse(Channel.DOCUMENT, altered.word))
    with database.reading() as session:
        assert certificate.resident_id is not None
        holder = person(certificate.resident_id)
        looks = uses_of(session, certificate.resident_id, holder)
        assert [(look.channel, look.outcome) for look in looks] == [
            ("document", "altered"),
            ("scan", "genuine"),
        ]
        assert uses_of(session, "another", person("another")) == []


def test_running_numbers_survive_a_crowd(database: Database) -> None:
    """Terminals that issue at the same moment get different numbers, none left out."""
    found: list[str] = []

    def work() -> None:
        for _ in range(5):
            with database.unit_of_work() as session:
                found.append(issued(session).number or "")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number[-6:] for number in found) == [f"{each:06d}" for each in range(1, 21)]


def test_a_series_that_would_break_a_number_is_refused(database: Database) -> None:
    """A series is a short word of letters and digits."""
    for series in ("", "社保", "A-B", "A" * 21):
        with pytest.raises(Invalid), database.unit_of_work() as session:
            issued(session, series=series)


def test_facts_open_after_the_key_was_changed(database: Database) -> None:
    """Key rotation finds the sealed facts by itself and they open with the new key alone."""
    with database.unit_of_work() as session:
        certificate = issued(session)
    old = database.keyring
    both = Keyring(sealing_keys={**old.sealing_keys, "k9": b"9" * 32}, index_key=old.index_key)
    rotating = Database(database.engine, both)
    assert rotate(rotating, Base.metadata).broken == ()
    alone = Database(database.engine, Keyring({"k9": b"9" * 32}, old.index_key))
    with alone.reading() as session:
        held = session.get_one(Certificate, certificate.id)
        assert queries.facts_of(session, held) == FACTS
