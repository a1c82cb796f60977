"""The kept guides (办事指南) and places, drawn by the host itself: what can be done without a line.

Whoever reads here is nobody to the terminal; the page goes back by itself when nobody touches it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, request, url_for

from devices.api.away_pages import AWAY
from devices.api.door import ROOM, may_pass
from devices.api.guide_texts import GUIDE_TEXTS, GuideTexts, days_in_words
from devices.api.own_pages import OwnPages
from devices.api.page_texts import TEXTS
from devices.host.guide_book import Guide, GuideBook, Site, Words
from devices.host.guide_shelf import GuideShelf

READING_SECONDS = 90
_GUIDES_A_PAGE: Mapping[str, int] = {"s": 8, "m": 8, "l": 6, "xl": 4}
_PLACES_A_PAGE: Mapping[str, int] = {"s": 4, "m": 4, "l": 2, "xl": 1}
_PLACES_IN_HIGH_SCRIPT = 2
_FACTS_SHOWN: Mapping[str, int] = {"s": 8, "m": 8, "l": 3, "xl": 3}
_ROOMY = frozenset({"s", "m"})
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Said:
    """Words for the page: `lang` is set where they are in another language than the page."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A site as the page shows it."""

    name: Said
    address: Said
    phone: str
    hours: tuple[tuple[str, str], ...]
    machines: str
    here: bool


@dataclass(frozen=True)
class AwayGuides:
    """Renders guides and places for the request at hand."""

    pages: OwnPages
    shelf: GuideShelf

    def guides(self) -> Response:
        """The names of all guides, page by page."""
        book = self._book()
        rows = [
            (self._said(guide.names), self._to("guide", code=guide.code)) for guide in book.guides
        ]
        shown, more = self._leaf(rows, _GUIDES_A_PAGE[self._size()], "guides")
        return self._page(
            "away_guides.html", title=Said(self._texts().guides_title), rows=shown, more=more
        )

    def guide(self, code: str) -> Response:
        """One guide and the window that takes it; an unknown one leads to the list."""
        book = self._book()
        guide = book.guide(code)
        if guide is None:
            return Response(status=303, headers={"Location": self._to("guides")})
        site = book.site(guide.window_site)
        leaves = 1 if self._has_room() else 2
        where = leaves == 1 or request.args.get("page") == "2"
        return self._page(
            "away_guide.html",
            title=self._said(guide.names),
            chinese_title=guide.names["zh"],
            facts=self._facts(guide) if leaves == 1 or not where else (),
            desk=self._said(guide.window_desk),
            place=self._place(site, here=False) if site is not None and where else None,
            sample=guide.sample,
            edition=guide.edition,
            up=self._to("guide", code=code) if where and leaves > 1 else self._to("guides"),
            more=None if where else self._to("guide", code=code, page=2),
        )

    def places(self) -> Response:
        """The sites, nearest first, with hours and telephone."""
        sites = self._book().sites
        rows = [self._place(site, here=at == 0) for at, site in enumerate(sites)]
        shown, more = self._leaf(rows, self._places_a_page(), "places")
        return self._page(
            "away_places.html", title=Said(self._texts().places_title), rows=shown, more=more
        )

    def _book(self) -> GuideBook:
        return self.shelf.book or GuideBook((), ())

    def _facts(self, guide: Guide) -> list[tuple[str, Said]]:
        texts = self._texts()
        facts = [(texts.facts[code], self._said(words)) for code, words in guide.facts.items()]
        facts.append((texts.handled_by, self._said(guide.body)))
        return facts[: _FACTS_SHOWN[self._size()]]

    def _place(self, site: Site, *, here: bool) -> PlaceRow:
        texts = self._texts()
        hours: dict[str, list[str]] = {}
        for opening in site.hours:
            days = days_in_words(opening.days, texts)
            hours.setdefault(days, []).append(f"{opening.opens}–{opening.closes}")
        return PlaceRow(
            name=self._said(site.names),
            address=self._said(site.addresses),
            phone=site.phone,
            hours=tuple((days, " ".join(times)) for days, times in hours.items()),
            machines=texts.machines.replace("§", str(site.machines)) if site.machines else "",
            here=here,
        )

    def _leaf(
        self, rows: Sequence[_Row], size: int, endpoint: str
    ) -> tuple[Sequence[_Row], str | None]:
        """The rows of the page that was asked for, and where the next of them stand."""
        pages = max(1, -(-len(rows) // size))
        asked = request.args.get("page", "1")
        at = int(asked) if asked.isdecimal() and 1 <= int(asked) <= pages else 1
        following = self._to(endpoint, page=str(at % pages + 1)) if pages > 1 else None
        return rows[(at - 1) * size : at * size], following

    def _to(self, endpoint: str, **values: Any) -> str:
        language = self.pages.language()
        return url_for(f"away_guides.{endpoint}", language=language, back=self._back(), **values)

    def _back(self) -> str:
        target = request.args.get("back", "")
        return target if may_pass(target) and not target.startswith(AWAY) else ROOM

    def _places_a_page(self) -> int:
        most = _PLACES_A_PAGE[self._size()]
        return most if self._is_low_script() else min(most, _PLACES_IN_HIGH_SCRIPT)

    def _is_low_script(self) -> bool:
        return TEXTS[self.pages.language()].direction == "ltr"

    def _has_room(self) -> bool:
        """Whether facts and window stand on one page: in usual print and a script that is low."""
        return self._size() in _ROOMY and self._is_low_script()

    def _size(self) -> str:
        return self.pages.looks()["size"]

    def _said(self, words: Words) -> Said:
        language = self.pages.language()
        own = words.get(language)
        if own is not None:
            return Said(own)
        return Said(words["zh"], TEXTS["zh"].tag)

    def _texts(self) -> GuideTexts:
        return GUIDE_TEXTS[self.pages.language()]

    def _page(self, template: str, **more: object) -> Response:
        language = self.pages.language()
        response = self.pages.page(
            template,
            200,
            back=self._back(),
            guide_words=self._texts(),
            retry_seconds=READING_SECONDS,
            **{"up": url_for("away.again", language=language, back=self._back()), **more},
        )
        del response.headers["Retry-After"]
        return response


def blueprint(guides: AwayGuides) -> Blueprint:
    """The addresses of guides and places."""
    own = Blueprint("away_guides", __name__)
    own.add_url_rule(AWAY + "guides", "guides", guides.guides)
    own.add_url_rule(AWAY + "guides/<code>", "guide", guides.guide)
    own.add_url_rule(AWAY + "places", "places", guides.places)
    return own
