"""
The tables of certificates: what was issued here or found at departments, the documents and copies
made of it, who may hold for others, objections, and each look.

What may be shown to anyone who holds a paper stands in clear; the rest stands sealed. A look names
who looked only where that is an organisation with a name (P34), and is found by its holder alone:
nothing leads from a place or an organisation to people (P39).
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk_server.core.database import Base, UtcDateTime


class Certificate(Base):
    """One version of one certificate (电子证照) of a person or an organisation."""

    __tablename__ = "certificate"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    type_id: Mapped[str] = mapped_column(String(40))
    """See `certificate_types`; proofs issued here are of one type."""
    origin: Mapped[str] = mapped_column(String(10))
    """`here`, or `platform` for what a department issued and we only keep for a while."""
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    """编号, as printed; None where it is a department's, which stands sealed with the content."""
    code: Mapped[str] = mapped_column(String(26), unique=True)
    """核验码: 130 random bits in Crockford's base 32, lower case."""
    identifier: Mapped[str | None] = mapped_column(String(120), index=True)
    """证照标识; None while the type has no code. It names version and issuer, and no person."""
    version: Mapped[int] = mapped_column(default=1)
    succeeds_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    """The version that this one replaced."""
    kind: Mapped[str] = mapped_column(String(120))
    """What it is called on its head: 个人参保证明."""
    item_code: Mapped[str | None] = mapped_column(String(60))
    item_version_id: Mapped[str | None] = mapped_column(String(26))
    case_id: Mapped[str | None] = mapped_column(String(26), index=True)
    resident_id: Mapped[str | None] = mapped_column(String(26), index=True)
    """Its holder; either this or the organisation is set."""
    organisation_id: Mapped[str | None] = mapped_column(
        ForeignKey("holding_organisation.id"), index=True
    )
    issuer: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date]
    """The day in Beijing, as printed."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When this row was issued or found."""
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None] = mapped_column(index=True)
    """Last day on which it serves; None for a proof that only tells of its day."""
    masked_holder: Mapped[str] = mapped_column(String(120))
    good_for: Mapped[str] = mapped_column(String(200))
    not_good_for: Mapped[str] = mapped_column(String(200))
    bears_seal: Mapped[bool]
    """Whether the paper bears an electronic seal (电子印章)."""
    sample: Mapped[bool]
    """Whether it tells of simulated data and proves nothing."""
    facts_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON list of `[label, value]`: what to compare with the paper."""
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON `{field: value}` of the type's fields; None for a proof, and once forgotten."""
    state: Mapped[str] = mapped_column(String(12))
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_reason: Mapped[str | None] = mapped_column(String(30))
    kept_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """Of a department's: when its content is forgotten here unless it was found again."""


class CertificateDocument(Base):
    """One document made of a certificate: the first, or a second print, which says 重打 itself."""

    __tablename__ = "certificate_document"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    file_id: Mapped[str] = mapped_column(String(26))
    digest: Mapped[str] = mapped_column(String(64))
    """Of the bytes, hexadecimal."""
    digest_algorithm: Mapped[str] = mapped_column(String(10))
    reprint: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("certificate_id", "digest"),)


