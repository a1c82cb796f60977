"""
What the pattern book shows: the examples that stand beside each component's template.

`NAME.toml` beside `NAME.html` gives a title and any number of `[[example]]`: a state's name with
the macro and the values that draw it, or plain markup for a component that is style alone.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode

import kiosk_server.web
from kiosk_ui.view_models import Language, Page, Reach, Screen, Size, Theme, Wording

_HERE = Path(__file__).parent / "templates"
_SHARED = Path(kiosk_server.web.__file__).parent / "templates"
FOLDERS = ((_SHARED, "shared"), (_HERE, "components"))


class Sample(dict[str, object]):
    """Values of an example; what it does not name is None, as in a view model's default."""

    def __missing__(self, key: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class State:
    """
    One state of a component: a macro with its values, or markup, or the whole template.

    `listed` puts it into a list, for a component that is one entry of it.
    """

    name: str
    macro: str
    values: Sample
    html: str
    include: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One component: its name, the template that draws it, and its states."""

    name: str
    title: str
    file: str
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternBookPage(Page):
    """All components; `matrix` are the links to the same page in other looks."""

    template: ClassVar[str] = "pages/pattern_book.html"
    parts: tuple[Part, ...]
    matrix: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]


def pattern_book(screen: Screen) -> PatternBookPage:
    """The book in the looks of *screen*."""
    parts = tuple(part for root, folder in FOLDERS for part in _parts_in(root, folder))
    return PatternBookPage(screen=screen, parts=parts, matrix=_matrix(screen))


def _parts_in(root: Path, folder: str) -> Iterable[Part]:
    for path in sorted((root / folder).glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        states = tuple(_state(example) for example in content["example"])
        yield Part(path.stem, content["title"], f"{folder}/{path.stem}.html", states)


def _state(example: Mapping[str, object]) -> State:
    values = _worded(example.get("values", {}))
    return State(
        name=str(example["name"]),
        macro=str(example.get("macro", "")),
        values=values if isinstance(values, Sample) else Sample(),
        html=str(example.get("html", "")),
        include=bool(example.get("include", False)),
        listed=bool(example.get("listed", False)),
    )


def _worded(value: object) -> object:
    if isinstance(value, list):
        return [_worded(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "text" in value:
        return Wording(value["text"], Language(value["lang"]) if "lang" in value else None)
    return Sample({key: _worded(one) for key, one in value.items()})


def _matrix(screen: Screen) -> tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]:
    worn = {
        "theme": screen.theme.value,
        "size": screen.size.value,
        "language": screen.language.value,
        "reach": screen.reach.value,
    }
    kinds = {"theme": Theme, "size": Size, "language": Language, "reach": Reach}
    return tuple(
        (
            name,
            tuple(
                (one.value, "?" + urlencode({**worn, name: one.value}), one.value == worn[name])
                for one in kind
            ),
        )
        for name, kind in kinds.items()
    )
