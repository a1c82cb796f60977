"""Sites as the screen shows them: the window that takes an item, its hours, the next place."""

from collections.abc import Iterable

from kiosk_server.catalogue.content import ItemContent
from kiosk_server.places.queries import SiteView
from kiosk_server.places.rules import Opening
from kiosk_ui.presenters.wording import worded
from kiosk_ui.view_models import Language, OpeningHours, Window

_NAMES = {
    (1, 2, 3, 4, 5): "workdays",
    (6, 7): "weekend",
    (6,): "saturday",
    (1, 2, 3, 4, 5, 6, 7): "everyday",
}


def window_of(site: SiteView, language: Language, content: ItemContent | None = None) -> Window:
    """Return the window at *site*; with *content*, the desk that takes that item."""
    return Window(
        name=worded(site.names, language),
        address=worded(site.addresses, language),
        number=worded(content.window.desk, language) if content else None,
        hours=tuple(hours_of(site.hours)),
        phone=site.phone,
    )


def hours_of(openings: Iterable[Opening]) -> Iterable[OpeningHours]:
    """Yield the hours of a window, each with the id of its days' words."""
    for opening in openings:
        for days in _named_days(opening.days):
            yield OpeningHours(days, f"{opening.opens:%H:%M}", f"{opening.closes:%H:%M}")


def _named_days(days: tuple[int, ...]) -> tuple[str, ...]:
    whole = tuple(sorted(days))
    return (_NAMES[whole],) if whole in _NAMES else tuple(str(day) for day in whole)
