"""Before the card: who reads what, why, for how long; and what the result is for."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.catalogue import queries as catalogue
from kiosk_server.catalogue.queries import PublishedItem
from kiosk_server.core.errors import Invalid
from kiosk_server.places.service_groups import group_of
from kiosk_server.visits import rules
from kiosk_server.visits.carrying import came_back
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.errand_state import NOTICE_OF, Errand, errand_of
from kiosk_server.visits.errands import begin
from kiosk_server.visits.services import choose_item, consent, state_purpose
from kiosk_server.web.request_context import database
from kiosk_server.web.words import words
from kiosk_ui.booking_plan import keep
from kiosk_ui.openness import card_here, opening_here, reprint_here
from kiosk_ui.presenters.wording import titled, worded
from kiosk_ui.showing import centre_of_terminal, chinese_words, show, this_screen
from kiosk_ui.view_models import (
    Choice,
    FieldProblem,
    Language,
    NoticePage,
    PurposePage,
    ReadingRow,
    Screen,
    Wording,
)
from kiosk_ui.visiting import chosen_item, deed, handling_of, this_visit

REPRINT_NOTICE = "reprint/notice/1"
"""The version of the words `notice-reprint-…` that a reprint's reading is agreed to under."""
_BEFORE = {Errand.BOOKINGS: "kiosk.at_window", Errand.CHECK_IN: "kiosk.check_in"}


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/notice", endpoint="notice")(notice)
    blueprint.post("/notice", endpoint="agree")(agree)
    blueprint.get("/purpose", endpoint="purpose")(purpose)
    blueprint.post("/purpose", endpoint="purpose_answer")(purpose_answer)


def notice() -> ResponseReturnValue:
    """Show what is read from the card before it is read (P34)."""
    code, visit = request.args.get("item"), this_visit()
    with database().reading() as session:
        screen = this_screen(session)
        errand = errand_asked() or (errand_of(session, visit) if code is None else None)
        if errand is not None:
            no_card = card_here(session, screen.language) is not None
            if no_card and errand is Errand.OWN_PHONES:
                return redirect(url_for("kiosk.services"), 303)
            body = worded(centre_of_terminal(session).names, screen.language)
            return show(_notice_of_errand(screen, body, errand, reader_away=no_card))
        if code is None and visit.reprint_right_id is not None:
            body = worded(centre_of_terminal(session).names, screen.language)
            away = reprint_here(session).reader_away
            return show(_notice_of_reprint(screen, body, reader_away=away))
        item = catalogue.find(session, code) if code else chosen_item(session, visit)
        opening = opening_here(session, item.content, screen.language)
    if opening.closed is not None:
        return redirect(url_for("kiosk.guide", code=item.code), 303)
    return show(_notice_of_item(screen, item, reader_away=opening.reader_away))


def agree() -> ResponseReturnValue:
    """Take up the service and record the consent to the very version that was shown."""
    code, errand = request.args.get("item"), errand_asked()
    with deed() as (session, visit):
        if errand is not None:
            own_phones = errand is Errand.OWN_PHONES
            if own_phones and card_here(session, Language(visit.language)) is not None:
                return redirect(url_for("kiosk.services"), 303)
            begin(session, visit, errand, text_version=request.args.get("version", ""))
            if (matter := _matter_asked(errand)) is not None:
                keep(session, visit, services=matter)
            phone_first = errand in (Errand.WALLET, Errand.RESULTS)
            return redirect(url_for("kiosk.one_code" if phone_first else "kiosk.card"), 303)
        if code is not None:
            content = catalogue.find(session, code).content
            if opening_here(session, content, Language(visit.language)).closed is not None:
                return redirect(url_for("kiosk.guide", code=code), 303)
            if not came_back(session, visit, code):
                choose_item(session, visit, code)
        consent(session, visit, text_version=request.args.get("version", ""))
    return redirect(url_for("kiosk.card"), 303)


def errand_asked() -> Errand | None:
    """Return the errand that this request names, if it names one."""
    named = request.args.get("errand")
    return Errand(named) if named in set(Errand) else None


