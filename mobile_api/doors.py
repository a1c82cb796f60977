"""
The phone's API as a whole: where it stands, and what its document says of it.

A resource takes `Door` from here; how a door is carried out is the house's (`web/api_doors`).
"""

from collections.abc import Iterable

from kiosk_server.web.api_doors import Api, Door
from kiosk_server.web.api_doors import surfaces_of_doors as surfaces_of
from kiosk_server.web.surface import Surface

__all__ = ["API", "PREFIX", "Door", "surfaces_of_doors"]

PREFIX = "/api/mobile/v1"
_DESCRIPTION = """\
The phone's side of the counter (掌上办). Every refusal is problem+json (RFC 9457) with a stable
`code`. Lists come in pages, the newest first. A GET carries an ETag. A POST may carry an
Idempotency-Key: sent again with the same body, it is answered again and not done again.
"""
API = Api(
    slug="mobile",
    prefix=PREFIX,
    title="Phone API",
    version="1.0.0",
    description=_DESCRIPTION,
    schemes={"phone": {"type": "http", "scheme": "bearer"}},
)


def surfaces_of_doors(doors: Iterable[Door]) -> list[Surface]:
    """Return *doors* as surfaces: one for each access, since a surface has one guard."""
    return surfaces_of(API, doors)
