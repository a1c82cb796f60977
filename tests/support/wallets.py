"""A platform that a test fills, and people who hold certificates."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from kiosk_server.audit.services import Actor
from kiosk_server.certificates.copy_papers import CopyPaper, RenderedCopy
from kiosk_server.certificates.holders import Holder, person
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.ports import (
    Errand,
    FileAnswer,
    FileKind,
    FileVerdict,
    FindAnswer,
    Held,
    HeldCertificate,
    HolderQuery,
    NoFile,
    NothingHeld,
    ReportAnswer,
    Reported,
    Use,
    VerifyAnswer,
)
from kiosk_server.certificates.wallet import Wallet
from kiosk_server.certificates.wallet_keeping import refresh
from kiosk_server.core.database import Database
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.services import find_or_register

MOTHER, CHILD, STRANGER = "653001199003070022", "653001201906010020", "65300119850615002X"
COMPANY = "91653001MA00000007"
DAY = timedelta(days=1)
ERRAND = Errand("查看本人证照", "resident:test")
LICENCE = HeldCertificate(
    identifier=None,
    state=CertificateState.VALID,
    issuer="测试机关",
    issued_on=date(2020, 12, 15),
    valid_from=date(2020, 12, 15),
    valid_until=date(2096, 12, 15),
    content={"number": MOTHER, "holder_name": "阿依古丽·测试", "vehicle_class": "C1"},
)


def licence(**changes: Any) -> HeldCertificate:
    """A driving licence as a department tells it."""
    return replace(LICENCE, **changes)


@dataclass
class FilledPlatform:
    """Answers what a test put in by type; nothing is held otherwise."""

    answers: dict[str, FindAnswer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    simulated: bool = True

    def hold(self, type_id: str, *certificates: HeldCertificate) -> None:
        """Hold these certificates of one type."""
        self.answers[type_id] = Held(certificates)

    def find_by_holder(self, query: HolderQuery, errand: Errand) -> FindAnswer:
        self.asked.append(query.type.id)
        return self.answers.get(query.type.id, NothingHeld())

    def fetch_file(self, identifier: str, kind: FileKind, errand: Errand) -> FileAnswer:
        return NoFile()

    def verify_file(self, data: bytes, errand: Errand) -> VerifyAnswer:
        return FileVerdict(genuine=False, told="test")

    def report_use(self, identifier: str, use: Use, errand: Errand) -> ReportAnswer:
        return Reported()


class QuickPress:
    """Remembers the papers instead of setting them."""

    def __init__(self) -> None:
        self.papers: list[CopyPaper] = []

    def render(self, paper: CopyPaper) -> RenderedCopy:
        self.papers.append(paper)
        return RenderedCopy(b"%PDF-" + paper.made_at.isoformat().encode(), b"\x89PNG")


def resident(session: Session, number: str, name: str) -> str:
    """Register somebody unreal; return the id."""
    return find_or_register(session, number=number, name=name, kind=CardKind.RESIDENT).id


def mother(database: Database) -> Holder:
    """The person whose wallet most tests open."""
    with database.unit_of_work() as session:
        return person(resident(session, MOTHER, "阿依古丽·测试"))


def opened(
    database: Database, platform: FilledPlatform | None, holder: Holder, **changes: Any
) -> Wallet:
    """Open a wallet as its own holder does."""
    by = Actor("resident", holder.id)
    return refresh(database, platform, holder, ERRAND, by=by, **({"kept_for": DAY} | changes))
