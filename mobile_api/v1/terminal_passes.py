"""`/terminal-passes`, `/carried-forms`: this phone at a terminal, and what was begun there."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from flask import g
from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.residents.assurance import Act
from kiosk_server.showing.pins import require_unlocked
from kiosk_server.visits import carrying, phone_passes
from kiosk_server.visits.carrying import FormOnPhone
from kiosk_server.visits.pass_life import PassErrand, PassState, PassWay
from kiosk_server.visits.phone_passes import PassView, WhichTerminal
from kiosk_server.web.languages import DEFAULT
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.schemas import Asked, Id
from mobile_api.wallets import actor_id

Token = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{22}$")]


class PassWanted(Asked):
    """What comes back to the terminal with the code: a form that was carried here, or nothing."""

    form_id: Id | None = None


class TerminalPass(BaseModel):
    """A code for a terminal's scanner; its token is told here and never again."""

    id: str
    token: str
    address: str = Field(description="What stands in the QR.")
    made_at: datetime
    refresh_at: datetime = Field(description="When the next one should be asked for.")
    expires_at: datetime


class TerminalScanned(Asked):
    """The end of the address in a terminal's code."""

    token: Token


class WhereItIs(BaseModel):
    """Which terminal, and where."""

    id: str
    site: str
    place: str


class PassSeen(BaseModel):
    """What has become of a pass. `terminal` is null before there is one and after its visit."""

    id: str
    way: PassWay
    errand: PassErrand
    state: PassState
    over: bool = Field(description="Whether its time has passed before it came to anything.")
    number: str = Field(description="The terminal's screen shows the same.")
    terminal: WhereItIs | None
    at_terminal_at: datetime | None


class PurposeChosen(Asked):
    """What the result is for, by the item's own code, and the promise that belongs to it."""

    purpose: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    promised: bool = False


class CarriedPurpose(BaseModel):
    """One purpose that may be chosen."""

    code: str
    words: str


class CarriedForm(BaseModel):
    """A form that was begun at a terminal and goes on here."""

    id: str
    item: str
    title: str
    purpose: str | None
    purposes: list[CarriedPurpose]
    promise: str | None = Field(description="What is promised, in words; null where nothing is.")
    promised: bool
    carried_at: datetime
    expires_at: datetime


class CarriedForms(BaseModel):
    """Every form that waits here, the newest first: never more than five."""

    items: list[CarriedForm]


def make_terminal_pass(body: PassWanted) -> TerminalPass:
    """Make the code that this phone holds to a terminal's scanner."""
    with database().unit_of_work() as session:
        require_unlocked(session, holder())
        if body.form_id is not None:
            carrying.form_of(session, actor_id(), body.form_id)
        made = phone_passes.make_pass(session, holder(), form_id=body.form_id)
    return TerminalPass(
        id=made.id,
        token=made.token,
        address=made.address(settings().public_origin),
        made_at=made.made_at,
        refresh_at=made.refresh_at,
        expires_at=made.expires_at,
    )


def see_terminal_pass(pass_id: str) -> PassSeen:
    """Tell what has become of a pass of this phone."""
    with database().reading() as session:
        return _seen(phone_passes.watch(session, holder(), pass_id))


def stop_terminal_pass(pass_id: str) -> None:
    """Take back a code that nobody scanned."""
    with database().unit_of_work() as session:
        phone_passes.stop(session, holder(), pass_id)


def claim_terminal(body: TerminalScanned) -> PassSeen:
    """Say that this phone scanned a terminal's code; nothing is confirmed by it."""
    with database().unit_of_work() as session:
        require_unlocked(session, holder())
        return _seen(phone_passes.claim(session, holder(), body.token))


def confirm_terminal(pass_id: str) -> PassSeen:
    """Confirm that the terminal shows the same number."""
    with database().unit_of_work() as session:
        return _seen(phone_passes.confirm(session, holder(), pass_id))


def deny_terminal(pass_id: str) -> PassSeen:
    """Say that it was not me: whatever was opened by it ends."""
    with database().unit_of_work() as session:
        return _seen(phone_passes.deny(session, holder(), pass_id))


def list_carried_forms() -> CarriedForms:
    """List the forms that wait here."""
    with database().reading() as session:
        found = carrying.forms_of(session, actor_id())
    return CarriedForms(items=[_form(each) for each in found])


