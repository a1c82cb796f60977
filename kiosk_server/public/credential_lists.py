"""
What a verifier fetches: the issuer's keys as JWKS and as COSE key set, the trust list and the
status list. Public, small, the same bytes for everybody; nothing is noted of who asks.
"""

import json

from flask import Blueprint, Response, request

from kiosk_server.credentials import codes, keys
from kiosk_server.credentials.cose import key_set
from kiosk_server.credentials.lists import STATUS_TYPE, TRUST_TYPE
from kiosk_server.credentials.signers import UNIVERSAL
from kiosk_server.web.credential_terms import code_terms
from kiosk_server.web.request_context import database, settings

_KEYS_KEPT_SECONDS = 3600
_TRUST_KEPT_SECONDS = 3600
_STATUS_KEPT_SECONDS = 60


def add_routes(blueprint: Blueprint) -> None:
    """Open the four doors in *blueprint*."""
    blueprint.add_url_rule("/.well-known/jwks.json", view_func=jwks)
    blueprint.add_url_rule("/.well-known/cose-keys", view_func=cose_keys)
    blueprint.add_url_rule(codes.TRUST_PATH, view_func=trust_list)
    blueprint.add_url_rule(codes.STATUS_PATH, view_func=status_list)


def jwks() -> Response:
    """Give the keys that sign statements as a JWK set (RFC 7517).

    SM2 signs none, and a curve that JOSE has not registered makes readers refuse the whole set.
    """
    with database().reading() as session:
        found = [
            key.published for key in keys.published_keys(session) if key.algorithm in UNIVERSAL
        ]
    told = json.dumps({"keys": found}, separators=(",", ":")).encode()
    return _kept(told, "application/jwk-set+json", _KEYS_KEPT_SECONDS)


def cose_keys() -> Response:
    """Give the keys as a COSE_KeySet (RFC 9052)."""
    with database().reading() as session:
        told = key_set(keys.published_keys(session))
    return _kept(told, "application/cose-key-set", _KEYS_KEPT_SECONDS)


def trust_list() -> Response:
    """Give the signed list of keys that are believed (信任清单)."""
    with database().reading() as session:
        told = codes.trust_list(session, origin=settings().public_origin, terms=code_terms())
    return _kept(told, TRUST_TYPE, _TRUST_KEPT_SECONDS)


def status_list() -> Response:
    """Give the signed list of codes that no longer serve (状态清单)."""
    with database().reading() as session:
        told = codes.status_list(session, origin=settings().public_origin, terms=code_terms())
    return _kept(told, STATUS_TYPE, _STATUS_KEPT_SECONDS)


def _kept(told: bytes, media_type: str, seconds: int) -> Response:
    response = Response(told, content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.add_etag()
    response.make_conditional(request)
    return response
