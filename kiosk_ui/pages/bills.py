"""
Bills of everyday life (生活缴费): what kind, whose, which account. Nobody is asked who he is (P16).
"""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.bills.asking import ask
from kiosk_server.bills.billers import biller_named
from kiosk_server.bills.rules import (
    AccountUnknown,
    Asked,
    Biller,
    BillerAsleep,
    BillerSilent,
    BillKind,
    BillsFound,
    NothingOwed,
    account_of,
)
from kiosk_server.core.errors import Invalid, NotFound
from kiosk_server.visits.actors import resident_at
from kiosk_server.web.biller_gateways import biller_gateways
from kiosk_server.web.request_context import database
from kiosk_ui.bill_draft import BillDraft, Why, bill_draft, put_bill_draft
from kiosk_ui.openness import billers_here
from kiosk_ui.pages.turning import turned
from kiosk_ui.paging import rows_beneath_flow
from kiosk_ui.presenters.bills import answerable, keys_of
from kiosk_ui.presenters.wording import worded
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    BillAccountPage,
    BillAskingPage,
    BillerRow,
    BillersPage,
    BillKindsPage,
    BillKindTile,
    Closed,
    FieldProblem,
    Language,
)
from kiosk_ui.visiting import deed, this_visit

_USUAL_SECONDS, _LONGEST_SECONDS = 2, 10


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/bills", endpoint="bills")(kinds)
    blueprint.get("/bills/kinds/<kind>", endpoint="billers")(billers_of)
    blueprint.get("/bills/billers/<code>", endpoint="bill_account")(account)
    blueprint.post("/bills/billers/<code>", endpoint="bill_account_answer")(account_answer)
    blueprint.get("/bills/asking", endpoint="bill_asking")(asking)
    blueprint.post("/bills/asking", endpoint="ask_biller")(ask_biller)


def kinds() -> ResponseReturnValue:
    """Ask what is to be paid; a kind with one biller leads straight to its account."""
    with database().reading() as session:
        screen = this_screen(session)
    return show(
        BillKindsPage(
            screen=screen,
            kinds=tuple(
                BillKindTile(_word(kind), of[0].icon, _way_to(kind, of))
                for kind in BillKind
                if (of := _of_kind(kind))
            ),
            back_url=url_for("kiosk.services"),
        )
    )


def billers_of(kind: str) -> ResponseReturnValue:
    """Ask whose bill it is; whose accounts ten keys cannot type stands last, with its number."""
    if kind not in set(BillKind):
        raise NotFound
    with database().reading() as session:
        screen = this_screen(session)
    rows = sorted(
        (_row(each, screen.language) for each in _of_kind(BillKind(kind))),
        key=lambda row: row.closed is not None,
    )
    shown, paging = turned(rows, rows_beneath_flow(screen), url_for("kiosk.billers", kind=kind))
    return show(
        BillersPage(
            screen=screen,
            kind=_word(BillKind(kind)),
            billers=shown,
            back_url=url_for("kiosk.bills"),
            paging=paging,
        )
    )


def account(code: str) -> ResponseReturnValue:
    """Ask for the account; with `more`, for another of the family beside what was found."""
    return _account_page(biller_named(code))


def account_answer(code: str) -> ResponseReturnValue:
    """Keep what was typed until its biller was asked; what cannot be an account asks nobody."""
    biller = biller_named(code)
    keys = keys_of(biller)
    if keys is None:
        return redirect(url_for("kiosk.billers", kind=biller.kind.value), 303)
    typed = "".join(request.form.get("account", "").split())
    missing = keys.fewest - len(typed)
    if missing > 0:
        return _account_page(biller, typed, FieldProblem("code-short", {"missing": missing}))
    try:
        number = account_of(biller, keys.prefix + typed)
    except Invalid:
        return _account_page(biller, typed, FieldProblem("account-invalid"))
    with deed() as (session, visit):
        before = bill_draft(session, visit) if "more" in request.args else None
        begun = before if before and before.biller == code and biller.family else None
        draft = begun if begun and begun.order is None else BillDraft(code)
        put_bill_draft(session, visit, draft.asking(number))
    return redirect(url_for("kiosk.bill_asking"), 303)


