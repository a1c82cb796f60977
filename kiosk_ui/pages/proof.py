"""The second proof that the holder stands here: a code to the phone, or an outside comparison."""

from collections.abc import Iterator

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk_server.cases.handling import ContactKnown, NotReady, contact_of_visit
from kiosk_server.cases.ports import NoContact
from kiosk_server.core.clock import to_beijing
from kiosk_server.core.errors import Refused
from kiosk_server.residents.one_time_codes import CODE_DIGITS
from kiosk_server.visits import presence
from kiosk_server.visits import queries as visits
from kiosk_server.visits.drafts import draft_of
from kiosk_server.visits.models import EndReason, Visit
from kiosk_server.visits.ports import Likeness, PresenceCheck
from kiosk_server.visits.presence import (
    CodeExpired,
    CodeWrong,
    NotProven,
    PhoneCodeRefused,
    PhoneCodeSent,
    Proven,
    VisitEnded,
)
from kiosk_server.web.request_context import database
from kiosk_ui.outside import (
    messages_simulated,
    presence_check,
    records,
    sends_messages,
    simulated_code,
)
from kiosk_ui.pages.ladder import ladder_page
from kiosk_ui.pages.leaving import to_ended
from kiosk_ui.showing import show, this_screen
from kiosk_ui.view_models import (
    Closed,
    FacePage,
    FieldProblem,
    PhoneCodePage,
    ProofPage,
    ProofWay,
    Stage,
    WorkingPage,
)
from kiosk_ui.visiting import deed, this_visit

_USUAL_SECONDS, _LONGEST_SECONDS = 2, 10


def register(blueprint: Blueprint) -> None:
    """Put these pages into *blueprint*."""
    blueprint.get("/proof", endpoint="proof")(proof)
    blueprint.get("/proof/phone", endpoint="phone")(phone)
    blueprint.post("/proof/phone/send", endpoint="phone_send")(phone_send)
    blueprint.post("/proof/phone", endpoint="phone_answer")(phone_answer)
    blueprint.get("/proof/face", endpoint="face")(face)
    blueprint.post("/proof/face/begin", endpoint="face_begin")(face_begin)
    blueprint.get("/proof/face/wait", endpoint="face_wait")(face_wait)
    blueprint.post("/proof/face", endpoint="face_answer")(face_answer)


def proof() -> ResponseReturnValue:
    """
    Offer the two ways; one that this person does not have is greyed with its reason.

    The source is asked once in a visit whether it holds a phone: nothing is offered that fails.
    """
    visit = this_visit()
    known = contact_of_visit(database(), records(), visit_id=visit.id)
    with database().reading() as session:
        screen = this_screen(session)
    return show(
        ProofPage(
            screen=screen,
            holder=_holder(visit),
            ways=tuple(_ways(known)),
            window_url=url_for("kiosk.another_way"),
            back_url=url_for("kiosk.services"),
        )
    )


def phone() -> ResponseReturnValue:
    """Ask for the code that was sent; where none was, send one first."""
    with database().reading() as session:
        sent = visits.phone_code(session, this_visit())
    if sent is None:
        return _first("code", url_for("kiosk.phone_send"))
    return _phone_page()


def phone_send() -> ResponseReturnValue:
    """Send a code to the phone that the record source holds; limits are kept as rows."""
    visit = this_visit()
    if not isinstance(contact_of_visit(database(), records(), visit_id=visit.id), ContactKnown):
        return redirect(url_for("kiosk.proof"), 303)
    with deed() as (session, held):
        number = draft_of(session, held)["phone"]
        outcome = presence.ask_phone_code(session, held, phone=number)
    match outcome:
        case PhoneCodeSent():
            return redirect(url_for("kiosk.phone"), 303)
        case PhoneCodeRefused():
            return ladder_page("too_many")


def phone_answer() -> ResponseReturnValue:
    """Compare what was typed; five wrong codes end the visit."""
    typed = request.form.get("code", "").strip()
    missing = CODE_DIGITS - len(typed)
    if missing > 0:
        return _phone_page(typed=typed, problem=FieldProblem("code-short", {"missing": missing}))
    with deed() as (session, visit):
        language = visit.language
        outcome = presence.check_phone_code(session, visit, typed)
    match outcome:
        case Proven():
            return redirect(url_for("kiosk.deciding"), 303)
        case CodeWrong():
            return _phone_page(problem=FieldProblem("code-wrong"))
        case CodeExpired():
            return _phone_page(problem=FieldProblem("code-expired"))
        case VisitEnded():
            return to_ended(EndReason.CODES, language)


