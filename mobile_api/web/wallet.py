"""The wallet (卡包): stacked covers by right, what is not here and whom to ask, what ends soon."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from kiosk_server.certificates.wallet import Result
from kiosk_server.residents.assurance import Act
from mobile_api.v1.certificates import WalletAsked, list_certificates
from mobile_api.web.frame import page
from mobile_api.web.guard import may

DYES = {
    "id_card": "fig",
    "social_security_card": "leaf",
    "medical_insurance_code": "lake",
    "household_register": "walnut",
    "marriage_certificate": "madder",
    "driving_licence": "indigo",
    "vehicle_licence": "leaf",
    "birth_certificate": "lake",
    "vaccination_certificate": "fig",
    "passport": "madder",
    "business_licence": "walnut",
}
"""Colours of covers: to find one's own again, never to mean anything."""
DYE_OF_OTHERS = "lake"
LONGEST_KEY = 60


def add_routes(blueprint: Blueprint) -> None:
    """Open `/m/wallet`."""
    blueprint.get("/wallet")(wallet)


def wallet() -> ResponseReturnValue:
    """Show one wallet: one's own, a child's, an organisation's."""
    may(Act.SEE_CERTIFICATES)
    asked = request.args.get("of", "")[:LONGEST_KEY] or None
    seen = list_certificates(WalletAsked.model_construct(holder=asked))
    covers = [
        (one, dye_of(kind.type)) for kind in reversed(seen.types) for one in kind.certificates
    ]
    down = [kind for kind in seen.types if kind.result is Result.SOURCE_DOWN]
    absent = [kind for kind in seen.types if not kind.certificates and kind not in down]
    return page(
        "m/wallet.html",
        tab="wallet",
        seen=seen,
        whose=next(each for each in seen.holders if each.key == seen.holder),
        covers=covers,
        ending=[one for one, _ in covers if one.ends_soon],
        down=down,
        absent=absent,
    )


def dye_of(type_id: str) -> str:
    """Return the colour of a type's cover."""
    return DYES.get(type_id, DYE_OF_OTHERS)
