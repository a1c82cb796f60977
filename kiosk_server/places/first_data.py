"""Enter the sample divisions, sites and windows of 阿图什市 (示例数据) from `data/*.toml`."""

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from kiosk_server.places import services
from kiosk_server.places.models import SiteLevel

_DATA = Path(__file__).parent / "data"


def enter(session: Session) -> None:
    """Enter all of them; entering again changes nothing that the files do not say."""
    for division in _rows("divisions.toml", "division"):
        services.enter_division(
            session, division["code"], names=division["names"], parent_code=division.get("parent")
        )
    for site in _rows("sites.toml", "site"):
        services.enter_site(
            session,
            site["id"],
            level=SiteLevel(site["level"]),
            division_code=site["division"],
            names=site["names"],
            addresses=site["addresses"],
            phone=site["phone"],
            hours=site["hours"],
            parent_id=site.get("parent"),
            position=site.get("position"),
            access=site.get("access"),
            mandate=site.get("mandate"),
            hands_out=site.get("hands_out", False),
        )
    for window in _rows("windows.toml", "window"):
        services.enter_window(
            session,
            window["id"],
            site_id=window["site"],
            label=window["label"],
            groups=window["groups"],
        )
    for place in _rows("sites.toml", "host_place"):
        services.enter_host_place(
            session,
            place["id"],
            site_id=place["site"],
            kind=place["kind"],
            names=place["names"],
            addresses=place["addresses"],
            position=place.get("position"),
        )


def _rows(file: str, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((_DATA / file).read_text("utf-8"))[name]
    return rows
