"""
One example of every kiosk page, in every language: obviously unreal people, plausible lengths.

`examples(screen)` gives name -> page. The longest texts that occur are used, since these pages are
measured for fit.
"""

from dataclasses import replace
from datetime import datetime

from kiosk_server.core.clock import BEIJING
from kiosk_server.printing.documents.codes import qr_path
from kiosk_ui.paging import pages_of_facts, rows_a_page, rungs_a_page
from kiosk_ui.view_models import (
    Assets,
    AttractPage,
    Beside,
    BindingCodePage,
    CameOutPage,
    CardPage,
    Choice,
    Closed,
    DecisionPage,
    Dock,
    ElementsPage,
    EndedPage,
    FacePage,
    Fact,
    FieldProblem,
    GuidePage,
    GuidesPage,
    HelperCodePage,
    HelperNamedPage,
    HelperPage,
    HelpPage,
    LadderPage,
    Language,
    LeftCard,
    LooksPage,
    MoneyInstead,
    Nearby,
    NoCard,
    NoCardWay,
    NotATerminalPage,
    NoticePage,
    NotPrintedPage,
    NumberPage,
    OpeningHours,
    Outcome,
    OutOfServicePage,
    OwnPhonesPage,
    Page,
    Paging,
    PhoneCodePage,
    Place,
    PrintingPage,
    ProofPage,
    ProofWay,
    PurposePage,
    QrDrawing,
    RatingLevel,
    RatingPage,
    Reach,
    ReadingRow,
    Reason,
    ReasonsPage,
    RefusalPage,
    Reprint,
    ReprintPage,
    RungChoice,
    Screen,
    ServiceRow,
    ServicesPage,
    Size,
    Step,
    StepState,
    StillTherePage,
    StopPhonesPage,
    Tag,
    Theme,
    Tile,
    TroublePage,
    UnknownPage,
    Watch,
    Window,
    WindowPage,
    Wording,
    WorkingPage,
)
from tests.support.bill_examples import bill_pages
from tests.support.booking_examples import booking_pages, queue_pages
from tests.support.life_examples import life_pages
from tests.support.papers_examples import papers_pages
from tests.support.paying_examples import paying_pages
from tests.support.phone_examples import one_code_pages, wallet_pages
from tests.support.result_examples import result_pages

AT = datetime(2026, 11, 21, 3, 12, tzinfo=BEIJING)
ASSETS = Assets("/kiosk/static/now", "/kiosk/static/now", "/kiosk/panel.css?mm=4.03")
DOCK = Dock("/kiosk/end", "/kiosk/help", "/kiosk/settings", "/kiosk/looks", "/kiosk/services")
HOLDER = "古***·测试"
WATCH = Watch(60, 90, 840, "/kiosk/keep", "/kiosk/extend", "/kiosk/end", "/kiosk/still")

WORDS = {
    "service": {"zh": "阿图什市政务自助服务", "ug": "ئاتۇش شەھەرلىك ھۆكۈمەت ئىشلىرى"},
    "site": {
        "zh": "松他克镇便民服务中心",
        "ug": "سۇنتاق بازارلىق خەلققە قۇلايلىق مۇلازىمەت مەركىزى",
    },
    "insurance": {
        "zh": "社会保险个人参保证明打印",
        "ug": "ئىجتىمائىي سۇغۇرتا شەخسىي ئىسپاتىنى بېسىش",
        "en": "Proof of social insurance",
    },
    "estate": {
        "zh": "不动产登记资料查询",
        "ug": "كۆچمەس مۈلۈك تىزىملاش ماتېرىيالىنى سۈرۈشتۈرۈش",
        "en": "Real estate register extract",
    },
    "fund": {
        "zh": "住房公积金缴存证明",
        "ug": "تۇرالغۇ جۇغلانما پۇلى تاپشۇرۇش ئىسپاتى",
        "en": "Housing fund contribution certificate",
    },
}


def wording(key: str, screen: Screen) -> Wording:
    """A name in the screen's language where the catalogue has it, else marked as Chinese."""
    texts = WORDS[key]
    code = screen.language.value
    if code in texts:
        return Wording(texts[code], kept=texts["zh"])
    return Wording(texts["zh"], Language.ZH)


