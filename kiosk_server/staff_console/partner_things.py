"""
What an organisation that verifies is given: people, devices, credentials, signs; and taken.

Who holds a link or a secret holds the thing itself: each is shown once and kept as a digest.
"""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from kiosk_server.core.errors import Invalid
from kiosk_server.partners import people, programs, signs
from kiosk_server.partners.people import Person
from kiosk_server.partners.programs import CredentialWish
from kiosk_server.partners.signs import SignWish
from kiosk_server.printing.documents.codes import qr_path
from kiosk_server.staff.rules import Right
from kiosk_server.staff_console.fleet_view import moment
from kiosk_server.staff_console.partners import HERE, carry_out, show_partner
from kiosk_server.staff_console.session import actor, require
from kiosk_server.web.request_context import database, settings

_ONE = "/partners/<partner_id>"


def add_routes(blueprint: Blueprint) -> None:
    """Put what is given and taken under *blueprint*."""
    blueprint.post(f"{_ONE}/people")(invite_person)
    blueprint.post(f"{_ONE}/people/<member_id>/link")(invite_person_again)
    blueprint.post(f"{_ONE}/people/<member_id>/revoke")(revoke_person)
    blueprint.post(f"{_ONE}/devices")(invite_device)
    blueprint.post(f"{_ONE}/devices/<device_id>/revoke")(revoke_device)
    blueprint.post(f"{_ONE}/credentials")(make_credential)
    blueprint.post(f"{_ONE}/credentials/<credential_id>/rotate")(rotate_secret)
    blueprint.post(f"{_ONE}/credentials/<credential_id>/quota")(set_quota)
    blueprint.post(f"{_ONE}/credentials/<credential_id>/revoke")(revoke_credential)
    blueprint.post(f"{_ONE}/signs")(make_sign)
    blueprint.post(f"{_ONE}/signs/<sign_id>/revoke")(revoke_sign)


def invite_person(partner_id: str) -> ResponseReturnValue:
    """Enter a person and show his link, once."""
    require(Right.PARTNERS_KEEP)
    person = Person(request.form.get("login", ""), request.form.get("name", ""))
    try:
        with database().unit_of_work() as session:
            made = people.invite(session, partner_id, person, by=actor())
    except Invalid as wrong:
        return show_partner(partner_id, "people", wrong.fields), 422
    return _link_page(partner_id, made.token, made.ends_at)


def invite_person_again(partner_id: str, member_id: str) -> ResponseReturnValue:
    """Show a new link for a person; the one before is over."""
    require(Right.PARTNERS_KEEP)
    with database().unit_of_work() as session:
        made = people.invite_again(session, member_id, by=actor())
    return _link_page(partner_id, made.token, made.ends_at)


def revoke_person(partner_id: str, member_id: str) -> ResponseReturnValue:
    """End a person's account and every session of his."""
    return carry_out(
        partner_id, "", lambda session: people.revoke_member(session, member_id, by=actor())
    )


def invite_device(partner_id: str) -> ResponseReturnValue:
    """Show a link that binds the browser which opens it."""
    require(Right.PARTNERS_KEEP)
    with database().unit_of_work() as session:
        made = people.invite_device(session, partner_id, by=actor())
    return _link_page(partner_id, made.token, made.ends_at)


def revoke_device(partner_id: str, device_id: str) -> ResponseReturnValue:
    """Let a device be nobody's, in the middle of whatever is done at it."""
    return carry_out(
        partner_id, "", lambda session: people.revoke_device(session, device_id, by=actor())
    )


def make_credential(partner_id: str) -> ResponseReturnValue:
    """Make a credential and show its secret, once."""
    require(Right.PARTNERS_KEEP)
    form = request.form
    wish = CredentialWish(
        form.get("name", ""),
        tuple(form.getlist("scene")),
        _number(form.get("per_minute", "")),
        _number(form.get("per_day", "")),
    )
    try:
        with database().unit_of_work() as session:
            made = programs.make_credential(session, partner_id, wish, by=actor())
    except Invalid as wrong:
        return show_partner(partner_id, "credentials", wrong.fields), 422
    return _secret_page(partner_id, made)


def rotate_secret(partner_id: str, credential_id: str) -> ResponseReturnValue:
    """Show a new secret; the old one and its tokens are dead."""
    require(Right.PARTNERS_KEEP)
    with database().unit_of_work() as session:
        made = programs.rotate_secret(session, credential_id, by=actor())
    return _secret_page(partner_id, made)


def set_quota(partner_id: str, credential_id: str) -> ResponseReturnValue:
    """Let a credential look more or less often."""
    minute, day = (_number(request.form.get(name, "")) for name in ("per_minute", "per_day"))
    return carry_out(
        partner_id,
        f"quota-{credential_id}",
        lambda session: programs.set_quota(
            session, credential_id, per_minute=minute, per_day=day, by=actor()
        ),
    )


def revoke_credential(partner_id: str, credential_id: str) -> ResponseReturnValue:
    """End a credential for good."""
    return carry_out(
        partner_id,
        "",
        lambda session: programs.revoke_credential(session, credential_id, by=actor()),
    )


def make_sign(partner_id: str) -> ResponseReturnValue:
    """Enter a sign; the organisation prints it at its own desk page."""
    form = request.form
    wish = SignWish(form.get("place", ""), form.get("scene", ""), form.get("purpose", ""))

    def make(session: Session) -> None:
        signs.make_sign(session, partner_id, wish, by=actor())

    return carry_out(partner_id, "signs", make)


def revoke_sign(partner_id: str, sign_id: str) -> ResponseReturnValue:
    """Let a sign ask for nothing any more."""
    return carry_out(
        partner_id, "", lambda session: signs.revoke_sign(session, sign_id, by=actor())
    )


def _link_page(partner_id: str, token: str, ends_at: datetime) -> str:
    address = f"{settings().public_origin}/scan/join/{token}"
    side, path = qr_path(address)
    return render_template(
        "staff/partner_link.html",
        back=f"{HERE}/{partner_id}",
        address=address,
        side=side,
        path=path,
        until=moment(ends_at),
    )


def _secret_page(partner_id: str, made: programs.Secret) -> str:
    return render_template("staff/partner_secret.html", back=f"{HERE}/{partner_id}", made=made)


def _number(typed: str) -> int:
    plain = typed.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 10 else 0
