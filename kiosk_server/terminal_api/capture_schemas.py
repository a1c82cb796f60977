"""The body of a capture, version 1; tests/wire/captures.json holds samples for both ends."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from kiosk_server.terminal_api.schemas import Token, Version


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        raise PydanticCustomError("not_base64", "bytes in base64 are wanted") from None


class CaptureBody(BaseModel):
    """POST captures."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: Version
    nonce: Token
    media_type: Literal["application/pdf"]
    pages: Annotated[int, Field(ge=1, le=100)]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    document: Annotated[bytes, BeforeValidator(_bytes), Field(min_length=1, repr=False)]
    terminal: Token
    captured_at: AwareDatetime
