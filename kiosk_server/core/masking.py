"""
What others see of a person (脱敏): enough to recognise oneself, too little to be found.

A name keeps its first character and, where it has parts, its last part, so that a person in a
hall knows the paper is hers: 阿***·买买提. A number keeps the place it was first issued in and
its last four; a phone keeps three and four.
"""

NAME_SEPARATORS = "·"


def mask_name(name: str) -> str:
    """Return *name* masked: `张*`, `欧**`, `阿***·买买提`, `A***` for Latin letters."""
    first, separator, rest = name.strip().partition(NAME_SEPARATORS)
    if not first:
        return "*"
    if separator:
        return f"{first[0]}***{separator}{rest.rsplit(separator, 1)[-1]}"
    if first.isascii():
        return f"{first[0]}***"
    return first[0] + "*" * max(1, min(len(first) - 1, 3))


def mask_number(number: str) -> str:
    """Return an identity number with its first six and last four characters in clear."""
    if len(number) < 12:
        return number[:1] + "*" * (len(number) - 1)
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def mask_phone(phone: str) -> str:
    """Return a phone number with its first three and last four digits in clear."""
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
