"""
The messenger's sign-in of a mini program (微信小程序 code2session).

    GET /sns/jscode2session?appid&secret&js_code&grant_type=authorization_code
        -> {openid, session_key, unionid?} | {errcode, errmsg}

The session key opens what the messenger encrypts for its user; we have no use for it, and it is
dropped as it is read: it is kept nowhere, logged nowhere, sent to nobody.
"""

from collections.abc import Mapping
from typing import Any

import requests
import structlog

from kiosk_server.core import clock
from kiosk_server.gateways.fuse import Fuse
from kiosk_server.gateways.private_line import private_session
from kiosk_server.residents.ports import MessengerRefused, MessengerUser

PATH = "/sns/jscode2session"
_LONGEST_OPEN_ID = 64
_REFUSALS = {40029: "code_bad", 40163: "code_used", 45011: "too_often", -1: "silent"}
"""The messenger's own numbers; one that is not here is a code that is refused."""

log = structlog.get_logger()


class WechatMiniProgram:
    """One mini program, by its app id and secret."""

    simulated = False

    def __init__(self, base: str, *, app: str, secret: str, timeout_seconds: float = 5.0) -> None:
        self._address = base.rstrip("/") + PATH
        self._app, self._secret = app, secret
        self._timeout = (min(2.0, timeout_seconds), timeout_seconds)
        self._session = private_session()
        self._fuse = Fuse()

    def identify(self, code: str) -> MessengerUser | MessengerRefused:
        """Exchange *code* once. It serves once, so a lost answer is not asked for again."""
        if self._fuse.is_blown(clock.now()):
            return MessengerRefused("silent")
        told = self._ask(code)
        if told is None:
            self._fuse.strain(clock.now())
            return MessengerRefused("silent")
        self._fuse.mend()
        number = told.get("errcode", 0)
        if number:
            log.info("mini_program_refused", errcode=number if isinstance(number, int) else None)
            return MessengerRefused(_REFUSALS.get(number, "code_bad"))
        open_id = told.get("openid")
        if not isinstance(open_id, str) or not 0 < len(open_id) <= _LONGEST_OPEN_ID:
            return MessengerRefused("code_bad")
        return MessengerUser(open_id)

    def _ask(self, code: str) -> Mapping[str, Any] | None:
        query = {
            "appid": self._app,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        try:
            # The address holds the secret: no error of the library is let out, it would quote it.
            answer = self._session.get(
                self._address, params=query, timeout=self._timeout, allow_redirects=False
            )
            told = answer.json() if answer.ok else None
        except (requests.RequestException, OSError, ValueError):
            return None
        return told if isinstance(told, dict) else None
