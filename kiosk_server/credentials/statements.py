"""
Statements (声明): one word about a person that a certificate of his bears out, and nothing else of
it. Each is a rule over the certificate's fields; a certificate without them bears nothing out.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

CITY = "阿图什市"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Content = Mapping[str, str]
Rule = Callable[[Content, date], bool | None]


def derived(type_id: str, content: Content, today: date) -> dict[str, bool]:
    """Return what certificates of this type bear out today, by statement.

    The holder's own age stands in his identity card, passport or proof of birth alone: a marriage
    certificate that names a day of birth may name another's.
    """
    found = {name: rule(content, today) for name, rule in _RULES.get(type_id, {}).items()}
    return {name: value for name, value in found.items() if value is not None}


def _of_age(years: int) -> Rule:
    def rule(content: Content, today: date) -> bool | None:
        written = content.get("born_on", "")
        if not _DAY.fullmatch(written):
            return None
        born = date.fromisoformat(written)
        had_birthday = (today.month, today.day) >= (born.month, born.day)
        return today.year - born.year - (not had_birthday) >= years

    return rule


def _lives_here(content: Content, today: date) -> bool | None:
    address = content.get("address")
    return CITY in address if address else None


_AGES: Mapping[str, Rule] = {"over_18": _of_age(18), "over_60": _of_age(60)}
_RULES: Mapping[str, Mapping[str, Rule]] = {
    "id_card": {**_AGES, "resident_here": _lives_here},
    "household_register": {"resident_here": _lives_here},
    "passport": _AGES,
    "birth_certificate": _AGES,
}
STATEMENTS = ("over_18", "over_60", "resident_here")
"""Every statement that there is, in the order in which they are offered."""
