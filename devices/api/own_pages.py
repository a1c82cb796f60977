"""The host's own pages: no line to the server, and a terminal that is not enrolled yet.

They need nothing but this process: words, styles and fonts come with it, no script runs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory

from devices.api.answers import problem
from devices.api.arrival_sign import ArrivalSign, arrival_sign
from devices.api.door import ROOM, may_pass
from devices.api.page_texts import LANGUAGES, NATIVE_NAMES, TEXTS, Language, language_of
from devices.settings import HostSettings

RETRY_SECONDS = 10
_BEIJING = ZoneInfo("Asia/Shanghai")
_THEMES = ("light", "night", "contrast", "inverse")
_SIZES = ("s", "m", "l", "xl")
_SHEETS = frozenset({"tokens.css", "pages.css", "first_boot.css", "technician.css", "away.css"})
_FONTS = frozenset({"UKIJEkran.ttf", "HouseSansSC-Regular.otf"})


@dataclass(frozen=True)
class OwnPages:
    """Renders the pages for the request at hand; `now` is the server's time as known here,
    `arrival` the address by which a technician's phone says that he is here. `moved_to` names the
    site as the server last did: `site_name` is where the terminal was enrolled."""

    settings: HostSettings
    site_name: str
    now: Callable[[], datetime]
    arrival: Callable[[], str | None] = lambda: None
    moved_to: Callable[[], str | None] = lambda: None

    def not_enrolled(self) -> Response:
        """503: says whose machine this will be and what the technician does."""
        if not for_a_person():
            return problem(503, "not_enrolled", "This terminal is not enrolled")
        return self.page("not_enrolled.html", 503, back=ROOM)

    def looks(self) -> dict[str, str]:
        """Size and theme of the visit whose browser asks."""
        return _looks(request.cookies.get("kiosk_looks", ""))

    def language(self) -> Language:
        """The language that was touched on this page, else that of the visit."""
        asked = request.args.get("language", "")
        return language_of(
            asked if asked in LANGUAGES else request.cookies.get("kiosk_language"),
            request.headers.get("Accept-Language", ""),
        )

    def other_languages(self) -> list[tuple[Language, str, str, str]]:
        """Every language but this page's: its name here, tag, direction and own name."""
        return [
            (each, TEXTS[each].tag, TEXTS[each].direction, NATIVE_NAMES[each])
            for each in LANGUAGES
            if each != self.language()
        ]

    def others(self, said: Callable[[Language], str]) -> list[tuple[str, str, str, str]]:
        """Tag, direction, own name and what is *said* in the other languages but Chinese."""
        return [
            (TEXTS[each].tag, TEXTS[each].direction, NATIVE_NAMES[each], said(each))
            for each in LANGUAGES
            if each not in {self.language(), "zh"}
        ]

    def page(self, template: str, status: int, *, back: str, **more: object) -> Response:
        """One of the host's own templates, in the visit's language and looks; *back* is where it
        returns by itself, *more* what this template wants beside the frame."""
        language = self.language()
        response = make_response(
            render_template(
                template,
                texts=TEXTS[language],
                chinese=TEXTS["zh"],
                in_chinese=language == "zh",
                language=language,
                **self.looks(),
                site_name=self.moved_to() or self.site_name,
                time=f"{beijing(self.now()):%H:%M}",
                phone=self.settings.help_phone,
                back=back,
                home=ROOM,
                arrival=self._arrival,
                **{
                    "others": self.others(lambda each: TEXTS[each].unenrolled_title[0]),
                    "refresh": back,
                    "retry_seconds": RETRY_SECONDS,
                    **more,
                },
            ),
            status,
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    def _arrival(self) -> ArrivalSign | None:
        address = self.arrival()
        return None if address is None else arrival_sign(address)


def blueprint(settings: HostSettings) -> Blueprint:
    """Styles and fonts of the host's own pages, under /device/."""
    own = Blueprint("own", __name__)

    @own.get("/device/static/<name>")
    def sheet(name: str) -> Response:
        if name == "panel.css":
            rule = f":root {{ --px-per-mm: {settings.model.px_per_mm:g}; }}\n"
            return Response(rule, mimetype="text/css")
        if name not in _SHEETS:
            return problem(404, "not_found", "There is no such file")
        return send_from_directory("static", name, mimetype="text/css")

    @own.get("/favicon.ico")
    def no_icon() -> Response:
        return Response(status=204)

    @own.get("/device/fonts/<name>")
    def font(name: str) -> Response:
        if name not in _FONTS:
            return problem(404, "not_found", "There is no such file")
        return send_from_directory("../fonts", name, max_age=86400)

    return own


def for_a_person() -> bool:
    """Whether the request at hand is a person's look at a page, and not a script's call."""
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return request.headers.get("Sec-Fetch-Dest", "document") == "document" and wanted == "text/html"


def beijing(moment: datetime) -> datetime:
    """*moment* by Beijing time, which every screen shows."""
    return moment.astimezone(_BEIJING)


def way_back() -> str:
    """Where the page returns by itself: the page that failed, or the one that sent the order."""
    target = str(request.environ.get("RAW_URI", request.full_path))
    if request.method not in {"GET", "HEAD"}:
        came_from = urlsplit(request.headers.get("Referer", ""))
        target = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return target if may_pass(target) else ROOM


def _looks(chosen: str) -> dict[str, str]:
    """Size and theme as the kiosk's cookie keeps them (`size.theme.reach`), else the usual ones."""
    size, _, rest = chosen.partition(".")
    theme = rest.partition(".")[0]
    return {
        "size": size if size in _SIZES else "m",
        "theme": theme if theme in _THEMES else "light",
    }
