"""
My cases (我的办件): what became of each, what may be done now, the money instead of the paper.

For the errand of that name, and at the end of a service whose paper is collected or sent.
"""

from dataclasses import dataclass

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.cases.lives import UNDECIDED
from kiosk_server.cases.models import Case
from kiosk_server.cases.own import cases_of
from kiosk_server.catalogue import queries as catalogue
from kiosk_server.core import clock
from kiosk_server.deliveries.handing_over import is_over
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.queries import deliveries_of
from kiosk_server.deliveries.rules import Direction
from kiosk_server.payments.rules import as_yuan
from kiosk_server.places.queries import site
from kiosk_server.results.queries import ResultView, result_of
from kiosk_server.results.rules import Parcel, Print, ResultWay
from kiosk_server.results.timeline import timeline_of
from kiosk_server.visits.errand_state import Errand, errand_of
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database
from kiosk_server.web.words import words
from kiosk_ui.openness import printer_here
from kiosk_ui.own_cases import own_case, strangers_noted, to_pay
from kiosk_ui.pages.turning import turned
from kiosk_ui.paging import lines_a_page, rows_a_page
from kiosk_ui.presenters.papers import papers_state
from kiosk_ui.presenters.results import state_of, times_of
from kiosk_ui.presenters.wording import titled, worded
from kiosk_ui.sending import courier_here
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    Closed,
    Deed,
    Language,
    ResultPage,
    ResultRow,
    ResultsPage,
    Screen,
    Wording,
)
from kiosk_ui.visiting import this_visit

_MOST_SHOWN = 50


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/results", endpoint="results")(results)
    blueprint.get("/results/<case_id>", endpoint="result")(result)


def results() -> ResponseReturnValue:
    """List what whoever stands here applied for anywhere, the newest first."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        shown, paging = turned(
            _mine(session, visit.resident_id or ""), rows_a_page(screen), url_for("kiosk.results")
        )
        rows = tuple(_row(session, each, screen.language) for each in shown)
    carried = courier_here() is not None
    return show(
        ResultsPage(
            screen=screen,
            rows=rows,
            back_url=url_for("kiosk.services"),
            papers_url=url_for("kiosk.begin_papers") if carried else None,
            paging=paging,
        )
    )


def result(case_id: str) -> ResponseReturnValue:
    """Show one case: how it stands, what may be done, and one timeline."""
    visit = this_visit()
    with strangers_noted(), database().reading() as session:
        screen = this_screen(session)
        case = own_case(session, visit, case_id)
        page = _Shown(session, screen, visit, case, result_of(session, case)).page()
    return show(page)


@dataclass(frozen=True)
class _Shown:
    """One case in one visit, as its page shows it."""

    session: Session
    screen: Screen
    visit: Visit
    case: Case
    view: ResultView

    def page(self) -> ResultPage:
        """Return the page."""
        content = catalogue.version(self.session, self.case.item_version_id).content
        told = times_of(timeline_of(self.session, self.case), self.screen.language)
        here = url_for("kiosk.result", case_id=self.case.id)
        lines, paging = turned(told, lines_a_page(self.screen), here)
        deeds = self._deeds()
        errand = errand_of(self.session, self.visit) is Errand.RESULTS
        until = self.view.reprint_until
        prints = any(deed.code == "print" for deed in deeds)
        delivery = self.view.delivery
        return ResultPage(
            screen=self.screen,
            name=titled(content.names, self.screen.language),
            number=self.case.number,
            state=state_of(self.case, self.view),
            lines=lines,
            main=deeds[0] if deeds else None,
            others=tuple(deeds[1:]),
            back_url=url_for("kiosk.results") if errand else None,
            done_url=None if errand else url_for("kiosk.rating"),
            place=self._place(),
            waybill=delivery.waybill if delivery is not None else None,
            until=clock.to_beijing(until) if until is not None and prints else None,
            closed=self._printer_closed() if self._printable() else None,
            paging=paging,
        )

    def _deeds(self) -> list[Deed]:
        """What may be done now, the best first."""
        found, view = [], self.view
        if to_pay(self.session, view) is not None:
            found.append(self._deed("pay", "kiosk.pay_result"))
        if self._printable() and self._printer_closed() is None:
            found.append(self._deed("print", "kiosk.print_result"))
        carried = view.delivery is not None and view.parcel is Parcel.CARRIED
        if carried and view.delivery is not None and not is_over(view.delivery):
            found.append(self._deed("code", "kiosk.make_hand_over_code"))
        if self._asks_for_papers():
            url = url_for("kiosk.begin_papers")
            found.append(Deed("papers", url, name="case", value=self.case.id))
        if view.open_ways:
            first = "choose" if view.way is None and view.owed else "ways"
            found.append(self._deed(first, "kiosk.result_ways", link=True))
        if view.may_have_money and view.order is not None:
            amount = as_yuan(view.order.amount_fen)
            found.append(self._deed("money", "kiosk.result_money", link=True, amount=amount))
        return found

    def _deed(self, code: str, endpoint: str, *, link: bool = False, amount: str = "") -> Deed:
        return Deed(code, url_for(endpoint, case_id=self.case.id), link, amount)

    def _asks_for_papers(self) -> bool:
        """Whether a person is at it, who can be brought papers."""
        on_errand = errand_of(self.session, self.visit) is Errand.RESULTS
        asks = self.case.human_asked_at is not None or self.case.state in UNDECIDED
        return asks and on_errand and courier_here() is not None

    def _printable(self) -> bool:
        """Whether its paper may come out of a machine now, as far as the case is concerned."""
        open_here = ResultWay.HERE in self.view.open_ways and not self.view.owed
        chosen = self.view.way in (None, ResultWay.HERE)
        at_rest = self.view.print in (Print.NONE, Print.FAILED, Print.UNKNOWN)
        return open_here and chosen and at_rest and self.case.outcome is not None

    def _printer_closed(self) -> Closed | None:
        return printer_here(self.session, self.screen.language)

    def _place(self) -> Wording | None:
        named = self.view.site_id if self.view.way is ResultWay.COLLECT else None
        if self.view.delivery is not None and self.view.way is ResultWay.SEND:
            named = self.view.delivery.to_site_id
        return worded(site(self.session, named).names, self.screen.language) if named else None


def _mine(session: Session, resident_id: str) -> list[Case | DeliveryOrder]:
    """Whatever somebody has under way, the newest first: ids are in the order of their times."""
    cases = cases_of(session, resident_id, limit=_MOST_SHOWN)
    sent = deliveries_of(session, resident_id, limit=_MOST_SHOWN)
    fetched = [each for each in sent if each.direction == Direction.PAPERS]
    return sorted([*cases, *fetched], key=lambda each: each.id, reverse=True)


def _row(session: Session, one: Case | DeliveryOrder, language: Language) -> ResultRow:
    return (
        _papers_row(session, one)
        if isinstance(one, DeliveryOrder)
        else _case_row(session, one, language)
    )


def _papers_row(session: Session, order: DeliveryOrder) -> ResultRow:
    return ResultRow(
        url_for("kiosk.papers", delivery_id=order.id),
        Wording(words("papers-name")),
        papers_state(session, order),
        clock.to_beijing(order.opened_at),
        "parcel",
    )


def _case_row(session: Session, case: Case, language: Language) -> ResultRow:
    content = catalogue.version(session, case.item_version_id).content
    return ResultRow(
        url_for("kiosk.result", case_id=case.id),
        worded(content.names, language),
        state_of(case, result_of(session, case)),
        clock.to_beijing(case.applied_at),
    )
