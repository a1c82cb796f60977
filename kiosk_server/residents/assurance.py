"""
How sure we are who holds a phone (实名核验等级), and what that allows: two tables, nothing hidden.

A level belongs to one signed-in phone, not to the account: a number changes hands, and whoever
holds it next must prove himself before he sees anything of the person who held it before.
"""

from collections.abc import Mapping
from enum import StrEnum


class Level(StrEnum):
    """What is proven of whoever holds this phone; in rising order."""

    NUMBER = "number"
    """He receives what is sent to a number, or is signed in to a messenger."""
    NAMED = "named"
    """Name, identity number and phone number are one person's, as a real-name source says."""
    CHECKED = "checked"
    """Somebody compared the person: the region's app by its own high level, or a window."""
    CARD = "card"
    """He laid his identity card on a terminal and typed what it showed him into the phone."""


class Way(StrEnum):
    """How a phone was signed in, or how its holder proved himself since."""

    SMS_CODE = "sms_code"
    MINI_PROGRAM = "mini_program"
    NAME_CHECK = "name_check"
    REGION = "region"
    WINDOW = "window"
    ID_CARD = "id_card"


class Act(StrEnum):
    """What a signed-in phone may ask for."""

    SEE_ACCOUNT = "see_account"
    MANAGE_PHONES = "manage_phones"
    PROVE_ONESELF = "prove_oneself"
    SEE_NOTICES = "see_notices"
    SEE_CASES = "see_cases"
    SEE_CERTIFICATES = "see_certificates"
    SHOW_CERTIFICATE = "show_certificate"
    SEE_USES = "see_uses"
    OBJECT = "object"
    AUTHORISE = "authorise"
    CONFIRM_TERMINAL = "confirm_terminal"
    SEE_OWN_DATA = "see_own_data"
    ERASE_OWN_DATA = "erase_own_data"
    BOOK = "book"
    PAY = "pay"
    SEND = "send"


ORDER = tuple(Level)

GIVES: Mapping[Way, Level] = {
    Way.SMS_CODE: Level.NUMBER,
    Way.MINI_PROGRAM: Level.NUMBER,
    Way.NAME_CHECK: Level.NAMED,
    Way.REGION: Level.CHECKED,
    Way.WINDOW: Level.CHECKED,
    Way.ID_CARD: Level.CARD,
}
"""The most that a way can give; the region says with each person how far its own check went."""

NEEDS: Mapping[Act, Level] = {
    Act.SEE_ACCOUNT: Level.NUMBER,
    Act.MANAGE_PHONES: Level.NUMBER,
    Act.PROVE_ONESELF: Level.NUMBER,
    Act.SEE_NOTICES: Level.NUMBER,
    Act.SEE_CASES: Level.NAMED,
    Act.SEE_CERTIFICATES: Level.NAMED,
    Act.SHOW_CERTIFICATE: Level.NAMED,
    Act.SEE_USES: Level.NAMED,
    Act.OBJECT: Level.NAMED,
    Act.AUTHORISE: Level.CHECKED,
    Act.CONFIRM_TERMINAL: Level.NAMED,
    Act.SEE_OWN_DATA: Level.NAMED,
    Act.ERASE_OWN_DATA: Level.CHECKED,
    Act.BOOK: Level.NAMED,
    Act.PAY: Level.NAMED,
    Act.SEND: Level.NAMED,
}


def reaches(level: Level, wanted: Level) -> bool:
    """Return whether *level* is *wanted* or surer."""
    return ORDER.index(level) >= ORDER.index(wanted)


def allows(level: Level, act: Act) -> bool:
    """Return whether a phone at *level* may do *act*."""
    return reaches(level, NEEDS[act])


def acts_at(level: Level) -> tuple[Act, ...]:
    """Return everything that a phone at *level* may do."""
    return tuple(act for act in Act if allows(level, act))


def given(way: Way, claimed: Level | None = None) -> Level:
    """Return the level that *way* gives; a partner's own claim can lower it, never raise it."""
    most = GIVES[way]
    return most if claimed is None or reaches(claimed, most) else claimed


def names_person(level: Level) -> bool:
    """Return whether this level says which resident holds the phone."""
    return reaches(level, Level.NAMED)
