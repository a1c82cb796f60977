"""
Starts of the server that a test does not pay for in full.

A test's server is built anew, and is asked for a few of its addresses; its demo accounts are made
anew, and nobody guards their passwords. What is the same for every server of a process, because it
is read from the house's own files and then only read, is made for the first of them: the rules of
the address table, the words of a language, the version of the static files.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from fluent.runtime import FluentBundle
from werkzeug.routing import Rule

from kiosk_server.staff import passwords
from kiosk_server.web import assets, messages

_HOUSE = Path(__file__).parents[2]
_Built = tuple[str, str]
_compile = Rule.compile
_compile_builder = Rule._compile_builder
_words_of = messages._bundle
_version_of = assets._digest_of


class _Compiled(NamedTuple):
    """What a rule keeps of its words; nothing changes it afterwards."""

    parts: list[Any]
    trace: list[tuple[bool, str]]
    converters: dict[str, Any]
    build: Callable[..., _Built]
    build_unknown: Callable[..., _Built]


_compiled: dict[tuple[object, ...], _Compiled] = {}


def install() -> None:
    """Make once what all servers of a process share, and hash passwords at the least cost."""
    Rule._compile_builder = _compiled_when_used  # type: ignore[assignment,method-assign]
    Rule.compile = _compiled_once  # type: ignore[assignment,method-assign]
    messages._bundle = _words_once
    assets._digest_of = _version_once
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _compiled_when_used(rule: Rule, append_unknown: bool = True) -> Callable[..., _Built]:
    @cache
    def compiled() -> Callable[..., _Built]:
        return _compile_builder(rule, append_unknown)

    def build(self: Rule, **values: Any) -> _Built:
        return compiled()(self, **values)

    return build


def _compiled_once(rule: Rule) -> None:
    assert rule.map is not None
    words = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults))
    key = (*words, rule.map.host_matching, frozenset(rule.map.converters.items()))
    if key not in _compiled:
        _compile(rule)
        _compiled[key] = _Compiled(
            rule._parts,
            rule._trace,
            rule._converters,
            rule._build.__func__,  # type: ignore[attr-defined]
            rule._build_unknown.__func__,  # type: ignore[attr-defined]
        )
    made = _compiled[key]
    rule._parts, rule._trace, rule._converters = made.parts, made.trace, made.converters
    rule.arguments.update(made.converters)
    rule._build = made.build.__get__(rule, None)
    rule._build_unknown = made.build_unknown.__get__(rule, None)


def _words_once(code: str, folders: list[Path]) -> FluentBundle:
    return (
        _house_words(code, tuple(folders)) if _of_the_house(folders) else _words_of(code, folders)
    )


_house_words = cache(lambda code, folders: _words_of(code, list(folders)))


def _version_once(folders: Sequence[Path]) -> str:
    return _house_version(tuple(folders)) if _of_the_house(folders) else _version_of(folders)


_house_version = cache(_version_of)


def _of_the_house(folders: Sequence[Path]) -> bool:
    """Whether all *folders* are the product's own: those of a test may change under it."""
    return all(folder.is_relative_to(_HOUSE) for folder in folders)
