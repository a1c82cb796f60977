"""
The holder's side of certificates on the phone, for the API and the pages alike: whose wallets he
may open, opening one, and one certificate brought up to date.

Departments are asked between units of work, and only for what is not kept.
"""

from dataclasses import dataclass
from datetime import date

from kiosk_server.certificates import copies, history, wallet_keeping
from kiosk_server.certificates.copy_papers import RenderedCopy
from kiosk_server.certificates.history import Version
from kiosk_server.certificates.holders import (
    Holder,
    HolderKind,
    holder_named,
    holder_of,
    masked_name_of,
    person,
)
from kiosk_server.certificates.issuers import issuers_picture
from kiosk_server.certificates.models import UsageRecord
from kiosk_server.certificates.ports import Errand
from kiosk_server.certificates.rights import (
    RightKind,
    certificate_for,
    require_holder,
    rights_of,
)
from kiosk_server.certificates.services import PLATFORM
from kiosk_server.certificates.wallet import Wallet, WalletCertificate, view
from kiosk_server.core.errors import Refused
from kiosk_server.residents.assurance import NEEDS, Act
from kiosk_server.showing import pins
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.certificate_partners import certificate_partners

_PURPOSE = "持证人查看证照"


@dataclass(frozen=True)
class WalletHolder:
    """Whose wallet may be opened: one's own (`right` is None), a child's, an organisation's."""

    key: str
    kind: HolderKind
    name: str
    right: RightKind | None
    until: date | None


@dataclass(frozen=True)
class CertificateSeen:
    """One certificate with its versions and the latest looks at it."""

    certificate: WalletCertificate
    versions: list[Version]
    uses: list[UsageRecord]


def actor_id() -> str:
    """Return the resident who holds this phone; raises `Refused("level_too_low")` before that."""
    found = holder().resident_id
    if found is None:
        raise Refused("level_too_low", needs=NEEDS[Act.SEE_CERTIFICATES].value)
    return found


def wallet_holders() -> list[WalletHolder]:
    """Return whose wallets may be opened today, one's own first; people's names masked."""
    mine = actor_id()
    with database().reading() as session:
        own = person(mine)
        found = [
            WalletHolder(own.key, own.kind, masked_name_of(session, own), None, None),
        ]
        for right in rights_of(session, mine):
            name = masked_name_of(session, right.holder)
            found.append(
                WalletHolder(right.holder.key, right.holder.kind, name, right.kind, right.until)
            )
    return found


def open_wallet(key: str | None, *, anew: bool = False) -> Wallet:
    """Return the wallet of the holder called *key*, one's own without; departments are asked.

    Raises `NotFound("holder_not_found")` for a holder for whom this resident may not hold.
    """
    mine = actor_id()
    whose = holder_named(key) if key else person(mine)
    with database().reading() as session:
        require_holder(session, mine, whose)
    return _refresh(whose, mine, anew=anew)


def see_certificate(certificate_id: str) -> CertificateSeen:
    """Return one certificate, brought up to date; `NotFound` for anybody else's and for none."""
    mine = actor_id()
    with database().reading() as session:
        row = certificate_for(session, mine, certificate_id)
        whose, type_id, asked = holder_of(row), row.type_id, row.origin == PLATFORM
    if asked:
        _refresh(whose, mine, types=(type_id,))
    with database().reading() as session:
        row = certificate_for(session, mine, certificate_id)
        return CertificateSeen(
            certificate=view(session, row),
            versions=history.versions_of(session, row),
            uses=list(history.uses_of(session, row.id)),
        )


def require_pin() -> None:
    """Go on if this phone's PIN was typed in the last minutes; `Refused("pin_needed")` otherwise.

    It stands before every number in clear: a phone that somebody finds open shows none.
    """
    with database().reading() as session:
        pins.require_unlocked(session, holder())


def own_view(certificate_id: str) -> RenderedCopy:
    """Return the holder's own view of one certificate, set as PDF and PNG; nothing is kept.

    Its numbers stand in clear: raises `Refused("pin_needed")`.
    """
    require_pin()
    with database().reading() as session:
        paper = copies.own_view(session, actor_id(), certificate_id)
    return certificate_partners().press.render(paper)


def own_picture(certificate_id: str) -> bytes:
    """Return a certificate's picture for its holder: the issuer's own, or ours where he has none.

    Its numbers stand in clear: raises `Refused("pin_needed")`.
    """
    require_pin()
    mine = actor_id()
    errand = Errand(_PURPOSE, f"resident:{mine}")
    theirs = issuers_picture(
        database(), certificate_partners().platform, mine, certificate_id, errand
    )
    return theirs if theirs is not None else own_view(certificate_id).png


def _refresh(
    whose: Holder, mine: str, *, types: tuple[str, ...] | None = None, anew: bool = False
) -> Wallet:
    partners = certificate_partners()
    return wallet_keeping.refresh(
        database(),
        partners.platform,
        whose,
        Errand(_PURPOSE, f"resident:{mine}"),
        by=holder().actor,
        kept_for=partners.kept_for,
        types=types,
        anew=anew,
    )
