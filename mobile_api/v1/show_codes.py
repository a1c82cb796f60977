"""`/show-codes`, `/show-pin`, `/scenes`: show a certificate, and watch who scans it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from flask import g
from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.certificates.certificate_types import Wording, certificate_types
from kiosk_server.core.errors import Refused
from kiosk_server.residents.assurance import Act
from kiosk_server.showing import pins
from kiosk_server.showing.codes import ShowWish, make_code, stop_code, watch
from kiosk_server.showing.rules import CodeState, Mode
from kiosk_server.showing.scenes import fields_of, scenes
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder, require, signed_in
from mobile_api.doors import Door
from mobile_api.show_terms import show_terms
from mobile_api.v1.schemas import Asked, Id
from mobile_api.v1.uses import CertificateUse, use_seen

Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
SceneId = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]


class SceneOffer(BaseModel):
    """What one scene gives of one type; nobody sees another field in it."""

    type: str
    fields: list[str]


class SceneSeen(BaseModel):
    """One scene of use (用证场景)."""

    id: str
    name: str
    lead: str
    offers: list[SceneOffer]


class Scenes(BaseModel):
    """Every scene, in the order in which a phone offers them."""

    items: list[SceneSeen]


class NewPin(Asked):
    """The PIN of this phone, and the old one where one is set."""

    pin: Pin
    old: Pin | None = None


class PinTyped(Asked):
    """The PIN as it was typed."""

    pin: Pin


class ShowCodeWanted(Asked):
    """What to show, and in which scene."""

    certificate_id: Id
    scene: SceneId
    mode: Mode = Field(
        default=Mode.PRESENT, description="`authorise`: a named verifier asks first, I answer."
    )


class LiveCode(BaseModel):
    """A live code; its token and address are told here and never again."""

    id: str
    token: str
    address: str = Field(description="What stands in the QR.")
    made_at: datetime
    refresh_at: datetime = Field(description="When the next one should be asked for.")
    expires_at: datetime
    fields: list[str] = Field(description="What a verifier of this scene sees.")


class CodeSeen(BaseModel):
    """What has become of a code."""

    id: str
    certificate_id: str
    scene: str
    state: CodeState
    over: bool = Field(description="Whether its time has passed.")
    request_id: str | None = Field(description="A verifier's question that waits for my answer.")
    uses: list[CertificateUse]


def list_scenes() -> Scenes:
    """List the scenes, and what each gives."""
    types = certificate_types()
    return Scenes(
        items=[
            SceneSeen(
                id=scene.id,
                name=_in_words(scene.names),
                lead=_in_words(scene.lead),
                offers=[
                    SceneOffer(
                        type=type_id,
                        fields=[field.id for field in fields_of(scene, types[type_id])],
                    )
                    for type_id in scene.fields
                ],
            )
            for scene in scenes().values()
        ]
    )


def set_show_pin(body: NewPin) -> None:
    """Set the PIN with which this phone shows."""
    _accept(pins.set_pin(database(), holder(), body.pin, old=body.old or ""))


def unlock_showing(body: PinTyped) -> None:
    """Let this phone show for five minutes."""
    _accept(pins.unlock(database(), holder(), body.pin))


def make_show_code(body: ShowCodeWanted) -> LiveCode:
    """Make a code for one look."""
    if body.mode is Mode.AUTHORISE:
        require(Act.AUTHORISE)
    wish = ShowWish(body.certificate_id, body.scene, body.mode)
    with database().unit_of_work() as session:
        code = make_code(session, holder(), wish, show_terms())
    return LiveCode(
        id=code.id,
        token=code.token,
        address=code.address(settings().public_origin),
        made_at=code.made_at,
        refresh_at=code.refresh_at,
        expires_at=code.expires_at,
        fields=[field.id for field in fields_of(code.scene, code.shown.type)],
    )


def see_show_code(code_id: str) -> CodeSeen:
    """Tell what has become of one of my codes, with each look at it."""
    with database().reading() as session:
        seen = watch(session, holder(), code_id)
    return CodeSeen(
        id=seen.id,
        certificate_id=seen.certificate_id,
        scene=seen.scene,
        state=seen.state,
        over=seen.over,
        request_id=seen.request_id,
        uses=[use_seen(use) for use in seen.uses],
    )


def stop_show_code(code_id: str) -> None:
    """Stop one of my codes."""
    with database().unit_of_work() as session:
        stop_code(session, holder(), code_id)


def _accept(refused: pins.PinRefused | None) -> None:
    if refused is not None:
        raise Refused(refused.code)


def _in_words(words: Wording) -> str:
    return words.get(g.get("language") or DEFAULT, words[DEFAULT])


SHOW = signed_in(Act.SHOW_CERTIFICATE)
_PIN = {HTTPStatus.FORBIDDEN: ("pin_wrong", "pin_missing")}
_TRIES = {HTTPStatus.TOO_MANY_REQUESTS: ("too_many_show_pin", "too_many_sign_ins")}
_GONE = {HTTPStatus.NOT_FOUND: ("show_code_not_found",)}
DOORS = (
    Door("GET", "/scenes", list_scenes, SHOW),
    Door(
        "PUT",
        "/show-pin",
        set_show_pin,
        SHOW,
        HTTPStatus.NO_CONTENT,
        refuses={**_PIN, **_TRIES, HTTPStatus.UNPROCESSABLE_ENTITY: ("pin_weak",)},
    ),
    Door(
        "POST",
        "/show-pin/unlocks",
        unlock_showing,
        SHOW,
        HTTPStatus.NO_CONTENT,
        refuses={**_PIN, **_TRIES},
    ),
    Door(
        "POST",
        "/show-codes",
        make_show_code,
        SHOW,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.FORBIDDEN: ("pin_needed", "level_too_low"),
            HTTPStatus.NOT_FOUND: ("certificate_not_found", "scene_not_found"),
            HTTPStatus.CONFLICT: ("certificate_not_serving",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("scene_unfit",),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_show_code",),
        },
        holds_secrets=True,
    ),
    Door("GET", "/show-codes/<code_id>", see_show_code, SHOW, refuses=_GONE),
    Door(
        "DELETE",
        "/show-codes/<code_id>",
        stop_show_code,
        SHOW,
        HTTPStatus.NO_CONTENT,
        refuses=_GONE,
    ),
)
