"""What stands on a copy of a certificate (加注件), as values, and what a press makes of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from kiosk_server.certificates.facts import Fact
from kiosk_server.certificates.ports import SealPicture


@dataclass(frozen=True)
class Annotation:
    """Why a copy was made, for whom, until when, and how to look it up (加注信息)."""

    number: str
    purpose: str
    recipient: str
    valid_until: date
    verify_url: str
    verify_code: str


@dataclass(frozen=True)
class CopyPaper:
    """A copy, or without `annotation` the holder's own view, which says that it is no more."""

    title: str
    issuer: str
    identifier: str | None
    holder_name: str = field(repr=False)
    facts: tuple[Fact, ...] = field(repr=False)
    """The lines that it shows, in the type's order."""
    made_at: datetime
    sample: bool
    annotation: Annotation | None
    seal: SealPicture | None
    reprint: bool = False
    """重打: the first print did not come out."""


@dataclass(frozen=True)
class RenderedCopy:
    """A finished copy in both forms; the PDF's digest is what vouches for it."""

    pdf: bytes = field(repr=False)
    png: bytes = field(repr=False)


class CopyPress(Protocol):
    """Sets a copy; `printing.documents.copy_press.CertificatePress` is one."""

    def render(self, paper: CopyPaper) -> RenderedCopy:
        """Return the finished copy."""
        ...
