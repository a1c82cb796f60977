"""What more than one resource of the API takes or gives, and the page that lists come in."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kiosk_server.core.identifiers import ID_PATTERN
from kiosk_server.residents.phone_rules import LONGEST_LABEL

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Secret = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{16,100}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LABEL)]
LANGUAGES = r"^(zh|ug|ky|en)$"
LARGEST_PAGE = 100

Item = TypeVar("Item")


class Asked(BaseModel):
    """The mother of every body: what we do not know of is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class PageAsked(BaseModel):
    """Which part of a list is asked for, the newest first."""

    cursor: Id | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=20, ge=1, le=LARGEST_PAGE)


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next_cursor` is null at its end."""

    items: list[Item]
    next_cursor: str | None


def page_of(items: list[Item], cursors: list[str], limit: int) -> Page[Item]:
    """Return the page of *items*, of which one more than *limit* was asked for."""
    more = len(items) > limit
    return Page[Item](items=items[:limit], next_cursor=cursors[limit - 1] if more else None)
