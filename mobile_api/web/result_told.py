"""
What a case's page says of its result (结果送达): where the paper is, which ways are open and what
each costs, what is owed, and until when it can be printed.

Nothing here decides: all of it is the word of the room, read anew for every page.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.core.identifiers import digest, new_token
from kiosk_server.deliveries.destinations import near_home_of, pick_up_sites
from kiosk_server.deliveries.heard import waits_at_site
from kiosk_server.deliveries.life import NEEDS_A_PERSON, DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.postage_orders import postage_of
from kiosk_server.deliveries.rules import WayOn
from kiosk_server.payments.life import PAYABLE
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.places.queries import SiteView, site
from kiosk_server.results.queries import ResultView, result_of
from kiosk_server.results.rules import Parcel, Print, ResultWay
from kiosk_server.results.timeline import timeline_of
from kiosk_server.results.windows import windows_to_collect_at
from mobile_api.v1.certificates import in_words
from mobile_api.wallets import actor_id
from mobile_api.web.addresses import AddressTold, addresses_told
from mobile_api.web.sending import payer_offers

AT_SITE = "site:"
"""Before the id of a site, where a form names an address or a site that hands parcels out."""
_ON_ITS_WAY = {
    ResultWay.HERE: "here",
    ResultWay.COLLECT: "collect",
    ResultWay.SEND: "sending",
}


@dataclass(frozen=True)
class Destination:
    """One place to which it can be sent, and what that costs. Integer fen."""

    value: str
    address: AddressTold | None
    place: SiteView | None
    fee_fen: int

    @property
    def site(self) -> str:
        """Return the name of the site, in the language of this request."""
        return in_words(self.place.names) if self.place is not None else ""

    @property
    def street(self) -> str:
        """Return where the site is, in the language of this request."""
        return in_words(self.place.addresses) if self.place is not None else ""


@dataclass(frozen=True)
class ResultTold:
    """What a case's page says of its result."""

    view: ResultView
    state: str
    collect_at: str | None
    order: PaymentOrder | None
    """What can be paid now for the paper."""
    postage: PaymentOrder | None
    """What can be paid now for the parcel."""
    windows: tuple[tuple[SiteView, str], ...]
    """Where it can be collected, the nearest to my default address first."""
    own_window: str
    key: str


def result_told(session: Session, case: Case) -> ResultTold | None:
    """Return what the page of *case* says of its result; None where there is none to speak of."""
    view = result_of(session, case)
    touched = view.way or view.gone or view.order or view.money_goes_back
    if not view.open_ways and not touched:
        return None
    postage = postage_of(session, view.delivery) if view.delivery is not None else None
    state, owed = _state(view), _payable(postage)
    return ResultTold(
        view=view,
        state="postage" if owed is not None and state == "sending" else state,
        collect_at=_waits_where(session, view),
        order=_payable(view.order),
        postage=owed,
        windows=tuple(
            (each, in_words(each.names))
            for each in windows_to_collect_at(
                session, case, near_home_of(session, case.resident_id)
            )
        ),
        own_window=view.site_id or case.site_id,
        key=new_token(128),
    )


def _waits_where(session: Session, view: ResultView) -> str | None:
    """Return the name of where its holder comes for it; None where he does not."""
    at = view.site_id
    if view.delivery is not None and view.gone:
        collect = view.delivery.way_on == WayOn.COLLECT.value
        at = view.delivery.site_id if collect else view.delivery.to_site_id
    return in_words(site(session, at).names) if at else None


def version_of(session: Session, case: Case) -> str:
    """Return what changes whenever something happens to *case*, its money, paper or parcel."""
    view = result_of(session, case)
    told = (
        [(line.at, line.kind, line.code, line.text) for line in timeline_of(session, case)],
        (view.way, view.open_ways, view.print, view.parcel, view.owed, view.reprint_until),
        (view.money_goes_back, view.may_have_money, view.order.state if view.order else None),
    )
    return digest(repr(told))[:16]


def doors_to(session: Session, office_id: str) -> list[Destination]:
    """Return my addresses, each with the postage from *office_id* to it."""
    return [
        Destination(each.id, each, None, _postage(session, office_id, each.division_code))
        for each in addresses_told(session)
    ]


def sites_to(session: Session, office_id: str) -> list[Destination]:
    """Return the sites that hand parcels out, the nearest to my default address first, each with
    the postage from *office_id* to it."""
    return [
        Destination(
            f"{AT_SITE}{each.id}",
            None,
            each,
            _postage(session, office_id, each.division_code),
        )
        for each in pick_up_sites(session, near_home_of(session, actor_id()))
        if each.id != office_id
    ]


def _postage(session: Session, office_id: str, division_code: str) -> int:
    return max(each.fee_fen for each in payer_offers(session, office_id, division_code, 1))


def _payable(order: PaymentOrder | None) -> PaymentOrder | None:
    return order if order is not None and order.state in PAYABLE else None


def _carried(delivery: DeliveryOrder) -> str:
    if delivery.handed_over_at is not None:
        return "arrived"
    if waits_at_site(delivery):
        return "at-site"
    if delivery.way_on == WayOn.COLLECT.value:
        return "collect"
    if delivery.state in NEEDS_A_PERSON:
        return "trouble"
    return "arrived" if delivery.state == DeliveryState.DELIVERED else "sent"


def _state(view: ResultView) -> str:
    """Return in one word where the result is, for the sentence above its ways."""
    if view.money_goes_back:
        return "money-back"
    if view.gone:
        if view.handed_out_at is not None:
            return "handed-out"
        if view.delivery is None:
            return "printed"
        return _carried(view.delivery)
    if view.owed:
        return "owed" if view.order is not None else "choose"
    if view.print in (Print.UNDER_WAY, Print.HANGS):
        return "printing"
    if view.parcel is Parcel.TURNED_DOWN:
        return "not-sent"
    return _ON_ITS_WAY[view.way] if view.way is not None else "choose"
