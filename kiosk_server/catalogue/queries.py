"""Read the published catalogue: one source for every surface (P05)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.catalogue.content import ItemContent
from kiosk_server.catalogue.models import Item, ItemVersion
from kiosk_server.catalogue.rules import field_rank
from kiosk_server.core.errors import NotFound


@dataclass(frozen=True)
class PublishedItem:
    """One version as it was published."""

    version_id: str
    code: str
    version: int
    hash: str
    published_at: datetime
    content: ItemContent

    @property
    def short_hash(self) -> str:
        """The hash's first twelve digits: what a screen and a paper show."""
        return self.hash[:12]


def published(session: Session) -> list[PublishedItem]:
    """Return the current version of every item: what a terminal handles first, then by field."""
    wanted = select(ItemVersion).join(Item, Item.current_version_id == ItemVersion.id)
    found = [_view(version) for version in session.scalars(wanted)]
    return sorted(
        found,
        key=lambda item: (
            item.content.handling is None,
            field_rank(item.content.field),
            item.code,
        ),
    )


def life_services(session: Session) -> list[PublishedItem]:
    """Return the services of everyday life (便民服务), by code."""
    return [item for item in published(session) if item.content.life is not None]


def help_when_refused(session: Session) -> PublishedItem | None:
    """Return what helps whoever was told no (法律援助), if the catalogue has it."""
    return next(
        (
            item
            for item in published(session)
            if item.content.life is not None and item.content.life.when_refused
        ),
        None,
    )


def find(session: Session, code: str) -> PublishedItem:
    """Return the current version of the item with *code*, or raise `NotFound`."""
    wanted = (
        select(ItemVersion)
        .join(Item, Item.current_version_id == ItemVersion.id)
        .where(Item.code == code)
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound("item_not_found")
    return _view(found)


def version(session: Session, version_id: str) -> PublishedItem:
    """Return one version, current or past: a case stays with its own (P04)."""
    found = session.get(ItemVersion, version_id)
    if found is None:
        raise NotFound("item_version_not_found")
    return _view(found)


def _view(found: ItemVersion) -> PublishedItem:
    return PublishedItem(
        version_id=found.id,
        code=found.item_code,
        version=found.version,
        hash=found.hash,
        published_at=found.published_at,
        content=ItemContent.from_json(found.content),
    )