class CertificateNumber(Base):
    """The last running number that a series of proofs has given in one year."""

    __tablename__ = "certificate_number"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class UsageRecord(Base):
    """One look at a certificate (用证记录), kept for its holder."""

    __tablename__ = "certificate_usage"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    holder: Mapped[str] = mapped_column(String(40))
    """`person:<id>` or `organisation:<id>`, as whose log it is read."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    channel: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(20))
    """`genuine`, or the reason why not."""
    scene: Mapped[str | None] = mapped_column(String(20))
    """用证场景; None for a look at a paper."""
    fields: Mapped[str] = mapped_column(String(300), default="")
    """Ids of the fields that were shown, comma-separated."""
    show_code_id: Mapped[str | None] = mapped_column(String(26), index=True)
    organisation_id: Mapped[str | None] = mapped_column(String(26))
    """Who looked, where it has a name; no index leads from it, nor from the terminal, to people."""
    organisation_name: Mapped[str | None] = mapped_column(String(120))
    member_id: Mapped[str | None] = mapped_column(String(26))
    terminal_id: Mapped[str | None] = mapped_column(String(26))
    purpose_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_certificate_usage_certificate", "certificate_id", "at"),
        Index("ix_certificate_usage_holder", "holder", "id"),
    )


class Organisation(Base):
    """An organisation that holds certificates, found by its code."""

    __tablename__ = "holding_organisation"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    code_kind: Mapped[str] = mapped_column(String(3))
    """`metadata.HolderCode`."""
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    code_index: Mapped[str] = mapped_column(String(32), unique=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class HoldingRight(Base):
    """That one person sees and uses the certificates of a child or of an organisation."""

    __tablename__ = "holding_right"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    actor_id: Mapped[str] = mapped_column(String(26), index=True)
    """The resident who has the right."""
    kind: Mapped[str] = mapped_column(String(10))
    """`guardian` 监护人 or `agent` 经办人."""
    resident_id: Mapped[str | None] = mapped_column(String(26), index=True)
    organisation_id: Mapped[str | None] = mapped_column(
        ForeignKey("holding_organisation.id"), index=True
    )
    basis: Mapped[str] = mapped_column(String(30))
    """The record that proves it, by kind."""
    basis_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """That record's own number."""
    given_by: Mapped[str] = mapped_column(String(40))
    """Who entered it: `staff:<id>`, `resident:<id>` or `platform`."""
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[date]
    """Last day on which it holds, in Beijing."""
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(40))


class PlatformFinding(Base):
    """What departments last answered about one type of one holder, so that they are not asked at
    every look."""

    __tablename__ = "certificate_finding"

    holder: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`person:<id>` or `organisation:<id>`."""
    type_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    result: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_until: Mapped[datetime] = mapped_column(UtcDateTime)


class ExpiryNotice(Base):
    """That a certificate's holder was told, once for each threshold, that it ends soon."""

    __tablename__ = "certificate_expiry_notice"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    """Also the message's idempotency key at the channel."""
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    days_before: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (UniqueConstraint("certificate_id", "days_before"),)


class AnnotatedCopy(Base):
    """A copy made for one purpose and a while (加注件), with a code of its own."""

    __tablename__ = "annotated_copy"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    made_by: Mapped[str] = mapped_column(String(26), index=True)
    """The resident who had it made: the holder, a guardian, an agent."""
    number: Mapped[str] = mapped_column(String(60), unique=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    purpose_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON `{"purpose", "facts"}`: 加注事由 in the maker's words, and what the copy showed."""
    recipient_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """For whom; an empty text where he named nobody."""
    fields: Mapped[str] = mapped_column(String(300))
    """Ids of the fields that it shows, comma-separated."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[date]
    """加注件有效期截止: its last day in Beijing."""
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pdf_file_id: Mapped[str | None] = mapped_column(String(26))
    png_file_id: Mapped[str | None] = mapped_column(String(26))
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of the PDF's bytes, hexadecimal."""
    digest_algorithm: Mapped[str | None] = mapped_column(String(10))


class Objection(Base):
    """A holder says that something in his certificate is wrong (异议)."""

    __tablename__ = "objection"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), index=True)
    resident_id: Mapped[str] = mapped_column(String(26), index=True)
    """Who objects."""
    field: Mapped[str] = mapped_column(String(40))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    due_provisional: Mapped[bool]
    """Whether the calendar of that year was not known when the day was reckoned."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(26))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(26))
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    refused_for: Mapped[str | None] = mapped_column(String(30))
    new_certificate_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"))
    reminded_on: Mapped[date | None]

    __table_args__ = (Index("ix_objection_due", "state", "due_on"),)


class ObjectionEvidence(Base):
    """A file that an objector handed in."""

    __tablename__ = "objection_evidence"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    objection_id: Mapped[str] = mapped_column(ForeignKey("objection.id"), index=True)
    file_id: Mapped[str] = mapped_column(String(26), unique=True)
    media_type: Mapped[str] = mapped_column(String(40))


class RefusalReport(Base):
    """Somebody did not take an electronic certificate, and its holder says so on the spot (P14)."""

    __tablename__ = "refusal_report"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resident_id: Mapped[str] = mapped_column(String(26), index=True)
    type_id: Mapped[str] = mapped_column(String(40))
    scene: Mapped[str] = mapped_column(String(20))
    place_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Where, in the holder's words: sealed, and never searched (P39)."""
    said_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12), index=True)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(26))
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