def asking() -> ResponseReturnValue:
    """Say that the biller is being asked, and how long that takes."""
    visit = this_visit()
    with database().reading() as session:
        draft = bill_draft(session, visit)
        if draft is None or draft.typed is None:
            return redirect(url_for("kiosk.bills_owed" if draft else "kiosk.bills"), 303)
        screen = this_screen(session, back=url_for("kiosk.bill_asking"))
    return show(
        BillAskingPage(
            screen=screen,
            biller=worded(biller_named(draft.biller).names, screen.language),
            next_url=url_for("kiosk.ask_biller"),
            usual_seconds=_USUAL_SECONDS,
            longest_seconds=_LONGEST_SECONDS,
        )
    )


def ask_biller() -> ResponseReturnValue:
    """Ask the biller, with no row held meanwhile; sent twice, the second finds it answered."""
    visit = this_visit()
    with database().reading() as session:
        draft = bill_draft(session, visit)
    if draft is not None and draft.typed is not None:
        by = resident_at(visit)
        told = ask(database(), biller_gateways(), draft.biller, draft.typed, by=by)
        with deed() as (session, visit):
            now = bill_draft(session, visit)
            if now == draft:
                put_bill_draft(session, visit, _after(draft, told))
    return redirect(url_for("kiosk.bills_owed"), 303)


def _after(draft: BillDraft, told: Asked) -> BillDraft:
    match told:
        case BillsFound(bills):
            return draft.with_found(tuple(each.id for each in bills))
        case NothingOwed():
            return draft.without(Why.NOTHING)
        case AccountUnknown():
            return draft.without(Why.UNKNOWN)
        case BillerAsleep(until):
            return draft.without(Why.ASLEEP, until)
        case BillerSilent():
            return draft.without(Why.SILENT)


def _account_page(
    biller: Biller, typed: str = "", problem: FieldProblem | None = None
) -> ResponseReturnValue:
    keys = keys_of(biller)
    if keys is None:
        return redirect(url_for("kiosk.billers", kind=biller.kind.value), 303)
    more = "yes" if "more" in request.args else None
    visit = this_visit()
    with database().reading() as session:
        draft = bill_draft(session, visit) if more else None
        back = url_for("kiosk.bill_account", code=biller.code, more=more)
        screen = this_screen(session, back=back)
    return show(
        BillAccountPage(
            screen=screen,
            biller=worded(biller.names, screen.language),
            label=worded(biller.account_label, screen.language),
            example=biller.account_example,
            digits=keys.most,
            exact=keys.fewest == keys.most,
            answerable=answerable(biller, screen.language),
            answer_url=url_for("kiosk.bill_account_answer", code=biller.code, more=more),
            back_url=url_for("kiosk.bills_owed" if draft else "kiosk.bills"),
            prefix=keys.prefix,
            typed=typed,
            found=len(draft.chosen) if draft else 0,
            problem=problem,
        )
    )


def _of_kind(kind: BillKind) -> list[Biller]:
    return [each for each in billers_here() if each.kind is kind]


def _way_to(kind: BillKind, of: list[Biller]) -> str:
    if len(of) == 1 and keys_of(of[0]) is not None:
        return url_for("kiosk.bill_account", code=of[0].code)
    return url_for("kiosk.billers", kind=kind.value)


def _row(biller: Biller, language: Language) -> BillerRow:
    return BillerRow(
        name=worded(biller.names, language),
        icon=biller.icon,
        url=url_for("kiosk.bill_account", code=biller.code),
        answerable=answerable(biller, language),
        closed=None if keys_of(biller) else Closed("not-typed-here"),
    )


def _word(kind: BillKind) -> str:
    return kind.value.replace("_", "-")
