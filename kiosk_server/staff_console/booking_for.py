"""
Booking for somebody who stands at the counter or calls the hotline (代约): one person, a group
(团体), or a visit at home (上门服务).

He is named by number and name. A name that another one has here is refused, never written over:
what is heard on a telephone is no card.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Subject, note
from kiosk_server.bookings.for_people import (
    MOST_PEOPLE,
    book_for,
    book_party,
    cancel_party,
    party_of,
)
from kiosk_server.bookings.home_visits import LONGEST_ADDRESS, LONGEST_CONTACT, Where, book_visit
from kiosk_server.bookings.life import BY_STAFF, Channel
from kiosk_server.bookings.making import Wish
from kiosk_server.bookings.models import Booking, Slot
from kiosk_server.bookings.priorities import PriorityGroup, priority_groups, priority_of
from kiosk_server.bookings.queries import Opportunity, opportunities
from kiosk_server.bookings.terms import booking_terms
from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, NotFound, Refused, TooMany
from kiosk_server.core.identifiers import digest, new_token
from kiosk_server.core.limits import count_attempt
from kiosk_server.places.calendars import is_day_known
from kiosk_server.places.queries import SiteView
from kiosk_server.places.service_groups import ServiceGroup, group_of, service_groups
from kiosk_server.residents import services as residents
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.bookings import HERE, chosen_site
from kiosk_server.staff_console.fleet_view import site_name
from kiosk_server.staff_console.session import actor, audit_refusal, require
from kiosk_server.staff_console.slot_week import groups_of_templates
from kiosk_server.staff_console.terminals import my_sites
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import current_language

PER_DAY = 300
LONGEST_NAME = 60


@dataclass
class Choice:
    """What has been chosen so far: where, what, when; and the days and times there are."""

    here: SiteView
    sites: list[tuple[str, str]]
    groups: list[ServiceGroup]
    first: list[PriorityGroup]
    services: tuple[str, ...]
    group: ServiceGroup | None
    day: date | None
    days: dict[date, list[Opportunity]] = field(default_factory=dict)
    not_known: list[date] = field(default_factory=list)


def add_routes(blueprint: Blueprint) -> None:
    """Put the pages under *blueprint*."""
    blueprint.get("/bookings/new")(booking_form)
    blueprint.post("/bookings/new")(make_booking)
    blueprint.post("/bookings/parties/<party_id>/cancel")(cancel_whole_party)


def booking_form() -> ResponseReturnValue:
    """Ask where and what, then show the days and times, and ask for whom."""
    return _page({})


def make_booking() -> ResponseReturnValue:
    """Book what was chosen; what is wrong is said at its field."""
    require(Right.BOOKINGS_WORK)
    try:
        with database().unit_of_work() as session:
            here = chosen_site(my_sites(session, Right.BOOKINGS_WORK), request.form.get("site"))
            slot = session.get(Slot, request.form.get("slot", ""))
            if slot is None or slot.site_id != here.id:
                raise Invalid("booking_invalid", fields=[FieldFault("slot", "time_missing")])
            booking = _book(session, here, slot)
    except Invalid as refused:
        return _page({each.at: each.code for each in refused.fields}), 422
    except (Conflict, Refused, TooMany) as refused:
        _note_refused(refused.code)
        return _page({"slot": refused.code}), 409
    return redirect(f"{HERE}?site={here.id}&day={booking.day.isoformat()}&made=yes", code=303)


def cancel_whole_party(party_id: str) -> ResponseReturnValue:
    """Give up every place of a group at one of my sites."""
    require(Right.BOOKINGS_WORK)
    with database().reading() as session:
        party = party_of(session, party_id)
        mine = my_sites(session, Right.BOOKINGS_WORK)
    if not party or party[0].site_id not in mine:
        audit_refusal(Right.BOOKINGS_WORK, Subject("party", party_id) if party else None)
        raise NotFound("party_not_found")
    with database().unit_of_work() as session:
        cancel_party(session, party_id, terms=booking_terms(settings()), by=actor())
    return redirect(f"{HERE}?site={party[0].site_id}&day={party[0].day.isoformat()}", code=303)


def _book(session: Session, here: SiteView, slot: Slot) -> Booking:
    count_attempt(session, "staff_bookings", actor().id, limit=PER_DAY, window=timedelta(days=1))
    way = request.form.get("way", "")
    if way not in BY_STAFF:
        raise Invalid("booking_invalid", fields=[FieldFault("way", "way_missing")])
    wish = Wish(
        _person(session),
        tuple(request.form.getlist("services")),
        Channel(way),
        priority_of(session, here.id, request.form.get("priority", "")),
    )
    terms, by, key = booking_terms(settings()), actor(), _request_key()
    group = group_of(wish.services)
    if group is not None and group.at_home:
        where = Where(_typed("address", LONGEST_ADDRESS), _typed("contact", LONGEST_CONTACT))
        return book_visit(session, slot.id, wish, where, terms=terms, by=by, request_key=key)
    people = _people()
    if people == 1:
        return book_for(session, slot.id, wish, terms=terms, by=by, request_key=key)
    party = book_party(session, slot.id, wish, people, terms=terms, by=by, request_key=key)
    return party[0]


def _person(session: Session) -> str:
    number, name = _typed("number", 18).upper(), _typed("name", LONGEST_NAME)
    faults = []
    if not is_valid(CardKind.RESIDENT, number):
        faults.append(FieldFault("number", "number_invalid"))
    if len(name) < 2:
        faults.append(FieldFault("name", "name_missing"))
    known = None if faults else residents.find(session, number=number)
    if known is not None and residents.name_of(session, known) != name:
        faults.append(FieldFault("name", "name_differs"))
    if faults:
        raise Invalid("booking_invalid", fields=faults)
    if known is not None:
        return known.id
    kind = CardKind.RESIDENT
    return residents.find_or_register(session, number=number, name=name, kind=kind).id


def _people() -> int:
    typed = request.form.get("people", "1") or "1"
    readable = typed.isascii() and typed.isdecimal() and len(typed) <= 4
    if not readable or not 1 <= int(typed) <= MOST_PEOPLE:
        raise Invalid("booking_invalid", fields=[FieldFault("people", "people_unusable")])
    return int(typed)


def _request_key() -> str | None:
    # The same form sent twice books once; another choice on the same page is another wish.
    once, slot = request.form.get("once", "")[:64], request.form.get("slot", "")
    return digest(f"staff\x1f{actor().id}\x1f{once}\x1f{slot}") if once else None


def _page(faults: dict[str, str]) -> str:
    require(Right.BOOKINGS_WORK)
    asked = request.values
    with database().reading() as session:
        choice = _choice(session)
    language = current_language().code
    return render_template(
        "staff/booking_for.html",
        choice=choice,
        name=site_name(choice.here),
        in_words=lambda names: names.get(language, names["zh"]),
        clock_time=lambda at: f"{clock.to_beijing(at):%H:%M}",
        faults=faults,
        asked=asked,
        ways=[Channel.COUNTER.value, Channel.HOTLINE.value],
        once=request.form.get("once") or new_token(128),
        most_people=MOST_PEOPLE,
        longest_name=LONGEST_NAME,
        longest_address=LONGEST_ADDRESS,
        longest_contact=LONGEST_CONTACT,
    )


def _choice(session: Session) -> Choice:
    mine = my_sites(session, Right.BOOKINGS_WORK)
    here = chosen_site(mine, request.values.get("site"))
    offered = groups_of_templates(session, here.id)
    services = tuple(request.values.getlist("services"))
    group = group_of(services)
    choice = Choice(
        here=here,
        sites=[(each.id, site_name(each)) for each in mine.values()],
        groups=[service_groups()[code] for code in offered],
        first=priority_groups(session, here.id),
        services=services,
        group=group if group is not None and group.code in offered else None,
        day=_asked_day(),
    )
    if choice.group is not None:
        _add_days(session, choice, choice.group)
    return choice


def _add_days(session: Session, choice: Choice, group: ServiceGroup) -> None:
    today = clock.beijing_today()
    last = today + timedelta(days=booking_terms(settings()).days_ahead)
    needed = timedelta(minutes=group.minutes_for(choice.services))
    choice.days = opportunities(session, choice.here.id, group.code, today, last, needed=needed)
    ahead = (today + timedelta(days=each) for each in range((last - today).days + 1))
    choice.not_known = [day for day in ahead if not is_day_known(session, day)]
    if choice.day not in choice.days:
        free = (day for day, times in choice.days.items() if times)
        choice.day = next(free, None)


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return None


def _note_refused(reason: str) -> None:
    with database().unit_of_work() as session:
        note(session, AuditEvent.BOOKING_REFUSED, actor=actor(), facts={"reason": reason})


def _typed(name: str, longest: int) -> str:
    return " ".join(request.form.get(name, "").split())[:longest]
