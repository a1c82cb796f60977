"""A case and its result as their pages show them: how it stands, what happened, where to."""

from collections.abc import Iterable

from kiosk_server.cases.models import Case, CaseState
from kiosk_server.core.clock import to_beijing
from kiosk_server.core.masking import mask_name, mask_phone
from kiosk_server.deliveries.addresses import Address
from kiosk_server.deliveries.heard import lies_at_site
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.rules import WayOn
from kiosk_server.results.queries import ResultView
from kiosk_server.results.rules import Parcel, Print, ResultWay
from kiosk_server.results.timeline import TimelineLine
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.sending import Destination
from kiosk_ui.view_models import Language, ResultTime, SendRow

_ENDED = (CaseState.DECLINED, CaseState.WITHDRAWN)


def state_of(case: Case, view: ResultView) -> str:
    """Return how a result stands, as an id behind `result-state-`; the weightiest first."""
    if CaseState(case.state) in _ENDED:
        return "ended"
    if case.outcome is None:
        return "undecided"
    if view.money_goes_back:
        return "money-back"
    if view.gone:
        return _gone(view)
    if view.owed:
        return "owed"
    if view.print in (Print.UNDER_WAY, Print.HANGS):
        return "printing"
    if view.way is ResultWay.SEND:
        turned_down = view.parcel is Parcel.TURNED_DOWN
        return "not-sent" if turned_down else "sending"
    if view.way is ResultWay.COLLECT:
        return "to-collect"
    return "to-print" if view.open_ways else "done"


def rows_of(destinations: Iterable[Destination], language: Language) -> list[SendRow]:
    """Return the rows of a page that asks where to: names and numbers masked."""
    return [_row(each, language) for each in destinations]


def times_of(lines: Iterable[TimelineLine], language: Language) -> list[ResultTime]:
    """Return the timeline of a case, the last thing first."""
    told = [
        ResultTime(
            to_beijing(line.at),
            f"timeline-{line.kind.value}-{line.code}".replace("_", "-"),
            chinese(line.text, language) if line.text else None,
        )
        for line in lines
    ]
    return told[::-1]


def _gone(view: ResultView) -> str:
    if view.handed_out_at is not None:
        return "handed-out"
    if view.print is Print.OUT:
        return "printed"
    if view.delivery is None:
        return "done"
    if view.delivery.way_on == WayOn.COLLECT.value and view.delivery.handed_over_at is None:
        return "back"
    if lies_at_site(view.delivery):
        # Fetched or not, it lies there until it is on its way again.
        return "at-site"
    match DeliveryState(view.delivery.state):
        case DeliveryState.DELIVERED:
            return "delivered"
        case DeliveryState.EXCEPTION | DeliveryState.RETURNING | DeliveryState.RETURNED:
            return "parcel-trouble"
        case _:
            return "on-its-way"


def _row(one: Destination, language: Language) -> SendRow:
    if isinstance(one.where, Address):
        holder = f"{mask_name(one.where.name)} {mask_phone(one.where.phone)}"
        return SendRow(one.to, chinese(one.where.street, language), one.postage, holder)
    return SendRow(one.to, worded(one.where.names, language), one.postage)