def chinese(text: str) -> Wording:
    """Words that exist in Chinese only."""
    return Wording(text, Language.ZH)


def screen_of(
    language: Language = Language.ZH,
    theme: Theme = Theme.LIGHT,
    size: Size = Size.M,
    reach: Reach = Reach.STANDARD,
    px_per_mm: float = 4.03,
) -> Screen:
    """The example terminal, in a running visit."""
    service = WORDS["service"].get(language.value)
    site = WORDS["site"].get(language.value)
    place = Place(
        service=Wording(service) if service else chinese(WORDS["service"]["zh"]),
        site=Wording(site) if site else chinese(WORDS["site"]["zh"]),
        body=Wording(site) if site else chinese(WORDS["site"]["zh"]),
        help_phone="0908-000-0000",
    )
    assets = Assets(ASSETS.kiosk, ASSETS.shared, f"/kiosk/panel.css?mm={px_per_mm}")
    return Screen(
        place=place,
        assets=assets,
        dock=DOCK,
        now=AT,
        csrf_token="token",
        language=language,
        theme=theme,
        size=size,
        reach=reach,
        px_per_mm=px_per_mm,
        terminal="AT-0001",
        watch=WATCH,
        development=True,
    )


def _rows(screen: Screen, *, reader: str | None = None) -> tuple[ServiceRow, ...]:
    either, staff = (NoCard(way, reader) for way in (NoCardWay.EITHER, NoCardWay.STAFF))
    open_rows = [
        ServiceRow(wording("insurance", screen), "#", "umbrella", minutes=2, no_card=either),
        ServiceRow(wording("fund", screen), "#", "home", minutes=2, fee_fen=0, no_card=staff),
        ServiceRow(wording("insurance", screen), "#", "heart", minutes=2, fee_fen=0),
        ServiceRow(wording("fund", screen), "#", "drop", Outcome.SCREEN, 3, 0),
    ]
    closed = ServiceRow(
        wording("estate", screen),
        "#",
        "house-doc",
        closed=Closed("source-asleep", AT.replace(hour=6, minute=0), wording("site", screen)),
    )
    return (*open_rows[: rows_a_page(screen) - 1], closed)


def _facts(screen: Screen) -> tuple[Fact, ...]:
    return (
        Fact(chinese("服务对象"), chinese("在本市参保的本人")),
        Fact(chinese("申请材料"), chinese("不用交；出示身份证，读卡核验，不留存")),
        Fact(chinese("办理时限"), chinese("当场办结")),
        Fact(chinese("实施主体"), chinese("阿图什市社会保险经办机构")),
        Fact(chinese("收费"), chinese("不收费")),
    )


ELEMENTS = (
    ("名称", "社会保险个人参保证明查询打印（示例；以自治区事项清单名称为准）"),
    ("编码", "待自治区事项管理系统下发（本地示例号 SAMPLE-RS-01）"),
    ("类型", "公共服务（社会保险）；即办件"),
    ("设定依据", "《社会保险法》第七十四条第四款；《社会保险经办条例》第二十九条、第三十二条"),
    ("实施主体", "阿图什市社会保险经办机构（主管：阿图什市人力资源和社会保障局）"),
    ("受理条件", "在本市参加过职工基本养老、城乡居民基本养老、失业或工伤保险的本人"),
    ("服务对象", "自然人"),
    ("法定办结时限", "法律未规定；承诺：当场办结"),
    ("办理结果", "《社会保险个人参保证明》一份（A4，含核验二维码）"),
    ("收费标准", "不收费"),
    ("申请材料", "无需提交；出示居民身份证（读卡核验，不留存）或身份证电子证照"),
    ("办理流程", "受理（读卡、选择险种、时段、用途）→ 审查（系统比对参保库）→ 办结（打印，凭条）"),
)


def _window(screen: Screen) -> Window:
    return Window(
        name=wording("site", screen),
        address=chinese("松他克镇示例路 1 号"),
        number=chinese("3 号窗口（社会保险）"),
        hours=(
            OpeningHours("workdays", "10:00", "14:00"),
            OpeningHours("workdays", "16:00", "19:30"),
        ),
        phone="0908-000-0000",
    )


