"""
What is to be handed to couriers today (交寄): by site and courier, with labels, the list that the
driver signs, and that he has taken them.

A label shows where somebody lives, so each one that is made is audited. The page itself names
nobody.
"""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kiosk_server.audit.services import Subject
from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.deliveries.handing_to_couriers import (
    label_of,
    list_of,
    taken_by_courier,
    waiting_for_couriers,
)
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.ports import CourierName
from kiosk_server.printing.documents.parcel_press import ParcelPress, short
from kiosk_server.printing.documents.typesetter import CannotBeSet
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.deliveries import HERE, require_mine
from kiosk_server.staff_console.fleet_view import moment, site_name
from kiosk_server.staff_console.session import actor, audit_refusal, require
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database

COURIERS = f"{HERE}/couriers"
_PRESS = ParcelPress()
_NAMES_ON_PAPER = {
    CourierName.PLATFORM: "物流寄递平台",
    CourierName.EMS: "中国邮政 EMS",
    CourierName.SF: "顺丰速运",
    CourierName.SIMULATED: "模拟快递",
}
"""Papers are Chinese whatever the clerk reads."""


@dataclass(frozen=True)
class Batch:
    """What one courier takes from one site."""

    site_id: str
    site: str
    courier: str
    parcels: list[DeliveryOrder]


def add_routes(blueprint: Blueprint) -> None:
    """Put the page and its deeds under *blueprint*."""
    at = "/deliveries/couriers"
    blueprint.get(at)(couriers_page)
    blueprint.post("/deliveries/<delivery_id>/label")(print_label)
    blueprint.post(f"{at}/<site_id>/<courier>/list")(print_courier_list)
    blueprint.post(f"{at}/<site_id>/<courier>/taken")(note_taken)


def couriers_page() -> ResponseReturnValue:
    """Show what waits for couriers at my sites."""
    require(Right.DELIVERIES_WORK)
    with database().reading() as session:
        mine = my_sites(session, Right.DELIVERIES_WORK)
        waiting = sorted(waiting_for_couriers(session, mine), key=_batch)
    batches = [
        Batch(site_id, site_name(mine[site_id]), courier, list(parcels))
        for (site_id, courier), parcels in groupby(waiting, key=_batch)
    ]
    return render_template("staff/couriers.html", batches=batches, short=short, moment=moment)


def print_label(delivery_id: str) -> ResponseReturnValue:
    """Make the label of one parcel, and the list that lies in it."""
    require_mine(delivery_id)
    with database().unit_of_work() as session:
        order = session.get_one(DeliveryOrder, delivery_id)
        name = CourierName(order.courier)
        paper = label_of(
            session,
            delivery_id,
            courier=_NAMES_ON_PAPER[name],
            simulated=name is CourierName.SIMULATED,
            by=actor(),
        )
        try:
            pdf = _PRESS.label(paper)
        except CannotBeSet:
            raise Conflict("paper_cannot_be_set") from None
    return _paper(pdf, f"label-{delivery_id[-8:]}")


def print_courier_list(site_id: str, courier: str) -> ResponseReturnValue:
    """Make the list that the driver signs."""
    name = _require_site(site_id, courier)
    with database().unit_of_work() as session:
        paper = list_of(
            session,
            site_id,
            name,
            courier=_NAMES_ON_PAPER[name],
            simulated=name is CourierName.SIMULATED,
            by=actor(),
        )
        pdf = _PRESS.courier_list(paper)
    return _paper(pdf, f"couriers-{paper.day.isoformat()}-{name.value}")


def note_taken(site_id: str, courier: str) -> ResponseReturnValue:
    """Write down that the driver took what is ticked."""
    name = _require_site(site_id, courier)
    with database().unit_of_work() as session:
        taken_by_courier(session, site_id, name, request.form.getlist("taken"), by=actor())
    return redirect(COURIERS, code=303)


def _require_site(site_id: str, courier: str) -> CourierName:
    require(Right.DELIVERIES_WORK)
    with database().reading() as session:
        mine = my_sites(session, Right.DELIVERIES_WORK)
    if site_id not in mine:
        audit_refusal(Right.DELIVERIES_WORK, Subject("site", site_id))
        raise NotFound("site_not_found")
    try:
        return CourierName(courier)
    except ValueError:
        raise NotFound("no_courier") from None


def _batch(order: DeliveryOrder) -> tuple[str, str]:
    return order.site_id, order.courier


def _paper(pdf: bytes, name: str) -> Response:
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
