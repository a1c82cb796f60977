"""Examples of the kiosk's pages for paying."""

from dataclasses import replace
from datetime import datetime

from kiosk_server.core.clock import BEIJING
from kiosk_server.printing.documents.codes import qr_path
from kiosk_ui.presenters.wording import chinese, worded
from kiosk_ui.view_models import (
    OpeningHours,
    Owed,
    Page,
    PaidPage,
    PayCodePage,
    PayLine,
    PayOverPage,
    PaySlipPage,
    PayWay,
    PayWaysPage,
    QrDrawing,
    Screen,
)

AT = datetime(2026, 11, 25, 10, 30, tzinfo=BEIJING)
FEE = {
    "zh": "不动产登记资料复制费（示例）",
    "ug": "كۆچمەس مۈلۈك ماتېرىيالى كۆپەيتىش ھەققى (مىسال)",
    "en": "Copy of register records (sample)",
}
CASHIER = "https://zwfw.atushi.example.test/pay/simulated/" + "a1" * 32


def owed(screen: Screen) -> Owed:
    """One fee of ten yuan."""
    basis = chinese("示例依据〔2026〕1 号，以当地公布的收费目录为准", screen.language)
    return Owed((PayLine(worded(FEE, screen.language), "10.00", basis),), "10.00")


def paying_pages(screen: Screen) -> dict[str, Page]:
    """Every way an order can stand at a terminal."""
    ways = PayWaysPage(
        screen=screen,
        owed=owed(screen),
        ways=(
            PayWay("public-payment"),
            PayWay("wechat-pay"),
            PayWay("alipay"),
        ),
        begin_url="#",
        slip_url="#",
        stop_url="#",
        problem="refused",
    )
    polled = {"state_url": "#", "version": "waiting", "stop_url": "#"}
    code = PayCodePage(
        screen=screen,
        owed=owed(screen),
        way=PayWay("public-payment"),
        until=AT,
        here_url="#",
        slip_url="#",
        qr=QrDrawing(*qr_path("653001202611250012")),
        digits="6530 0120 2611 2500 12",
        ways_url="#",
        **polled,
    )
    slip = PaySlipPage(
        screen=screen,
        amount="10.00",
        code="4821 0937 5564",
        until=AT,
        place=chinese("阿图什市政务服务中心", screen.language),
        address=chinese("阿图什市示例路 1 号", screen.language),
        hours=(
            OpeningHours("workdays", "10:00", "14:00"),
            OpeningHours("workdays", "16:00", "20:00"),
        ),
        printed=True,
        later="here",
        ways_url="#",
        done_url="#",
        **polled,
    )
    paid = PaidPage(
        screen=screen,
        amount="10.00",
        receipt="20261125-48210937556",
        on_url="#",
        what="case",
        after_seconds=4,
        simulated=True,
    )
    over = PayOverPage(screen=screen, why="closing", amount="10.00", **polled)
    simulated = PayWay("simulated", simulated=True)
    playing = replace(code, way=simulated, qr=QrDrawing(*qr_path(CASHIER)), digits=None)
    return {
        "pay_ways": ways,
        "pay_code": code,
        "pay-code-simulated": replace(playing, ways_url=None),
        "pay-code-coming": replace(code, qr=None, digits=None, begin_url="#"),
        "pay_slip": slip,
        "pay-slip-screen": replace(slip, printed=False),
        "paid": paid,
        "pay_over": over,
        "pay-over-over": replace(over, why="over"),
        "pay-over-returned": replace(over, why="returned"),
    }
