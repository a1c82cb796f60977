"""
A surface: doors registered together with their guard.

There is no way to register a blueprint without naming who may pass; "everybody" is a guard with a
name too. A test lists every route with its guard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, Flask, g, request
from flask.typing import ResponseReturnValue

from kiosk_server.core.errors import Refused
from kiosk_server.web.problem import Problem

ProblemPage = Callable[[Problem], ResponseReturnValue]


@dataclass(frozen=True)
class Guard:
    """Who may pass, by name, and the check made before every view behind it.

    The check returns nothing to let pass, an answer to stop with, or raises a `KioskError`.
    """

    name: str
    check: Callable[[], ResponseReturnValue | None]


def _everybody() -> ResponseReturnValue | None:
    return None


OPEN = Guard("open to everybody", _everybody)


@dataclass(frozen=True)
class Surface:
    """Doors of one kind: their blueprint, their guard, and how they tell a problem."""

    blueprint: Blueprint
    guard: Guard
    problems: Literal["json", "page"] = "page"
    problem_page: ProblemPage | None = None
    forms: bool = True
    """Whether POSTs come from a browser's form and must carry its token."""

    @property
    def name(self) -> str:
        """The blueprint's name, under which routes are listed."""
        return self.blueprint.name


def register(app: Flask, surface: Surface) -> None:
    """Put *surface*'s doors into *app*; its guard stands before every one of them."""
    app.register_blueprint(surface.blueprint)
    surfaces_of(app)[surface.name] = surface


def surfaces_of(app: Flask) -> dict[str, Surface]:
    """Return the registered surfaces by name."""
    found: dict[str, Surface] = app.extensions.setdefault("kiosk_surfaces", {})
    return found


def register_guards(app: Flask, *, check_form: Callable[[], None]) -> None:
    """Let every request meet the guard of its surface, then *check_form* where there are forms."""

    @app.before_request
    def meet_guard() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        surface = surfaces_of(app).get(request.blueprint or "")
        if surface is None:
            raise Refused("door_without_guard")
        g.surface = surface
        stopped = surface.guard.check()
        if stopped is None and surface.forms:
            check_form()
        return stopped
