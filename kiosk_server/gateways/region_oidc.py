"""
The region's sign-in (新服办 统一身份认证) by OpenID Connect: code flow with PKCE and nonce (P48).

    scope   openid profile phone identity
    claims  sub; from userinfo: name, id_number, id_kind, phone_number, acr

What the region calls its levels is agreed when it is connected and stands in the settings; a level
that we were not told of counts as the lowest. Requests carry no cookie, follow no redirect and end
after seconds; an answer of more than 256 kB is none.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from kiosk_server.core import clock
from kiosk_server.gateways.exchanges import Heard
from kiosk_server.gateways.fuse import Fuse
from kiosk_server.gateways.private_line import close_off, private_session
from kiosk_server.gateways.region_tokens import NotBelieved, RegionKeys, believed_claims
from kiosk_server.residents.assurance import Level
from kiosk_server.residents.numbers import CardKind, is_valid
from kiosk_server.residents.ports import Begun, RegionPerson, RegionRefused

SCOPE = "openid profile phone identity"
METADATA_KEPT = timedelta(hours=1)
_WELL_KNOWN = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
_LARGEST_ANSWER = 256 * 1024
_LONGEST_SUBJECT = 255

log = structlog.get_logger()


class _Silent(Exception):
    """The region does not answer."""


class OidcRegion:
    """One issuer, and what it knows us by."""

    simulated = False

    def __init__(
        self,
        issuer: str,
        *,
        client: str,
        secret: str,
        levels: Mapping[str, Level],
        timeout_seconds: float = 5.0,
        heard: Heard | None = None,
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._client, self._secret, self._levels = client, secret, levels
        self._timeout = (min(2.0, timeout_seconds), timeout_seconds)
        self._metadata: Mapping[str, Any] | None = None
        self._known_at: datetime | None = None
        self._keys = RegionKeys(lambda: self._get(self._endpoint("jwks_uri")))
        self._fuse = Fuse(heard)

    @property
    def origin(self) -> str:
        """The origin that the browser is sent to: the issuer's own."""
        parts = urlsplit(self._issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def begin(self, *, state: str, nonce: str, verifier: str, back: str) -> Begun | RegionRefused:
        """Return the address of the region's sign-in, with the S256 challenge of *verifier*."""
        try:
            endpoint = self._endpoint("authorization_endpoint")
        except (_Silent, NotBelieved) as fault:
            return self._refused(fault)
        address, _ = self._session(back).create_authorization_url(
            endpoint, state=state, code_verifier=verifier, nonce=nonce
        )
        return Begun(str(address))

    def finish(
        self, *, code: str, nonce: str, verifier: str, back: str
    ) -> RegionPerson | RegionRefused:
        """Exchange *code*, check the identity token, ask for the person."""
        try:
            return self._finish(code=code, nonce=nonce, verifier=verifier, back=back)
        except (_Silent, NotBelieved) as fault:
            return self._refused(fault)

    def _finish(self, *, code: str, nonce: str, verifier: str, back: str) -> RegionPerson:
        with self._session(back) as session:
            try:
                tokens = session.fetch_token(
                    self._endpoint("token_endpoint"),
                    code=code,
                    code_verifier=verifier,
                    timeout=self._timeout,
                    allow_redirects=False,
                )
            except AuthlibBaseError as fault:
                raise NotBelieved("code") from fault
            except (requests.RequestException, OSError, ValueError) as fault:
                raise _Silent from fault
        claims = believed_claims(
            str(tokens.get("id_token", "")),
            self._keys,
            issuer=self._issuer,
            client=self._client,
            nonce=nonce,
            now=clock.now(),
        )
        told = self._get(self._endpoint("userinfo_endpoint"), bearer=str(tokens["access_token"]))
        if told.get("sub") != claims["sub"] or len(str(claims["sub"])) > _LONGEST_SUBJECT:
            raise NotBelieved("userinfo_of_another")
        self._fuse.mend()
        return self._person({**told, "acr": claims.get("acr", told.get("acr"))})

    def _person(self, told: Mapping[str, Any]) -> RegionPerson:
        kind = str(told.get("id_kind", CardKind.RESIDENT))
        number = str(told.get("id_number", "")).strip().upper()
        name = str(told.get("name", "")).strip()
        known = kind in set(CardKind) and is_valid(CardKind(kind), number) and bool(name)
        return RegionPerson(
            subject=str(told["sub"]),
            level=self._levels.get(str(told.get("acr", "")), Level.NUMBER),
            name=name if known else None,
            number=number if known else None,
            kind=CardKind(kind) if known else CardKind.RESIDENT,
            phone=str(told["phone_number"]) if told.get("phone_number") else None,
        )

    def _session(self, back: str) -> OAuth2Session:
        session = OAuth2Session(
            self._client,
            self._secret,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method's name
        )
        close_off(session)
        return session

    def _endpoint(self, name: str) -> str:
        now = clock.now()
        if self._metadata is None or self._known_at is None or now - self._known_at > METADATA_KEPT:
            told = self._get(self._issuer + _WELL_KNOWN)
            # Whoever answers for another issuer would have us send its codes to him.
            if str(told.get("issuer", "")).rstrip("/") != self._issuer:
                raise NotBelieved("issuer")
            scheme = urlsplit(self._issuer).scheme
            if any(urlsplit(str(told.get(each))).scheme != scheme for each in _ENDPOINTS):
                raise NotBelieved("endpoint")
            self._metadata, self._known_at = told, now
        return str(self._metadata[name])

    def _get(self, address: str, *, bearer: str | None = None) -> Mapping[str, Any]:
        if self._fuse.is_blown(clock.now()):
            raise _Silent
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        with private_session() as session:
            try:
                with session.get(
                    address,
                    headers=headers,
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    answer.raise_for_status()
                    content = answer.raw.read(_LARGEST_ANSWER + 1, decode_content=True)
                    told = json.loads(content)
            except (requests.RequestException, OSError, ValueError) as fault:
                raise _Silent from fault
        if not isinstance(told, dict) or len(content) > _LARGEST_ANSWER:
            raise NotBelieved("unreadable")
        return told

    def _refused(self, fault: Exception) -> RegionRefused:
        # Of the fault only its kind: the region's words may hold a person's.
        if isinstance(fault, _Silent):
            self._fuse.strain(clock.now())
            log.warning("region_silent")
            return RegionRefused("region_silent")
        log.warning("region_not_believed", why=str(fault))
        return RegionRefused("region_refused")
