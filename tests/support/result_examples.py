"""Examples of the kiosk's pages of results: how they come, where to, one's cases."""

from dataclasses import replace
from datetime import datetime, timedelta

from kiosk_server.core.clock import BEIJING
from kiosk_server.printing.documents.codes import qr_path
from kiosk_ui.paging import lines_a_page, rows_a_page, rows_beneath_flow
from kiosk_ui.presenters.wording import chinese, titled, worded
from kiosk_ui.view_models import (
    AddAddressPage,
    Closed,
    Deed,
    HandOverPage,
    MoneyBackPage,
    Page,
    Paging,
    Postage,
    QrDrawing,
    ResultPage,
    ResultRow,
    ResultSendPage,
    ResultsPage,
    ResultTime,
    ResultWaysPage,
    Screen,
    SendRow,
)

AT = datetime(2026, 11, 25, 10, 30, tzinfo=BEIJING)
ITEM = {
    "zh": "不动产登记资料复制件",
    "ug": "كۆچمەس مۈلۈك تىزىملاش ماتېرىيالىنىڭ كۆپەيتىلمىسى",
    "en": "Copy of real estate register records",
}
SITE = {
    "zh": "松他克镇便民服务中心",
    "ug": "سۇنتاق بازارلىق خەلققە قۇلايلىق مۇلازىمەت مەركىزى",
    "en": "Songtake Township Service Centre",
}
BOOK = "https://zwfw.atushi.example.test/m/addresses"
HAPPENED = (
    "delivery-pick-up",
    "delivery-asked",
    "payment-paid",
    "print-not-printed",
    "payment-opened",
    "case-decided",
    "case-accepted",
)


def result_pages(screen: Screen) -> dict[str, Page]:
    """From the choice to the hand-over, and the list of one's cases."""
    return {**_choosing(screen), **_following(screen)}


def _choosing(screen: Screen) -> dict[str, Page]:
    ways = ResultWaysPage(
        screen=screen,
        name=titled(ITEM, screen.language),
        ways=("here", "collect", "send"),
        choose_url="#",
        send_url="#",
        back_url="#",
        wish="wish",
        site=worded(SITE, screen.language),
        collect_days=30,
        fee="10.00",
        basis=chinese("示例依据〔2026〕1 号，以当地公布的收费目录为准", screen.language),
        postage=Postage("12.00", "recipient", simulated=True),
    )
    street = chinese("松他克镇示例小区 3 号楼 2 单元 501 室", screen.language)
    send = ResultSendPage(
        screen=screen,
        rows=(
            SendRow("address:1", street, Postage("12.00", "recipient", True), "古***·测试"),
            SendRow("address:2", street, Postage("12.00", "prepaid"), "古***·测试 139****0000"),
            SendRow("site:1", worded(SITE, screen.language), Postage("0.00", "office")),
            SendRow("site:2", worded(SITE, screen.language), Postage("8.00", "recipient")),
            SendRow("site:3", worded(SITE, screen.language), Postage("8.00", "recipient")),
        )[: rows_beneath_flow(screen)],
        send_url="#",
        add_url="#",
        back_url="#",
        wish="wish",
        fee="10.00",
        paging=Paging(1, 2, "#"),
    )
    return {
        "result_ways": ways,
        "result-ways-free": replace(ways, fee=None, basis=None, here=Closed("paper-out")),
        "result_send": send,
        "add_address": AddAddressPage(screen=screen, qr=QrDrawing(*qr_path(BOOK)), back_url="#"),
    }


def _following(screen: Screen) -> dict[str, Page]:
    lines = tuple(
        ResultTime(
            AT - timedelta(hours=turn),
            f"timeline-{code}",
            chinese("【阿图什市】已揽收，快递员示例", screen.language) if turn == 0 else None,
        )
        for turn, code in enumerate(HAPPENED[: lines_a_page(screen)])
    )
    one = ResultPage(
        screen=screen,
        name=titled(ITEM, screen.language),
        number="653001-20261125-000017",
        state="on-its-way",
        lines=lines,
        main=Deed("code", "#"),
        others=(),
        back_url="#",
        place=worded(SITE, screen.language),
        waybill="EX1234567890CN",
        paging=Paging(1, 2, "#"),
    )
    unprinted = replace(
        one,
        state="to-print",
        main=Deed("print", "#"),
        others=(Deed("ways", "#", link=True), Deed("money", "#", link=True, amount="10.00")),
        place=None,
        waybill=None,
        until=AT,
    )
    rows = tuple(
        ResultRow("#", worded(ITEM, screen.language), state, AT)
        for state in ("on-its-way", "to-print", "owed", "to-collect", "printed")
    )
    code = HandOverPage(screen=screen, code="482109", back_url="#", printed=True)
    return {
        "result": one,
        "result-to-print": unprinted,
        "result-closed": replace(
            unprinted, main=unprinted.others[0], others=(), closed=Closed("paper-out"), until=None
        ),
        "result-arranged": replace(
            one, state="to-collect", main=None, back_url=None, done_url="#", waybill=None
        ),
        "results": ResultsPage(
            screen=screen,
            rows=rows[: rows_a_page(screen)],
            back_url="#",
            papers_url="#",
            paging=Paging(1, 3, "#"),
        ),
        "money_back": MoneyBackPage(screen=screen, amount="10.00", yes_url="#", back_url="#"),
        "hand_over": code,
        "hand-over-screen": replace(code, printed=False),
    }