def _levels() -> tuple[RatingLevel, ...]:
    good = (
        Tag("510", chinese("一窗受理一次办结")),
        Tag("511", chinese("可以先受理后补材料")),
        Tag("512", chinese("不用提交证明")),
    )
    return tuple(RatingLevel(level, good) for level in (5, 4, 3, 2, 1))


def _beside(screen: Screen) -> Beside:
    others = {
        Language.ZH: "这台机器稍后检修，请优先使用附近的机器。 十分钟后来加纸",
        Language.UG: "بۇ ماشىنا بىردەمدىن كېيىن رېمونت قىلىنىدۇ، يېقىندىكى ماشىنىنى ئىشلىتىڭ.",
        Language.EN: "This machine will be serviced soon. Please use one nearby if you can.",
    }
    return Beside(
        tuple(
            Wording(text, None if language is screen.language else language)
            for language, text in others.items()
        )
    )


def _notice(screen: Screen) -> NoticePage:
    row = ReadingRow(
        ("name", "number", "valid_until"),
        chinese("阿图什市社会保险经办机构，由松他克镇便民服务中心代为读取"),
        chinese("核对是您本人，查到您的参保记录"),
        chinese("证件号加密保存在办件里 2 年；其余不存"),
    )
    return NoticePage(
        screen=screen,
        name=wording("insurance", screen),
        rows=(row,),
        version="2026-11",
        agree_url="#",
        back_url="#",
    )


def _begin(screen: Screen) -> dict[str, Page]:
    name = wording("insurance", screen)
    closed = Closed("not-at-machines", None, wording("site", screen))
    elements = tuple(Fact(chinese(label), chinese(value)) for label, value in ELEMENTS)
    pages = pages_of_facts(elements, screen)
    guide = {"name": name, "version": "3f9c21a7", "elements_url": "#", "back_url": "#"}
    return {
        "attract": AttractPage(screen=screen, start_url="#"),
        "attract-fault": AttractPage(
            screen=screen, start_url="#", fault="printer-away", told_at=AT
        ),
        "attract-left": AttractPage(
            screen=screen,
            start_url="#",
            left_card=LeftCard.FORGOTTEN,
            fault="printer-away",
            told_at=AT,
        ),
        "attract-beside": AttractPage(screen=screen, start_url="#", beside=_beside(screen)),
        "services": ServicesPage(
            screen=screen,
            rows=_rows(screen),
            paging=Paging(1, 3, "#"),
            tiles=(
                Tile("tile-reprint", "#", "paper"),
                Tile("tile-guides", "#", "book", 28),
                Tile("tile-looks", "#", "size"),
            ),
        ),
        "services-trouble": ServicesPage(
            screen=screen, rows=_rows(screen)[-2:], troubles=("paper-out", "reader-away")
        ),
        "services-no-card": ServicesPage(
            screen=screen,
            rows=_rows(screen, reader="reader-away"),
            paging=Paging(1, 3, "#"),
            troubles=("reader-away",),
        ),
        "guides": GuidesPage(
            screen=screen, rows=_rows(screen), back_url="#", paging=Paging(2, 7, "#")
        ),
        "guide": GuidePage(
            screen=screen,
            facts=_facts(screen),
            start_url="#",
            minutes=2,
            fee_fen=0,
            needs_nothing=True,
            decided_at_once=True,
            no_card=NoCard(NoCardWay.EITHER),
            **guide,  # type: ignore[arg-type]
        ),
        "guide-no-card": GuidePage(
            screen=screen,
            facts=_facts(screen),
            start_url="#",
            minutes=2,
            fee_fen=0,
            needs_nothing=True,
            decided_at_once=True,
            no_card=NoCard(NoCardWay.EITHER, "reader-away"),
            **guide,  # type: ignore[arg-type]
        ),
        "guide-closed": GuidePage(
            screen=screen,
            facts=(),
            closed=closed,
            window=_window(screen),
            paging=Paging(1, 2, "#"),
            outcome=Outcome.GUIDE,
            **guide,  # type: ignore[arg-type]
        ),
        "guide-closed-facts": GuidePage(
            screen=screen,
            facts=_facts(screen),
            closed=closed,
            paging=Paging(2, 2, "#"),
            outcome=Outcome.GUIDE,
            **guide,  # type: ignore[arg-type]
        ),
        "elements": ElementsPage(
            screen=screen,
            name=name,
            facts=max(pages, key=lambda page: sum(len(fact.value.text) for fact in page)),
            version="3f9c21a7",
            back_url="#",
            paging=Paging(1, len(pages), "#"),
        ),
        "notice": _notice(screen),
        "notice-no-card": replace(_notice(screen), reader_away=True),
        "purpose": PurposePage(
            screen=screen,
            name=wording("estate", screen),
            purposes=tuple(
                Choice(str(at), chinese(text), at == 1)
                for at, text in enumerate(("申请贷款", "入学", "申请住房补助", "诉讼", "其他"))
            ),
            promise=chinese("我承诺：查到的内容只用于上面选的用途，不用于别的目的。"),
            answer_url="#",
            back_url="#",
            problem=FieldProblem("promise-missing"),
        ),
    }


