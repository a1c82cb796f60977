"""`/consents`: for what I was asked, what I agreed to and when, and taking it back."""

from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, Field

from kiosk_server.own_data.services import agree, take_back
from kiosk_server.residents import consents
from kiosk_server.residents.assurance import Act
from kiosk_server.residents.consents import Purpose, Standing
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.v1.schemas import Asked
from mobile_api.wallets import actor_id


class Consent(BaseModel):
    """One purpose, and where I stand to it."""

    purpose: Purpose
    version: str = Field(description="Of the text; a newer one is asked anew.")
    name: str
    lead: str = Field(description="What is done for this purpose.")
    stops: str = Field(description="What stops when it is taken back.")
    given_at: datetime | None = Field(description="Null where none stands.")
    withdrawn_at: datetime | None


class Consents(BaseModel):
    """Every purpose for which residents are asked."""

    items: list[Consent]


class ConsentSaid(Asked):
    """The purpose that is meant."""

    purpose: Purpose


def list_consents() -> Consents:
    """List every purpose, with where I stand to it."""
    with database().reading() as session:
        found = consents.consents_of(session, actor_id())
    return Consents(items=[_consent(each) for each in found])


def give_consent(body: ConsentSaid) -> Consents:
    """Agree to one purpose in its present text."""
    with database().unit_of_work() as session:
        agree(session, actor_id(), body.purpose, by=holder().actor)
    return list_consents()


def withdraw_consent(body: ConsentSaid) -> Consents:
    """Take a consent back: what stands on it stops at once."""
    with database().unit_of_work() as session:
        take_back(session, actor_id(), body.purpose, by=holder().actor)
    return list_consents()


def _consent(each: Standing) -> Consent:
    return Consent(
        purpose=each.text.purpose,
        version=each.text.version,
        name=in_words(each.text.names),
        lead=in_words(each.text.lead),
        stops=in_words(each.text.stops),
        given_at=each.given_at,
        withdrawn_at=each.withdrawn_at,
    )


MAY = signed_in(Act.SEE_OWN_DATA)
DOORS = (
    Door("GET", "/consents", list_consents, MAY),
    Door("POST", "/consents", give_consent, MAY, HTTPStatus.CREATED),
    Door("POST", "/consents/withdrawals", withdraw_consent, MAY),
)
