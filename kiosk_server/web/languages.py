"""
The languages people read here, and how they are written.

Kyrgyz of this region is written in Arabic script; locale libraries know only the Cyrillic one and
silently turn the direction round, so the table is ours.
"""

from dataclasses import dataclass

from flask import Request


@dataclass(frozen=True)
class Language:
    """One language: our code, its BCP 47 tag, its direction and its own name."""

    code: str
    tag: str
    direction: str
    own_name: str


LANGUAGES = {
    language.code: language
    for language in (
        Language("zh", "zh-CN", "ltr", "中文"),
        Language("ug", "ug", "rtl", "ئۇيغۇرچە"),
        Language("ky", "ky-Arab", "rtl", "قىرعىزچا"),
        Language("en", "en", "ltr", "English"),
    )
}
DEFAULT = "zh"


def language_of(code: str | None) -> Language:
    """Return the language called *code*, or Chinese."""
    return LANGUAGES.get(code or DEFAULT, LANGUAGES[DEFAULT])


def negotiate(request: Request) -> Language:
    """Return the language a public page is read in: `?lang=`, else what the browser asks for."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return LANGUAGES[asked]
    tags = {language.tag: language for language in LANGUAGES.values()}
    best = request.accept_languages.best_match(list(tags))
    return tags[best] if best else LANGUAGES[DEFAULT]
