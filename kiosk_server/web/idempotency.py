"""
The `Idempotency-Key` of a request: what was carried out under it is answered again, not done again.

A key belongs to one caller and one door. Only answers that changed something are kept: a refusal
may be tried again under the same key.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Response, request

from kiosk_server.core import idempotency
from kiosk_server.core.errors import Invalid
from kiosk_server.core.identifiers import digest
from kiosk_server.web.request_context import database

HEADER = "Idempotency-Key"
KEY_PATTERN = r"^[0-9A-Za-z_-]{16,64}$"
REPLAYED_HEADER = "Idempotency-Replayed"
LIFE = timedelta(hours=24)
LIFE_OF_SECRETS = timedelta(minutes=2)
"""An answer that holds tokens is kept for a lost line, not for a day."""
_KEY = re.compile(KEY_PATTERN)


def once(caller: str, life: timedelta, carry_out: Callable[[], Response]) -> Response:
    """
    Return the answer of *carry_out*, carried out once for this caller, door and key.

    Without the header it is simply carried out. Raises `Invalid("idempotency_key_invalid")`.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return carry_out()
    if not _KEY.fullmatch(key):
        raise Invalid("idempotency_key_invalid")
    row = digest(f"{caller}\x1f{request.method} {request.path}\x1f{key}")
    asked = digest(request.get_data().decode("utf-8", "replace"))
    with database().unit_of_work() as session:
        kept = idempotency.begin(session, row, request=asked, life=life)
    if kept is not None:
        response = Response(kept.body, kept.status, content_type="application/json")
        response.headers[REPLAYED_HEADER] = "true"
        return response
    return _carried_out(row, carry_out)


def _carried_out(row: str, carry_out: Callable[[], Response]) -> Response:
    finished = False
    try:
        response = carry_out()
        with database().unit_of_work() as session:
            idempotency.keep(
                session, row, status=response.status_code, body=response.get_data(as_text=True)
            )
        finished = True
    finally:
        if not finished:
            with database().unit_of_work() as session:
                idempotency.let_go(session, row)
    return response
