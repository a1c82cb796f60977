"""Examples of the kiosk's pages for booking a visit and for the queue."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from kiosk_server.core.clock import BEIJING
from kiosk_server.places.service_groups import service_groups
from kiosk_server.printing.documents.codes import qr_path
from kiosk_ui.paging import days_a_page, rows_beneath_flow, times_a_page
from kiosk_ui.presenters.bookings import matters_to_tick
from kiosk_ui.presenters.wording import worded
from kiosk_ui.view_models import (
    AtWindowPage,
    BookingDaysPage,
    BookingFacts,
    BookingGroupsPage,
    BookingPage,
    BookingServicesPage,
    BookingSitesPage,
    BookingTimesPage,
    CancelBookingPage,
    ChangeBookingPage,
    CheckInPage,
    Choice,
    Closed,
    DayRow,
    ExpectedPage,
    ExpectedRow,
    FieldProblem,
    Half,
    HalfTab,
    HeldPage,
    Language,
    MatterGroup,
    MovePage,
    OwnBookingsPage,
    OwnRow,
    Page,
    Paging,
    PriorityPage,
    QrDrawing,
    Screen,
    SiteRow,
    TicketGroupsPage,
    TicketPage,
    TimeRow,
    Waited,
    WaitForDayPage,
    WaitingPlacePage,
    WindowWay,
    Wording,
)

AT = datetime(2026, 11, 25, 10, 30, tzinfo=BEIJING)
TICKET = "https://zwfw.atushi.example.test/q/AAAAAAAAAAAAAAAAAAAAAA"
SITE = {
    "zh": "松他克镇便民服务中心",
    "ug": "سۇنتاق بازارلىق خەلققە قۇلايلىق مۇلازىمەت مەركىزى",
    "en": "Songtake Township Service Centre",
}
PRIORITIES = (
    {"zh": "军人", "ug": "ھەربىي", "en": "Soldiers"},
    {"zh": "消防救援人员", "ug": "ئوت ئۆچۈرۈش-قۇتقۇزۇش خادىمى", "en": "Rescue staff"},
    {"zh": "医务人员", "ug": "داۋالاش خادىمى", "en": "Medical staff"},
    {"zh": "老年人", "ug": "ياشانغانلار", "en": "Older people"},
    {"zh": "残疾人", "ug": "مېيىپلار", "en": "Disabled people"},
)


def booking_pages(screen: Screen) -> dict[str, Page]:
    """From the choice of a matter to the booking, with every page that stands beside the way."""
    return {**_choosing(screen), **_timing(screen), **_own(screen)}


def queue_pages(screen: Screen) -> dict[str, Page]:
    """The ways to a window, taking a number, checking in."""
    ways = (
        WindowWay("ticket", "people", "#", wait=(10, 20)),
        WindowWay("check-in", "check", "#"),
        WindowWay("book", "calendar", "#"),
    )
    hall = AtWindowPage(
        screen=screen,
        ways=ways,
        hours=(("10:00", "14:00"), ("16:00", "19:30")),
        back_url="#",
    )
    away = Closed("not-at-site")
    taking = TicketGroupsPage(
        screen=screen,
        groups=tuple(
            replace(group, wait=(at * 10, at * 15))
            for at, group in enumerate(_groups(screen)[: rows_beneath_flow(screen)])
        ),
        take_url="#",
        back_url="#",
        priority_url="#",
        book_url="#",
        priority=worded(PRIORITIES[1], screen.language),
    )
    ticket = TicketPage(
        screen=screen,
        label="A012",
        group=_groups(screen)[0].name,
        qr=QrDrawing(*qr_path(TICKET)),
        waited=Waited(3, 10, 20),
        done_url="#",
        due=AT,
        slip="asked",
    )
    check_in = CheckInPage(
        screen=screen, answer_url="#", back_url="#", card_url="#", scan_nonce="0"
    )
    rows = (
        ExpectedRow("1", _groups(screen)[0].name, AT),
        ExpectedRow("2", _groups(screen)[1].name, AT, early=AT),
    )
    expected = ExpectedPage(
        screen=screen, rows=rows, check_in_url="#", ticket_url="#", back_url="#"
    )
    return {
        "at_window": hall,
        "at-window-away": replace(
            hall,
            ways=(ways[2], *(replace(way, wait=None, closed=away) for way in ways[:2])),
            elsewhere=_site(screen),
        ),
        "at-window-shut": replace(
            hall,
            ways=(*ways[1:], replace(ways[0], wait=None, closed=Closed("site-shut"))),
            opens_at=AT,
        ),
        "ticket_groups": taking,
        "ticket-shut": replace(taking, groups=(), opens_at=AT),
        "ticket": ticket,
        "ticket-no-slip": replace(ticket, due=None, slip="no"),
        "ticket-called": replace(ticket, window="12", slip=None, slip_url="#"),
        "check_in": check_in,
        "check-in-wrong": replace(
            check_in, typed="12345678", problem=FieldProblem("check-in-unknown"), scan_nonce=None
        ),
        "expected": expected,
        "expected-none": replace(expected, rows=()),
    }


def _choosing(screen: Screen) -> dict[str, Page]:
    held = rows_beneath_flow(screen)
    rows = tuple(
        SiteRow(str(at), _site(screen), _chinese("松他克镇示例路 1 号", screen), day, here=not at)
        for at, day in enumerate([AT.date(), AT.date(), None, AT.date(), AT.date()])
    )
    group = service_groups()["medical-insurance"]
    services = BookingServicesPage(
        screen=screen,
        group=worded(group.names, screen.language),
        matters=matters_to_tick(group, ["medical-enrol"], screen.language),
        answer_url="#",
        back_url="#",
        priority_url="#",
    )
    return {
        "booking_groups": BookingGroupsPage(
            screen=screen, groups=_groups(screen)[:held], answer_url="#", back_url="#"
        ),
        "booking_services": services,
        "booking-services-told": replace(
            services,
            priority=worded(PRIORITIES[1], screen.language),
            problem=FieldProblem("service-missing"),
        ),
        "booking_priority": PriorityPage(
            screen=screen,
            choices=tuple(
                Choice(str(at), worded(names, screen.language), at == 3)
                for at, names in enumerate(PRIORITIES)
            ),
            answer_url="#",
            back_url="#",
        ),
        "booking_sites": BookingSitesPage(
            screen=screen,
            rows=rows[:held],
            minutes=25,
            answer_url="#",
            back_url="#",
            paging=Paging(1, 3, "#"),
        ),
    }


def _timing(screen: Screen) -> dict[str, Page]:
    days = tuple(DayRow(date(2026, 11, 24) + timedelta(at), at % 3 * 12) for at in range(15))
    held = times_a_page(screen)
    moments = tuple(TimeRow(str(at), AT + timedelta(minutes=15 * at)) for at in range(held))
    tabs = (HalfTab(Half.MORNING, "#", 16, shown=True), HalfTab(Half.AFTERNOON, "#", 14, False))
    times = BookingTimesPage(
        screen=screen,
        site=_site(screen),
        day=AT.date(),
        halves=tabs,
        times=moments,
        answer_url="#",
        back_url="#",
        paging=Paging(1, 2, "#"),
    )
    shown = BookingDaysPage(
        screen=screen,
        site=_site(screen),
        rows=days[: days_a_page(screen)],
        answer_url="#",
        back_url="#",
        paging=Paging(1, 2, "#"),
    )
    return {
        "booking_days": shown,
        "booking-days-none": replace(shown, rows=(), paging=Paging()),
        "wait_for_day": WaitForDayPage(
            screen=screen,
            site=_site(screen),
            day=AT.date(),
            offer_minutes=30,
            join_url="#",
            back_url="#",
        ),
        "booking_times": times,
        "booking-times-gone": replace(times, problem="gone"),
        "booking_held": HeldPage(
            screen=screen,
            facts=_facts(screen),
            until=AT,
            seconds=272,
            confirm_url="#",
            let_go_url="#",
            over_url="#",
        ),
        "booking_move": MovePage(
            screen=screen, before=AT, facts=_facts(screen), confirm_url="#", back_url="#"
        ),
    }


def _own(screen: Screen) -> dict[str, Page]:
    matter, site = _facts(screen).matters[0], _site(screen)
    rows = (
        OwnRow("#", matter, site, "held", AT),
        OwnRow("#", matter, site, "confirmed", AT),
        OwnRow("#", matter, site, "waiting", day=AT.date()),
    )
    one = BookingPage(
        screen=screen,
        facts=_facts(screen),
        state="confirmed",
        back_url="#",
        code="72941836",
        qr=QrDrawing(*qr_path("KCI1:72941836")),
        slip_url="#",
        change_url="#",
    )
    mine = OwnBookingsPage(
        screen=screen,
        rows=rows[: rows_beneath_flow(screen)],
        new_url="#",
        back_url="#",
        paging=Paging(1, 2, "#"),
    )
    return {
        "bookings": mine,
        "bookings-none": replace(mine, rows=(), paging=Paging()),
        "booking": one,
        "booking-just": replace(one, just="booked", slip_url=None, slip_asked=True),
        "booking-ended": replace(
            one, state="no-show", code=None, qr=None, slip_url=None, change_url=None
        ),
        "change_booking": ChangeBookingPage(
            screen=screen, facts=_facts(screen), move_url="#", cancel_url="#", back_url="#"
        ),
        "cancel_booking": CancelBookingPage(
            screen=screen, facts=_facts(screen), cancel_url="#", back_url="#"
        ),
        "waiting_place": WaitingPlacePage(
            screen=screen,
            site=site,
            day=AT.date(),
            offer_minutes=30,
            leave_url="#",
            back_url="#",
            just=True,
        ),
    }


def _groups(screen: Screen) -> tuple[MatterGroup, ...]:
    return tuple(
        MatterGroup(
            group.code,
            worded(group.names, screen.language),
            tuple(worded(each.names, screen.language) for each in group.services.values()),
        )
        for group in service_groups().values()
        if not group.at_home
    )


def _facts(screen: Screen) -> BookingFacts:
    services = service_groups()["medical-insurance"].services.values()
    return BookingFacts(
        site=_site(screen),
        address=_chinese("松他克镇示例路 1 号", screen),
        matters=tuple(worded(each.names, screen.language) for each in services),
        starts_at=AT,
        minutes=50,
    )


def _site(screen: Screen) -> Wording:
    return worded(SITE, screen.language)


def _chinese(text: str, screen: Screen) -> Wording:
    return Wording(text, None if screen.language is Language.ZH else Language.ZH)
