"""
Papers fetched from my door (材料上门取件): where they go, from which of my addresses, each of them
by name; what it costs and who pays; then one touch.

Everything typed travels in the form from step to step, so that it works without a script, and
nothing of it stands in an address.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.core.errors import Conflict, Invalid, KioskError, Refused, Unavailable
from kiosk_server.core.identifiers import digest, is_id, new_token
from kiosk_server.deliveries import services
from kiosk_server.deliveries.addresses import address_of
from kiosk_server.deliveries.rules import LONGEST_TITLE, MOST_PIECES, Direction
from kiosk_server.deliveries.services import DeliveryWish, PieceWish
from kiosk_server.payments.rules import Origin
from kiosk_server.places.queries import site, sites
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.booking_terms import form_key, refusals_noted
from mobile_api.courier_partners import first_courier, payer
from mobile_api.v1.certificates import in_words
from mobile_api.wallets import actor_id
from mobile_api.web.addresses import addresses_told
from mobile_api.web.deliveries import HERE
from mobile_api.web.frame import page
from mobile_api.web.guard import may
from mobile_api.web.sending import carrier, payer_named, payer_offers

_EVENT = AuditEvent.DELIVERY_REFUSED
_LONGEST = 40
_STATUS: Mapping[type[KioskError], int] = {Invalid: 422, Refused: 403, Unavailable: 503}
"""What else can be wrong is a conflict."""


@dataclass(frozen=True)
class Papers:
    """What was typed so far."""

    site_id: str
    address_id: str
    pieces: tuple[PieceWish, ...]

    @property
    def named(self) -> tuple[PieceWish, ...]:
        """Return the papers that have a name."""
        return tuple(each for each in self.pieces if each.title.strip())


def add_routes(blueprint: Blueprint) -> None:
    """Open the steps."""
    blueprint.get("/deliveries/new", endpoint="papers_new")(new_form)
    blueprint.post("/deliveries/new", endpoint="papers_send")(go_on)


def new_form() -> ResponseReturnValue:
    """Ask what is to be fetched."""
    may(Act.SEND)
    asked = request.args.get("site", "")[:_LONGEST]
    return _form(Papers(asked, "", (PieceWish("", original=False),)))


def go_on() -> ResponseReturnValue:
    """Take one more paper into the list, tell what it costs, or order it."""
    may(Act.SEND)
    papers = _typed()
    step = request.form.get("step", "")
    if step == "add" and len(papers.pieces) < MOST_PIECES:
        more = (*papers.pieces, PieceWish("", original=False))
        return _form(Papers(papers.site_id, papers.address_id, more), added=True)
    if step not in ("check", "send"):
        return _form(papers)
    faults = _missing(papers)
    if faults:
        return _form(papers, faults=faults)
    try:
        return _order(papers) if step == "send" else _quoted(papers)
    except (Invalid, Refused, Conflict, Unavailable) as refused:
        return _form(papers, refused=refused)


def _quoted(papers: Papers) -> ResponseReturnValue:
    first_courier()
    with refusals_noted(_EVENT), database().reading() as session:
        address = address_of(session, actor_id(), papers.address_id)
        told = next(each for each in addresses_told(session) if each.id == address.id)
        return page(
            "m/papers_check.html",
            tab="home",
            papers=papers,
            site=in_words(site(session, papers.site_id).names),
            address=told,
            carrier=carrier(),
            offers=payer_offers(session, papers.site_id, address.division_code, len(papers.named)),
            key=new_token(128),
        )


def _order(papers: Papers) -> ResponseReturnValue:
    wanted = payer_named(request.form.get("payer", ""))
    wish = DeliveryWish(
        actor_id(),
        Direction.PAPERS,
        papers.address_id,
        site_id=papers.site_id,
        pieces=papers.named,
    )
    with refusals_noted(_EVENT), database().unit_of_work() as session:
        made = services.open_delivery(
            session,
            wish,
            first_courier(),
            payer(wanted),
            by=holder().actor,
            origin=Origin.PHONE,
            request_key=form_key(digest(repr(papers))),
        ).id
    return redirect(f"{HERE}/{made}", code=303)


def _typed() -> Papers:
    titles = [each[: LONGEST_TITLE + 1] for each in request.form.getlist("piece")[:MOST_PIECES]]
    originals = set(request.form.getlist("original"))
    pieces = tuple(PieceWish(title, str(place) in originals) for place, title in enumerate(titles))
    return Papers(
        request.form.get("site", "")[:_LONGEST],
        request.form.get("address_id", "")[:_LONGEST],
        pieces or (PieceWish("", original=False),),
    )


def _missing(papers: Papers) -> tuple[str, ...]:
    """Return the fields without which nobody can be asked for a price."""
    with database().reading() as session:
        known = {each.id for each in sites(session)}
    lengthy = any(len(each.title) > LONGEST_TITLE for each in papers.pieces)
    wrong = {
        "site": papers.site_id not in known,
        "address_id": not is_id(papers.address_id),
        "piece": lengthy or not papers.named,
    }
    return tuple(name for name, is_wrong in wrong.items() if is_wrong)


def _form(
    papers: Papers,
    *,
    faults: tuple[str, ...] = (),
    refused: KioskError | None = None,
    added: bool = False,
) -> ResponseReturnValue:
    status = 422 if faults else 200
    if refused is not None:
        status = _STATUS.get(type(refused), 409)
    with database().reading() as session:
        return page(
            "m/papers.html",
            tab="home",
            status=status,
            papers=papers,
            added=added,
            sites=_sites(session),
            mine=addresses_told(session),
            carrier=carrier(),
            faults=faults,
            refused=refused.code if refused else None,
            most=MOST_PIECES,
            longest=LONGEST_TITLE,
        )


def _sites(session: Session) -> list[tuple[str, str]]:
    return [(each.id, in_words(each.names)) for each in sites(session)]