def see_carried_form(form_id: str) -> CarriedForm:
    """Show one of them."""
    with database().reading() as session:
        return _form(carrying.form_of(session, actor_id(), form_id))


def answer_carried_form(form_id: str, body: PurposeChosen) -> CarriedForm:
    """Choose what the result is for."""
    with database().unit_of_work() as session:
        changed = carrying.answer(
            session, actor_id(), form_id, purpose=body.purpose, promised=body.promised
        )
    return _form(changed)


def drop_carried_form(form_id: str) -> None:
    """Throw one of them away."""
    with database().unit_of_work() as session:
        carrying.drop(session, actor_id(), form_id, by=holder().actor)


def _seen(found: PassView) -> PassSeen:
    return PassSeen(
        id=found.id,
        way=found.way,
        errand=found.errand,
        state=found.state,
        over=found.over,
        number=found.number,
        terminal=where_it_is(found.terminal) if found.terminal else None,
        at_terminal_at=found.at_terminal_at,
    )


def where_it_is(found: WhichTerminal) -> WhereItIs:
    """Return a terminal and its place in the caller's language."""
    return WhereItIs(id=found.id, site=_in_words(found.site), place=found.place)


def _form(found: FormOnPhone) -> CarriedForm:
    handling = found.content.handling
    purposes = handling.purposes if handling else ()
    promise = handling.promise if handling else None
    return CarriedForm(
        id=found.id,
        item=found.item_code,
        title=_in_words(found.content.names),
        purpose=found.purpose,
        purposes=[CarriedPurpose(code=one.code, words=_in_words(one.words)) for one in purposes],
        promise=_in_words(promise.words) if promise else None,
        promised=found.promised,
        carried_at=found.carried_at,
        expires_at=found.expires_at,
    )


def _in_words(words: Mapping[str, str]) -> str:
    return words.get(g.get("language") or DEFAULT, words[DEFAULT])


CONFIRM = signed_in(Act.CONFIRM_TERMINAL)
_NO_PASS = {HTTPStatus.NOT_FOUND: ("pass_not_found",)}
_NO_FORM = {HTTPStatus.NOT_FOUND: ("form_not_found",)}
_MOST = {HTTPStatus.TOO_MANY_REQUESTS: ("too_many_phone_pass",)}
DOORS = (
    Door(
        "POST",
        "/terminal-passes",
        make_terminal_pass,
        CONFIRM,
        HTTPStatus.CREATED,
        refuses={HTTPStatus.FORBIDDEN: ("pin_needed",), **_NO_FORM, **_MOST},
        holds_secrets=True,
    ),
    Door(
        "POST",
        "/terminal-passes/scanned",
        claim_terminal,
        CONFIRM,
        refuses={
            HTTPStatus.FORBIDDEN: ("pin_needed", "pass_not_yours"),
            HTTPStatus.CONFLICT: ("pass_over", "pass_taken"),
            **_NO_PASS,
            **_MOST,
        },
    ),
    Door("GET", "/terminal-passes/<pass_id>", see_terminal_pass, CONFIRM, refuses=_NO_PASS),
    Door(
        "DELETE",
        "/terminal-passes/<pass_id>",
        stop_terminal_pass,
        CONFIRM,
        HTTPStatus.NO_CONTENT,
        refuses=_NO_PASS,
    ),
    Door(
        "POST",
        "/terminal-passes/<pass_id>/confirmation",
        confirm_terminal,
        CONFIRM,
        refuses={HTTPStatus.CONFLICT: ("pass_over",), **_NO_PASS},
    ),
    Door(
        "POST",
        "/terminal-passes/<pass_id>/denial",
        deny_terminal,
        CONFIRM,
        refuses=_NO_PASS,
    ),
    Door("GET", "/carried-forms", list_carried_forms, CONFIRM),
    Door("GET", "/carried-forms/<form_id>", see_carried_form, CONFIRM, refuses=_NO_FORM),
    Door(
        "PUT",
        "/carried-forms/<form_id>",
        answer_carried_form,
        CONFIRM,
        refuses={**_NO_FORM, HTTPStatus.UNPROCESSABLE_ENTITY: ("purpose_incomplete",)},
    ),
    Door(
        "DELETE",
        "/carried-forms/<form_id>",
        drop_carried_form,
        CONFIRM,
        HTTPStatus.NO_CONTENT,
        refuses=_NO_FORM,
    ),
)