def _ladder(screen: Screen) -> dict[str, Page]:
    choices = (
        RungChoice("card", "card", "#"),
        RungChoice("own-phone", "qr", "#"),
        RungChoice("number", "phone", "#"),
        RungChoice("staff", "user", "#"),
        RungChoice("carry", "phone", "#"),
        RungChoice("other-card", "card", "#", Closed("one-card")),
        RungChoice("window", "people", "#"),
    )
    held = rungs_a_page(screen)
    turns = Paging(1, 2, "#") if held < len(choices) - 1 else Paging()
    shown = (*choices[:-1][:held], choices[-1])
    whole = LadderPage(screen=screen, choices=shown, back_url="#", paging=turns)
    return {
        "ladder": whole,
        "ladder-failed": replace(whole, code="card_unreadable", again=True),
        "number": NumberPage(
            screen=screen,
            answer_url="#",
            back_url="#",
            problem=FieldProblem("number-invalid"),
        ),
        "number-code": PhoneCodePage(
            screen=screen, phone="", answer_url="#", resend_url=None, back_url="#"
        ),
        "helper": HelperPage(screen=screen, ask_url="#", back_url="#", lapsed=True),
        "helper_code": HelperCodePage(
            screen=screen,
            code="246810",
            until=AT,
            state_url="#",
            version="asked",
            leave_url="#",
        ),
        "helper_named": HelperNamedPage(screen=screen, holder=HOLDER, agree_url="#", deny_url="#"),
    }


