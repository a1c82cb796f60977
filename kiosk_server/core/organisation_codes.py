"""Unified codes of organisations (统一社会信用代码, GB 32100-2015)."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_unified_code(code: str) -> bool:
    """Return whether *code* has 18 characters of the alphabet and the check that belongs to it."""
    if len(code) != len(_WEIGHTS) + 1 or any(each not in _ALPHABET for each in code):
        return False
    total = sum(
        _ALPHABET.index(each) * weight for each, weight in zip(code, _WEIGHTS, strict=False)
    )
    return _ALPHABET[(31 - total % 31) % 31] == code[-1]
