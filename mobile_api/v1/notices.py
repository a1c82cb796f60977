"""`/notices`: what a phone's holder is told of his account, certificates, objections, cases."""

from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, Field

from kiosk_server.notices.rules import Topic
from kiosk_server.residents.assurance import Act
from kiosk_server.residents.phone_rules import NoticeKind
from mobile_api.access import signed_in
from mobile_api.doors import Door
from mobile_api.notices import NoticeTold, read_all, told
from mobile_api.v1.schemas import Page, PageAsked, page_of


class Notice(BaseModel):
    """One thing that the holder was told."""

    id: str
    kind: NoticeKind | Topic
    subject_id: str | None = Field(
        description="The phone, certificate, objection, report or case that it is about."
    )
    words: str = Field(description="The sentence, in the language of this request.")
    at: datetime
    read_at: datetime | None


def list_notices(query: PageAsked) -> Page[Notice]:
    """List what I was told."""
    items = [_notice(each) for each in told(after=query.cursor, limit=query.limit + 1)]
    return page_of(items, [item.id for item in items], query.limit)


def read_notices() -> None:
    """Say that I have read all of them."""
    read_all()


def _notice(each: NoticeTold) -> Notice:
    return Notice.model_validate(each, from_attributes=True)


SEE = signed_in(Act.SEE_NOTICES)
DOORS = (
    Door("GET", "/notices", list_notices, SEE),
    Door("POST", "/notices/read", read_notices, SEE, HTTPStatus.NO_CONTENT),
)
