"""
What every kiosk page needs to know about the screen that it is shown on.

A page is drawn for one terminal (its panel, its place, who answers for it), one visit (language,
theme, size, reach, time left) and one moment. `Screen` holds these; the page itself (what it asks)
is one of the classes of `view_models`. Nothing here knows a request or a database.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Language(StrEnum):
    """The four languages of a terminal; 规范汉字 is the basic script (P57)."""

    ZH = "zh"
    UG = "ug"
    KY = "ky"
    EN = "en"

    @property
    def tag(self) -> str:
        """BCP 47 tag for `lang`; Kyrgyz of this region is written in Arabic script."""
        return {"zh": "zh-CN", "ky": "ky-Arab"}.get(self.value, self.value)

    @property
    def direction(self) -> str:
        """`rtl` for the two languages in Arabic script, else `ltr`."""
        return "rtl" if self in (Language.UG, Language.KY) else "ltr"

    @property
    def own_name(self) -> str:
        """The language's name for itself, as its speakers look for it."""
        return {"zh": "中文", "ug": "ئۇيغۇرچە", "ky": "قىرعىزچا", "en": "English"}[self.value]


class Theme(StrEnum):
    """Colour themes; `contrast` is 黑白分明, `inverse` is for low vision and glare."""

    LIGHT = "light"
    NIGHT = "night"
    CONTRAST = "contrast"
    INVERSE = "inverse"


class Size(StrEnum):
    """Text sizes 小 标准 大 特大; the steps in millimetres stand in `tokens.css`."""

    S = "s"
    M = "m"
    L = "l"
    XL = "xl"

    @property
    def following(self) -> "Size":
        """What the dock's 大字 changes to: larger until the largest, then 标准 again."""
        return {Size.S: Size.M, Size.M: Size.L, Size.L: Size.XL, Size.XL: Size.M}[self]

    @property
    def is_large(self) -> bool:
        """Whether times are doubled and 黑白分明 is offered beside it (care mode)."""
        return self in (Size.L, Size.XL)


class Reach(StrEnum):
    """`low` puts every control in the lower half of the panel, within a wheelchair's reach."""

    STANDARD = "standard"
    LOW = "low"


class Hour(StrEnum):
    """Where the sun of the site stands; paints the sky of the waiting screen, not the theme."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Side(StrEnum):
    """Where a part of the machine is, seen by the person before it. Never mirrored."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Wording:
    """
    Words that come from data (a service's name, a place), not from the locale files.

    `lang` is the language they are written in; None means the language of the page. A template
    shows them through the macro `said`, which adds `lang` and `dir` where these differ. `kept` are
    the same words in Chinese, for a title in another language (P57).
    """

    text: str
    lang: Language | None = None
    kept: str | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Assets:
    """
    Where the browser finds styles, scripts and drawings: path prefixes without a final slash.

    Both must lie beneath `/kiosk/`, for the terminal's door passes nothing else on. A version
    belongs into the prefix, not into a query: modules and styles import each other by relative
    paths, and answers are cached for good.
    """

    kiosk: str
    shared: str
    panel_css: str


@dataclass(frozen=True, slots=True)
class Place:
    """
    Whose machine this is (P54) and who answers for it, under names of the right level (P55).

    `service` is the name at the top (阿图什市政务自助服务), `site` where the machine stands,
    `body` the 政务服务中心 or 便民服务中心（站） that what it takes in is received by.
    """

    service: Wording
    site: Wording
    body: Wording
    help_phone: str
    keeper: Wording | None = None
    open_all_day: bool = True


@dataclass(frozen=True, slots=True)
class Dock:
    """
    Where the five tools at the bottom lead, the same on every page.

    `end_url` and `settings_url` take POST. Settings take the fields `language`, `size`, `theme`
    or `reach`, with `back`, the path to come back to; both hold no personal data.
    """

    end_url: str
    help_url: str
    settings_url: str
    looks_url: str
    back: str


@dataclass(frozen=True, slots=True)
class Watch:
    """
    How long a visit waits for a sign of life, in seconds (60 and 90; twice that in large sizes).

    `left_seconds` is what remains of the hard limit. `keep_url` (POST) is told that a person is
    there, `extend_url` (POST) lengthens the limit, `end_url` (POST) ends the visit. With scripts
    off, the page is refreshed to `still_url` after `warn_after_seconds`.
    """

    warn_after_seconds: int
    end_after_seconds: int
    left_seconds: int
    keep_url: str
    extend_url: str
    end_url: str
    still_url: str


@dataclass(frozen=True, slots=True)
class Screen:
    """
    One terminal, one visit, one moment: the frame around every page.

    `now` is aware, in Beijing time (北京时间). `px_per_mm` belongs to the panel. `watch` is None
    where nobody's visit is running. `development` marks the build, and nothing else.
    """

    place: Place
    assets: Assets
    dock: Dock
    now: datetime
    csrf_token: str
    mark: str = ""
    """The visit's mark, planted in its forms; empty outside a visit."""
    language: Language = Language.ZH
    theme: Theme = Theme.LIGHT
    size: Size = Size.M
    reach: Reach = Reach.STANDARD
    hour: Hour = Hour.DAY
    px_per_mm: float = 4.03
    terminal: str | None = None
    reader_side: Side = Side.RIGHT
    watch: Watch | None = None
    development: bool = False

    @property
    def minutes_left(self) -> int | None:
        """Whole minutes until the hard limit, never below one; None outside a visit."""
        return None if self.watch is None else max(1, self.watch.left_seconds // 60)

    @property
    def other_language(self) -> Language:
        """What the dock's language tool changes to: Uyghur from Chinese, else Chinese."""
        return Language.UG if self.language is Language.ZH else Language.ZH

    @property
    def facts_shown(self) -> int:
        """How many facts fit beside a question; the others stand on a page of their own."""
        largest = 1 if self.language.direction == "rtl" else 2
        return {Size.S: 5, Size.M: 5, Size.L: 3, Size.XL: largest}[self.size]

    @property
    def findings_shown(self) -> int:
        """How many facts of a decision fit beside it; all of them stand on the paper."""
        return max(1, min(3, self.facts_shown - (1 if self.size is Size.L else 0)))

    def asset(self, path: str) -> str:
        """Address of a file of the kiosk's own static folder."""
        return f"{self.assets.kiosk}/{path}"

    def shared(self, path: str) -> str:
        """Address of a file that the kiosk shares with the other surfaces."""
        return f"{self.assets.shared}/{path}"