def face() -> ResponseReturnValue:
    """Show the outside comparison; where none was begun, begin it first."""
    visit, check = this_visit(), _check()
    with database().reading() as session:
        begun = "face_ticket" in draft_of(session, visit)
        screen = this_screen(session)
    if not begun:
        return _first("face", url_for("kiosk.face_begin"))
    return show(
        FacePage(
            screen=screen,
            holder=_holder(visit),
            answer_url=url_for("kiosk.face_answer"),
            back_url=url_for("kiosk.proof"),
            next_url="" if check.simulated else url_for("kiosk.face_wait"),
            answers=("same", "other", "unclear") if check.simulated else (),
            simulated=check.simulated,
        )
    )


def face_begin() -> ResponseReturnValue:
    """Begin one comparison; three in a visit are enough."""
    presence.begin_face(database(), _check(), visit_id=this_visit().id)
    return redirect(url_for("kiosk.face"), 303)


def face_wait() -> ResponseReturnValue:
    """Ask the outside service how far it is, by a form that sends itself."""
    return _first("face", url_for("kiosk.face_answer"))


def face_answer() -> ResponseReturnValue:
    """Hear what the comparison found; a simulation hears it from its button."""
    said = request.form.get("answer")
    outcome = presence.face_outcome(database(), _check(), visit_id=this_visit().id, said=said)
    match outcome:
        case Proven():
            return redirect(url_for("kiosk.deciding"), 303)
        case NotProven(Likeness.WAITING):
            return redirect(url_for("kiosk.face"), 303)
        case NotProven(likeness):
            return _not_proven(likeness)


def _not_proven(likeness: Likeness) -> ResponseReturnValue:
    codes = {Likeness.OTHER: "face_not_same", Likeness.UNCLEAR: "face_unclear"}
    return ladder_page(codes.get(likeness, "source_unavailable"))


def _first(what: str, address: str) -> ResponseReturnValue:
    """Show what is being done; the page's own form does it, since a GET changes nothing."""
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.proof"))
    return show(
        WorkingPage(
            screen=screen,
            what=what,
            next_url=address,
            usual_seconds=_USUAL_SECONDS,
            longest_seconds=_LONGEST_SECONDS,
            stage=Stage.IDENTITY,
        )
    )


def _phone_page(*, typed: str = "", problem: FieldProblem | None = None) -> ResponseReturnValue:
    with database().reading() as session:
        screen = this_screen(session, back=url_for("kiosk.phone"))
        sent = visits.phone_code(session, this_visit())
        shown = simulated_code(session, sent)
    return show(
        PhoneCodePage(
            screen=screen,
            phone=sent.masked_phone if sent else "",
            answer_url=url_for("kiosk.phone_answer"),
            resend_url=url_for("kiosk.phone_send"),
            back_url=url_for("kiosk.proof"),
            digits=CODE_DIGITS,
            typed=typed,
            problem=problem,
            simulated_code=shown,
            coming_url=url_for("kiosk.phone") if messages_simulated() and not shown else None,
        )
    )


def _ways(known: ContactKnown | NoContact | NotReady) -> Iterator[ProofWay]:
    if presence_check() is not None:
        yield ProofWay("face", url_for("kiosk.face"))
    if sends_messages():
        yield _phone_way(known)


def _check() -> PresenceCheck:
    check = presence_check()
    if check is None:
        raise Refused("closed")
    return check


def _phone_way(known: ContactKnown | NoContact | NotReady) -> ProofWay:
    address = url_for("kiosk.phone")
    match known:
        case ContactKnown(masked_phone):
            return ProofWay("phone", address, masked_phone)
        case NoContact():
            return ProofWay("phone", address, closed=Closed("no-phone"))
        case NotReady("source_asleep", until) if until is not None:
            return ProofWay("phone", address, closed=Closed("source-asleep", to_beijing(until)))
        case NotReady():
            return ProofWay("phone", address, closed=Closed("source-down"))


def _holder(visit: Visit) -> str:
    with database().reading() as session:
        return visits.masked_holder(session, visit)
