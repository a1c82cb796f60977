"""`/certificates`: wallets by right, one certificate masked and in clear, its own view as file."""

import base64
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.certificates.certificate_types import Department, Wording
from kiosk_server.certificates.history import Version
from kiosk_server.certificates.holders import HolderKind
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import UsageRecord
from kiosk_server.certificates.rights import RightKind
from kiosk_server.certificates.rules import Channel
from kiosk_server.certificates.wallet import Result, WalletCertificate, WalletEntry
from kiosk_server.core.identifiers import CROCKFORD, ID_LENGTH
from kiosk_server.residents.assurance import Act
from kiosk_server.web.words import current_language
from mobile_api.access import signed_in
from mobile_api.doors import Door
from mobile_api.field_masks import masked_field
from mobile_api.wallets import (
    open_wallet,
    own_picture,
    own_view,
    require_pin,
    see_certificate,
    wallet_holders,
)

HolderKey = Annotated[
    str,
    StringConstraints(pattern=rf"^(person|organisation):[{CROCKFORD}]{{{ID_LENGTH}}}$"),
]


class WalletAsked(BaseModel):
    """Whose wallet is opened."""

    holder: HolderKey | None = Field(default=None, description="A holder's `key`; else oneself.")


class HolderSeen(BaseModel):
    """Somebody whose wallet this resident may open."""

    key: str
    kind: HolderKind
    name: str = Field(description="Masked where it is a person's.")
    right: RightKind | None = Field(description="Null for oneself.")
    until: date | None = Field(description="Last day of the right.")


class WhomToAsk(BaseModel):
    """The department of a type: its desk and telephone."""

    department: str
    desk: str
    phone: str


class CertificateBrief(BaseModel):
    """One certificate as a wallet shows it."""

    id: str
    title: str
    version: int
    standing: str = Field(description="`genuine`, or why it does not serve today.")
    number: str | None = Field(description="Masked.")
    issuer: str
    issued_on: date
    valid_until: date | None
    days_left: int | None
    ends_soon: bool
    sample: bool = Field(description="Made up for development: it proves nothing.")


class WalletType(BaseModel):
    """One type in a wallet: what is here, or why nothing is and whom to ask."""

    type: str
    name: str
    result: Result
    ask: WhomToAsk
    certificates: list[CertificateBrief]


class WalletSeen(BaseModel):
    """One wallet, and whose else may be opened."""

    holder: str
    holders: list[HolderSeen]
    types: list[WalletType]


class FieldSeen(BaseModel):
    """One field of a certificate."""

    id: str
    name: str
    value: str


class VersionSeen(BaseModel):
    """One version of a certificate."""

    id: str
    version: int
    issued_on: date
    state: CertificateState
    changed_at: datetime | None


class UseSeen(BaseModel):
    """One look at a certificate."""

    at: datetime
    channel: Channel
    outcome: str


class CertificateDetail(CertificateBrief):
    """One certificate with its fields masked, its versions and the latest looks at it."""

    type: str
    fields: list[FieldSeen]
    versions: list[VersionSeen] = Field(description="The newest first.")
    uses: list[UseSeen] = Field(description="The latest twenty, the newest first.")


class CertificateContent(BaseModel):
    """The fields of one certificate in clear, for its holder."""

    id: str
    fields: list[FieldSeen]


class FileGiven(BaseModel):
    """A file, as its text in base 64 (RFC 4648)."""

    media_type: str
    content: str


def list_certificates(query: WalletAsked) -> WalletSeen:
    """Open a wallet: for each type what is here, or why nothing is and whom to ask."""
    found = open_wallet(query.holder)
    return WalletSeen(
        holder=found.holder.key,
        holders=[
            HolderSeen.model_validate(each, from_attributes=True) for each in wallet_holders()
        ],
        types=[_entry(entry) for entry in found.entries],
    )


def show_certificate(certificate_id: str) -> CertificateDetail:
    """Show one certificate, its fields masked."""
    seen = see_certificate(certificate_id)
    return CertificateDetail(
        **brief(seen.certificate).model_dump(),
        type=seen.certificate.type.id,
        fields=fields_of(seen.certificate, masked=True),
        versions=[_version(version) for version in seen.versions],
        uses=[_use(use) for use in seen.uses],
    )


