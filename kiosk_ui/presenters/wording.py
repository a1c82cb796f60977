"""Words that come from data, in the language of the page where they exist, else in Chinese."""

from collections.abc import Callable, Mapping

from kiosk_ui.view_models import Language, Wording

Say = Callable[..., str]
"""Words by message id, in the language of the page."""


def worded(words: Mapping[str, str], language: Language) -> Wording:
    """Return *words* (language -> text, `zh` always there) for a page in *language*."""
    own = words.get(language.value)
    if own:
        return Wording(own)
    return chinese(words["zh"], language)


def chinese(text: str, language: Language) -> Wording:
    """Return a Chinese *text*, marked as such on a page in another language."""
    return Wording(text, None if language is Language.ZH else Language.ZH)


def titled(words: Mapping[str, str], language: Language) -> Wording:
    """Return *words* for a title: with the same in Chinese, the line that is kept (P57)."""
    own = worded(words, language)
    return Wording(own.text, own.lang, kept=words["zh"] if own.lang is None else None)