def _identity(screen: Screen) -> dict[str, Page]:
    card = {
        "nonce": "nonce",
        "needs": ("name", "number", "valid_until"),
        "next_url": "#",
        "failed_url": "#",
        "back_url": "#",
        "window_url": "#",
    }
    return {
        "card": CardPage(screen=screen, **card),  # type: ignore[arg-type]
        "card-left": CardPage(
            screen=screen,
            left_card=LeftCard.FORGOTTEN,
            **card,  # type: ignore[arg-type]
        ),
        "card-problem": CardPage(
            screen=screen,
            problem="not_this_card",
            **card,  # type: ignore[arg-type]
        ),
        "proof": ProofPage(
            screen=screen,
            holder=HOLDER,
            ways=(ProofWay("face", "#"), ProofWay("phone", "#", "139****0000")),
            window_url="#",
            back_url="#",
        ),
        "proof-closed": ProofPage(
            screen=screen,
            holder=HOLDER,
            ways=(ProofWay("face", "#"), ProofWay("phone", "#", closed=Closed("no-phone"))),
            window_url="#",
            back_url="#",
        ),
        "phone_code": PhoneCodePage(
            screen=screen,
            phone="139****0000",
            answer_url="#",
            resend_url="#",
            back_url="#",
            typed="1390",
            problem=FieldProblem("code-short", {"missing": 2}),
            simulated_code="246810",
        ),
        "face": FacePage(screen=screen, holder=HOLDER, answer_url="#", back_url="#"),
        "window": WindowPage(
            screen=screen,
            window=_window(screen),
            back_url="#",
            why="window-human",
            keeper="古丽·测试",
            slip_url="#",
        ),
        "working": WorkingPage(
            screen=screen, what="record", next_url="#", usual_seconds=3, longest_seconds=20
        ),
        "decision": DecisionPage(
            screen=screen,
            name=wording("insurance", screen),
            holder=HOLDER,
            granted=True,
            outcome=chinese("参加企业职工基本养老保险，缴费到 2026 年 10 月。"),
            facts=(
                Fact(chinese("险种"), chinese("职工养老、失业、工伤")),
                Fact(chinese("参保单位"), chinese("示例单位（模拟数据）")),
                Fact(chinese("累计缴费"), chinese("86 个月")),
            ),
            reasons_url="#",
            window_url="#",
            print_url="#",
            pages=2,
            ways_url="#",
        ),
        "decision-fee": DecisionPage(
            screen=screen,
            name=wording("estate", screen),
            holder=HOLDER,
            granted=True,
            outcome=chinese("查到 1 条登记。"),
            facts=(Fact(chinese("登记"), chinese("1 条")),),
            reasons_url="#",
            window_url="#",
            ways_url="#",
            fee="10.00",
        ),
        "decision-nothing-found": DecisionPage(
            screen=screen,
            name=wording("insurance", screen),
            holder=HOLDER,
            granted=True,
            found=False,
            outcome=chinese("没有查到记录。这也可以打印成证明。"),
            facts=(Fact(chinese("查询结果"), chinese("未查询到参保记录")),),
            reasons_url="#",
            window_url="#",
            print_url="#",
        ),
        "reasons": ReasonsPage(
            screen=screen,
            name=wording("insurance", screen),
            granted=True,
            reasons=(
                Reason(chinese("身份证在有效期内，读卡与本人一致")),
                Reason(chinese("参保库中有本人记录")),
                Reason(chinese("没有别人正在代办同一件事"), met=False),
            ),
            inputs=(
                Fact(chinese("参保状态"), chinese("正常参保")),
                Fact(chinese("第二次核对"), chinese("短信验证码")),
            ),
            rule="canbao-1",
            version="3f9c21a7",
            decided_at=AT,
            back_url="#",
            window_url="#",
        ),
        "refusal": RefusalPage(
            screen=screen, code="name_unprintable", window_url="#", home_url="#"
        ),
        "refusal-expired": RefusalPage(
            screen=screen, code="card_expired", again_url="#", window_url="#"
        ),
    }


