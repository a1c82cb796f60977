"""The paper of a check that was made at the machine: POST checks/<id>/paper."""

import base64
import binascii
import hashlib
from typing import Annotated, Literal

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kiosk_server.assets.check_papers import keep_paper
from kiosk_server.core.errors import Invalid
from kiosk_server.terminal_api.schemas import Version
from kiosk_server.web.bodies import body_as
from kiosk_server.web.guards import terminal
from kiosk_server.web.request_context import database


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        raise PydanticCustomError("not_base64", "bytes in base64 are wanted") from None


class CheckPaperBody(BaseModel):
    """POST checks/<id>/paper."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: Version
    media_type: Literal["application/pdf"]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    document: Annotated[bytes, BeforeValidator(_bytes), Field(min_length=1, repr=False)]


def add_routes(blueprint: Blueprint) -> None:
    """Put papers of checks under *blueprint*."""
    blueprint.post("/checks/<check_id>/paper")(paper)


def paper(check_id: str) -> ResponseReturnValue:
    """Keep it; one that is sent twice is kept once and answered alike."""
    body = body_as(CheckPaperBody)
    if hashlib.sha256(body.document).hexdigest() != body.digest:
        raise Invalid("digest_wrong")
    with database().unit_of_work() as session:
        keep_paper(session, terminal().id, check_id, body.document)
    return {"check": check_id}
