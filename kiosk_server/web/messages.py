"""
The words of the product, from Project Fluent files: `locales/<language>/<topic>.ftl`.

A message that a language lacks is shown in Chinese, which every language here falls back to
(国家通用语言). Names and numbers set into right-to-left text are isolated, so that digits and
Latin letters keep their order, and so is such a message: its full stop would stand at its start.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import structlog
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern
from fluent.syntax.ast import Resource

from kiosk_server.web.languages import DEFAULT, LANGUAGES

log = structlog.get_logger()

Argument = str | int | float
_LEFT_TO_RIGHT, _END = "\u2066", "\u2069"


class MissingMessage(LookupError):
    """No language has this message."""


class Messages:
    """All messages under the given `locales` folders."""

    def __init__(self, folders: Iterable[Path], *, strict: bool) -> None:
        self._strict = strict
        self._bundles = {code: _bundle(code, list(folders)) for code in LANGUAGES}

    def text(self, language: str, message_id: str, **arguments: Argument) -> str:
        """Return the words of *message_id* (`id` or `id.attribute`) in *language*."""
        for code in dict.fromkeys((language, DEFAULT)):
            pattern = self._pattern(code, message_id)
            if pattern is not None:
                words, faults = self._bundles[code].format_pattern(pattern, arguments)
                if faults and self._strict:
                    raise MissingMessage(f"{code}/{message_id}: {faults}")
                return (
                    str(words) if _runs_like(code, language) else f"{_LEFT_TO_RIGHT}{words}{_END}"
                )
        if self._strict:
            raise MissingMessage(message_id)
        log.error("message_missing", message=message_id)
        return message_id

    def knows(self, message_id: str, language: str = DEFAULT) -> bool:
        """Return whether *language* itself has this message."""
        return self._pattern(language, message_id) is not None

    def _pattern(self, code: str, message_id: str) -> Pattern | None:
        name, _, attribute = message_id.partition(".")
        bundle = self._bundles[code]
        if not bundle.has_message(name):
            return None
        message = bundle.get_message(name)
        if not attribute:
            value: Pattern | None = message.value
            return value
        found: Pattern | None = message.attributes.get(attribute)
        return found


def _runs_like(code: str, page: str) -> bool:
    return LANGUAGES[code].direction == LANGUAGES[page].direction


def _bundle(code: str, folders: list[Path]) -> FluentBundle:
    language = LANGUAGES[code]
    bundle = FluentBundle([language.tag], use_isolating=language.direction == "rtl")
    for folder in folders:
        for path in sorted((folder / code).glob("*.ftl")):
            bundle.add_resource(_parsed(path.read_text(encoding="utf-8")))
    return bundle


@cache
def _parsed(text: str) -> Resource:
    """
    The messages of one file, parsed once in a process.

    Parsing is nearly all of what building a server costs; bundles read resources and leave
    them as they are.
    """
    return FluentResource(text)