def _matter_asked(errand: Errand) -> str | None:
    """Return the matter that a guide sends its reader to book, where this request names one."""
    named = request.args.get("service")
    return named if errand is Errand.BOOKINGS and named and group_of([named]) else None


def purpose() -> ResponseReturnValue:
    """Ask what the result is for."""
    return _purpose_page()


def purpose_answer() -> ResponseReturnValue:
    """Keep purpose and promise; what is missing is said above the question."""
    chosen, promised = request.form.get("purpose", ""), "promise" in request.form
    try:
        with deed() as (session, visit):
            state_purpose(session, visit, purpose=chosen, promised=promised)
    except Invalid as invalid:
        code = invalid.fields[0].code.replace("_", "-")
        return _purpose_page(chosen=chosen, promised=promised, problem=FieldProblem(code))
    return redirect(url_for("kiosk.card"), 303)


def _purpose_page(
    *, chosen: str | None = None, promised: bool = False, problem: FieldProblem | None = None
) -> ResponseReturnValue:
    visit = this_visit()
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.purpose"))
        item = chosen_item(session, visit)
        kept = draft_of(session, visit)
    handling = handling_of(item)
    before = kept.get("purpose") if chosen is None else chosen
    return show(
        PurposePage(
            screen=screen,
            name=titled(item.content.names, screen.language),
            purposes=tuple(
                Choice(each.code, worded(each.words, screen.language), each.code == before)
                for each in handling.purposes
            ),
            promise=worded(handling.promise.words, screen.language)
            if handling.promise
            else Wording(""),
            answer_url=url_for("kiosk.purpose_answer"),
            back_url=url_for("kiosk.notice", item=item.code),
            promised=promised,
            problem=problem,
        )
    )


def _notice_of_item(screen: Screen, item: PublishedItem, *, reader_away: bool) -> NoticePage:
    handling = handling_of(item)
    told, language = handling.notice, screen.language
    row = ReadingRow(
        what=handling.card_fields,
        who=worded(told.who, language),
        why=worded(told.why, language),
        kept=worded(told.kept, language),
    )
    return NoticePage(
        screen=screen,
        name=titled(item.content.names, language),
        rows=(row,),
        version=told.version,
        agree_url=url_for("kiosk.agree", item=item.code, version=told.version),
        back_url=url_for("kiosk.guide", code=item.code),
        reader_away=reader_away,
    )


def _notice_of_reprint(screen: Screen, body: Wording, *, reader_away: bool) -> NoticePage:
    row = ReadingRow(
        what=rules.REPRINT_FIELDS,
        who=body,
        why=Wording(words("notice-reprint-why")),
        kept=Wording(words("notice-reprint-kept")),
    )
    return NoticePage(
        screen=screen,
        name=Wording(words("tile-reprint"), kept=chinese_words("tile-reprint")),
        rows=(row,),
        version=REPRINT_NOTICE,
        agree_url=url_for("kiosk.agree", version=REPRINT_NOTICE),
        back_url=url_for("kiosk.reprint"),
        reader_away=reader_away,
    )


def _notice_of_errand(
    screen: Screen, body: Wording, errand: Errand, *, reader_away: bool
) -> NoticePage:
    word = errand.value.replace("_", "-")
    row = ReadingRow(
        what=rules.ERRAND_FIELDS,
        who=body,
        why=Wording(words(f"notice-{word}-why")),
        kept=Wording(words(f"notice-{word}-kept")),
    )
    return NoticePage(
        screen=screen,
        name=Wording(words(f"row-{word}"), kept=chinese_words(f"row-{word}")),
        rows=(row,),
        version=NOTICE_OF[errand],
        agree_url=url_for(
            "kiosk.agree",
            errand=errand,
            version=NOTICE_OF[errand],
            service=_matter_asked(errand),
        ),
        back_url=url_for(_BEFORE.get(errand, "kiosk.services")),
        reader_away=reader_away,
    )
