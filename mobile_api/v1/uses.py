"""`/uses`: the holder's own log (用证记录): who looked at his certificates, when, and at what."""

from datetime import datetime

from pydantic import BaseModel, Field

from kiosk_server.certificates.holders import person
from kiosk_server.certificates.rules import Channel
from kiosk_server.residents.assurance import Act
from kiosk_server.showing.codes import shower
from kiosk_server.showing.uses import Use, uses_of
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.schemas import Page, PageAsked, page_of


class CertificateUse(BaseModel):
    """One look at one certificate."""

    id: str
    at: datetime
    certificate_id: str
    title: str
    channel: Channel
    outcome: str = Field(description="`genuine`, or why nothing was shown.")
    scene: str | None
    organisation: str | None = Field(description="Null where whoever looked gave no name.")
    at_terminal: bool
    fields: list[str] = Field(description="The fields that were seen.")
    purpose: str


def list_uses(query: PageAsked) -> Page[CertificateUse]:
    """List the looks at my certificates."""
    mine = shower(holder())
    with database().reading() as session:
        found = uses_of(session, mine, person(mine), after=query.cursor, limit=query.limit + 1)
    return page_of([use_seen(use) for use in found], [use.id for use in found], query.limit)


def use_seen(use: Use) -> CertificateUse:
    """Return a look as the API tells it."""
    return CertificateUse.model_validate(use, from_attributes=True)


DOORS = (Door("GET", "/uses", list_uses, signed_in(Act.SEE_USES)),)
