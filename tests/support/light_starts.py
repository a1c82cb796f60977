"""
Starts of the server that a test does not pay for in full.

A test's server is built anew, and is asked for a few of its addresses; its demo accounts are made
anew, and nobody guards their passwords.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from werkzeug.routing import Rule

from kiosk_server.staff import passwords

_Built = tuple[str, str]
_compile = Rule._compile_builder


def install() -> None:
    """Let routes be compiled when first written out, and passwords be hashed at the least cost."""
    Rule._compile_builder = _compiled_when_used  # type: ignore[assignment,method-assign]
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _compiled_when_used(rule: Rule, append_unknown: bool = True) -> Callable[..., _Built]:
    @cache
    def compiled() -> Callable[..., _Built]:
        return _compile(rule, append_unknown)

    def build(self: Rule, **values: Any) -> _Built:
        return compiled()(self, **values)

    return build
