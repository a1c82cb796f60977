"""Issuers hand out their own picture, and are told that a certificate of theirs was used."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from kiosk_server.certificates.holders import Holder
from kiosk_server.certificates.issuers import issuers_picture, tell_issuer
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.ports import (
    Errand,
    FetchedFile,
    FileAnswer,
    FileKind,
    FileVerdict,
    ReportAnswer,
    Reported,
    SourceDown,
    Use,
    VerifyAnswer,
)
from kiosk_server.certificates.rules import Channel
from kiosk_server.core.database import Database
from kiosk_server.core.errors import NotFound, Unavailable
from kiosk_server.outbox.models import OutboxMessage
from kiosk_server.showing.uses import NewUse, record_use
from tests.support.wallets import ERRAND, FilledPlatform, licence, mother, opened

IDENTIFIER = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
PICTURE = b"\x89PNG of the issuer"


@dataclass
class Issuer(FilledPlatform):
    """A service that has a file, and remembers what it was told."""

    genuine: bool = True
    down: bool = False
    told: list[tuple[str, Use]] = field(default_factory=list)

    def fetch_file(self, identifier: str, kind: FileKind, errand: Errand) -> FileAnswer:
        return SourceDown() if self.down else FetchedFile(PICTURE, "image/png")

    def verify_file(self, data: bytes, errand: Errand) -> VerifyAnswer:
        return FileVerdict(genuine=self.genuine and data == PICTURE, told="test")

    def report_use(self, identifier: str, use: Use, errand: Errand) -> ReportAnswer:
        if self.down:
            return SourceDown()
        self.told.append((identifier, use))
        return Reported()


@pytest.fixture
def issuer() -> Issuer:
    """A service that holds a licence with an identifier."""
    platform = Issuer()
    platform.hold("driving_licence", licence(identifier=IDENTIFIER))
    return platform


@pytest.fixture
def her(database: Database, issuer: Issuer) -> Holder:
    """Somebody who holds it."""
    holder = mother(database)
    opened(database, issuer, holder, types=["driving_licence"])
    return holder


def certificate_id(database: Database) -> str:
    """The licence."""
    with database.reading() as session:
        return session.scalars(select(Certificate.id)).one()


def use(database: Database, channel: Channel = Channel.LIVE_CODE, outcome: str = "genuine") -> None:
    """Somebody looks at it."""
    with database.unit_of_work() as session:
        certificate = session.scalars(select(Certificate)).one()
        record_use(session, certificate, NewUse(channel, outcome, scene="transport"))


def waiting(database: Database) -> list[str]:
    """Uses that wait to be told."""
    with database.reading() as session:
        rows = select(OutboxMessage.payload).where(OutboxMessage.topic == "certificate.use_told")
        return [payload["use"] for payload in session.scalars(rows)]


@pytest.mark.policy("P33")
def test_the_issuer_s_own_picture_is_given_if_he_stands_by_it(
    database: Database, issuer: Issuer, her: Holder
) -> None:
    """Else, and while he does not answer, there is none; strangers learn nothing."""
    mine = certificate_id(database)
    assert issuers_picture(database, issuer, her.id, mine, ERRAND) == PICTURE
    issuer.genuine = False
    assert issuers_picture(database, issuer, her.id, mine, ERRAND) is None
    issuer.down = True
    assert issuers_picture(database, issuer, her.id, mine, ERRAND) is None
    assert issuers_picture(database, None, her.id, mine, ERRAND) is None
    with pytest.raises(NotFound):
        issuers_picture(database, issuer, "0" * 26, mine, ERRAND)


@pytest.mark.policy("P33", "P39")
def test_the_issuer_is_told_of_uses_alone(database: Database, issuer: Issuer, her: Holder) -> None:
    """Scene and time, once it answers; refused looks and looks of staff are no use."""
    use(database, outcome="code_over")
    use(database, Channel.STAFF)
    assert waiting(database) == []
    use(database)
    (told,) = waiting(database)
    issuer.down = True
    with pytest.raises(Unavailable):
        tell_issuer(database, issuer, told)
    issuer.down = False
    tell_issuer(database, issuer, told)
    ((identifier, what),) = issuer.told
    assert (identifier, what.scene) == (IDENTIFIER, "transport")
    tell_issuer(database, issuer, "0" * 26)
    assert len(issuer.told) == 1
