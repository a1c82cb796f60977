"""What more than one resource of the verifiers' API takes or gives."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kiosk_server.showing.looking_up import ShownField
from kiosk_server.showing.requests import LONGEST_PURPOSE
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.words import current_language

SceneId = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Purpose = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_PURPOSE, strip_whitespace=True)
]
Scanned = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class Asked(BaseModel):
    """The mother of every body: what we do not know of is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class FieldValue(BaseModel):
    """One field of a certificate, with its value."""

    id: str
    name: str
    value: str


class Look(BaseModel):
    """What one look showed. `reason` is null where the certificate is good."""

    genuine: bool
    reason: str | None = Field(description="A stable word; the holder reads the same one.")
    use_id: str | None = Field(description="The look's id in the holder's log.")
    scene: str | None
    kind: str | None = Field(description="The certificate's title.")
    masked_holder: str | None
    sample: bool = Field(description="Whether it is of simulated data and proves nothing.")
    until: datetime | None = Field(description="When an offline code stops serving.")
    fields: list[FieldValue]
    may_ask: list[str] = Field(
        default_factory=list,
        description="With `question_needed`: fields that may be asked for at `/questions`. The "
        "holder answers questions alone; the code has not had its look.",
    )


def values_of(fields: tuple[ShownField, ...]) -> list[FieldValue]:
    """Return fields with their values, named in the language of this request."""
    language = current_language().code
    return [
        FieldValue(
            id=each.field.id,
            name=each.field.names.get(language, each.field.names[DEFAULT]),
            value=each.value,
        )
        for each in fields
    ]


def refused(reason: str, title: str | None = None, may_ask: tuple[str, ...] = ()) -> Look:
    """Return the look that showed nothing, and why."""
    return Look(
        genuine=False,
        reason=reason,
        use_id=None,
        scene=None,
        kind=title,
        masked_holder=None,
        sample=False,
        until=None,
        fields=[],
        may_ask=list(may_ask),
    )
