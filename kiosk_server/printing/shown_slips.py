"""
Slips of money and parcels: to pay at a window (缴款单), that bills were paid (缴费凭条), the code
that is told at a hand-over (收件核验码).
"""

from datetime import datetime

from kiosk_server.printing.slip_parts import (
    Slip,
    gap,
    head,
    minute_of,
    own_language,
    rows_of,
    text_of,
)
from kiosk_server.printing.slips import CODE_QR_MM

# Drafts in Uyghur; a native reader checks them before release, like every message file.
_AT_CASHIER = {
    "ug": "بۇ تالوننى كۆزنەككە ئاپىرىپ نەق پۇل ياكى بانكا كارتىسىدا تاپشۇرۇڭ. تېلېفون كېرەك ئەمەس.",
    "en": "Take this slip to the window and pay in cash or by bank card. No phone is needed.",
}
_AT_HAND_OVER = {
    "ug": "پوسىلكا بەرگۈچىگە بۇ كودنى ئېيتىڭ، باشقا ھېچكىمگە كۆرسەتمەڭ.",
    "en": "Tell this code to whoever hands the parcel over, and to nobody else.",
}
_WHEN_FETCHED = {
    "ug": "كۇريېر كەلگەندە بۇ كودنى ئېيتىڭ، توغرا بولسا ماتېرىيالنى بېرىڭ.",
    "en": "Tell this code to the courier who comes; hand the papers over once he has checked it.",
}
_BILL_PAID = {
    "ug": "ھەق ئالغۇچى ھېسابقا ئالمىسا، پۇلىڭىز ئۆزى قايتىدۇ. سۈرۈشتۈرسىڭىز تالون نومۇرىنى دەڭ.",
    "en": "What the office does not book comes back by itself. To ask, give the receipt number.",
}


def payment_slip(
    *,
    office: str,
    code: str,
    scanned: str,
    amount: str,
    until: datetime,
    rows: dict[str, str],
    at: datetime,
    terminal: str,
    language: str,
    sample: bool,
) -> Slip:
    """
    The slip of an order that is paid at a window (缴款单), which names nobody.

    `code` is shown to be read out, `scanned` what its QR code says, `amount` in yuan; `rows` are
    Chinese labels and what is said beside them.
    """
    told = {**rows, "打印时间": minute_of(at), "终端": terminal}
    return Slip(
        (
            *head(office, "缴款单", sample=sample),
            text_of(f"{amount} 元", size=2, bold=True, align="center"),
            {"type": "code", "text": code},
            {"type": "qr", "text": scanned, "size_mm": CODE_QR_MM},
            text_of(
                f"{minute_of(until)} 前，凭此单到窗口缴费，不用手机。过了时间就不收了，也不扣钱。"
            ),
            *own_language(_AT_CASHIER, language),
            *rows_of(told),
            gap(4),
        )
    )


def bill_slip(
    *,
    office: str,
    amount: str,
    rows: dict[str, str],
    at: datetime,
    terminal: str,
    language: str,
    sample: bool,
) -> Slip:
    """The slip of bills that were paid (缴费凭条): *amount* in yuan, *rows* Chinese, no names."""
    told = {**rows, "打印时间": minute_of(at), "终端": terminal}
    return Slip(
        (
            *head(office, "缴费凭条", sample=sample),
            text_of(f"{amount} 元", size=2, bold=True, align="center"),
            text_of("收费单位没有记账的，钱会原路自动退回。要查，请报缴费凭证号。"),
            *own_language(_BILL_PAID, language),
            *rows_of(told),
            gap(4),
        )
    )


def hand_over_slip(
    *,
    office: str,
    code: str,
    rows: dict[str, str],
    at: datetime,
    terminal: str,
    language: str,
    fetched: bool = False,
) -> Slip:
    """
    The slip of the code that is told when a parcel is handed over; it names nobody.

    *fetched*: it is the resident who hands over, to the courier at his door (取件核验码).
    """
    told = {**rows, "打印时间": minute_of(at), "终端": terminal}
    to_him = "收件时告诉快递员或代收点，核对无误才交给您。不要给别人看。"
    from_him = "快递员上门取件时告诉他，核对无误再把材料交给他。不要给别人看。"
    return Slip(
        (
            *head(office, "取件核验码" if fetched else "收件核验码", sample=False),
            {"type": "code", "text": code},
            text_of(from_him if fetched else to_him),
            *own_language(_WHEN_FETCHED if fetched else _AT_HAND_OVER, language),
            *rows_of(told),
            gap(4),
        )
    )
