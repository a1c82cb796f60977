"""The languages in which a paper can be checked: those whose words are complete here."""

from flask import Request

from kiosk_server.web.languages import DEFAULT, LANGUAGES, Language, negotiate

OFFERED = ("zh", "ug", "en")


def offered_language(request: Request) -> str:
    """The code of the language asked for, by `?lang=` or by the browser; Chinese otherwise."""
    asked = negotiate(request).code
    return asked if asked in OFFERED else DEFAULT


def offered() -> tuple[Language, ...]:
    """The offered languages, to be linked by their own names."""
    return tuple(LANGUAGES[code] for code in OFFERED)
