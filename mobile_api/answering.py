"""
A holder answers a verifier (授权用证、扫码亮证), for the API and the pages alike.

    answer_question(request_id, pin)       lets the verifier have what he asked, once
    refuse_question(request_id)
    read_sign_here(code)                    -> SignRead | SignRefused
    offers_at(sign)                         what of mine serves at a sign, and what it would give
    answer_sign(code, certificate_id, pin)  -> request id

Every yes is behind the phone's PIN, typed for this one answer: what is given is given in clear.
"""

from dataclasses import dataclass

from kiosk_server.certificates.certificate_types import Field
from kiosk_server.certificates.rights import certificate_for, holders_for
from kiosk_server.certificates.wallet import WalletCertificate, view, wallet_of
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.credentials.signs import SignRead, SignRefused, read_sign
from kiosk_server.showing import pins
from kiosk_server.showing.requests import (
    Question,
    Wanted,
    ask_by_sign,
    confirm,
    decline,
    question_for,
)
from kiosk_server.showing.scenes import fields_of, scene_named
from kiosk_server.showing.verifiers import looker_of
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.wallets import actor_id


@dataclass(frozen=True)
class Offer:
    """One certificate that serves at a sign, and the fields that it would give there."""

    certificate: WalletCertificate
    fields: tuple[Field, ...]


def question(request_id: str) -> Question:
    """Return a question to this phone's holder; `NotFound` for anybody else's."""
    with database().reading() as session:
        return question_for(session, holder(), request_id)


def answer_question(request_id: str, pin: str) -> None:
    """Say yes. Raises `Refused("pin_wrong")`, `NotFound`, `Conflict`, `TooMany`."""
    question(request_id)
    _by_pin(pin)
    with database().unit_of_work() as session:
        confirm(session, holder(), request_id)


def refuse_question(request_id: str) -> None:
    """Say no; that needs no PIN."""
    with database().unit_of_work() as session:
        decline(session, holder(), request_id)


def read_sign_here(code: str) -> SignRead | SignRefused:
    """Return what a scanned sign asks, or why it is not believed."""
    with database().reading() as session:
        return read_sign(session, code)


def offers_at(sign: SignRead) -> list[Offer]:
    """Return what this phone's holder, or whoever he holds for, could show at *sign*."""
    scene = scene_named(sign.scene)
    with database().reading() as session:
        return [
            Offer(one, _given(scene.id, one))
            for each in holders_for(session, actor_id())
            for entry in wallet_of(session, each).entries
            for one in entry.certificates
            if one.verdict.genuine and scene.takes(one.type)
        ]


def answer_sign(code: str, certificate_id: str, pin: str) -> str:
    """Let the organisation of a sign have what its scene gives of one certificate, once.

    Returns the id of the question that was answered. Raises `Refused("sign_refused")` with the
    reason, `Refused("pin_wrong")`, `NotFound`, `Conflict`, `TooMany`.
    """
    _believed(read_sign_here(code))
    with database().reading() as session:
        one = view(session, certificate_for(session, actor_id(), certificate_id))
    _by_pin(pin)
    with database().unit_of_work() as session:
        # Read again where it is answered: a sign may be revoked while a PIN is typed.
        sign = _believed(read_sign(session, code))
        fields = tuple(field.id for field in _given(sign.scene, one))
        if not fields:
            raise NotFound("certificate_not_found")
        wanted = Wanted(fields, sign.purpose, sign.scene)
        looker = looker_of(sign.verifier)
        asked = ask_by_sign(session, holder(), certificate_id, looker, wanted)
        confirm(session, holder(), asked.id)
        return asked.id


def _given(scene_id: str, one: WalletCertificate) -> tuple[Field, ...]:
    given = fields_of(scene_named(scene_id), one.type)
    return tuple(field for field in given if field.id in one.content)


def _believed(read: SignRead | SignRefused) -> SignRead:
    if isinstance(read, SignRefused):
        raise Refused("sign_refused", reason=read.reason.value)
    return read


def _by_pin(pin: str) -> None:
    refused = pins.is_right(database(), holder(), pin)
    if refused is not None:
        raise Refused(refused.code)
