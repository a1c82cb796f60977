"""Examples of the kiosk's pages for bills: the sample billers' own words, unreal holders."""

from dataclasses import replace
from datetime import datetime

from kiosk_server.bills.billers import biller_named, billers
from kiosk_server.bills.rules import BillKind
from kiosk_server.core.clock import BEIJING
from kiosk_ui.paging import bills_a_page, bills_shown
from kiosk_ui.presenters.bills import answerable, keys_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.view_models import (
    Answerable,
    BillAccountPage,
    BillAskingPage,
    BillDonePage,
    BillerRow,
    BillersPage,
    BillKindsPage,
    BillKindTile,
    BillRow,
    BillsOwedPage,
    BillTroublePage,
    Closed,
    FieldProblem,
    Page,
    Paging,
    PaidBill,
    Screen,
    Wording,
)

UNTIL = datetime(2026, 11, 25, 6, 0, tzinfo=BEIJING)
HOLDER = "测***·古丽"
RECEIPT = "01KAM7Q3M8ZP5N4R2T6V8X0Y1Z"
REFERENCE = "SIM-20261125-000123"


def bill_pages(screen: Screen) -> dict[str, Page]:
    """From the kind of a bill to its biller's word."""
    return {**_asking(screen), **_owing(screen), **_ending(screen)}


def _asking(screen: Screen) -> dict[str, Page]:
    tiles = tuple(
        BillKindTile(each.kind.value.replace("_", "-"), each.icon, "#") for each in billers()
    )
    rows = tuple(
        BillerRow(worded(each.names, screen.language), each.icon, "#", _who(each.code, screen))
        for each in billers()
        if each.kind in (BillKind.WATER, BillKind.TELEPHONE)
    )
    account = _account("sample-water", screen)
    return {
        "bill_kinds": BillKindsPage(screen=screen, kinds=tiles, back_url="#"),
        "billers": BillersPage(
            screen=screen,
            kind="telephone",
            billers=(rows[0], replace(rows[1], closed=Closed("not-typed-here"))),
            back_url="#",
        ),
        "bill_account": account,
        "bill-account-long": replace(
            _account("sample-cable-tv", screen),
            typed="60100000000",
            problem=FieldProblem("account-invalid"),
        ),
        "bill-account-family": replace(_account("sample-social", screen), found=2),
        "bill_asking": BillAskingPage(
            screen=screen,
            biller=_name("sample-social", screen),
            next_url="#",
            usual_seconds=2,
            longest_seconds=10,
        ),
    }


def _owing(screen: Screen) -> dict[str, Page]:
    row = BillRow("1", HOLDER, "0001", "2026-10", 128_050)
    several = tuple(
        replace(row, bill_id=str(at), chosen=at != 1) for at in range(bills_a_page(screen))
    )
    owed = BillsOwedPage(
        screen=screen,
        biller=_name("sample-social", screen),
        rows=several,
        chosen=3,
        sum_fen=384_150,
        choose_url="#",
        pay_url="#",
        back_url="#",
        another_url="#",
        simulated=True,
        paging=Paging(1, 2, "#"),
    )
    trouble = BillTroublePage(
        screen=screen,
        why="asleep",
        biller=_name("sample-social", screen),
        answerable=_who("sample-social", screen),
        back_url="#",
        until=UNTIL,
    )
    return {
        "bills_owed": owed,
        "bills-owed-one": replace(
            owed, rows=several[:1], chosen=1, another_url=None, paging=Paging()
        ),
        "bills-owed-held": replace(
            owed,
            rows=(*several[:-1], replace(row, held="paid")),
            changed=True,
            simulated=False,
            paging=Paging(),
        ),
        "bills-owed-fixed": replace(owed, another_url=None, fixed=True),
        "bill_trouble": trouble,
        **{
            f"bill-{why}": replace(trouble, why=why, until=None, again_url=again)
            for why, again in {
                "nothing": None,
                "unknown": "#",
                "silent": "#",
                "taken": None,
            }.items()
        },
    }


def _ending(screen: Screen) -> dict[str, Page]:
    row = PaidBill(HOLDER, "2026-10", 128_050, "settled", REFERENCE)
    room = bills_shown(screen)
    done = BillDonePage(
        screen=screen,
        state="settled",
        biller=_name("sample-social", screen),
        answerable=_who("sample-social", screen),
        rows=(row,) * room,
        sum_fen=128_050 * (room + 2),
        receipt=RECEIPT,
        state_url="#",
        version="0",
        another_url="#",
        done_url="#",
        unshown=2,
        slip_url="#",
    )
    waits = tuple(replace(row, state="settling", number=None) for _ in range(room))
    return {
        "bill_done": done,
        "bill-done-settling": replace(
            done, state="settling", rows=waits, unshown=0, waiting=True, slip="asked", slip_url=None
        ),
        "bill-done-unknown": replace(
            done, state="unknown", rows=waits, waiting=True, slip="no", slip_url=None
        ),
        "bill-done-returning": replace(
            done, state="returning", rows=(replace(row, state="returning", number=None),) * room
        ),
        "bill-done-partly": replace(done, state="partly"),
    }


def _account(code: str, screen: Screen) -> BillAccountPage:
    biller = biller_named(code)
    keys = keys_of(biller)
    assert keys is not None
    return BillAccountPage(
        screen=screen,
        biller=_name(code, screen),
        label=worded(biller.account_label, screen.language),
        example=biller.account_example,
        digits=keys.most,
        exact=True,
        answerable=_who(code, screen),
        answer_url="#",
        back_url="#",
        prefix=keys.prefix,
    )


def _name(code: str, screen: Screen) -> Wording:
    return worded(biller_named(code).names, screen.language)


def _who(code: str, screen: Screen) -> Answerable:
    return answerable(biller_named(code), screen.language)
