"""Versions and ends of certificates on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates import queries, services, versions
from kiosk_server.certificates.digests import LENT_AS, DigestAlgorithm
from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.lives import ChangeReason
from kiosk_server.certificates.models import Certificate, CertificateDocument
from kiosk_server.certificates.rules import Reason
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.core.errors import WrongState
from tests.support.certificates import issued

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
RIGHT = (Fact("累计月数", "178"),)
CODED = {"type_id": "id_card", "issuer_code": "11653001MB1A00001L"}


def verdict(database: Database, token: str) -> Reason | None:
    """Why a paper is not to be relied on, or None."""
    with database.reading() as session:
        return queries.find(session, token).verdict.reason


@pytest.mark.policy("P32")
def test_a_corrected_version_replaces_the_wrong_one_at_once(database: Database) -> None:
    """In one unit of work the old version stops verifying and the new one begins."""
    with database.unit_of_work() as session:
        old = issued(session, **CODED)
        old_token = queries.token_of(session, old)
    with database.unit_of_work() as session:
        held = session.get_one(Certificate, old.id)
        new = versions.correct(session, held, facts=RIGHT, holder_name="阿依古丽·测试亚", by=SYSTEM)
        new_token = queries.token_of(session, new)
    assert verdict(database, old_token) is Reason.SUPERSEDED
    assert verdict(database, new_token) is None
    assert (new.version, new.succeeds_id) == (2, old.id)
    assert new.code != old.code
    assert new.masked_holder.endswith("测试亚")
    with database.reading() as session:
        events = list(session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
    assert events == ["certificate.issued", "certificate.superseded", "certificate.issued"]


@pytest.mark.policy("P33")
def test_versions_share_their_identifier_but_for_the_version(database: Database) -> None:
    """A renewed certificate keeps type, issuer and serial; the version counts on."""
    with database.unit_of_work() as session:
        old = issued(session, **CODED)
        new = versions.renew(session, old, facts=RIGHT, valid_until=date(2027, 1, 1), by=SYSTEM)
        assert old.identifier is not None
        assert new.identifier is not None
        assert old.identifier.split(".")[5:8] == new.identifier.split(".")[5:8]
        assert (old.identifier.split(".")[8], new.identifier.split(".")[8]) == ("001", "002")


def test_without_a_type_code_there_is_no_identifier(database: Database) -> None:
    """Nobody invents a type code: such a proof has its number and no identifier."""
    with database.unit_of_work() as session:
        assert issued(session, issuer_code="11653001MB1A00001L").identifier is None
        assert issued(session, type_id="id_card").identifier is None


def test_what_is_withheld_can_be_given_back(database: Database) -> None:
    """Withheld it does not verify, given back it does; a version of it is made only then."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        token = queries.token_of(session, certificate)
        versions.withhold(session, certificate, reason=ChangeReason.UNDER_INQUIRY, by=SYSTEM)
    assert verdict(database, token) is Reason.WITHHELD
    with database.unit_of_work() as session:
        held = session.get_one(Certificate, certificate.id)
        with pytest.raises(WrongState):
            versions.correct(session, held, facts=RIGHT, by=SYSTEM)
        versions.restore(session, held, by=SYSTEM)
    assert verdict(database, token) is None


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (versions.cancel, Reason.CANCELLED),
        (versions.rescind, Reason.RESCINDED),
        (versions.revoke, Reason.REVOKED),
    ],
)
def test_four_ends_have_four_names(
    database: Database, end: Callable[..., None], reason: Reason
) -> None:
    """Whoever verifies reads which end it was, and nothing leads back."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        token = queries.token_of(session, certificate)
        end(session, certificate, reason=ChangeReason.TOLD_BY_ISSUER, by=SYSTEM)
        with pytest.raises(WrongState):
            versions.restore(session, certificate, by=SYSTEM)
    assert verdict(database, token) is reason


def test_what_is_past_its_day_lapses_and_can_be_renewed(database: Database) -> None:
    """The chore lets it lapse once; a renewal then gives a version that verifies."""
    with clock.frozen(NOON), database.unit_of_work() as session:
        certificate = issued(session, valid_until=date(2026, 11, 20))
        issued(session)
        assert versions.let_lapse(session, by=SYSTEM) == 0
    with clock.frozen(NOON + timedelta(days=1)), database.unit_of_work() as session:
        assert versions.let_lapse(session, by=SYSTEM) == 1
        assert versions.let_lapse(session, by=SYSTEM) == 0
        held = session.get_one(Certificate, certificate.id)
        versions.renew(session, held, facts=RIGHT, valid_until=date(2026, 12, 20), by=SYSTEM)
        assert held.state == "superseded"


def _keep(session: Session, certificate: Certificate, content: bytes) -> CertificateDocument:
    return services.attach_document(session, certificate, file_id="f", content=content)


def test_digests_name_their_algorithm(database: Database) -> None:
    """After the setting changed, documents of before and after are both recognised."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        token = queries.token_of(session, certificate)
        assert _keep(session, certificate, b"first").digest_algorithm == "sha-256"
    database.lend(LENT_AS, DigestAlgorithm.SM3)
    with database.unit_of_work() as session:
        held = session.get_one(Certificate, certificate.id)
        assert _keep(session, held, b"second").digest_algorithm == "sm3"
    with database.reading() as session:
        for offered, genuine in ((b"first", True), (b"second", True), (b"third", False)):
            assert queries.find(session, token, offered=offered).verdict.genuine is genuine
