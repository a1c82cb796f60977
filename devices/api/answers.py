"""The two shapes of an answer: JSON, and problem+json (RFC 9457) with a stable code."""

import json

from flask import Response


def answer(body: object, status: int = 200) -> Response:
    """A JSON answer; nothing of the device API is ever kept by a cache."""
    return _of(body, status, "application/json")


def problem(status: int, code: str, title: str) -> Response:
    """A refusal or failure with its stable snake_case code."""
    body = {"type": "about:blank", "title": title, "status": status, "code": code}
    return _of(body, status, "application/problem+json")


def _of(body: object, status: int, media_type: str) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response