def show_content(certificate_id: str) -> CertificateContent:
    """Show the fields of one certificate in clear, once this phone's PIN was typed."""
    require_pin()
    seen = see_certificate(certificate_id).certificate
    return CertificateContent(id=seen.id, fields=fields_of(seen, masked=False))


def give_pdf(certificate_id: str) -> FileGiven:
    """Give the holder's own view as PDF; it says that it is no more."""
    return file_given(own_view(certificate_id).pdf, "application/pdf")


def give_png(certificate_id: str) -> FileGiven:
    """Give the issuer's own picture, or the holder's own view as PNG, which says that it is one."""
    return file_given(own_picture(certificate_id), "image/png")


def brief(one: WalletCertificate) -> CertificateBrief:
    """Return a certificate as a wallet shows it."""
    number = one.content.get("number")
    return CertificateBrief(
        id=one.id,
        title=one.title if not one.from_platform else in_words(one.type.names),
        version=one.version,
        standing=one.verdict.word,
        number=masked_field("number", number) if number else None,
        issuer=one.issuer,
        issued_on=one.issued_on,
        valid_until=one.valid_until,
        days_left=one.days_left,
        ends_soon=one.ends_soon,
        sample=one.sample,
    )


def fields_of(one: WalletCertificate, *, masked: bool) -> list[FieldSeen]:
    """Return the fields of a certificate in their type's order."""
    return [
        FieldSeen(
            id=each.id,
            name=in_words(each.names),
            value=masked_field(each.id, value) if masked else value,
        )
        for each in one.type.fields
        if (value := one.content.get(each.id))
    ]


def file_given(data: bytes, media_type: str) -> FileGiven:
    """Return a file as an answer holds it."""
    return FileGiven(media_type=media_type, content=base64.b64encode(data).decode())


def in_words(names: Wording) -> str:
    """Return a name in the language of this request, in Chinese where there is none."""
    return names.get(current_language().code, names["zh"])


def whom_to_ask(department: Department) -> WhomToAsk:
    """Return a department in the language of this request."""
    return WhomToAsk(
        department=in_words(department.names),
        desk=in_words(department.desk),
        phone=department.phone,
    )


def _entry(entry: WalletEntry) -> WalletType:
    return WalletType(
        type=entry.type.id,
        name=in_words(entry.type.names),
        result=entry.result,
        ask=whom_to_ask(entry.ask),
        certificates=[brief(each) for each in entry.certificates],
    )


def _version(version: Version) -> VersionSeen:
    return VersionSeen(
        id=version.id,
        version=version.number,
        issued_on=version.issued_on,
        state=version.state,
        changed_at=version.changed_at,
    )


def _use(use: UsageRecord) -> UseSeen:
    return UseSeen(at=use.at, channel=Channel(use.channel), outcome=use.outcome)


SEE = signed_in(Act.SEE_CERTIFICATES)
NOT_MINE = {HTTPStatus.NOT_FOUND: ("certificate_not_found",)}
LOCKED = {HTTPStatus.FORBIDDEN: ("pin_needed",)}
NOT_SET = {**NOT_MINE, **LOCKED, HTTPStatus.UNPROCESSABLE_ENTITY: ("copy_cannot_be_set",)}
ONE = "/certificates/<certificate_id>"
DOORS = (
    Door(
        "GET",
        "/certificates",
        list_certificates,
        SEE,
        refuses={HTTPStatus.NOT_FOUND: ("holder_not_found",)},
    ),
    Door("GET", ONE, show_certificate, SEE, refuses=NOT_MINE),
    Door("GET", f"{ONE}/content", show_content, SEE, refuses={**NOT_MINE, **LOCKED}),
    Door("GET", f"{ONE}/pdf", give_pdf, SEE, refuses=NOT_SET),
    Door("GET", f"{ONE}/png", give_png, SEE, refuses=NOT_SET),
)
