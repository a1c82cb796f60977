"""
A day's bill of Alipay (业务明细): a zip of comma separated files in GB 18030, `#` before remarks.

Columns are found by their heads. A refund's line carries its request number and its amount below
zero; how many lines there are stands at the end.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping

from kiosk_server.payments.rules import Moved, Movement, as_fen

LARGEST_FILE = 128 * 1024 * 1024
_TRADE, _ORDER, _KIND = "支付宝交易号", "商户订单号", "业务类型"
_AMOUNT, _REFUND = "订单金额（元）", "退款批次号/请求号"
_TOTALS = re.compile(r"#交易合计：(\d+)笔.*?#退款合计：(\d+)笔", re.DOTALL)


def bill_lines(packed: bytes) -> tuple[Moved, ...]:
    """Return what moved; raises `ValueError` for a bill that is cut off or cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as folder:
            texts = [_text(folder, member) for member in folder.infolist()]
    except (zipfile.BadZipFile, EOFError, OSError):
        raise ValueError("no bill") from None
    for text in texts:
        rows = [row for row in csv.reader(text.splitlines()) if row]
        plain = [row for row in rows if not row[0].startswith("#")]
        # The summary lies in a file of its own, under the same first head.
        if plain and _KIND in plain[0] and _ORDER in plain[0]:
            return _lines(text, plain)
    raise ValueError("no bill")


def _text(folder: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    if member.file_size > LARGEST_FILE:
        raise ValueError("too large")
    return folder.read(member).decode("gb18030")


def _lines(text: str, plain: list[list[str]]) -> tuple[Moved, ...]:
    heads = [head.strip() for head in plain[0]]
    rows = [dict(zip(heads, (cell.strip() for cell in row), strict=False)) for row in plain[1:]]
    found = tuple(_moved(rows))
    totals = _TOTALS.search(text)
    came = sum(line.movement is Movement.RECEIVED for line in found)
    if totals is None or (int(totals[1]), int(totals[2])) != (came, len(found) - came):
        raise ValueError("lines are missing")
    return found


def _moved(rows: Iterable[Mapping[str, str]]) -> Iterable[Moved]:
    for row in rows:
        amount = as_fen(row[_AMOUNT])
        if row[_KIND] == "交易":
            yield Moved(Movement.RECEIVED, row[_ORDER], amount)
        elif row[_KIND] == "退款":
            yield Moved(Movement.RETURNED, row[_REFUND], -amount)
