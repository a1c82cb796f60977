"""
What certificates need from outside: the sharing service of departments (电子证照共享服务), the seal
system (电子印章系统), and a press for copies.

Every question to departments says why it is asked (P35). Answers are values; nothing raises because
a partner is down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kiosk_server.certificates.certificate_types import CertificateType
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.metadata import HolderCode


@dataclass(frozen=True)
class Errand:
    """Why departments are asked: for what, by whom, in which case, by whose leave."""

    purpose: str
    operator: str
    """Who asks, as the audit names him: `resident:<id>`, `staff:<id>`, `system`."""
    item_code: str | None = None
    case_number: str | None = None
    authorisation_id: str | None = None
    """The holder's own leave, where another person or an organisation asks."""


@dataclass(frozen=True)
class HolderQuery:
    """Whose certificates of which type are looked for. The representation shows no code."""

    code_kind: HolderCode
    code: str = field(repr=False)
    type: CertificateType


@dataclass(frozen=True)
class HeldCertificate:
    """One certificate as a department tells it, reduced to the fields of its type."""

    identifier: str | None
    state: CertificateState | None
    """None where its word for the state is not understood: such a one is not shown as good."""
    issuer: str
    issued_on: date
    valid_from: date | None
    valid_until: date | None
    content: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Held:
    """What is on record, one certificate or several (two cars, two licences)."""

    certificates: tuple[HeldCertificate, ...]


@dataclass(frozen=True)
class NothingHeld:
    """The department answers that it holds nothing of this type for this holder."""


@dataclass(frozen=True)
class NotElectronicYet:
    """The type cannot be asked for: its code is not known, or no service holds it yet."""


@dataclass(frozen=True)
class SourceDown:
    """No answer, or none that can be believed."""


@dataclass(frozen=True)
class SourceRefused:
    """The service refuses, by its own code."""

    code: str


class FileKind(StrEnum):
    """Forms in which a service hands out a certificate's own file."""

    OFD = "ofd"
    PNG = "png"


@dataclass(frozen=True)
class FetchedFile:
    """A file of the issuer's."""

    data: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True)
class NoFile:
    """The service has no file of this kind."""


@dataclass(frozen=True)
class FileVerdict:
    """Whether the issuer stands by a file, in the service's own word."""

    genuine: bool
    told: str


@dataclass(frozen=True)
class Use:
    """One use that the issuer is told of: the scene and when, and nobody's place (P39)."""

    scene: str
    at: datetime


@dataclass(frozen=True)
class Reported:
    """The issuer knows of the use."""


FindAnswer = Held | NothingHeld | NotElectronicYet | SourceDown | SourceRefused
FileAnswer = FetchedFile | NoFile | SourceDown | SourceRefused
VerifyAnswer = FileVerdict | SourceDown | SourceRefused
ReportAnswer = Reported | SourceDown | SourceRefused


class CertificatePlatform(Protocol):
    """The sharing service: four verbs, each with its errand."""

    @property
    def simulated(self) -> bool:
        """Whether the certificates are made up: everything made of them says 样张."""
        ...

    def find_by_holder(self, query: HolderQuery, errand: Errand) -> FindAnswer:
        """Return what departments hold of one type for one holder."""
        ...

    def fetch_file(self, identifier: str, kind: FileKind, errand: Errand) -> FileAnswer:
        """Return the issuer's own file of one certificate."""
        ...

    def verify_file(self, data: bytes, errand: Errand) -> VerifyAnswer:
        """Ask whether a file is the issuer's."""
        ...

    def report_use(self, identifier: str, use: Use, errand: Errand) -> ReportAnswer:
        """Tell the issuer of a use."""
        ...


@dataclass(frozen=True)
class SealPicture:
    """A seal that the seal system put on a document: it was verified at `verified_at`."""

    body: str
    svg: str = field(repr=False)
    verified_at: datetime
    simulated: bool


@dataclass(frozen=True)
class NoSeal:
    """There is no seal for this body here: the paper says so, and what it does not serve (P36)."""


@dataclass(frozen=True)
class SealDown:
    """The seal system does not answer."""


SealAnswer = SealPicture | NoSeal | SealDown


class SealSystem(Protocol):
    """The region's seal system; sealing is its own, never ours."""

    def seal(self, body: str, document_number: str, errand: Errand) -> SealAnswer:
        """Ask for the seal of *body* on one document; each use is recorded there by its number."""
        ...
