"""`/notices`: what the holder of an account is told of his sign-ins and phones."""

from datetime import datetime

from pydantic import BaseModel

from kiosk_server.residents.assurance import Act
from kiosk_server.residents.my_phones import notices_of
from kiosk_server.residents.phone_rules import NoticeKind
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.schemas import Page, PageAsked, page_of


class Notice(BaseModel):
    """One thing that the holder was told."""

    id: str
    kind: NoticeKind
    phone_id: str | None
    at: datetime
    seen_at: datetime | None


def list_notices(query: PageAsked) -> Page[Notice]:
    """List what I was told."""
    with database().reading() as session:
        found = notices_of(session, holder().account_id, after=query.cursor, limit=query.limit + 1)
        items = [Notice.model_validate(row, from_attributes=True) for row in found]
    return page_of(items, [item.id for item in items], query.limit)


DOORS = (Door("GET", "/notices", list_notices, signed_in(Act.SEE_NOTICES)),)
