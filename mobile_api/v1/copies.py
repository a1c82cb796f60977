"""`/copies`: copies of a certificate for one purpose (加注件): made, listed, fetched, stopped."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from kiosk_server.certificates import copies
from kiosk_server.certificates.copies import LONGEST_PURPOSE, LONGEST_RECIPIENT, CopyWish
from kiosk_server.certificates.models import AnnotatedCopy, Certificate
from kiosk_server.certificates.queries import copy_words
from kiosk_server.core.errors import NotFound
from kiosk_server.files import services as files
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.certificate_partners import certificate_partners
from mobile_api.doors import Door
from mobile_api.v1.certificates import FileGiven, file_given
from mobile_api.v1.schemas import Asked, Page, PageAsked, page_of
from mobile_api.wallets import actor_id, require_pin

FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class CopyWanted(Asked):
    """What stands on the copy: what for, for whom, which fields, through which day in Beijing."""

    purpose: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PURPOSE)]
    recipient: Annotated[str, StringConstraints(max_length=LONGEST_RECIPIENT)] = ""
    fields: list[FieldId] = Field(min_length=1, max_length=20)
    valid_until: date


class Copy(BaseModel):
    """One copy."""

    id: str
    certificate_id: str
    title: str
    number: str
    purpose: str
    recipient: str
    fields: list[str]
    made_at: datetime
    valid_until: date
    stopped_at: datetime | None


def make_copy(certificate_id: str, body: CopyWanted) -> Copy:
    """Make a copy of a certificate for one purpose."""
    wish = CopyWish(body.purpose, body.recipient, tuple(body.fields), body.valid_until)
    return see_copy(produce(certificate_id, wish))


def list_copies(query: PageAsked) -> Page[Copy]:
    """List the copies that I made."""
    with database().reading() as session:
        rows = [
            row for row in finished_copies(session) if not query.cursor or row.id < query.cursor
        ]
        items = [copy_seen(session, row) for row in rows[: query.limit + 1]]
    return page_of(items, [item.id for item in items], query.limit)


def see_copy(copy_id: str) -> Copy:
    """Show one copy that I made."""
    with database().reading() as session:
        return copy_seen(session, copies.copy_for(session, actor_id(), copy_id))


def stop_copy(copy_id: str) -> None:
    """Let a copy serve no longer, from now on."""
    with database().unit_of_work() as session:
        copies.stop(session, actor_id(), copy_id, by=holder().actor)


def give_copy_pdf(copy_id: str) -> FileGiven:
    """Give a copy as PDF."""
    return file_given(copy_file(copy_id, png=False), "application/pdf")


def give_copy_png(copy_id: str) -> FileGiven:
    """Give a copy as PNG."""
    return file_given(copy_file(copy_id, png=True), "image/png")


def produce(certificate_id: str, wish: CopyWish) -> str:
    """Make a copy for whoever holds this phone; return its id."""
    tools, by = certificate_partners().tools, holder().actor
    return copies.produce(database(), tools, actor_id(), certificate_id, wish, by=by)


def finished_copies(session: Session) -> list[AnnotatedCopy]:
    """Return the copies of this phone's holder that were set, the newest first."""
    return [row for row in copies.copies_of(session, actor_id()) if row.pdf_file_id is not None]


def copy_file(copy_id: str, *, png: bool) -> bytes:
    """Return a copy's file, whose fields stand in clear.

    Raises `Refused("pin_needed")`, `NotFound("copy_not_found")` for anybody else's and one never
    set.
    """
    require_pin()
    with database().reading() as session:
        row = copies.copy_for(session, actor_id(), copy_id)
        file_id = row.png_file_id if png else row.pdf_file_id
        if file_id is None:
            raise NotFound("copy_not_found")
        return files.read(session, file_id)


def copy_seen(session: Session, row: AnnotatedCopy) -> Copy:
    """Return a copy as its maker sees it."""
    told = copy_words(session, row)
    return Copy(
        id=row.id,
        certificate_id=row.certificate_id,
        title=session.get_one(Certificate, row.certificate_id).kind,
        number=row.number,
        purpose=told.purpose,
        recipient=told.recipient,
        fields=row.fields.split(","),
        made_at=row.made_at,
        valid_until=row.valid_until,
        stopped_at=row.stopped_at,
    )


SEE = signed_in(Act.SEE_CERTIFICATES)
GONE = {HTTPStatus.NOT_FOUND: ("copy_not_found",)}
FILE = {**GONE, HTTPStatus.FORBIDDEN: ("pin_needed",)}
DOORS = (
    Door(
        "POST",
        "/certificates/<certificate_id>/copies",
        make_copy,
        SEE,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.NOT_FOUND: ("certificate_not_found",),
            HTTPStatus.CONFLICT: ("certificate_not_good",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("copy_invalid", "copy_cannot_be_set"),
        },
        holds_secrets=True,
    ),
    Door("GET", "/copies", list_copies, SEE),
    Door("GET", "/copies/<copy_id>", see_copy, SEE, refuses=GONE),
    Door("POST", "/copies/<copy_id>/stop", stop_copy, SEE, HTTPStatus.NO_CONTENT, refuses=GONE),
    Door("GET", "/copies/<copy_id>/pdf", give_copy_pdf, SEE, refuses=FILE),
    Door("GET", "/copies/<copy_id>/png", give_copy_png, SEE, refuses=FILE),
)
