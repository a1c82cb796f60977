"""
One's own certificates at the terminal (我的证照): found for the card or the phone, and printed.

Departments are asked once in a visit, while the page says that it works. No number of a
certificate is drawn on the screen: it stands on the paper.
"""

from datetime import timedelta

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.certificates import wallet_keeping
from kiosk_server.certificates.copies import CopyWish, copies_of, copy_for, serves
from kiosk_server.certificates.holders import masked_name_of, person
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.ports import Errand as PlatformErrand
from kiosk_server.certificates.queries import copy_words
from kiosk_server.certificates.rights import certificate_for, holders_for
from kiosk_server.certificates.wallet import view, wallet_of
from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.core.identifiers import is_id
from kiosk_server.printing.own_papers import (
    last_paper,
    print_again,
    print_copy,
    print_made_copy,
    print_view,
)
from kiosk_server.visits.actors import resident_at
from kiosk_server.visits.drafts import draft_of, put_draft
from kiosk_server.visits.models import Visit
from kiosk_server.web.request_context import database, settings
from kiosk_server.web.words import words
from kiosk_ui.openness import printer_here
from kiosk_ui.outside import copy_tools, platform
from kiosk_ui.pages.turning import turned
from kiosk_ui.pages.wanting import wanted
from kiosk_ui.paging import rows_a_page
from kiosk_ui.presenters.wording import chinese
from kiosk_ui.showing import chinese_words, show, this_screen
from kiosk_ui.view_models import (
    Choice,
    Language,
    Stage,
    WalletCertificatePage,
    WalletPage,
    WalletRow,
    Wording,
    WorkingPage,
)
from kiosk_ui.visiting import deed, this_visit

PURPOSES = ("service", "school", "work", "housing", "bank")
OWN = "own"
LASTS = timedelta(days=30)
_FETCHED = "wallet_fetched"
_PURPOSE_TOLD = "居民在自助机查看证照"


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/wallet", endpoint="wallet")(wallet)
    blueprint.post("/wallet/fetch", endpoint="fetch_wallet")(fetch_wallet)
    blueprint.get("/wallet/<certificate_id>", endpoint="wallet_certificate")(certificate)
    blueprint.post("/wallet/<certificate_id>", endpoint="print_certificate")(print_certificate)
    blueprint.get("/wallet/copies/<copy_id>", endpoint="wallet_copy")(made_copy)
    blueprint.post("/wallet/copies/<copy_id>", endpoint="print_made_copy")(print_one_made)
    blueprint.post("/wallet/again", endpoint="print_own_again")(print_own_again)


def wallet() -> ResponseReturnValue:
    """Show what there is; before departments were asked, the page that asks them."""
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        fetched = _FETCHED in draft_of(session, visit)
        rows = _rows(session, visit, screen.language) if fetched else []
        last = last_paper(session, visit)
        closed = printer_here(session, screen.language)
    if not fetched:
        return show(
            WorkingPage(
                screen=screen,
                what="wallet",
                next_url=url_for("kiosk.fetch_wallet"),
                usual_seconds=2,
                longest_seconds=int(wallet_keeping.PATIENCE_SECONDS),
                stage=Stage.RESULT,
            )
        )
    failed = last is not None and not last.came_out
    shown, paging = turned(rows, rows_a_page(screen) - failed, url_for("kiosk.wallet"))
    return show(
        WalletPage(
            screen=screen,
            rows=shown,
            back_url=url_for("kiosk.services"),
            paging=paging,
            closed=closed,
            failed=last.title if last is not None and failed else None,
            again_url=url_for("kiosk.print_own_again")
            if last is not None and last.may_print_again and closed is None
            else None,
        )
    )


def fetch_wallet() -> ResponseReturnValue:
    """Ask the departments, between units of work, for whoever stands here."""
    visit = this_visit()
    mine = visit.resident_id or ""
    wallet_keeping.refresh(
        database(),
        platform(),
        person(mine),
        PlatformErrand(_PURPOSE_TOLD, f"resident:{mine}"),
        by=resident_at(visit),
        kept_for=timedelta(hours=settings().certificates_kept_hours),
    )
    with deed() as (session, held):
        put_draft(session, held, **{_FETCHED: "yes"})
    return redirect(url_for("kiosk.wallet"), 303)


