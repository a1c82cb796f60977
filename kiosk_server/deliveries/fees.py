"""What sending costs (资费): a table in fen, by distance; and as a fee that is paid beforehand."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kiosk_server.deliveries.rules import Price, Zone, fee_fen, weight_grams, zone_between
from kiosk_server.payments.rules import FeeItem

_FILE = Path(__file__).parent / "data" / "fees.toml"


@cache
def prices() -> Mapping[Zone, Price]:
    """Return the table; every zone stands in it."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        zone: Price(rows[zone]["first_kilo_fen"], rows[zone]["further_kilo_fen"]) for zone in Zone
    }


def quote_fen(one: str, other: str, pieces: int) -> int:
    """Return what sending *pieces* papers between two divisions costs, in fen."""
    return fee_fen(prices()[zone_between(one, other)], weight_grams(pieces))


def postage_item(amount_fen: int) -> FeeItem:
    """Return postage of *amount_fen* as the fee of a payment order, with its basis."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))["postage"]
    return FeeItem("postage", told["names"], told["basis"], amount_fen)
