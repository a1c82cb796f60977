"""
What stands on a paper, as values: the cases room fills them in, `press` sets them.

A paper says for itself whose it is, what it is good for and, without a seal, what it is not
good for (P36). Chinese is its script (P57); names keep their rare characters.
"""

from dataclasses import dataclass
from datetime import date, datetime

DEFAULT_GOOD_FOR = "供本人查询、核对使用"
DEFAULT_NOT_GOOD_FOR = "不作为须加盖印章的证明文件使用"


@dataclass(frozen=True)
class Column:
    """One column: `numeric` sets it flush at the end, `share` is its part of the width."""

    label: str
    numeric: bool = False
    share: int = 1


@dataclass(frozen=True)
class Table:
    """Rows under labelled columns; every row has as many cells as there are columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row needs as many cells as the table has columns")


@dataclass(frozen=True)
class Seal:
    """An electronic seal (电子印章) that the seal system gave and that was verified before use."""

    body: str
    picture_svg: str
    verified_at: datetime


@dataclass(frozen=True)
class ProofPaper:
    """A one-holder proof (证明) on A4.

    The first of `sentences` goes on from the line that names the holder, the others stand under
    the table. `holder_number` is printed as given: mask it unless the item needs it whole.
    `verify_url` is what the QR code says, `verify_code` what a person types; times are aware.
    `mark` is the visit's mark (P52): it goes into the file's metadata and is not printed.
    """

    title: str
    issuer: str
    document_number: str
    holder_name: str
    holder_number: str
    sentences: tuple[str, ...]
    issued_on: date
    printed_at: datetime
    terminal: str
    site: str
    verify_url: str
    verify_code: str
    table: Table | None = None
    purpose: str | None = None
    promise: str | None = None
    good_for: str = DEFAULT_GOOD_FOR
    not_good_for: str = DEFAULT_NOT_GOOD_FOR
    seal: Seal | None = None
    reprint: bool = False
    sample: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Rendered:
    """A finished document: its bytes, how many pages, and the SHA-256 that vouches for it."""

    pdf: bytes
    pages: int
    digest: str
