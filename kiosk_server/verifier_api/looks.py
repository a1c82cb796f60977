"""`/scenes`, `/looks`, `/offline-looks`: look up what somebody shows (核验亮证码、离线码)."""

from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.certificates.certificate_types import Wording, certificate_types
from kiosk_server.credentials.named_looks import look_offline
from kiosk_server.credentials.offline import LONGEST, OfflineVerdict
from kiosk_server.showing.asking import askable
from kiosk_server.showing.looking_up import CodeRefused, Redeemed, redeem
from kiosk_server.showing.scenes import fields_of, scenes
from kiosk_server.verifier_api.access import PROGRAM, program, spend_look
from kiosk_server.verifier_api.schemas import (
    Asked,
    FieldValue,
    Look,
    Purpose,
    Scanned,
    refused,
    values_of,
)
from kiosk_server.web.api_doors import Door
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import current_language

QUESTION_NEEDED = "question_needed"
QUOTAS = ("too_many_verifier_minute", "too_many_verifier_day")
Offline = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class Given(BaseModel):
    """A field that a scene gives of one type."""

    id: str
    name: str


class Offer(BaseModel):
    """What one scene gives of one type of certificate."""

    type: str
    name: str
    fields: list[Given]


class GrantedScene(BaseModel):
    """A scene that this token is good for."""

    id: str
    name: str
    offers: list[Offer]


class GrantedScenes(BaseModel):
    """Every scene that this token is good for."""

    items: list[GrantedScene]


class LookWanted(Asked):
    """What was scanned: the whole address, or the token at its end."""

    code: Scanned
    purpose: Purpose | None = Field(default=None, description="What the holder reads of why.")


class OfflineLookWanted(Asked):
    """What was scanned: the code's text, from `ZZ1:` on."""

    code: Offline
    purpose: Purpose | None = None


def list_granted_scenes() -> GrantedScenes:
    """List the scenes of this token, and what each gives of which certificate."""
    own = program().scenes
    items = [
        GrantedScene(
            id=scene.id,
            name=_in_words(scene.names),
            offers=[
                Offer(
                    type=kind.id,
                    name=_in_words(kind.names),
                    fields=[
                        Given(id=each.id, name=_in_words(each.names))
                        for each in fields_of(scene, kind)
                    ],
                )
                for kind in (certificate_types()[name] for name in scene.fields)
            ],
        )
        for scene in scenes().values()
        if scene.id in own
    ]
    return GrantedScenes(items=items)


def look_up(body: LookWanted) -> Look:
    """Look a live code up, once; its holder sees at once who looked."""
    looker = spend_look()
    with database().reading() as session:
        open_to = askable(session, body.code, looker)
    if open_to is not None:
        asked = tuple(each.id for each in open_to.fields)
        return refused(QUESTION_NEEDED, open_to.title, asked)
    with database().unit_of_work() as session:
        outcome = redeem(session, body.code, looker, purpose=body.purpose or "")
    return _look(outcome)


def look_up_offline(body: OfflineLookWanted) -> Look:
    """Judge an offline code by the lists of this moment; the look stands in its holder's log."""
    looker, origin = spend_look(), settings().public_origin
    with database().unit_of_work() as session:
        verdict = look_offline(
            session, body.code, looker, origin=origin, purpose=body.purpose or ""
        )
    return _offline_look(verdict)


def _look(outcome: Redeemed | CodeRefused) -> Look:
    if isinstance(outcome, CodeRefused):
        return refused(outcome.reason.value, outcome.title)
    return Look(
        genuine=True,
        reason=None,
        use_id=outcome.use_id,
        scene=outcome.scene.id,
        kind=outcome.title,
        masked_holder=outcome.masked_holder,
        sample=outcome.sample,
        until=None,
        fields=values_of(outcome.fields),
    )


def _offline_look(verdict: OfflineVerdict) -> Look:
    facts = verdict.facts
    if verdict.reason is not None or facts is None:
        return refused(str(verdict.reason))
    kind = certificate_types()[facts.kind]
    named = {each.id: _in_words(each.names) for each in kind.fields}
    return Look(
        genuine=True,
        reason=None,
        use_id=None,
        scene=facts.scene,
        kind=_in_words(kind.names),
        masked_holder=facts.masked_name,
        sample=facts.sample,
        until=facts.expires_at,
        fields=[
            FieldValue(id=name, name=named.get(name, name), value=value)
            for name, value in facts.fields.items()
        ],
    )


def _in_words(names: Wording) -> str:
    return names.get(current_language().code, names[DEFAULT])


DOORS = (
    Door("GET", "/scenes", list_granted_scenes, PROGRAM),
    Door(
        "POST",
        "/looks",
        look_up,
        PROGRAM,
        refuses={HTTPStatus.TOO_MANY_REQUESTS: QUOTAS},
        holds_secrets=True,
    ),
    Door(
        "POST",
        "/offline-looks",
        look_up_offline,
        PROGRAM,
        refuses={
            HTTPStatus.TOO_MANY_REQUESTS: QUOTAS,
            HTTPStatus.SERVICE_UNAVAILABLE: ("issuer_key_missing",),
        },
        holds_secrets=True,
    ),
)
