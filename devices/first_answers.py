"""
What the first boot has asked on the screen (首次开机): the server's address and the panel's size.

They lie in a file of the host's own, beside its key, and stand in for the tables that the
terminal's settings leave out: the settings themselves are root's, and the host cannot write them.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = "first-boot.toml"
UNKNOWN_SERVER = "https://not-asked-yet.invalid"
"""Stands for the server until it has been asked for (RFC 2606)."""


class AnswersUnreadable(Exception):
    """The file is there and cannot be used; `path` is where."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(why)
        self.path = path


def with_answers(settings: Mapping[str, object]) -> dict[str, object]:
    """Return *settings* as read from their file, completed where they ask for a first boot.

    Raises `AnswersUnreadable`.
    """
    if settings.get("first_boot") is not True:
        return dict(settings)
    answered = kept_in(Path(str(settings.get("state_directory", ""))))
    return {"server": {"origin": UNKNOWN_SERVER}, **answered, **settings}


def kept_in(state: Path) -> Mapping[str, object]:
    """The answers kept in *state*, empty before the first; raises `AnswersUnreadable`."""
    path = state / FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as fault:
        raise AnswersUnreadable(path, f"cannot be read: {type(fault).__name__}") from fault


def as_toml(*, origin: str, model: str, px_per_mm: float, panel: str) -> str:
    """The file's text. *origin*, *model* and *panel* hold no quotes and no control characters."""
    return (
        "# Written by the terminal when it was started for the first time.\n"
        f'[server]\norigin = "{origin}"\n\n'
        f'[model]\nname = "{model}"\npx_per_mm = {px_per_mm:.2f}\nformat = "{panel}"\n'
    )
