"""What sending costs and who pays it, told before anybody chooses it; for results and papers."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.deliveries.ports import CourierName, Payer
from kiosk_server.deliveries.services import quote
from mobile_api.courier_partners import couriers, payers


@dataclass(frozen=True)
class PayerOffer:
    """One way to pay the courier, and what it costs whoever is sent something. Integer fen."""

    payer: Payer
    fee_fen: int


@dataclass(frozen=True)
class Carrier:
    """Who carries now; `simulated` ones carry nothing."""

    name: CourierName
    simulated: bool


def carrier() -> Carrier | None:
    """Return who would carry now; None while no courier is connected."""
    name = couriers().first()
    return Carrier(name, couriers().by_name[name].simulated) if name is not None else None


def payer_offers(
    session: Session, office_id: str, division_code: str, pieces: int
) -> tuple[PayerOffer, ...]:
    """Return who may pay between an office and a division, the usual one first."""
    fee = quote(session, office_id, division_code, pieces)
    return tuple(PayerOffer(each, 0 if each is Payer.OFFICE else fee) for each in payers())


def payer_named(asked: str) -> Payer | None:
    """Return the payer that a form names; None, the usual one, for what is none."""
    return Payer(asked) if asked in set(Payer) else None
