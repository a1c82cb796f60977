"""
A day's bill of WeChat Pay (交易账单, bill_type ALL): comma separated, each value after a backquote.

Columns are found by their heads, since the platform adds to them. A line with a refund number is
money that went back; the summary at the end is checked against the lines.
"""

import csv
from collections.abc import Iterable, Mapping

from kiosk_server.payments.rules import Moved, Movement, as_fen

_ORDER, _STATE, _AMOUNT = "商户订单号", "交易状态", "订单金额"
_REFUND, _REFUND_AMOUNT, _REFUND_STATE = "商户退款单号", "申请退款金额", "退款状态"
_TOTAL = "总交易单数"
_NO_REFUND = ("", "0")


def bill_lines(text: str) -> tuple[Moved, ...]:
    """Return what moved; raises `ValueError` for a bill that is cut off or cannot be read."""
    rows = list(csv.reader(text.splitlines()))
    heads = rows[0] if rows else []
    ends = next((at for at, row in enumerate(rows) if row and row[0] == _TOTAL), None)
    if _ORDER not in heads or ends is None or len(rows) <= ends + 1:
        raise ValueError("no bill")
    body = [dict(zip(heads, map(_bare, row), strict=False)) for row in rows[1:ends]]
    if int(_bare(rows[ends + 1][0])) != len(body):
        raise ValueError("lines are missing")
    return tuple(_moved(body))


def _moved(rows: Iterable[Mapping[str, str]]) -> Iterable[Moved]:
    for row in rows:
        if row[_REFUND] not in _NO_REFUND:
            if row[_REFUND_STATE] in ("SUCCESS", "PROCESSING"):
                yield Moved(Movement.RETURNED, row[_REFUND], as_fen(row[_REFUND_AMOUNT]))
        elif row[_STATE] in ("SUCCESS", "REFUND"):
            yield Moved(Movement.RECEIVED, row[_ORDER], as_fen(row[_AMOUNT]))


def _bare(value: str) -> str:
    return value.removeprefix("`").strip()
