"""Publish the sample items (示例数据，非官方发布) that stand in `data/*.toml`."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from kiosk_server.audit.services import SYSTEM
from kiosk_server.catalogue import services
from kiosk_server.catalogue.content import ItemContent

_DATA = Path(__file__).parent / "data"


def contents() -> Iterator[ItemContent]:
    """Yield every sample item: one per file `item-*.toml`, many in `guides.toml`."""
    for file in sorted(_DATA.glob("item-*.toml")):
        yield ItemContent.from_json(tomllib.loads(file.read_text("utf-8")))
    for guide in tomllib.loads((_DATA / "guides.toml").read_text("utf-8"))["guide"]:
        yield ItemContent.from_json(guide)


def publish_all(session: Session) -> int:
    """Publish them and return how many there are; what is unchanged keeps its version."""
    return len([services.publish(session, content, by=SYSTEM) for content in contents()])