def certificate(certificate_id: str) -> ResponseReturnValue:
    """Ask what it is printed for."""
    with database().reading() as session:
        screen = this_screen(session)
        seen = view(session, _held(session, certificate_id))
    return show(
        WalletCertificatePage(
            screen=screen,
            title=chinese(seen.title, screen.language),
            issuer=chinese(seen.issuer, screen.language),
            until=seen.valid_until,
            purposes=tuple(_choice(code) for code in (OWN, *PURPOSES)),
            print_url=url_for("kiosk.print_certificate", certificate_id=certificate_id),
            back_url=url_for("kiosk.wallet"),
            days=LASTS.days,
        )
    )


def print_certificate(certificate_id: str) -> ResponseReturnValue:
    """Print a copy for the purpose that was chosen, or the mere view."""
    purpose = request.form.get("purpose", "")
    with database().reading() as session:
        seen = view(session, _held(session, certificate_id))
    visit_id = this_visit().id
    if purpose == OWN:
        print_view(database(), copy_tools(), visit_id=visit_id, certificate_id=certificate_id)
    elif purpose in PURPOSES:
        until = clock.beijing_today() + LASTS
        wish = CopyWish(
            purpose=chinese_words(f"copy-for-{purpose}"),
            recipient="",
            fields=tuple(field.id for field in seen.type.fields if field.id in seen.content),
            valid_until=min(until, seen.valid_until or until),
        )
        print_copy(
            database(), copy_tools(), visit_id=visit_id, certificate_id=certificate_id, wish=wish
        )
    else:
        return redirect(url_for("kiosk.wallet_certificate", certificate_id=certificate_id), 303)
    return _to_printer()


def made_copy(copy_id: str) -> ResponseReturnValue:
    """Show a copy that was made before, to be printed as it is."""
    with database().reading() as session:
        screen = this_screen(session)
        copy = copy_for(session, this_visit().resident_id or "", _id(copy_id))
        row = session.get_one(Certificate, copy.certificate_id)
        purpose = copy_words(session, copy).purpose
    return show(
        WalletCertificatePage(
            screen=screen,
            title=chinese(row.kind, screen.language),
            issuer=chinese(row.issuer, screen.language),
            until=copy.valid_until,
            purpose=purpose,
            print_url=url_for("kiosk.print_made_copy", copy_id=copy_id),
            back_url=url_for("kiosk.wallet"),
        )
    )


def print_one_made(copy_id: str) -> ResponseReturnValue:
    """Print it."""
    print_made_copy(database(), visit_id=this_visit().id, copy_id=_id(copy_id))
    return _to_printer()


def print_own_again() -> ResponseReturnValue:
    """Print the paper that did not come out once more; it says 重打."""
    print_again(database(), copy_tools(), visit_id=this_visit().id)
    return _to_printer()


def _to_printer() -> ResponseReturnValue:
    return wanted(make_response(redirect(url_for("kiosk.printing"), 303)))


def _rows(session: Session, visit: Visit, language: Language) -> list[WalletRow]:
    mine = visit.resident_id or ""
    found = []
    for holder in holders_for(session, mine):
        whose = "" if holder == person(mine) else masked_name_of(session, holder)
        found += [
            WalletRow(
                chinese(one.title, language),
                url_for("kiosk.wallet_certificate", certificate_id=one.id),
                one.valid_until,
                whose,
            )
            for entry in wallet_of(session, holder).entries
            for one in entry.certificates
            if one.verdict.genuine
        ]
    for copy in copies_of(session, mine):
        if copy.pdf_file_id is not None and serves(copy):
            row = session.get_one(Certificate, copy.certificate_id)
            address = url_for("kiosk.wallet_copy", copy_id=copy.id)
            purpose = copy_words(session, copy).purpose
            title = chinese(row.kind, language)
            found.append(WalletRow(title, address, copy.valid_until, purpose=purpose))
    return found


def _held(session: Session, certificate_id: str) -> Certificate:
    return certificate_for(session, this_visit().resident_id or "", _id(certificate_id))


def _id(text: str) -> str:
    if not is_id(text):
        raise NotFound
    return text


def _choice(code: str) -> Choice:
    word = f"copy-for-{code}"
    return Choice(code, Wording(words(word), kept=chinese_words(word)), code == OWN)
