"""The body of a scan, version 1; tests/wire/scans.json holds samples that both ends accept."""

import unicodedata
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from kiosk_server.terminal_api.schemas import Token, Version

LONGEST_SCAN = 512
"""Characters; what a code of ours holds is far shorter."""
_NO_TEXT = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def _text(scanned: str) -> str:
    # The terminal drops these too: here nobody relies on that.
    kept = "".join(each for each in scanned if unicodedata.category(each) not in _NO_TEXT)
    if not kept.strip():
        raise PydanticCustomError("no_text", "a scan holds text")
    return kept


class ScanBody(BaseModel):
    """POST scans."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: Version
    nonce: Token
    text: Annotated[
        str, StringConstraints(min_length=1, max_length=LONGEST_SCAN), AfterValidator(_text)
    ]
    terminal: Token
    scanned_at: AwareDatetime