def _paper(screen: Screen) -> dict[str, Page]:
    done, now, ahead = StepState.DONE, StepState.NOW, StepState.AHEAD
    reprint = Reprint("72941836", AT.replace(day=22), "#")
    nearby = (
        Nearby(chinese("松他克镇便民服务中心"), chinese("步行 6 分钟 · 24 小时")),
        Nearby(chinese("示例银行网点"), chinese("步行 11 分钟 · 24 小时")),
    )
    return {
        "printing": PrintingPage(
            screen=screen,
            state_url="#",
            version="1",
            steps=(
                Step("step-identity", done, HOLDER),
                Step("step-record", done, "2026-11"),
                Step("step-document", done, "2"),
                Step("step-printing", now),
                Step("step-take", ahead),
            ),
            pages_done=1,
            pages=2,
            seconds_left=10,
            card_left=True,
            reprinted=True,
        ),
        "trouble": TroublePage(
            screen=screen,
            trouble="paper_out",
            pages_done=1,
            pages=2,
            state_url="#",
            version="2",
            wait_url="#",
            reprint=reprint,
            nearby=nearby,
            told_at=AT,
        ),
        "trouble-first": TroublePage(
            screen=screen,
            trouble="cover_open",
            pages_done=0,
            pages=2,
            state_url="#",
            version="2",
            wait_url="#",
            reprint_url="#",
            told_at=AT,
        ),
        "trouble-paid": TroublePage(
            screen=screen,
            trouble="paper_out",
            pages_done=0,
            pages=1,
            state_url="#",
            version="2",
            wait_url="#",
            reprint_url="#",
            nearby=nearby,
            money=MoneyInstead("10.00", "#"),
        ),
        "not-printed-paid": NotPrintedPage(
            screen=screen,
            trouble="jam",
            pages_done=0,
            pages=1,
            rate_url="#",
            retry_url="#",
            reprint=reprint,
            nearby=nearby,
            money=MoneyInstead("10.00", "#"),
        ),
        "not-printed-returning": NotPrintedPage(
            screen=screen,
            trouble="jam",
            pages_done=0,
            pages=1,
            rate_url="#",
            money=MoneyInstead("10.00"),
        ),
        "came_out": CameOutPage(screen=screen, pages=2, answer_url="#", card_left=True),
        "not_printed": NotPrintedPage(
            screen=screen,
            trouble="jam",
            pages_done=1,
            pages=2,
            rate_url="#",
            retry_url="#",
            reprint=reprint,
            nearby=nearby,
        ),
        "unknown": UnknownPage(screen=screen, pages_done=0, pages=2, answer_url="#"),
        "reprint": ReprintPage(
            screen=screen,
            answer_url="#",
            back_url="#",
            tries_left=4,
            typed="72941836",
            problem=FieldProblem("code-unknown"),
        ),
        "reprint-scan": ReprintPage(
            screen=screen,
            answer_url="#",
            back_url="#",
            problem=FieldProblem("scan-not-fitting"),
            scan_nonce="an-issued-nonce",
            scanned_url="/page/notice",
            again_url="/page/reprint",
        ),
        "reprint-no-card": ReprintPage(
            screen=screen,
            answer_url="#",
            back_url="#",
            problem=FieldProblem("scan-is-proof"),
            reader_away=True,
        ),
    }


def _phones(screen: Screen) -> dict[str, Page]:
    phones = {"holder": HOLDER, "bind_url": "#", "back_url": "#"}
    address = "https://zwfw.atushi.example.test/m/me/prove#72941836"
    code = BindingCodePage(
        screen=screen,
        code="72941836",
        until=AT,
        qr=QrDrawing(*qr_path(address)),
        back_url="#",
        slip_url="#",
    )
    return {
        "own_phones": OwnPhonesPage(screen=screen, phones=3, stop_url="#", **phones),  # type: ignore[arg-type]
        "own-phones-stopped": OwnPhonesPage(screen=screen, phones=0, stopped=3, **phones),
        "own-phones-none": OwnPhonesPage(screen=screen, phones=0, stopped=0, **phones),
        "stop_phones": StopPhonesPage(screen=screen, phones=3, stop_url="#", back_url="#"),
        "binding_code": code,
        "binding-code-asked": replace(code, slip_url=None, slip_asked=True),
    }


def _leaving(screen: Screen) -> dict[str, Page]:
    return {
        "rating": RatingPage(screen=screen, levels=_levels(), rate_url="#", skip_url="#", pages=2),
        "ended": EndedPage(screen=screen, attract_url="#", left_card=LeftCard.LEFT),
        "ended-codes": EndedPage(screen=screen, attract_url="#", why="codes"),
        "help": HelpPage(screen=screen, back_url="#"),
        "looks": LooksPage(screen=screen, back_url="#"),
        "still_there": StillTherePage(screen=screen, seconds=30, continue_url="#", end_url="#"),
        "out_of_service": OutOfServicePage(
            screen=screen,
            reason="hardware",
            until=AT.replace(hour=9),
            told_at=AT,
            nearby=(Nearby(chinese("示例银行网点"), chinese("步行 11 分钟")),),
        ),
        "not_a_terminal": NotATerminalPage(screen=screen),
    }


def examples(screen: Screen) -> dict[str, Page]:
    """Every page of the kiosk by name, drawn for *screen*."""
    parts = (
        _begin,
        _ladder,
        _identity,
        _paper,
        _phones,
        one_code_pages,
        wallet_pages,
        booking_pages,
        bill_pages,
        queue_pages,
        paying_pages,
        result_pages,
        papers_pages,
        life_pages,
        _leaving,
    )
    return {name: page for part in parts for name, page in part(screen).items()}
