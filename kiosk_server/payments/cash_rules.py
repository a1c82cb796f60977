"""
Cash in a cashier's hands (现金): what may be handed over, and how a drawer's difference ends. Pure.
"""

from enum import StrEnum

from kiosk_server.core.errors import FieldFault, Invalid

MOST_CHANGE_FEN = 100_000
"""A thousand yuan over what is owed is a slip of the keyboard, not a banknote."""
LARGEST_DRAWER_FEN = 100_000_000
RETURN_CODE_DIGITS = 6
MOST_WRONG_RETURN_CODES = 5


_NOTES_FEN = (500, 1_000, 2_000, 5_000, 10_000)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_MYRIADS = ("", "万", "亿")


class DrawerSettlement(StrEnum):
    """How the difference of a drawer came to its end."""

    EVEN = "even"
    """There was none."""
    MADE_GOOD = "made_good"
    """What was missing was paid in."""
    PAID_IN_OVER = "paid_in_over"
    """What was too much went to the treasury with a paper of its own."""
    COUNTED_WRONG = "counted_wrong"
    """Counted again by both, it was right."""


BY_SECOND_PERSON = tuple(how for how in DrawerSettlement if how is not DrawerSettlement.EVEN)


def change_fen(owed_fen: int, handed_fen: int) -> int:
    """
    Return what goes back of *handed_fen*.

    Raises `Invalid("cash_invalid")` for less than is owed, and for so much more that it cannot be.
    """
    if handed_fen < owed_fen:
        raise Invalid("cash_invalid", fields=[FieldFault("handed", "too_little")])
    if handed_fen > owed_fen + MOST_CHANGE_FEN:
        raise Invalid("cash_invalid", fields=[FieldFault("handed", "too_much")])
    return handed_fen - owed_fen


def likely_handed(owed_fen: int) -> tuple[int, ...]:
    """Return what people hand over for *owed_fen*, the least first: the sum, and round notes."""
    rounds = (-(-owed_fen // note) * note for note in _NOTES_FEN)
    return tuple(sorted({owed_fen, *rounds}))


def in_capitals(amount_fen: int) -> str:
    """Return an amount as receipts write it so that nobody adds a stroke (大写金额)."""
    yuan, jiao, fen = amount_fen // 100, amount_fen // 10 % 10, amount_fen % 10
    told = _yuan_in_capitals(yuan) + "元" if yuan else ""
    if not jiao and not fen:
        return f"{told or '零元'}整"
    if jiao:
        told += f"{_DIGITS[jiao]}角"
    elif yuan:
        told += "零"
    return told + (f"{_DIGITS[fen]}分" if fen else "整")


def check_drawer(float_fen: int, counted_fen: int) -> None:
    """Raise `Invalid("cash_invalid")` for what no drawer holds."""
    told = {"float": float_fen, "counted": counted_fen}
    wrong = [name for name, fen in told.items() if not 0 <= fen <= LARGEST_DRAWER_FEN]
    if wrong:
        raise Invalid("cash_invalid", fields=[FieldFault(name, "amount_invalid") for name in wrong])


def _yuan_in_capitals(yuan: int) -> str:
    told, gap = "", False
    for power in range(len(str(yuan)) - 1, -1, -1):
        digit, place = yuan // 10**power % 10, power % 4
        if digit:
            told += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit and bool(told)
        if place == 0 and yuan // 10**power % 10_000:
            told += _MYRIADS[power // 4]
    return told
