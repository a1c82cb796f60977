"""Examples of the kiosk's pages for one's own phone and one's own certificates."""

from dataclasses import replace
from datetime import date

from kiosk_server.printing.documents.codes import qr_path
from kiosk_ui.paging import rows_a_page
from kiosk_ui.view_models import (
    Choice,
    Closed,
    FieldProblem,
    Language,
    OneCodeNamedPage,
    OneCodeNumberPage,
    OneCodePage,
    Page,
    Paging,
    QrDrawing,
    Screen,
    Stage,
    WalletCertificatePage,
    WalletPage,
    WalletRow,
    Wording,
    WorkingPage,
)

HOLDER = "古***·测试"
ADDRESS = "https://zwfw.atushi.example.test/m/at/AAAAAAAAAAAAAAAAAAAAAA"


def one_code_pages(screen: Screen) -> dict[str, Page]:
    """The code, the number, the name; for signing in and for carrying off."""
    code = OneCodePage(
        screen=screen,
        errand="sign-in",
        qr=QrDrawing(*qr_path(ADDRESS)),
        state_url="#",
        version="open",
        here_url="#",
        back_url="#",
        scan_nonce="0",
        card_url="#",
    )
    named = OneCodeNamedPage(
        screen=screen,
        errand="sign-in",
        holder=HOLDER,
        number="47",
        state_url="#",
        version="confirmed",
        finish_url="#",
        refuse_url="#",
    )
    return {
        "one_code": code,
        "one-code-problem": replace(code, problem=FieldProblem("pass-not-yours")),
        "one-code-carry": replace(code, errand="carry", scan_nonce=None, card_url=None),
        "one_code_number": OneCodeNumberPage(
            screen=screen, number="47", state_url="#", version="claimed", refuse_url="#"
        ),
        "one_code_named": named,
        "one-code-named-carry": replace(named, errand="carry"),
    }


def wallet_pages(screen: Screen) -> dict[str, Page]:
    """A full page of certificates, with and without a paper that failed; one of them."""
    title = _chinese("中华人民共和国机动车驾驶证", screen)
    whole = WalletPage(
        screen=screen,
        rows=(WalletRow(title, "#", date(2031, 12, 15), purpose="办理业务"),) * rows_a_page(screen),
        back_url="#",
        paging=Paging(1, 2, "#"),
    )
    one = WalletCertificatePage(
        screen=screen,
        title=title,
        issuer=_chinese("克孜勒苏柯尔克孜自治州公安局交通警察支队", screen),
        until=date(2031, 12, 15),
        purposes=tuple(
            Choice(code, Wording(text), code == "own")
            for code, text in (
                ("own", "自己看"),
                ("service", "办理业务"),
                ("school", "入学"),
                ("work", "就业"),
                ("housing", "租房"),
                ("bank", "银行开户"),
            )
        ),
        print_url="#",
        back_url="#",
    )
    return {
        "wallet": whole,
        "wallet-failed": replace(whole, rows=whole.rows[:-1], failed="机动车驾驶证", again_url="#"),
        "wallet-closed": replace(whole, rows=whole.rows[:-1], closed=Closed("paper-out")),
        "wallet-none": replace(whole, rows=(), paging=Paging()),
        "wallet_certificate": one,
        "wallet-copy": replace(one, purposes=(), purpose="办理业务"),
        "wallet-working": WorkingPage(
            screen=screen,
            what="wallet",
            next_url="#",
            usual_seconds=2,
            longest_seconds=6,
            stage=Stage.RESULT,
        ),
    }


def _chinese(text: str, screen: Screen) -> Wording:
    return Wording(text, None if screen.language is Language.ZH else Language.ZH)
