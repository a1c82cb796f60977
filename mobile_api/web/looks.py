"""
How the phone's pages look to this browser: language, size of print, colours, kept in a cookie.

Nothing personal, so it may live long and is there before anybody has signed in.
"""

from dataclasses import dataclass

from flask import Response, g, request

from kiosk_server.web.languages import DEFAULT, LANGUAGES, Language, negotiate

COOKIE = "m_look"
OFFERED = ("zh", "ug", "en")
"""The languages whose words are complete on these pages."""
SIZES = ("s", "m", "l", "xl")
THEMES = ("light", "night", "contrast", "inverse")
_A_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Look:
    """Language, size and colours, as the root element says them."""

    language: str
    size: str = "m"
    theme: str = "light"

    def kept(self) -> str:
        """Return it as the cookie keeps it."""
        return f"{self.language}.{self.size}.{self.theme}"


def choose_look() -> None:
    """Let this request look and speak as its browser chose."""
    look = _look()
    g.look, g.language = look, look.language


def look_now() -> Look:
    """Return how this request looks."""
    found: Look = g.look
    return found


def offered() -> tuple[Language, ...]:
    """Return the languages of these pages, to be chosen by their own names."""
    return tuple(LANGUAGES[code] for code in OFFERED)


def changed(language: str | None, size: str | None, theme: str | None) -> Look:
    """Return the present look with what was chosen; what is not offered changes nothing."""
    now = _look()
    return Look(
        language if language in OFFERED else now.language,
        size if size in SIZES else now.size,
        theme if theme in THEMES else now.theme,
    )


def keep_look(response: Response, look: Look) -> None:
    """Let the browser remember *look* for a year."""
    response.set_cookie(
        COOKIE,
        look.kept(),
        path="/m",
        max_age=_A_YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def _look() -> Look:
    language, size, theme = [*request.cookies.get(COOKIE, "").split("."), "", "", ""][:3]
    if request.args.get("lang") in OFFERED:
        language = request.args["lang"]
    if language not in OFFERED:
        asked = negotiate(request).code
        language = asked if asked in OFFERED else DEFAULT
    return Look(language, size if size in SIZES else "m", theme if theme in THEMES else "light")
