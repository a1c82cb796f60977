"""Publish the sample items (示例数据，非官方发布) that stand in `data/*.toml`."""

import tomllib
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.catalogue import services
from kiosk_server.catalogue.content import ItemContent

_DATA = Path(__file__).parent / "data"


@cache
def contents() -> tuple[ItemContent, ...]:
    """Return every sample item: one per file `item-*.toml`, many in `guides.toml`."""
    items = [tomllib.loads(file.read_text("utf-8")) for file in sorted(_DATA.glob("item-*.toml"))]
    items += tomllib.loads((_DATA / "guides.toml").read_text("utf-8"))["guide"]
    return tuple(ItemContent.from_json(item) for item in items)


def publish_all(session: Session) -> int:
    """Publish them and return how many there are; what is unchanged keeps its version."""
    return len([services.publish(session, content, by=SYSTEM) for content in contents()])
