"""`/certificates/{id}/offline-codes`: codes fetched in advance, to be shown without a network."""

import base64
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.credentials.codes import MOST_CODES, OfflineCode
from kiosk_server.credentials.holding import Batch, OfflineWish, drop_codes, fetch_codes
from kiosk_server.printing.documents.qr_matrix import qr_matrix
from kiosk_server.residents.assurance import Act
from kiosk_server.web.credential_terms import code_terms
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.certificates import in_words
from mobile_api.v1.schemas import Asked
from mobile_api.v1.show_codes import SceneId

FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
USUAL_CODES = 16


class OfflineCodesWanted(Asked):
    """In which scene, how many, and which of the scene's fields: all of them without a choice."""

    scene: SceneId
    count: int = Field(default=USUAL_CODES, ge=1, le=MOST_CODES)
    fields: list[FieldId] | None = Field(default=None, max_length=20)


class OfflineCodeKept(BaseModel):
    """One code, and from when until when it serves."""

    id: str
    text: str = Field(description="What stands in the QR, in its alphanumeric mode.")
    not_before: datetime
    expires_at: datetime
    side: int = Field(description="Modules on each side of the QR.")
    modules: str = Field(description="Its modules row by row as bits, 1 for dark, in base 64.")


class OfflineBatch(BaseModel):
    """Codes of consecutive windows. Who scans one offline enters no log: he has no network."""

    certificate_id: str
    title: str
    masked_holder: str
    scene: str
    scene_name: str
    fields: list[str] = Field(description="Ids of what a code says besides; names are masked.")
    field_names: list[str]
    sample: bool
    codes: list[OfflineCodeKept]


def fetch_offline_codes(certificate_id: str, body: OfflineCodesWanted) -> OfflineBatch:
    """Fetch codes to be shown without a network; those fetched before serve no longer."""
    chosen = None if body.fields is None else tuple(body.fields)
    return batch_seen(fetch(OfflineWish(certificate_id, body.scene, body.count, chosen)))


def drop_offline_codes(certificate_id: str) -> None:
    """Let what this phone fetched of a certificate serve no longer."""
    with database().unit_of_work() as session:
        drop_codes(session, holder(), certificate_id)


def fetch(wish: OfflineWish) -> Batch:
    """Fetch codes for the phone that asks."""
    with database().unit_of_work() as session:
        return fetch_codes(
            session, holder(), wish, origin=settings().public_origin, terms=code_terms()
        )


def batch_seen(batch: Batch) -> OfflineBatch:
    """Return a batch as a phone keeps it, in the words of this request."""
    return OfflineBatch(
        certificate_id=batch.shown.id,
        title=in_words(batch.shown.type.names),
        masked_holder=batch.masked_holder,
        scene=batch.scene.id,
        scene_name=in_words(batch.scene.names),
        fields=[each.id for each in batch.fields],
        field_names=[in_words(each.names) for each in batch.fields],
        sample=batch.shown.sample,
        codes=_drawn(batch.codes),
    )


def _drawn(codes: Sequence[OfflineCode]) -> list[OfflineCodeKept]:
    drawn = []
    for code in codes:
        squares = qr_matrix(code.text)
        drawn.append(
            OfflineCodeKept(
                id=code.id,
                text=code.text,
                not_before=code.not_before,
                expires_at=code.expires_at,
                side=squares.side,
                modules=base64.b64encode(squares.packed).decode(),
            )
        )
    return drawn


SHOW = signed_in(Act.SHOW_CERTIFICATE)
PATH = "/certificates/<certificate_id>/offline-codes"
DOORS = (
    Door(
        "POST",
        PATH,
        fetch_offline_codes,
        SHOW,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.FORBIDDEN: ("pin_needed",),
            HTTPStatus.NOT_FOUND: ("certificate_not_found", "scene_not_found"),
            HTTPStatus.CONFLICT: ("certificate_not_serving",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("fields_not_in_scene",),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_offline_codes",),
            HTTPStatus.SERVICE_UNAVAILABLE: ("issuer_key_missing", "status_list_full"),
        },
        holds_secrets=True,
    ),
    Door(
        "DELETE",
        PATH,
        drop_offline_codes,
        SHOW,
        HTTPStatus.NO_CONTENT,
        refuses={HTTPStatus.NOT_FOUND: ("certificate_not_found",)},
    ),
)
